//! Tokens to order: any header or footer, any claims, under a key in hand.
//!
//! Issuers of model targets and attackers both use this. It refuses nothing,
//! because a lab has to be able to build a bad token; what keeps an attacker
//! from an issuer's token is that she has no issuer's key to hand in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use tokenlab_harness::claims::{NumericDate, Rfc3339};
use tokenlab_harness::{Bound, ClaimSet, Contender, Key, contenders};

use crate::hs::Hs;
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::sign::sign;

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
    By(JwsAlgorithm, Key),
    /// The text of another token's third part.
    Copied(String),
}

/// A JWS in compact serialization, RFC 7515 §7.1.
pub(crate) fn jws(
    header: &Map<String, Value>,
    claims: &ClaimSet,
    signature: &Signature,
) -> Result<String, MintError> {
    let header = serde_json::to_string(header).map_err(MintError::new)?;
    jws_of(&header, jwt_payload(claims)?.as_bytes(), signature)
}

/// The same of any header and payload, byte for byte.
pub(crate) fn jws_of(header: &str, payload: &[u8], signature: &Signature) -> Result<String, MintError> {
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let third = match signature {
        Signature::Empty => String::new(),
        Signature::Tag(hs, key) => URL_SAFE_NO_PAD.encode(hs.tag(key, input.as_bytes())),
        Signature::By(algorithm, key) => sign(*algorithm, key, input.as_bytes())?,
        Signature::Copied(text) => text.clone(),
    };
    Ok(format!("{input}.{third}"))
}

/// A PASETO with an optional footer (empty means none), by whichever contender
/// implements the scheme.
pub(crate) fn paseto(
    scheme: Scheme,
    key: &Key,
    claims: &ClaimSet,
    footer: &str,
) -> Result<String, MintError> {
    seal(
        scheme,
        key,
        paseto_payload(claims)?.as_bytes(),
        &with_footer(footer),
    )
}

/// What a footer binds; nothing if it is empty.
pub(crate) fn with_footer(footer: &str) -> Bound {
    Bound {
        footer: (!footer.is_empty()).then(|| footer.into()),
        ..Bound::default()
    }
}

/// A biscuit of one block, under any root key.
pub(crate) fn biscuit(root: &Key, claims: &ClaimSet) -> Result<String, MintError> {
    seal(
        Scheme::Biscuit,
        root,
        jwt_payload(claims)?.as_bytes(),
        &Bound::default(),
    )
}

/// `payload` signed or encrypted by whichever contender implements the scheme.
pub(crate) fn seal(scheme: Scheme, key: &Key, payload: &[u8], bound: &Bound) -> Result<String, MintError> {
    implementation(scheme)?
        .codec(key)
        .map_err(MintError::new)?
        .seal(payload, bound)
        .map_err(MintError::new)
}

/// The first of `keys` that `token` opens under, by whichever contender
/// implements the scheme; keys that don't fit open nothing.
pub(crate) fn opening(
    scheme: Scheme,
    token: &str,
    mut keys: impl Iterator<Item = Vec<u8>>,
) -> Result<Option<Vec<u8>>, MintError> {
    let contender = implementation(scheme)?;
    Ok(keys.find(|key| {
        contender
            .codec(&Key::Secret(key.clone()))
            .is_ok_and(|codec| codec.open(token, &Bound::default()).is_ok())
    }))
}

/// Whichever contender implements the scheme.
fn implementation(scheme: Scheme) -> Result<&'static dyn Contender, MintError> {
    let wire = scheme.to_string();
    contenders::available()
        .find(|contender| contender.card().scheme == wire)
        .ok_or_else(|| MintError::new(format!("no contender here makes {wire} tokens")))
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
