//! A JWT verifier that looks at `exp` if it is there.
//!
//! RFC 7519 §4.1.4 makes the claim optional, so a verifier that does no more than
//! the RFC believes a token without it for ever. The rest of the policy is whole.

use tokenlab_harness::RegisteredClaim;
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
        "claims-if-present",
        "the token has not expired, if it says when it does",
        |policy, _| policy.required.retain(|claim| *claim != RegisteredClaim::Exp),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-expiry-optional".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that looks at the expiry if there is one".into(),
            own: &[Weakness::ExpiryOptional],
            mends: &[],
            provenance: "model of RFC 7519 §4.1.4, by which exp is optional".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
