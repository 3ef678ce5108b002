//! A JWT verifier that asks whether the issuer's name is in the expected one.
//!
//! PyJWT 2.10.0 wrote `in` for lists and applied it to a string as well, where it
//! means a part of the text: any part of the expected name passed.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::claims::{CLAIMS_POLICY, weaker_policy};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let weaker = weaker_policy(
        "issuer-substring",
        "the expected issuer's name contains the token's; audience and times are as the policy wants them",
        |policy, claims| {
            if let Some(iss) = &claims.iss
                && policy.issuer.contains(iss)
            {
                policy.issuer.clone_from(iss);
            }
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-issuer-substring".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that takes a part of its issuer's name for the name".into(),
            own: &[Weakness::IssuerPartlyCompared],
            mends: &[],
            provenance: "model of CVE-2024-53861 (PyPI PyJWT 2.10.0, fixed in 2.10.1)".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
