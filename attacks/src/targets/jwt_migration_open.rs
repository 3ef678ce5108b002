//! A JWT verifier that has moved from HS256 to RS256, and still accepts both.
//!
//! Models an application's bug, the twin of `paseto-migration-open`. The keys
//! are kept apart by algorithm, so this is no confusion of keys: the old key is
//! used for what it was made for, by whoever found it.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::{jwt_migrated, jwt_rs256};
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::jws::{ALGORITHM_ALLOW_LIST, Jws};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let either_algorithm = Check::new(
        "either-algorithm",
        Stage::Header,
        "alg is RS256 or HS256",
        |jws: &mut Jws| match jws.alg() {
            "RS256" | "HS256" => Ok(()),
            other => refuse(
                RejectReason::WrongScheme,
                format!("alg is {other:?}, want RS256 or HS256"),
            ),
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-migration-open".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier that moved from HS256 to RS256 and accepts both".into(),
            own: &[Weakness::OldVersionAccepted],
            mends: &[],
            provenance: "model of an application's bug, RFC 8725 §3.2".into(),
            hardened: Some(jwt_migrated::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: jwt_migrated::verifier(issuer).replacing(ALGORITHM_ALLOW_LIST, either_algorithm),
    })
}
