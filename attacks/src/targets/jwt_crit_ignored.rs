//! A JWT verifier that reads past `crit`.
//!
//! Models PyJWT before 2.12.0 (CVE-2026-32597), fast-jwt to 6.1.0
//! (CVE-2026-35042) and Authlib 1.6.3 (CVE-2025-59420): an extension that the
//! issuer says must be understood is a member like any other, and a verifier
//! that never heard of it believes the token without it.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jws::CRITICAL_EXTENSIONS;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-crit-ignored".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that does not look for critical extensions".into(),
            own: &[Weakness::CritIgnored],
            mends: &[],
            provenance: "model of CVE-2026-32597 (PyPI PyJWT before 2.12.0)".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).without(CRITICAL_EXTENSIONS),
    })
}
