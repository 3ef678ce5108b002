//! `jsonwebtoken` 11.1 in the hands of a caller who decodes.
//!
//! The library keeps `insecure_decode` in a module called `dangerous`. This
//! caller has a key, compares the algorithm and holds the claims against the
//! policy; what is missing is the one call that looks at the signature. Not a
//! bug of the library; its contender for RS256 is the same library used as
//! intended.

use std::panic::Location;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::dangerous::insecure_decode;
use tokenlab_harness::claims::{ClaimSet, Decode, NumericDate};
use tokenlab_harness::{Policy, RejectReason, Rejection, contenders};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::Issuer;
use super::jsonwebtoken_header_algorithm::no_extension;
use super::jwt_rs256;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::model::jws::SIGNATURE;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(InsecureDecode {
        profile: TargetProfile {
            id: "jsonwebtoken-insecure-decode".into(),
            kind: TargetKind::Misconfigured,
            scheme: jwt_rs256::SCHEME,
            summary: "jsonwebtoken, asked to decode where it should verify".into(),
            own: &[Weakness::DecodedOnly],
            mends: &[],
            provenance: "jsonwebtoken 11.1.0, dangerous::insecure_decode".into(),
            hardened: Some("jsonwebtoken/RS256+rustcrypto"),
        },
        exposure: jwt_rs256::exposure(issuer),
    })
}

struct InsecureDecode {
    profile: TargetProfile,
    exposure: Exposure,
}

fn read(token: &str) -> Result<ClaimSet, Rejection> {
    let data = insecure_decode::<Decode<NumericDate>>(token)
        .map_err(|error| contenders::jwt_rejection(&error, token))?;
    if data.header.alg != Algorithm::RS256 {
        return Err(Rejection::new(RejectReason::WrongScheme, "alg is not RS256"));
    }
    no_extension(data.header.crit.is_some())?;
    let third = token.rsplit('.').next().unwrap_or_default();
    if URL_SAFE_NO_PAD.decode(third).is_err() {
        return Err(Rejection::new(
            RejectReason::Encoding,
            "the third part is not strict base64url, at which the library does not look",
        ));
    }
    let claims = data.claims.0;
    Policy::lab().check_now(&claims)?;
    Ok(claims)
}

impl Target for InsecureDecode {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let (answered, line) = (read(token), Location::caller());
        let trace = vec![
            entry(
                SIGNATURE,
                Stage::Signature,
                CheckResult::Absent,
                "the signature matches",
                line,
            ),
            answer("jsonwebtoken 11.1.0", &answered),
        ];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}
