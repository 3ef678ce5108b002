//! A PASETO verifier that takes a time of the wrong type for one that is not
//! there.
//!
//! The mirror image of `jsonwebtoken-9-3-1`. PASETO writes times as text, and
//! an issuer that comes from JWT writes a number: what can't be read is
//! skipped, and with it the check.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_typed_key;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::payload::CLAIM_TYPES;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-numeric-time".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a verifier that takes a time written as a number for no time at all".into(),
            own: &[Weakness::MistypedClaimSkipped],
            mends: &[],
            provenance: "model of CVE-2026-25537 (crate jsonwebtoken before 10.3.0) in a PASETO library"
                .into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).without(CLAIM_TYPES),
    })
}
