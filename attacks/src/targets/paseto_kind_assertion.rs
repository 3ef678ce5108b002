//! A PASETO verifier that keeps kinds of tokens apart by an implicit assertion,
//! and every check.
//!
//! PASETO has no `typ`. Versions 3 and 4 sign an implicit assertion that is not
//! in the token (Version4 §Verify): issuer and verifier agree on one for each
//! kind, and a refresh token is then no more an access token than if it had
//! another key.

use super::issuer::{Issuer, sealed};
use crate::card::TargetProfile;
use crate::desk::Kind;
use crate::model::paseto::{
    Paseto, configured_key, header_literal, implicit_assertion, strict_encoding, three_or_four_parts,
};
use crate::model::payload;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            mends: &[Weakness::KindUnchecked],
            ..TargetProfile::hardened(
                ID,
                SCHEME,
                "a v4.public verifier with an implicit assertion for each kind of token",
                "model of PASETO, Version4, Implicit Assertions",
            )
        },
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
        implicit_assertion(
            KIND_ASSERTION,
            "the signature matches with the implicit assertion of access tokens",
            &[ACCESS],
        ),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let key = issuer.key(SCHEME);
    issuer.exposure(SCHEME, move |draft| {
        let mut bound = draft.clone();
        if bound.implicit_assertion.is_empty() {
            bound.implicit_assertion = match draft.kind {
                Kind::Access => ACCESS.into(),
                Kind::Refresh => REFRESH.into(),
            };
        }
        sealed(&bound, SCHEME, &key, "")
    })
}

/// Name of the check that keeps kinds apart.
pub(super) const KIND_ASSERTION: &str = "kind-assertion";
/// What is asserted of an access token.
pub(super) const ACCESS: &str = "access";
/// What is asserted of a refresh token.
pub(super) const REFRESH: &str = "refresh";

pub(super) const ID: &str = "paseto-kind-assertion";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Public);
