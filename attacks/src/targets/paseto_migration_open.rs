//! A PASETO router that has moved from v2.local to v4.public, and still accepts
//! both.
//!
//! Models an application's bug: for the days of the migration both headers were
//! on the list, and nobody took the old one off. The old key was no longer
//! guarded, because nothing was issued with it any more.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::paseto_migrated;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::paseto::{HEADER_LITERAL, Paseto, V2_LOCAL};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let either_version = Check::new(
        "header-of-either-version",
        Stage::Header,
        "the token starts with v4.public. or v2.local.",
        |paseto: &mut Paseto| {
            if paseto.has_header("v4.public.") || paseto.has_header(V2_LOCAL) {
                return Ok(());
            }
            refuse(
                RejectReason::WrongScheme,
                "the header is neither v4.public. nor v2.local.",
            )
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-migration-open".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_migrated::SCHEME,
            summary: "a router that moved from v2.local to v4.public and accepts both".into(),
            own: &[Weakness::OldVersionAccepted],
            mends: &[],
            provenance: "model of an application's bug; PASETO's specification warns of it".into(),
            hardened: Some(paseto_migrated::ID),
        },
        exposure: paseto_migrated::exposure(issuer),
        verifier: paseto_migrated::verifier(issuer).replacing(HEADER_LITERAL, either_version),
    })
}
