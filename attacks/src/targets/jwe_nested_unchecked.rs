//! A verifier of signed and encrypted JWTs that lets the inner token choose
//! its algorithm.
//!
//! Models pac4j-jwt before 4.5.9, 5.7.9 and 6.3.3 (CVE-2026-29000): the
//! signature inside is verified if there is one, and an unsecured JWT has
//! none. What is left is the encryption, and everybody can encrypt.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwe_nested;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jws::ALGORITHM_ALLOW_LIST;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwe-nested-unchecked".into(),
            kind: TargetKind::Flawed,
            scheme: jwe_nested::SCHEME,
            summary: "a verifier that decrypts and then believes an unsecured token inside".into(),
            own: &[Weakness::UnsignedInside],
            mends: &[],
            provenance: "model of CVE-2026-29000 (Maven pac4j-jwt before 4.5.9, 5.7.9 and 6.3.3)".into(),
            hardened: Some(jwe_nested::ID),
        },
        exposure: jwe_nested::exposure(issuer),
        verifier: jwe_nested::verifier(issuer).without(ALGORITHM_ALLOW_LIST),
    })
}
