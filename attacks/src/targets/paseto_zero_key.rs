//! A PASETO verifier with a list of keys, one of them nothing but zeros.
//!
//! Models an application's bug. The length of a key is all that the format
//! demands, and an array that nobody has filled has it.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_key_slots;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::paseto::KEY_NOT_BLANK;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-zero-key".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_key_slots::SCHEME,
            summary: "a v4.local verifier with a list of keys, one of which is nothing but zeros".into(),
            own: &[Weakness::BlankSecret],
            mends: &[],
            provenance: "model of an application's bug".into(),
            hardened: Some(paseto_key_slots::ID),
        },
        exposure: paseto_key_slots::exposure(issuer),
        verifier: paseto_key_slots::verifier(issuer).without(KEY_NOT_BLANK),
    })
}
