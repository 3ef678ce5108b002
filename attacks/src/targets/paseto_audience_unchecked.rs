//! A PASETO verifier that never asks for whom the token was issued.
//!
//! The claim and the mistake are those of a JWT. The rest of the policy is whole.

use tokenlab_harness::RegisteredClaim;
use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_typed_key;
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
            id: "paseto-audience-unchecked".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a v4 verifier that does not look at the audience".into(),
            own: &[Weakness::AudienceUnchecked],
            mends: &[],
            provenance: "model of an application without a validator of aud (PASETO, Validators)".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
