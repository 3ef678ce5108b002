//! A PASETO router that has moved from v2.local to v4.public, and every check.
//!
//! The code for version 2 and its key are still there, since somebody may want
//! to roll back; the list of headers has one entry, and no token reaches them
//! (PASETO specification, Protocol Versions, rule 4; API-UX: one version and
//! purpose).

use super::issuer::{Issuer, sealed};
use crate::attacker::RETIRED_KEY;
use crate::card::TargetProfile;
use crate::model::paseto::{
    Paseto, configured_key, header_literal, signature_or_tag_by_version, strict_encoding, three_or_four_parts,
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
            "a router that moved from v2.local to v4.public and accepts the latter alone",
            "model of PASETO, Protocol Versions",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    let mut checks = vec![
        three_or_four_parts(),
        header_literal(&[Purpose::Public]),
        strict_encoding(),
        configured_key(issuer.ring().ed25519().public.to_vec()),
        signature_or_tag_by_version(RETIRED_KEY),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let key = issuer.key(SCHEME);
    issuer.exposure(SCHEME, move |draft| sealed(draft, SCHEME, &key, ""))
}

pub(super) const ID: &str = "paseto-migrated";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Public);
