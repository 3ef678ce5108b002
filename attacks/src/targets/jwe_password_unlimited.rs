//! A verifier of JWTs under a password that does as many rounds as the token
//! asks for.
//!
//! Models npm jose to 1.28.1, 2.0.5, 3.20.3 and 4.9.1 (CVE-2022-36083) and PyPI
//! jwcrypto before 1.5.1 (CVE-2023-6681).

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwe_password;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jwe_password::ITERATION_LIMIT;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwe-password-unlimited".into(),
            kind: TargetKind::Flawed,
            scheme: jwe_password::SCHEME,
            summary: "a verifier of tokens under a password that does as many rounds as p2c asks for".into(),
            own: &[Weakness::UnlimitedIterations],
            mends: &[],
            provenance: "model of CVE-2022-36083 (npm jose to 4.9.1, fixed in 4.9.2)".into(),
            hardened: Some(jwe_password::ID),
        },
        exposure: jwe_password::exposure(issuer),
        verifier: jwe_password::verifier(issuer).without(ITERATION_LIMIT),
    })
}
