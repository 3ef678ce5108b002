//! rusty_paseto 0.8.0 for v4.local: the genuine release, called without a guard.
//!
//! It cuts a body into nonce, ciphertext and tag before it looks at the length,
//! and panics where there is less than that. Fixed in 0.9.0. No secret is
//! needed: the cut comes before the key. The contender of the same release, for
//! v2.public, has a guard before it.

use std::panic::Location;

use rusty_paseto_0_8_0::core::{
    Footer, ImplicitAssertion, Key as RawKey, Local, Paseto, PasetoError, PasetoSymmetricKey, V4,
};
use tokenlab_harness::claims::Rfc3339;
use tokenlab_harness::{ClaimSet, Key, Policy, RejectReason, Rejection};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::{Issuer, sealed};
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::caught::caught;
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let secret = issuer.ring().symmetric::<32>(&SCHEME.to_string());
    Box::new(ShortTokens {
        profile: TargetProfile {
            id: "rusty-paseto-0-8-0".into(),
            kind: TargetKind::Historic,
            scheme: SCHEME,
            summary: "rusty_paseto 0.8.0 for v4.local, which panics at short tokens".into(),
            own: &[Weakness::UncheckedLength],
            mends: &[],
            provenance: "rusty_paseto 0.8.0, fixed in 0.9.0".into(),
            hardened: Some("rusty_paseto/v4.local"),
        },
        exposure: issuer.exposure(SCHEME, move |draft| {
            sealed(draft, SCHEME, &Key::Secret(secret.to_vec()), "")
        }),
        key: RawKey::from(secret).into(),
    })
}

struct ShortTokens {
    profile: TargetProfile,
    exposure: Exposure,
    key: PasetoSymmetricKey<V4, Local>,
}

impl ShortTokens {
    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let (footer, assertion) = (None::<Footer<'_>>, None::<ImplicitAssertion<'_>>);
        let message = Paseto::<V4, Local>::try_decrypt(token, &self.key, footer, assertion)
            .map_err(|error| Rejection::new(reason(&error), error.to_string()))?;
        let claims = ClaimSet::from_json::<Rfc3339>(message.as_bytes())
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
        Policy::lab().check_now(&claims)?;
        Ok(claims)
    }
}

impl Target for ShortTokens {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let (answered, line) = (caught(|| self.verify(token)), Location::caller());
        let mut trace = vec![entry(
            "length-before-cutting",
            Stage::Shape,
            CheckResult::Absent,
            "the body is at least as long as a nonce and a tag",
            line,
        )];
        let outcome = match answered {
            Ok(answered) => {
                trace.push(answer("rusty_paseto 0.8.0", &answered));
                answered.map_or_else(Outcome::Rejected, Outcome::Believed)
            }
            Err(message) => Outcome::Panicked(message),
        };
        Decision::new(outcome, trace)
    }
}

/// The library's errors in the shared vocabulary.
const fn reason(error: &PasetoError) -> RejectReason {
    match error {
        PasetoError::IncorrectSize => RejectReason::Malformed,
        PasetoError::WrongHeader => RejectReason::WrongScheme,
        PasetoError::PayloadBase64Decode { .. } => RejectReason::Encoding,
        PasetoError::Utf8Error { .. } => RejectReason::InvalidClaims,
        _ => RejectReason::BadSignature,
    }
}

const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
