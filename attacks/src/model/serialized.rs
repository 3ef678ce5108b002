//! A JWS in whichever serialization: the text, the signed parts that were
//! found in it, and the place where the claims are read.
//!
//! JWS has three serializations (RFC 7515 §7) and JWT one of them, the compact
//! (RFC 7519 §1). As long as that is demanded, the three things above are the
//! same token. A verifier that takes the others as well has to make sure of it
//! by itself.

use std::borrow::Cow;

use serde_json::Value;
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
use super::jws::{self, Jws};
use super::payload::{self, Payload};

/// A JWS of which nothing is known yet: as a compact token, until a check finds
/// something else in it.
pub struct Serialized {
    text: String,
    /// What is verified, every signature by itself.
    pub signed: Vec<Jws>,
    /// Where the claims are read.
    pub read: Jws,
}

impl Serialized {
    /// The text as a JSON object; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    fn signed(&mut self) -> &mut [Jws] {
        &mut self.signed
    }
}

/// Protected header, payload and signature as one compact token; `None` unless
/// all of them are text.
#[must_use]
pub fn compact(protected: Option<&Value>, payload: Option<&Value>, signature: Option<&Value>) -> Option<Jws> {
    let [protected, payload, signature] =
        [protected, payload, signature].map(|member| member.and_then(Value::as_str));
    Some(Jws::parse(&[protected?, payload?, signature?].join(".")))
}

impl Parsed for Serialized {
    fn parse(token: &str) -> Self {
        Self {
            text: token.to_owned(),
            signed: vec![Jws::parse(token)],
            read: Jws::parse(token),
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        payload::claims(self)
    }
}

impl Payload for Serialized {
    type Times = NumericDate;

    fn payload(&self) -> Result<Cow<'_, [u8]>, Rejection> {
        self.read.payload()
    }
}

/// Every check of a verifier for the one algorithm `only`, whose key is chosen
/// by `key`.
#[must_use]
pub fn verifier(only: &'static str, key: Check<Jws>) -> Verifier<Serialized> {
    let mut checks = vec![compact_serialization()];
    checks.extend(
        jws::authenticity(only, key)
            .into_iter()
            .map(|check| check.on_each(Serialized::signed)),
    );
    checks.extend(payload::checks());
    Verifier::of(checks)
}

/// RFC 7519 §1: letters, digits, `-`, `_` and dots, which no other
/// serialization is made of.
fn compact_serialization() -> Check<Serialized> {
    Check::new(
        COMPACT_SERIALIZATION,
        Stage::Shape,
        "the text holds nothing but base64url and dots",
        |jws: &mut Serialized| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            match jws.text.chars().find(|c| !allowed(*c)) {
                None => Ok(()),
                Some(other) => refuse(
                    RejectReason::Malformed,
                    format!("there is a {other:?} in the text, which is no compact serialization"),
                ),
            }
        },
    )
}

/// Name of the check that keeps the other serializations out.
pub const COMPACT_SERIALIZATION: &str = "compact-serialization";
