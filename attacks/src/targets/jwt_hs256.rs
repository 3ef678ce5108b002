//! A JWT verifier with one shared secret for HS256, and every check.
//!
//! The counterpart of `jwt-rs256` where issuer and verifier are one service:
//! there is no public key that could be passed off as the secret.

use super::issuer::{Issuer, signed};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::Signature;
use crate::model::jws::{self, Jws, configured_key};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier with one shared secret for HS256 and every check",
            "model of RFC 8725 §3.1",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    jws::verifier("HS256", configured_key(secret(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let signature = Signature::Tag(Hs::S256, secret(issuer));
    issuer.exposure(SCHEME, move |draft| signed(draft, "HS256", None, &signature))
}

pub(super) fn secret(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

pub(super) const ID: &str = "jwt-hs256";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
