//! JWEs with a signed JWT inside, taken apart, and the checks around the inner
//! one (RFC 7516 §5.2, RFC 7519 §7.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::RsaPrivateKey;
use serde_json::{Map, Value};
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
use super::jws::{self, Jws};
use crate::jwe::{self, Sealed};

/// A JWE taken apart, and what was inside once it is decrypted.
pub struct Nested {
    parts: Vec<String>,
    decoded: Vec<Option<Vec<u8>>>,
    header: Map<String, Value>,
    inner: Option<Jws>,
}

impl Nested {
    fn part(&self, index: usize) -> &[u8] {
        self.decoded
            .get(index)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    fn member(&self, name: &str) -> &str {
        self.header.get(name).and_then(Value::as_str).unwrap_or_default()
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

impl Parsed for Nested {
    fn parse(token: &str) -> Self {
        let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let decoded: Vec<_> = parts
            .iter()
            .map(|part| URL_SAFE_NO_PAD.decode(part).ok())
            .collect();
        let header = decoded
            .first()
            .and_then(Option::as_deref)
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .unwrap_or_default();
        Self {
            parts,
            decoded,
            header,
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
    let mut checks = vec![five_parts(), outer_encoding(), key_management(), decryption(key)];
    checks.extend(
        jws::checks(only, inner_key)
            .into_iter()
            .map(|check| check.within(Nested::inner)),
    );
    Verifier::of(checks)
}

/// RFC 7516 §7.1: header, encrypted key, nonce, ciphertext, tag.
fn five_parts() -> Check<Nested> {
    Check::new(
        "five-parts",
        Stage::Shape,
        "there are five parts",
        |jwe: &mut Nested| match jwe.parts.len() {
            5 => Ok(()),
            other => refuse(RejectReason::Malformed, format!("{other} parts, want 5")),
        },
    )
}

/// RFC 7515 §2, for every part.
fn outer_encoding() -> Check<Nested> {
    Check::new(
        "outer-encoding",
        Stage::Encoding,
        "every part is strict base64url, and the header a JSON object",
        |jwe: &mut Nested| {
            if jwe.decoded.iter().any(Option::is_none) || jwe.header.is_empty() {
                return refuse(
                    RejectReason::Encoding,
                    "a part is not strict base64url, or the header no JSON object",
                );
            }
            Ok(())
        },
    )
}

/// RFC 8725 §3.1: the caller says which algorithms, also of a JWE.
fn key_management() -> Check<Nested> {
    Check::new(
        "key-management",
        Stage::Header,
        "alg is RSA-OAEP-256 and enc A256GCM, as the key is for",
        |jwe: &mut Nested| {
            let (alg, enc) = (jwe.member("alg"), jwe.member("enc"));
            if (alg, enc) == ("RSA-OAEP-256", "A256GCM") {
                return Ok(());
            }
            refuse(
                RejectReason::WrongScheme,
                format!("alg is {alg:?} and enc {enc:?}, want RSA-OAEP-256 and A256GCM"),
            )
        },
    )
}

/// RFC 7516 §5.2. One answer for every way to fail (§11.5).
fn decryption(key: RsaPrivateKey) -> Check<Nested> {
    Check::new(
        "decryption",
        Stage::Signature,
        "the content decrypts with the verifier's key",
        move |jwe: &mut Nested| {
            let sealed = Sealed {
                header: jwe.parts.first().map(String::as_str).unwrap_or_default(),
                wrapped: jwe.part(1),
                nonce: jwe.part(2),
                ciphertext: jwe.part(3),
                tag: jwe.part(4),
            };
            let Some(plaintext) = jwe::open(&key, &sealed) else {
                return refuse(RejectReason::BadSignature, "it does not decrypt");
            };
            jwe.inner = Some(Jws::parse(&String::from_utf8_lossy(&plaintext)));
            Ok(())
        },
    )
}
