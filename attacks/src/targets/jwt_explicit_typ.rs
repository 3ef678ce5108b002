//! A JWT verifier that demands the `typ` of access tokens, and every check.
//!
//! The issuer writes `at+jwt` into access tokens (RFC 9068 §2.1) and another
//! `typ` into every other kind, with one key for all of them. No `typ` is
//! registered for refresh tokens; the issuer and nobody else reads theirs, so
//! `refresh+jwt` is its own.

use serde_json::Value;

use super::issuer::{Issuer, signed};
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::desk::Kind;
use crate::hs::Hs;
use crate::mint::Signature;
use crate::model::jws::{Jws, explicit_typ};
use crate::model::{ModelTarget, Verifier};
use crate::target::{Exposure, Target};
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            mends: &[Weakness::KindUnchecked],
            ..TargetProfile::hardened(
                ID,
                jwt_hs256::SCHEME,
                "a verifier that demands the typ of access tokens",
                "model of RFC 8725 §3.11 and RFC 9068 §4",
            )
        },
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    jwt_hs256::verifier(issuer).and(explicit_typ(ACCESS))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let signature = Signature::Tag(Hs::S256, jwt_hs256::secret(issuer));
    issuer.exposure(jwt_hs256::SCHEME, move |draft| {
        let mut typed = draft.clone();
        let typ = match draft.kind {
            Kind::Access => ACCESS,
            Kind::Refresh => "refresh+jwt",
        };
        typed.header.entry("typ").or_insert_with(|| Value::from(typ));
        signed(&typed, "HS256", None, &signature)
    })
}

const ACCESS: &str = "at+jwt";

pub(super) const ID: &str = "jwt-explicit-typ";
