//! JWEs with a signed JWT inside, taken apart, and the checks around the inner
//! one (RFC 7516 §5.2, RFC 7519 §7.2).

use std::io::Read;

use rsa::RsaPrivateKey;
use serde_json::Value;
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
use super::compact::{Compact, Encrypted, every_part_encoded, five_parts, key_management};
use super::jws::{self, Jws};
use crate::jwe;

/// A JWE taken apart, and what was inside once it is decrypted.
pub struct Nested {
    compact: Compact,
    content_key: Vec<u8>,
    plaintext: Vec<u8>,
    inner: Option<Jws>,
}

impl Nested {
    /// The encrypted content key.
    #[must_use]
    pub fn wrapped(&self) -> &[u8] {
        self.compact.part(1)
    }

    /// Takes the content key that was found.
    pub fn use_content_key(&mut self, content_key: Vec<u8>) {
        self.content_key = content_key;
    }

    /// Decrypts the content with the content key; whether it did.
    pub fn open_content(&mut self) -> bool {
        let plaintext = jwe::open_content(&self.content_key, &self.compact.sealed());
        self.inner = plaintext.map(|plaintext| Jws::parse(&String::from_utf8_lossy(&plaintext)));
        self.inner.is_some()
    }

    /// The token inside.
    ///
    /// # Errors
    /// `malformed` as long as nothing is decrypted.
    pub fn inner(&mut self) -> Result<&mut Jws, Rejection> {
        self.inner
            .as_mut()
            .ok_or_else(|| Rejection::new(RejectReason::Malformed, "there is no token inside"))
    }
}

impl Encrypted for Nested {
    fn compact(&self) -> &Compact {
        &self.compact
    }
}

impl Parsed for Nested {
    fn parse(token: &str) -> Self {
        Self {
            compact: Compact::of(token),
            content_key: Vec::new(),
            plaintext: Vec::new(),
            inner: None,
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        self.inner.as_ref().map_or_else(
            || {
                Err(Rejection::new(
                    RejectReason::InvalidClaims,
                    "the claims are encrypted",
                ))
            },
            Jws::claims,
        )
    }
}

/// Every check of a verifier of JWTs that are signed with `only` and then
/// encrypted to `key`; the inner key is chosen by `inner_key`.
#[must_use]
pub fn verifier(key: RsaPrivateKey, only: &'static str, inner_key: Check<Jws>) -> Verifier<Nested> {
    let mut checks = opening(key);
    checks.extend(signed_inside(only, inner_key));
    Verifier::of(checks)
}

/// The same where what is inside may be compressed: it is inflated, up to a
/// limit, between the two.
#[must_use]
pub fn inflating_verifier(key: RsaPrivateKey, only: &'static str, inner_key: Check<Jws>) -> Verifier<Nested> {
    let mut checks = opening(key);
    checks.push(size_limit());
    checks.extend(signed_inside(only, inner_key));
    Verifier::of(checks)
}

fn opening(key: RsaPrivateKey) -> Vec<Check<Nested>> {
    vec![
        five_parts(),
        outer_encoding(),
        key_management("RSA-OAEP-256", "key"),
        decryption(key),
    ]
}

/// The outer parts are encoded as they should be.
pub(super) fn outer_encoding() -> Check<Nested> {
    every_part_encoded("outer-encoding")
}

fn signed_inside(only: &'static str, inner_key: Check<Jws>) -> impl Iterator<Item = Check<Nested>> {
    let checks = jws::checks(only, inner_key).into_iter();
    checks.map(|check| check.within(Nested::inner))
}

/// RFC 7516 §5.2. One answer for every way to fail (§11.5).
fn decryption(key: RsaPrivateKey) -> Check<Nested> {
    Check::new(
        "decryption",
        Stage::Signature,
        "the content decrypts with the verifier's key",
        move |jwe: &mut Nested| {
            let Some(plaintext) = jwe::open(&key, &jwe.compact.sealed()) else {
                return refuse(RejectReason::BadSignature, "it does not decrypt");
            };
            // What is compressed is no token yet.
            if !jwe.compact.header().contains_key("zip") {
                jwe.inner = Some(Jws::parse(&String::from_utf8_lossy(&plaintext)));
            }
            jwe.plaintext = plaintext;
            Ok(())
        },
    )
}

/// The draft that revises RFC 8725, §2.12 and §3.15: what unfolds into more
/// than a limit is refused at the limit, and not after it has unfolded.
fn size_limit() -> Check<Nested> {
    Check::new(
        SIZE_LIMIT,
        Stage::Signature,
        format!("what is compressed inflates to {MOST_INFLATED} bytes at most"),
        |jwe: &mut Nested| inflate(jwe, MOST_INFLATED),
    )
}

/// What becomes of [`size_limit`] in a verifier that trusts what it decrypts.
#[must_use]
pub fn inflate_all() -> Check<Nested> {
    Check::new(
        "inflate-all",
        Stage::Signature,
        "what is compressed is inflated, however long it becomes",
        |jwe: &mut Nested| inflate(jwe, usize::MAX),
    )
}

/// RFC 7516 §5.2 step 20: inflates what `zip` says is deflated, and nothing else.
fn inflate(jwe: &mut Nested, limit: usize) -> Result<(), Rejection> {
    match jwe.compact.header().get("zip").map(Value::as_str) {
        None => return Ok(()),
        Some(Some("DEF")) => {}
        Some(_) => return refuse(RejectReason::WrongScheme, "zip is not DEF"),
    }
    let mut inflater = flate2::read::DeflateDecoder::new(jwe.plaintext.as_slice());
    let mut inflated = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        let read = inflater
            .read(&mut chunk)
            .map_err(|error| Rejection::new(RejectReason::Encoding, error.to_string()))?;
        let fresh = chunk.get(..read).unwrap_or_default();
        if inflated.len().saturating_add(fresh.len()) > limit {
            return refuse(
                RejectReason::Oversized,
                format!("it inflates to more than {limit} bytes"),
            );
        }
        if fresh.is_empty() {
            jwe.inner = Some(Jws::parse(&String::from_utf8_lossy(&inflated)));
            return Ok(());
        }
        inflated.extend_from_slice(fresh);
    }
}

/// Name of the check that bounds what inflates.
pub const SIZE_LIMIT: &str = "size-limit";

/// 250 kilobytes, as the draft has it.
const MOST_INFLATED: usize = 250_000;
