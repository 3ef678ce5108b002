//! A JWT verifier with a list of secrets, one of them empty.
//!
//! Models libraries that take a key of any length, such as RubyGems jwt
//! before 3.2.0 (CVE-2026-45363): the environment variable of the next key is not set, and
//! an HMAC under no bytes verifies.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_key_slots;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jws::KEY_LENGTH;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-blank-secret".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_key_slots::SCHEME,
            summary: "a verifier with a list of secrets, one of which is empty".into(),
            own: &[Weakness::BlankSecret],
            mends: &[],
            provenance: "model of CVE-2026-45363 (RubyGems jwt, fixed in 3.2.0)".into(),
            hardened: Some(jwt_key_slots::ID),
        },
        exposure: jwt_key_slots::exposure(issuer),
        verifier: jwt_key_slots::verifier(issuer).without(KEY_LENGTH),
    })
}
