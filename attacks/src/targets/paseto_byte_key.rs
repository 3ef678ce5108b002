//! A PASETO router over both v4 purposes whose key is 32 bytes.
//!
//! The twin of RS/HS confusion: a v4.public verification key and a v4.local key
//! have the same length, and a router that takes bytes lets the header decide
//! what they are for. The specification forbids it (Payload-Processing, Type
//! Safety; the test vectors named 4-F expect a failure); the token itself does
//! not prevent it. No CVE is known to this lab: the Rust libraries measured
//! here type their keys.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_typed_key;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::paseto::KEY_TYPE;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-byte-key".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a router over v4.public and v4.local whose key is 32 bytes of either".into(),
            own: &[Weakness::PurposeUntypedKey],
            mends: &[],
            provenance: "model of a library without PASETO's Algorithm Lucidity".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).without(KEY_TYPE),
    })
}
