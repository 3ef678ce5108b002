//! A verifier of HS256 tokens that compares tags in constant time, and every
//! check.
//!
//! RFC 7518 §3.2 has the computed tag compared with the received one. That the
//! answer must not tell how far they agree goes without saying there; RFC 7516
//! §11.5 says it of decryption.

use super::issuer::{Issuer, signed};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::Signature;
use crate::model::jws::{Jws, configured_key};
use crate::model::tag_compare;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier of HS256 tokens that compares tags in constant time",
            "model of RFC 7518 §3.2",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    tag_compare::verifier(configured_key(secret(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let signature = Signature::Tag(Hs::S256, secret(issuer));
    issuer.exposure(SCHEME, move |draft| signed(draft, "HS256", None, &signature))
}

fn secret(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

pub(super) const ID: &str = "jwt-constant-compare";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
