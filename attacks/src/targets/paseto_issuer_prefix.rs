//! A PASETO verifier that asks whether the issuer's name starts as the expected
//! one.
//!
//! Models an application's bug. The specification asks for equality
//! (Validators, IssuedBy), and equality is as easily got wrong as around a JWT.

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
        "issuer-prefix",
        "the token's issuer starts with the expected name; audience and times are as the policy wants them",
        |policy, claims| {
            if let Some(iss) = &claims.iss
                && iss.starts_with(&policy.issuer)
            {
                policy.issuer.clone_from(iss);
            }
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-issuer-prefix".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a v4 verifier that compares the beginning of the issuer's name".into(),
            own: &[Weakness::IssuerPartlyCompared],
            mends: &[],
            provenance: "model of an application's bug, PASETO, Validators".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
