//! A PASETO router over both v4 purposes whose key has a type, and every check.
//!
//! Algorithm Lucidity: a key is for one version and purpose. The router reads
//! either header, and a token of the other purpose never meets the key.

use super::issuer::{Issuer, sealed};
use crate::card::TargetProfile;
use crate::model::paseto::{
    Paseto, configured_key, header_literal, key_type, signature_or_tag, strict_encoding, three_or_four_parts,
};
use crate::model::payload;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a router over v4.public and v4.local whose key has a type",
            "model of PASETO, Algorithm Lucidity",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    let mut checks = vec![
        three_or_four_parts(),
        header_literal(&Purpose::ALL),
        strict_encoding(),
        key_type(Purpose::Public),
        configured_key(issuer.ring().ed25519().public.to_vec()),
        signature_or_tag(),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let key = issuer.key(SCHEME);
    issuer.exposure(SCHEME, move |draft| sealed(draft, SCHEME, &key, ""))
}

pub(super) const ID: &str = "paseto-typed-key";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Public);
