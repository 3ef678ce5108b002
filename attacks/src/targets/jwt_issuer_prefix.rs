//! A JWT verifier that asks whether the issuer's name starts as the expected one.
//!
//! Models an application's bug: names of issuers are URLs, and what follows the
//! expected one may be a path of the same host or the rest of another host's name.

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
            id: "jwt-issuer-prefix".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that compares the beginning of the issuer's name".into(),
            own: &[Weakness::IssuerPartlyCompared],
            mends: &[],
            provenance: "model of an application's bug, RFC 8725 §3.8".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(CLAIMS_POLICY, weaker),
    })
}
