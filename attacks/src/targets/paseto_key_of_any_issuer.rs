//! A PASETO verifier for several issuers to which any key of the list will do.
//!
//! Models an application's bug. PASETO gives nothing here: it has `iss` and a
//! footer with `kid`, and no rule that brings them together.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_key_per_issuer;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_list::ISSUER_OF_KEY;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-key-of-any-issuer".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_key_per_issuer::SCHEME,
            summary: "a v4.public verifier for several issuers to which the key of any of them will do"
                .into(),
            own: &[Weakness::KeyOfAnyIssuer],
            mends: &[],
            provenance: "model of an application's bug, as in CVE-2026-41164".into(),
            hardened: Some(paseto_key_per_issuer::ID),
        },
        exposure: paseto_key_per_issuer::exposure(issuer),
        verifier: paseto_key_per_issuer::verifier(issuer).without(ISSUER_OF_KEY),
    })
}
