//! A JWT verifier that keeps the last of two claims with one name.
//!
//! Models what most JSON readers do. RFC 7519 §4 allows it: a verifier refuses
//! such a token or takes the last. It is a weakness all the same where somebody
//! else reads the same token and takes the first, or where the issuer joins
//! its claims from text.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::payload::UNIQUE_MEMBERS;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-last-member".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that keeps the last of two claims with one name".into(),
            own: &[Weakness::LastMemberWins],
            mends: &[],
            provenance: "model of the choice that RFC 7519 §4 leaves to verifiers".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).without(UNIQUE_MEMBERS),
    })
}
