//! A PASETO verifier that keeps the last of two claims with one name.
//!
//! Models a library on top of a JSON reader that does so. The specification
//! leaves no choice here: a library ensures that names are unique
//! (Payload-Processing). The format can't see to it: whatever was signed is
//! what was signed.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_typed_key;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::payload::UNIQUE_MEMBERS;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-last-member".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a verifier that keeps the last of two claims with one name".into(),
            own: &[Weakness::LastMemberWins],
            mends: &[],
            provenance:
                "model of a PASETO library without the key uniqueness that Payload-Processing demands".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).without(UNIQUE_MEMBERS),
    })
}
