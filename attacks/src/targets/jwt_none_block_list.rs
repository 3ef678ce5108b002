//! A JWT verifier that refuses the word `none` and understands `nOnE`.
//!
//! Models the class in draft-ietf-oauth-rfc8725bis §2.11: a block list in one
//! place compares bytes, the dispatch in another ignores case. No CVE of a
//! library is known to this lab; attack tools try the spellings all the same.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::jws::{ALGORITHM_ALLOW_LIST, Jws};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let block_list = Check::new(
        "algorithm-block-list",
        Stage::Header,
        "alg is not \"none\", letter for letter",
        |jws: &mut Jws| {
            if jws.alg() == "none" {
                return refuse(RejectReason::WrongScheme, "alg is \"none\"");
            }
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-none-block-list".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that refuses none in one spelling and understands it in every other".into(),
            own: &[Weakness::NoneBlockList],
            mends: &[],
            provenance: "model of draft-ietf-oauth-rfc8725bis §2.11".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(ALGORITHM_ALLOW_LIST, block_list),
    })
}
