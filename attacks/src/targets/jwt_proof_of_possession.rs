//! A JWT verifier that wants to see the holder's key, and every check.
//!
//! A token stolen from a log, or with its proof off the wire, is worth nothing on
//! another connection. It costs the client a key and a signature, and the token
//! is no longer something that can be handed to anybody else.

use serde_json::Value;
use tokenlab_harness::Key;
use tokenlab_harness::exchange::PrivateKey;

use super::issuer::{Issuer, signed};
use super::jwt_hs256::{self, SCHEME};
use crate::attacker::{ATTACKER, VICTIM};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::{MintError, Signature};
use crate::model::jws::{self, configured_key};
use crate::model::possession::{Presented, confirmed, presented, proof_of_possession};
use crate::model::{ModelTarget, Verifier};
use crate::target::{Exposure, Target};
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let mut checks: Vec<_> = jws::checks("HS256", configured_key(jwt_hs256::secret(issuer)))
        .into_iter()
        .map(|check| check.within(Presented::token))
        .collect();
    checks.push(proof_of_possession());
    Box::new(ModelTarget {
        profile: TargetProfile {
            mends: &[Weakness::BearerToken],
            ..TargetProfile::hardened(
                "jwt-proof-of-possession",
                SCHEME,
                "a verifier to which a sender proves that the token is theirs",
                "model of RFC 7800 and RFC 9449, with the connection of RFC 9266 for a nonce",
            )
        },
        exposure: exposure(issuer),
        verifier: Verifier::of(checks),
    })
}

/// Every holder has a key of their own and sends over a connection of their own.
fn exposure(issuer: &Issuer) -> Exposure {
    let device = |name: &str| Key::Private(PrivateKey::Ed25519(issuer.ring().symmetric::<32>(name)));
    let (attackers, victims) = (device("device of mallory"), device("device of admin"));
    let signature = Signature::Tag(Hs::S256, jwt_hs256::secret(issuer));
    issuer.exposure(SCHEME, move |draft| {
        let members: Value = serde_json::from_slice(&draft.payload).unwrap_or_default();
        let (holder, connection) = if members.get("sub").is_some_and(|sub| sub == ATTACKER) {
            (&attackers, ATTACKER)
        } else {
            (&victims, VICTIM)
        };
        let public = holder
            .public()
            .ok_or_else(|| MintError::new("a key without a public half"))?;
        let mut bound = draft.clone();
        bound.payload = confirmed(&draft.payload, &public);
        let token = signed(&bound, "HS256", None, &signature)?;
        presented(&token, holder, connection)
    })
}
