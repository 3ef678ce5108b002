//! A PASETO router over both v4 purposes whose key has a type, and every check.
//!
//! Algorithm Lucidity: a key is for one version and purpose. The router reads
//! either header, and a token of the other purpose never meets the key.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::mint::{self, PasetoKey};
use crate::model::paseto::{
    Paseto, claims_policy, configured_key, header_literal, key_type, signature_or_tag, strict_encoding,
    three_or_four_parts,
};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: ID.into(),
            kind: TargetKind::Hardened,
            scheme: SCHEME,
            summary: "a router over v4.public and v4.local whose key has a type".into(),
            weaknesses: &[],
            provenance: "model of PASETO, Algorithm Lucidity".into(),
            hardened: None,
        },
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    Verifier::of(vec![
        three_or_four_parts(),
        header_literal(&Purpose::ALL),
        strict_encoding(),
        key_type(Purpose::Public),
        configured_key(issuer.ring().ed25519().public.to_vec()),
        signature_or_tag(),
        claims_policy(),
    ])
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.exposure(SCHEME, |claims| {
        let key = PasetoKey::V4Public(issuer.ring().ed25519().secret_then_public());
        mint::paseto(&key, claims, "")
    })
}

pub(super) const ID: &str = "paseto-typed-key";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Public);
