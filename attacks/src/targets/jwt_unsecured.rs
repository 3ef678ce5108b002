//! A JWT verifier whose list of algorithms contains `none`.
//!
//! Models the default of libraries that could be called without a list, such
//! as npm jsonwebtoken to 8.5.1 with a falsy key (CVE-2022-23540): whatever the
//! header says is fine, and `none` is among what can be said.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::jws::{ALGORITHM_ALLOW_LIST, Jws};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let default_list = Check::new(
        "default-algorithm-list",
        Stage::Header,
        "alg is on the library's default list, which holds RS256 and none",
        |jws: &mut Jws| match jws.alg() {
            "RS256" | "none" => Ok(()),
            other => refuse(
                RejectReason::WrongScheme,
                format!("alg is {other:?}, want RS256 or none"),
            ),
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-unsecured".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier whose list of algorithms contains none".into(),
            own: &[Weakness::UnsecuredAccepted],
            mends: &[],
            provenance: "model of CVE-2022-23540 (npm jsonwebtoken to 8.5.1, fixed in 9.0.0)".into(),
            hardened: Some(jwt_rs256::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: jwt_rs256::verifier(issuer).replacing(ALGORITHM_ALLOW_LIST, default_list),
    })
}
