//! A JWT verifier with one shared secret for HS256, and every check.
//!
//! The counterpart of `jwt-rs256` where issuer and verifier are one service:
//! there is no public key that could be passed off as the secret.

use jsonwebtoken::Algorithm;
use tokenlab_record::catalogue::TargetKind;

use super::issuer::{Issuer, header};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::model::jws::{
    Jws, algorithm_allow_list, claims_policy, configured_key, signature, strict_encoding, three_parts,
};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::Scheme;
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: ID.into(),
            kind: TargetKind::Hardened,
            scheme: SCHEME,
            summary: "a verifier with one shared secret for HS256 and every check".into(),
            weaknesses: &[],
            provenance: "model of RFC 8725 §3.1".into(),
            hardened: None,
        },
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    Verifier::of(vec![
        three_parts(),
        strict_encoding(),
        algorithm_allow_list("HS256"),
        configured_key(secret(issuer)),
        signature(),
        claims_policy(),
    ])
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.exposure(SCHEME, |claims| {
        mint::jws(
            &header("HS256", None),
            claims,
            &Signature::Tag(Hs::S256, secret(issuer)),
        )
    })
}

fn secret(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

pub(super) const ID: &str = "jwt-hs256";
pub(super) const SCHEME: Scheme = Scheme::Jwt(Algorithm::HS256);
