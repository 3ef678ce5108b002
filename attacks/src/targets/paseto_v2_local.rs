//! A v2.local verifier whose tokens name their key by its hash, and every
//! check.
//!
//! The key was made of a password, which nothing here repairs; the commitment
//! sees to it that a token is for one key, so that one question tries one.

use sha2::{Digest, Sha256};
use tokenlab_harness::Key;

use super::issuer::{Issuer, sealed};
use crate::attacker::footer_with_kid;
use crate::card::TargetProfile;
use crate::model::paseto::Paseto;
use crate::model::v2_local;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a v2.local verifier whose tokens name their key by its hash",
            "model of PASETO, Rationale-V3-V4, and of PASERK, ID",
        ),
        exposure: exposure(issuer),
        verifier: verifier(),
    })
}

/// Every check, in order.
pub(super) fn verifier() -> Verifier<Paseto> {
    v2_local::verifier(key())
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let footer = footer_with_kid(&v2_local::lid(&key()));
    let key = Key::Secret(key());
    issuer.exposure(SCHEME, move |draft| sealed(draft, SCHEME, &key, &footer))
}

/// What somebody typed into a form for a key.
fn key() -> Vec<u8> {
    Sha256::digest("Autumn2025").to_vec()
}

pub(super) const ID: &str = "paseto-v2-local";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V2, Purpose::Local);
