//! A JWT verifier that never asks for whom the token was issued.
//!
//! It shares its issuer's key with other services, and takes their tokens for
//! its own. The rest of the policy is whole.

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
        "issuer-and-times",
        "issuer and times are as the policy wants them",
        |policy, claims| {
            policy.required.retain(|claim| *claim != RegisteredClaim::Aud);
            claims.aud.clear();
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-audience-unchecked".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that does not look at the audience".into(),
            own: &[Weakness::AudienceUnchecked],
            mends: &[],
            provenance: "model of an application without RFC 8725 §3.9".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
