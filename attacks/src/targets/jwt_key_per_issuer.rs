//! A JWT verifier for several issuers that asks whose key it has used.
//!
//! The keys of all of them are in one list, `kid` picks one, and when the
//! signature is verified the key has to be one of the issuer that the token
//! names (RFC 8725 §3.8). Mallory's issuer is on the list; this part of the
//! service belongs to the lab's.

use tokenlab_harness::Policy;

use super::issuer::{Issuer, signed};
use crate::attacker::{OWN_ISSUER, OWN_KID, own_stored_key};
use crate::card::TargetProfile;
use crate::mint::Signature;
use crate::model::jws::{self, CLAIMS_POLICY, Jws};
use crate::model::key_list::{KeyList, Slot, issuer_of_key};
use crate::model::named_key::{KeyStore, key_by_name};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier for several issuers that asks whose key it has used",
            "model of RFC 8725 §3.8",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    let list = list(issuer);
    jws::verifier("RS256", key_by_name(list.clone())).before(CLAIMS_POLICY, issuer_of_key(list))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let kid = list(issuer).kid();
    let signature = Signature::By(JwsAlgorithm::Rs256, issuer.key(SCHEME));
    issuer.exposure(SCHEME, move |draft| signed(draft, "RS256", Some(kid), &signature))
}

fn list(issuer: &Issuer) -> KeyList {
    #[allow(clippy::expect_used)] // the attacker has a key of every scheme of a model, held by tests
    let own = own_stored_key(SCHEME).expect("a key of the attacker");
    KeyList(vec![
        Slot {
            kid: "issuer-1",
            issuer: Policy::lab().issuer,
            key: issuer.ring().rsa().pem.public_pem.clone().into_bytes(),
        },
        Slot {
            kid: OWN_KID,
            issuer: OWN_ISSUER.into(),
            key: own,
        },
    ])
}

pub(super) const ID: &str = "jwt-key-per-issuer";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Rs256);
