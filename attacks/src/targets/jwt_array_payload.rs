//! A JWT verifier that takes an array for a claims set.
//!
//! Models fast-jwt before 6.3.0 (CVE-2026-107723): in JavaScript an array is an
//! object too. No claim is found in it, and claims that are not found are not
//! held against anything.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::payload::PAYLOAD_OBJECT;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-array-payload".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that takes an array for a claims set".into(),
            own: &[Weakness::ArrayPayload],
            mends: &[],
            provenance: "model of CVE-2026-107723 (npm fast-jwt before 6.3.0)".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).without(PAYLOAD_OBJECT),
    })
}
