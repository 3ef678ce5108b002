//! A verifier of HS256 tokens that compares tags byte by byte.
//!
//! Models PyPI python-jose before 1.3.2 (CVE-2016-7036), which compared with
//! `==`: the answer comes the later, the more of the tag is right.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_constant_compare;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::tag_compare::{CONSTANT_TIME_TAG, early_exit_tag};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-leaky-compare".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_constant_compare::SCHEME,
            summary: "a verifier of HS256 tokens that compares tags to the first byte that differs".into(),
            own: &[Weakness::EarlyExitCompare],
            mends: &[],
            provenance: "model of CVE-2016-7036 (PyPI python-jose, fixed in 1.3.2)".into(),
            hardened: Some(jwt_constant_compare::ID),
        },
        exposure: jwt_constant_compare::exposure(issuer),
        verifier: jwt_constant_compare::verifier(issuer).replacing(CONSTANT_TIME_TAG, early_exit_tag()),
    })
}
