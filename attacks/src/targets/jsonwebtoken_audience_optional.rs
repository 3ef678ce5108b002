//! `jsonwebtoken` 11.1 in the hands of a caller who sets the audience and does
//! not ask for the claim.
//!
//! The library documents that `set_audience` is looked at if the token has an
//! `aud`, and that `required_spec_claims`, which holds `exp` by default, says
//! which claims have to be there. This caller asks for `exp` and `iss`. Not a
//! bug of the library; its contender for RS256 asks for `aud` as well.

use std::panic::Location;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection, contenders};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::Issuer;
use super::jsonwebtoken_header_algorithm::claims;
use super::jwt_rs256;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    contenders::install_jwt_provider();
    Box::new(AudienceOptional {
        profile: TargetProfile {
            id: "jsonwebtoken-audience-optional".into(),
            kind: TargetKind::Misconfigured,
            scheme: jwt_rs256::SCHEME,
            summary: "jsonwebtoken, told which audience and not that there has to be one".into(),
            own: &[Weakness::AudienceOptional],
            mends: &[],
            provenance: "jsonwebtoken 11.1.0, set_audience without aud in required_spec_claims".into(),
            hardened: Some("jsonwebtoken/RS256+rustcrypto"),
        },
        exposure: jwt_rs256::exposure(issuer),
        public_pem: issuer.ring().rsa().pem.public_pem.clone(),
    })
}

struct AudienceOptional {
    profile: TargetProfile,
    exposure: Exposure,
    public_pem: String,
}

impl AudienceOptional {
    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let key = DecodingKey::from_rsa_pem(self.public_pem.as_bytes())
            .map_err(|error| Rejection::new(RejectReason::Internal, error.to_string()))?;
        let policy = Policy::lab();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_required_spec_claims(&["exp", "iss"]);
        validation.set_issuer(&[policy.issuer]);
        validation.set_audience(&[policy.audience]);
        claims(token, &key, &validation)
    }
}

impl Target for AudienceOptional {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let answered = self.verify(token);
        let trace = vec![
            entry(
                "required-audience",
                Stage::Claims,
                CheckResult::Absent,
                "the token names an audience at all",
                Location::caller(),
            ),
            answer("jsonwebtoken 11.1.0", &answered),
        ];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}
