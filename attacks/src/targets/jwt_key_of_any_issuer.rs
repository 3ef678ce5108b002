//! A JWT verifier for several issuers to which any key of the list will do.
//!
//! Models nuts-node (CVE-2026-41164): the keys of all issuers lie side by side,
//! `kid` picks one, and nobody compares its owner with `iss`.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_key_per_issuer;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_list::ISSUER_OF_KEY;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-key-of-any-issuer".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_key_per_issuer::SCHEME,
            summary: "a verifier for several issuers to which the key of any of them will do".into(),
            own: &[Weakness::KeyOfAnyIssuer],
            mends: &[],
            provenance: "model of CVE-2026-41164 (nuts-node before 5.4.31 and 6.2.3)".into(),
            hardened: Some(jwt_key_per_issuer::ID),
        },
        exposure: jwt_key_per_issuer::exposure(issuer),
        verifier: jwt_key_per_issuer::verifier(issuer).without(ISSUER_OF_KEY),
    })
}
