//! A JWT verifier over a library of all JWS serializations, which takes the
//! compact one and no other.
//!
//! The library underneath can do more. A JWT is always compact (RFC 7519 §1),
//! so the first check is that the text could not be anything else, and every
//! later one speaks of the same token.

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::jws::configured_key;
use crate::model::serialized::{self, Serialized};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::Scheme;
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier over a library of all JWS serializations that takes compact tokens alone",
            "model of RFC 7519 §1",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Serialized> {
    serialized::verifier("HS256", configured_key(jwt_hs256::secret(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    jwt_hs256::exposure(issuer)
}

pub(super) const ID: &str = "jwt-compact-only";
pub(super) const SCHEME: Scheme = jwt_hs256::SCHEME;
