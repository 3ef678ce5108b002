//! A JWT verifier that takes its algorithm from the token and its key as bytes.
//!
//! Models npm jsonwebtoken 4.1.0 (CVE-2015-9235): `none` was refused by then,
//! every other algorithm of the header was believed, and the one `key` argument
//! served RSA and HMAC alike. Whoever has the public key can sign.

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
    let not_unsecured = Check::new(
        "not-unsecured",
        Stage::Header,
        "alg is not none; any other algorithm will do",
        |jws: &mut Jws| {
            if jws.alg().eq_ignore_ascii_case("none") {
                return refuse(RejectReason::WrongScheme, "an unsecured token");
            }
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-untyped-key".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier that takes the algorithm from the token and the key as bytes".into(),
            own: &[Weakness::UntypedKey],
            mends: &[],
            provenance: "model of CVE-2015-9235 (npm jsonwebtoken 4.1.0, fixed in 4.2.2)".into(),
            hardened: Some(jwt_rs256::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: jwt_rs256::verifier(issuer).replacing(ALGORITHM_ALLOW_LIST, not_unsecured),
    })
}
