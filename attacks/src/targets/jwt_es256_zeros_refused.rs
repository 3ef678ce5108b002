//! A JWT verifier for ES256 that refuses a signature of zeros and no other
//! impossible one.
//!
//! Models a guard that was written for the token in the news: the order of the
//! curve is zero as well, once it is reduced.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_es256;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::es256::SIGNATURE_RANGE;
use crate::model::jws::Jws;
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let not_all_zeros = Check::new(
        "not-all-zeros",
        Stage::Signature,
        "not every byte of the signature is zero",
        |jws: &mut Jws| {
            if jws.signature().iter().any(|byte| *byte != 0) {
                return Ok(());
            }
            refuse(RejectReason::BadSignature, "a signature of zeros")
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-es256-zeros-refused".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_es256::SCHEME,
            summary: "a verifier for ES256 that refuses zeros, and takes the order of the curve".into(),
            own: &[Weakness::SignatureRangeUnchecked],
            mends: &[],
            provenance: "model of a guard against the token of CVE-2022-21449 alone".into(),
            hardened: Some(jwt_es256::ID),
        },
        exposure: jwt_es256::exposure(issuer),
        verifier: jwt_es256::verifier(issuer).replacing(SIGNATURE_RANGE, not_all_zeros),
    })
}
