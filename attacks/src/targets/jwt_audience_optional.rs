//! A JWT verifier that looks at `aud` if it is there.
//!
//! Models Go's jwt-go before 4.0.0-preview1 (CVE-2020-26160), which took a list
//! of audiences for an absent claim, and let an absent claim pass. A token for
//! another service is refused here, one for nobody in particular is not.

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
        "audience-if-present",
        "the audience is this service, if the token names one",
        |policy, _| policy.required.retain(|claim| *claim != RegisteredClaim::Aud),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-audience-optional".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that looks at the audience if there is one".into(),
            own: &[Weakness::AudienceOptional],
            mends: &[],
            provenance: "model of CVE-2020-26160 (Go jwt-go before 4.0.0-preview1)".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
