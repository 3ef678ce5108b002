//! `jsonwebtoken` 11.1 in the hands of a caller who takes the algorithm from
//! the token.
//!
//! The library offers `decode_header` to find a key by `kid`, and asks the
//! caller for an algorithm and for a key of one kind. This caller uses the
//! header's `alg` for the first and one PEM text for the second, whatever the
//! kind: RS/HS confusion is back, in a library that prevents it. Not a bug of
//! the library; its contender for RS256 is the same library used as intended.

use std::panic::Location;

use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Validation, decode, decode_header};
use tokenlab_harness::claims::{ClaimSet, Decode, NumericDate};
use tokenlab_harness::{Policy, RejectReason, Rejection, contenders};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::model::jws::ALGORITHM_ALLOW_LIST;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    contenders::install_jwt_provider();
    Box::new(HeaderAlgorithm {
        profile: TargetProfile {
            id: "jsonwebtoken-header-algorithm".into(),
            kind: TargetKind::Misconfigured,
            scheme: jwt_rs256::SCHEME,
            summary: "jsonwebtoken, told to use the algorithm that the token names".into(),
            own: &[Weakness::UntypedKey],
            mends: &[],
            provenance: "jsonwebtoken 11.1.0, alg of decode_header passed to Validation::new".into(),
            hardened: Some("jsonwebtoken/RS256+rustcrypto"),
        },
        exposure: jwt_rs256::exposure(issuer),
        public_pem: issuer.ring().rsa().pem.public_pem.clone(),
    })
}

struct HeaderAlgorithm {
    profile: TargetProfile,
    exposure: Exposure,
    public_pem: String,
}

impl HeaderAlgorithm {
    fn verify(&self, token: &str, alg: Algorithm) -> Result<ClaimSet, Rejection> {
        let pem = self.public_pem.as_bytes();
        let key = match alg.family() {
            AlgorithmFamily::Hmac => Ok(DecodingKey::from_secret(pem)),
            AlgorithmFamily::Rsa => DecodingKey::from_rsa_pem(pem),
            AlgorithmFamily::Ec => DecodingKey::from_ec_pem(pem),
            AlgorithmFamily::Ed => DecodingKey::from_ed_pem(pem),
        };
        let key = key.map_err(|error| Rejection::new(RejectReason::WrongScheme, error.to_string()))?;
        let policy = Policy::lab();
        let mut validation = Validation::new(alg);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[policy.issuer]);
        validation.set_audience(&[policy.audience]);
        claims(token, &key, &validation)
    }
}

/// What the library finds in a token, if that demands no extension.
pub(super) fn claims(token: &str, key: &DecodingKey, validation: &Validation) -> Result<ClaimSet, Rejection> {
    let data = decode::<Decode<NumericDate>>(token, key, validation)
        .map_err(|error| contenders::jwt_rejection(&error, token))?;
    no_extension(data.header.crit.is_some())?;
    Ok(data.claims.0)
}

/// RFC 7515 §4.1.11, which this library leaves to its caller in every release:
/// refuses a token whose header `demands` extensions.
pub(super) fn no_extension(demands: bool) -> Result<(), Rejection> {
    if demands {
        return Err(Rejection::new(
            RejectReason::WrongScheme,
            "the header has critical extensions, which the library leaves to its caller",
        ));
    }
    Ok(())
}

impl Target for HeaderAlgorithm {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let (alg, line) = (decode_header(token).map(|header| header.alg), Location::caller());
        let answered = alg
            .map_err(|error| contenders::jwt_rejection(&error, token))
            .and_then(|alg| self.verify(token, alg));
        let trace = vec![
            entry(
                ALGORITHM_ALLOW_LIST,
                Stage::Header,
                CheckResult::Absent,
                "alg is the one algorithm of the configured key",
                line,
            ),
            answer("jsonwebtoken 11.1.0", &answered),
        ];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}
