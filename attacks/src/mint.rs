//! Tokens to order: any header or footer, any claims, under a key in hand.
//!
//! Issuers of model targets and attackers both use this. It refuses nothing,
//! because a lab has to be able to build a bad token; what keeps an attacker
//! from an issuer's token is that she has no issuer's key to hand in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use pasetors::keys::{AsymmetricSecretKey, SymmetricKey};
use pasetors::version2::V2;
use pasetors::version3::V3;
use pasetors::version4::V4;
use pasetors::{version2, version3, version4};
use serde_json::{Map, Value};
use tokenlab_harness::claims::{NumericDate, Rfc3339};
use tokenlab_harness::{ClaimSet, contenders};

use crate::hs::Hs;

/// A token that can't be made: a key that doesn't fit, a failing library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot make a token: {0}")]
pub(crate) struct MintError(String);

impl MintError {
    /// A failure in the words of `problem`.
    pub(crate) fn new(problem: impl ToString) -> Self {
        Self(problem.to_string())
    }
}

/// What goes into the third part of a JWS.
pub(crate) enum Signature {
    /// No bytes at all.
    Empty,
    /// An HMAC tag under these bytes, whatever they are.
    Tag(Hs, Vec<u8>),
    /// A signature by this key.
    By(Algorithm, EncodingKey),
    /// The text of another token's third part.
    Copied(String),
}

/// A PASETO key of one version and purpose.
pub(crate) enum PasetoKey {
    V2Local([u8; 32]),
    V2Public([u8; 64]),
    V3Public([u8; 48]),
    V4Local([u8; 32]),
    V4Public([u8; 64]),
}

/// A JWS in compact serialization, RFC 7515 §7.1.
pub(crate) fn jws(
    header: &Map<String, Value>,
    claims: &ClaimSet,
    signature: &Signature,
) -> Result<String, MintError> {
    let header = serde_json::to_string(header).map_err(MintError::new)?;
    let claims = jwt_payload(claims)?;
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let third = match signature {
        Signature::Empty => String::new(),
        Signature::Tag(hs, key) => URL_SAFE_NO_PAD.encode(hs.tag(key, input.as_bytes())),
        Signature::By(algorithm, key) => {
            contenders::install_jwt_provider();
            jsonwebtoken::crypto::sign(input.as_bytes(), key, *algorithm).map_err(MintError::new)?
        }
        Signature::Copied(text) => text.clone(),
    };
    Ok(format!("{input}.{third}"))
}

/// A PASETO with an optional footer (empty means none).
pub(crate) fn paseto(key: &PasetoKey, claims: &ClaimSet, footer: &str) -> Result<String, MintError> {
    let message = paseto_payload(claims)?;
    let message = message.as_bytes();
    let footer = (!footer.is_empty()).then_some(footer.as_bytes());
    match key {
        PasetoKey::V2Local(key) => {
            SymmetricKey::<V2>::from(key).and_then(|key| version2::LocalToken::encrypt(&key, message, footer))
        }
        PasetoKey::V2Public(key) => AsymmetricSecretKey::<V2>::from(key)
            .and_then(|key| version2::PublicToken::sign(&key, message, footer)),
        PasetoKey::V3Public(key) => AsymmetricSecretKey::<V3>::from(key)
            .and_then(|key| version3::PublicToken::sign(&key, message, footer, None)),
        PasetoKey::V4Local(key) => SymmetricKey::<V4>::from(key)
            .and_then(|key| version4::LocalToken::encrypt(&key, message, footer, None)),
        PasetoKey::V4Public(key) => AsymmetricSecretKey::<V4>::from(key)
            .and_then(|key| version4::PublicToken::sign(&key, message, footer, None)),
    }
    .map_err(MintError::new)
}

/// Claims as a JWT payload, not yet in any token.
pub(crate) fn jwt_payload(claims: &ClaimSet) -> Result<String, MintError> {
    claims.to_json::<NumericDate>().map_err(MintError::new)
}

/// Claims as a PASETO payload, not yet in any token.
pub(crate) fn paseto_payload(claims: &ClaimSet) -> Result<String, MintError> {
    claims.to_json::<Rfc3339>().map_err(MintError::new)
}

/// Bytes as one part of a token.
pub(crate) fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes as two digits each, as SQL writes a blob and a person a key.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
