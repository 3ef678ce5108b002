//! A JWT verifier that ignores `typ`, behind an issuer that writes it.
//!
//! Models Gitea up to 28.0.0 (CVE-2026-101023), where an access token passed for
//! a refresh token, the other way round: the kinds have one key and one issuer,
//! the header says which is which, and nobody reads it.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::{jwt_explicit_typ, jwt_hs256};
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jws::EXPLICIT_TYP;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-any-typ".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that takes every kind of its issuer's tokens".into(),
            own: &[Weakness::KindUnchecked],
            mends: &[],
            provenance: "model of the class of CVE-2026-101023 (Gitea to 28.0.0)".into(),
            hardened: Some(jwt_explicit_typ::ID),
        },
        exposure: jwt_explicit_typ::exposure(issuer),
        verifier: jwt_explicit_typ::verifier(issuer).without(EXPLICIT_TYP),
    })
}
