//! A verifier of compressed JWTs that inflates whatever it decrypts.
//!
//! Models npm jose before 2.0.7 and 4.15.5 (CVE-2024-28176) and go-jose before
//! 2.6.3, 3.0.3 and 4.0.1 (CVE-2024-28180): the inner signature is verified, and
//! by then the memory is gone.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwe_inflating;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jwe::{SIZE_LIMIT, inflate_all};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwe-inflating-unlimited".into(),
            kind: TargetKind::Flawed,
            scheme: jwe_inflating::SCHEME,
            summary: "a verifier that decrypts and then inflates, however long it becomes".into(),
            own: &[Weakness::UnlimitedInflation],
            mends: &[],
            provenance: "model of CVE-2024-28180 (Go go-jose before 2.6.3, 3.0.3 and 4.0.1)".into(),
            hardened: Some(jwe_inflating::ID),
        },
        exposure: jwe_inflating::exposure(issuer),
        verifier: jwe_inflating::verifier(issuer).replacing(SIZE_LIMIT, inflate_all()),
    })
}
