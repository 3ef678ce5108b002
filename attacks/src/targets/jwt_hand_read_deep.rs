//! A JWT verifier whose own JSON parser follows any nesting.
//!
//! Models the danger that PASETO's specification warns of for JSON in footers
//! (Payload-Processing): a stack overflow, before anything is verified.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_hand_read;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::json_reader::DEPTH_LIMIT;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-hand-read-deep".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hand_read::SCHEME,
            summary: "a verifier whose JSON parser calls itself as often as the header nests".into(),
            own: &[Weakness::UnlimitedDepth],
            mends: &[],
            provenance: "model of a parser without a limit, PASETO, Payload-Processing".into(),
            hardened: Some(jwt_hand_read::ID),
        },
        exposure: jwt_hand_read::exposure(issuer),
        verifier: jwt_hand_read::verifier(issuer).without(DEPTH_LIMIT),
    })
}
