//! JWEs under a password, taken apart, and the checks around the work that
//! their headers ask for (RFC 7518 §4.8, RFC 7516 §5.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
use super::compact::{Compact, Encrypted, every_part_encoded, five_parts, key_management};
use super::jws::{CRITICAL_EXTENSIONS, STRICT_ENCODING};
use crate::jwe;
use crate::pbkdf2;

/// A JWE taken apart, and its claims once it is decrypted.
pub struct Locked {
    compact: Compact,
    payload: Option<Vec<u8>>,
}

impl Locked {
    /// Rounds that the header asks for; zero if it asks for none.
    fn rounds(&self) -> u64 {
        let p2c = self.compact.header().get("p2c");
        p2c.and_then(Value::as_u64).unwrap_or_default()
    }
}

impl Encrypted for Locked {
    fn compact(&self) -> &Compact {
        &self.compact
    }
}

impl Parsed for Locked {
    fn parse(token: &str) -> Self {
        Self {
            compact: Compact::of(token),
            payload: None,
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        let payload = self
            .payload
            .as_ref()
            .ok_or_else(|| Rejection::new(RejectReason::InvalidClaims, "the claims are encrypted"))?;
        ClaimSet::from_json::<NumericDate>(payload)
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))
    }
}

/// Every check of a verifier of JWTs under `password`.
#[must_use]
pub fn verifier(password: Vec<u8>) -> Verifier<Locked> {
    Verifier::of(vec![
        five_parts(),
        every_part_encoded(STRICT_ENCODING),
        key_management(ALG, "password"),
        critical_extensions(),
        iteration_limit(),
        decryption(password),
        claims_policy(),
    ])
}

/// The salt of PBKDF2: the algorithm, a zero byte, and what the header says
/// (RFC 7518 §4.8.1.1).
pub(crate) fn salt(p2s: &[u8]) -> Vec<u8> {
    [ALG.as_bytes(), &[0], p2s].concat()
}

/// RFC 7516 §4.1.13: the header demands no extension, since none is understood.
fn critical_extensions() -> Check<Locked> {
    Check::new(
        CRITICAL_EXTENSIONS,
        Stage::Header,
        "the header demands no extension, since none is understood here",
        |jwe: &mut Locked| {
            let header = jwe.compact.header();
            if header.contains_key("crit") || header.contains_key("b64") {
                return refuse(RejectReason::WrongScheme, "the header demands an extension");
            }
            Ok(())
        },
    )
}

/// The draft that revises RFC 8725, §2.10 and §3.13: a limit to the rounds.
fn iteration_limit() -> Check<Locked> {
    Check::new(
        ITERATION_LIMIT,
        Stage::Header,
        format!("p2c asks for no more than {MOST_ROUNDS} rounds"),
        |jwe: &mut Locked| {
            let rounds = jwe.rounds();
            if rounds <= MOST_ROUNDS {
                return Ok(());
            }
            refuse(
                RejectReason::Oversized,
                format!("p2c asks for {rounds} rounds, and {MOST_ROUNDS} are allowed"),
            )
        },
    )
}

/// RFC 7518 §4.8 and RFC 7516 §5.2. One answer for every way to fail (§11.5).
fn decryption(password: Vec<u8>) -> Check<Locked> {
    Check::new(
        "decryption",
        Stage::Signature,
        "the content decrypts with a key derived from the password, in as many rounds as p2c says",
        move |jwe: &mut Locked| {
            let p2s = URL_SAFE_NO_PAD
                .decode(jwe.compact.text("p2s"))
                .unwrap_or_default();
            let key = pbkdf2::derive(&password, &salt(&p2s), jwe.rounds());
            let Some(payload) = jwe::open_wrapped(&key, &jwe.compact.sealed()) else {
                return refuse(RejectReason::BadSignature, "it does not decrypt");
            };
            jwe.payload = Some(payload);
            Ok(())
        },
    )
}

/// Issuer, audience and times, by the lab's policy.
fn claims_policy() -> Check<Locked> {
    Check::new(
        "claims-policy",
        Stage::Claims,
        "issuer, audience and times are as the policy wants them",
        |jwe: &mut Locked| Policy::lab().check_now(&jwe.claims()?),
    )
}

/// Name of the check that bounds the work.
pub const ITERATION_LIMIT: &str = "iteration-limit";

/// Twice what OWASP recommends for passwords, as the draft has it.
pub const MOST_ROUNDS: u64 = 2 * 600_000;

/// The one algorithm of the password.
pub(crate) const ALG: &str = "PBES2-HS512+A256KW";
