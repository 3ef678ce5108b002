//! A JWT verifier that reads the header with a parser of its own, and every
//! check.
//!
//! The parser calls itself for each level of nesting, as most parsers do that
//! somebody wrote by hand. A count of brackets stands before it.

use super::issuer::{Issuer, signed};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::Signature;
use crate::model::json_reader;
use crate::model::jws::{Jws, configured_key};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier with a JSON parser of its own, which counts brackets before it reads",
            "model of RFC 8259 §9 and of PASETO, Payload-Processing",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    json_reader::verifier("HS256", configured_key(secret(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let signature = Signature::Tag(Hs::S256, secret(issuer));
    issuer.exposure(SCHEME, move |draft| signed(draft, "HS256", None, &signature))
}

fn secret(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

pub(super) const ID: &str = "jwt-hand-read";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
