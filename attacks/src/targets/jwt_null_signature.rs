//! A JWT verifier to which a signature of no bytes is one that matches.
//!
//! Models ServiceStack before 5.9.2 (CVE-2020-28042): the comparison runs over
//! the bytes that the token brought, and over none of them nothing differs.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jws::{Jws, SIGNATURE, signature};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let compared_as_far_as_it_goes = signature().unless(
        "signature-as-far-as-it-goes",
        "the signature matches, or has no bytes that differ",
        |jws: &Jws| jws.signature().is_empty(),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-null-signature".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier to which a signature of no bytes is one that matches".into(),
            own: &[Weakness::NullSignature],
            mends: &[],
            provenance: "model of CVE-2020-28042 (ServiceStack before 5.9.2)".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(SIGNATURE, compared_as_far_as_it_goes),
    })
}
