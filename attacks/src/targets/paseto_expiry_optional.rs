//! A PASETO verifier that looks at `exp` if it is there.
//!
//! The specification has the same claims as a JWT and makes none of them
//! mandatory; what is required is left to the validators of the library, and
//! they differ. The rest of the policy is whole.

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
        "claims-if-present",
        "the token has not expired, if it says when it does",
        |policy, _| policy.required.retain(|claim| *claim != RegisteredClaim::Exp),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-expiry-optional".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a v4 verifier that looks at the expiry if there is one".into(),
            own: &[Weakness::ExpiryOptional],
            mends: &[],
            provenance: "model of PASETO, Claims, by which exp is optional".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
