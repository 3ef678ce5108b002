//! A JWT verifier for ES256 that takes any two numbers for a signature.
//!
//! Models the ECDSA of Java 15 to 18 (CVE-2022-21449): a rewrite from C++ lost
//! the check that r and s are at least one and less than the order. Of r = s =
//! 0 the equation asks whether zero is zero.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_es256;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::es256::SIGNATURE_RANGE;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-es256-any-number".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_es256::SCHEME,
            summary: "a verifier for ES256 that takes zero for a signature".into(),
            own: &[Weakness::SignatureRangeUnchecked],
            mends: &[],
            provenance: "model of CVE-2022-21449 (Java 15 to 18, fixed by the update of April 2022)".into(),
            hardened: Some(jwt_es256::ID),
        },
        exposure: jwt_es256::exposure(issuer),
        verifier: jwt_es256::verifier(issuer).without(SIGNATURE_RANGE),
    })
}
