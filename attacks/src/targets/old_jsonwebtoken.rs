//! What two old releases of the crate `jsonwebtoken` have in common, both
//! linked as they were published: before 10.3.0 a time of the wrong type was
//! taken for one that is not there (CVE-2026-25537).
//!
//! They are used as an application would use them that is careful in
//! everything else: one key, one algorithm, `exp` required, `nbf` validated. What
//! the library leaves to its caller (`crit`, a claim that occurs twice) is looked
//! at here, so that the published bug is the only way in.

use std::panic::Location;

use serde_json::{Map, Value};
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Key, RejectReason, Rejection, decode};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::{Issuer, signed};
use super::jsonwebtoken_header_algorithm::no_extension;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::mint::Signature;
use crate::model::payload::{self, CLAIM_TYPES};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

/// A token and the secret to the claims that the library returns.
pub(super) type Verify = fn(&str, &[u8]) -> Result<Map<String, Value>, Rejection>;

/// `jsonwebtoken` of some version, behind [`Verify`].
macro_rules! verify_with {
    ($release:ident) => {
        fn verify(
            token: &str,
            secret: &[u8],
        ) -> Result<serde_json::Map<String, serde_json::Value>, tokenlab_harness::Rejection> {
            use tokenlab_harness::{Policy, RegisteredClaim, RejectReason, Rejection};
            use $release::errors::ErrorKind;

            let policy = Policy::lab();
            let mut validation = $release::Validation::new($release::Algorithm::HS256);
            validation.leeway = u64::from(policy.leeway_s);
            validation.validate_nbf = true;
            validation.set_issuer(&[policy.issuer]);
            validation.set_audience(&[policy.audience]);
            validation.set_required_spec_claims(&["iss", "aud", "exp"]);
            let key = $release::DecodingKey::from_secret(secret);
            let decoded = $release::decode(token, &key, &validation);
            decoded.map(|data| data.claims).map_err(|error| {
                let reason = match error.kind() {
                    ErrorKind::InvalidToken => RejectReason::Malformed,
                    ErrorKind::Json(json) if json.to_string().starts_with("unknown variant") => {
                        RejectReason::WrongScheme
                    }
                    ErrorKind::Json(_) if $release::decode_header(token).is_ok() => {
                        RejectReason::InvalidClaims
                    }
                    ErrorKind::Base64(_) | ErrorKind::Utf8(_) | ErrorKind::Json(_) => RejectReason::Encoding,
                    ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => {
                        RejectReason::WrongScheme
                    }
                    ErrorKind::InvalidSignature => RejectReason::BadSignature,
                    ErrorKind::MissingRequiredClaim(name) => RegisteredClaim::from_name(name)
                        .map_or(RejectReason::InvalidClaims, RejectReason::MissingClaim),
                    ErrorKind::ExpiredSignature => RejectReason::Expired,
                    ErrorKind::ImmatureSignature => RejectReason::NotYetValid,
                    ErrorKind::InvalidIssuer => RejectReason::WrongIssuer,
                    ErrorKind::InvalidAudience => RejectReason::WrongAudience,
                    _ => RejectReason::Internal,
                };
                Rejection::new(reason, error.to_string())
            })
        }
    };
}
pub(super) use verify_with;

/// The target of one release. The place of this call is the place where its
/// missing check is missing.
#[track_caller]
pub(super) fn target(issuer: &Issuer, id: &str, version: &str, verify: Verify) -> Box<dyn Target> {
    let key = issuer.key(SCHEME);
    let secret = key.secret().unwrap_or_default().to_vec();
    let library = format!("jsonwebtoken {version}");
    Box::new(OldRelease {
        profile: TargetProfile {
            id: id.into(),
            kind: TargetKind::Historic,
            scheme: SCHEME,
            summary: format!("{library} for HS256 alone, with the lab's policy and nbf validated"),
            own: &[Weakness::MistypedClaimSkipped],
            mends: &[],
            provenance: format!("crate {library}, CVE-2026-25537, fixed in 10.3.0"),
            hardened: Some("jsonwebtoken/HS256+rustcrypto"),
        },
        exposure: exposure(issuer, key),
        library,
        secret,
        verify,
        missing_at: Location::caller(),
    })
}

fn exposure(issuer: &Issuer, key: Key) -> Exposure {
    let signature = Signature::By(JwsAlgorithm::Hs256, key);
    issuer.exposure(SCHEME, move |draft| signed(draft, "HS256", None, &signature))
}

struct OldRelease {
    profile: TargetProfile,
    exposure: Exposure,
    library: String,
    secret: Vec<u8>,
    verify: Verify,
    missing_at: &'static Location<'static>,
}

impl OldRelease {
    fn claims(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let members = (self.verify)(token, &self.secret)?;
        let decoded = decode::decode(token);
        let part = |index: usize| decoded.parts.get(index).map_or(&b""[..], |part| &part.bytes);
        let header: Map<String, Value> = serde_json::from_slice(part(0)).unwrap_or_default();
        no_extension(header.contains_key("crit"))?;
        if !members.get("iss").is_some_and(Value::is_string) {
            return Err(Rejection::new(
                RejectReason::WrongIssuer,
                "iss is a list, which the library takes and this caller does not",
            ));
        }
        payload::has_unique_members(part(1))?;
        Ok(payload::readable::<NumericDate>(members))
    }
}

impl Target for OldRelease {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let answered = self.claims(token);
        let trace = vec![
            entry(
                CLAIM_TYPES,
                Stage::Claims,
                CheckResult::Absent,
                "every registered claim that is there has its type",
                self.missing_at,
            ),
            answer(&self.library, &answered),
        ];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}

const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
