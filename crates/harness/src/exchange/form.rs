//! Keys in and out of a line: which form goes with which scheme.
//!
//! Every form that gives the right kind of key is read for every scheme (an
//! Ed25519 key is one whether a JWK, a PEM or hexadecimal brings it), but a
//! form that names its own purpose is held to it: a PASERK to its version and
//! type, a JWK to its `alg`, `use` and `key_ops`. A private key where a public
//! one verifies is refused: it would pass, and travel on in log files.

use serde_json::Value;

use super::key::{Key, PublicKey};
use super::wanted::Wanted;
use super::{jwk, paserk_key, pem, text};

/// A key that does not go with its scheme, or can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Another kind, half, length, curve or form than the scheme wants.
    #[error("{given} was given, but {scheme} wants {wanted}{advice}")]
    Unfit {
        /// The scheme of the line.
        scheme: String,
        /// What was given, never the key itself.
        given: String,
        /// What is wanted.
        wanted: String,
        /// What to do, after a colon; empty if that is plain.
        advice: &'static str,
    },
    /// A form that does not hold what it should.
    #[error("cannot read the key: {0}")]
    Unreadable(String),
    /// No scheme of that name.
    #[error(
        "there is no scheme {0:?}; want jwt.<alg>, jwe.<alg>+<enc>, paseto.v1.local to v4.public, or biscuit.v3"
    )]
    UnknownScheme(String),
}

impl KeyError {
    pub(super) fn unfit(scheme: &str, given: impl Into<String>, wanted: impl ToString) -> Self {
        Self::Unfit {
            scheme: scheme.to_owned(),
            given: given.into(),
            wanted: wanted.to_string(),
            advice: "",
        }
    }

    pub(super) fn unreadable(problem: impl Into<String>) -> Self {
        Self::Unreadable(problem.into())
    }
}

impl Key {
    /// Reads the `key` of a line of `scheme`: a JWK, or text that is a PEM, a
    /// PASERK, `hex:…`, `utf8:…`, `ed25519/…` or `secp256r1/…`.
    ///
    /// # Errors
    /// [`KeyError`] naming what was given and what is wanted.
    pub fn from_exchange(scheme: &str, given: &Value) -> Result<Self, KeyError> {
        let wanted = Wanted::of(scheme).ok_or_else(|| KeyError::UnknownScheme(scheme.to_owned()))?;
        let key = match given {
            Value::Object(members) => {
                jwk::check_purpose(scheme, members)?;
                jwk::read(members)?
            }
            Value::String(text) => text::read(scheme, wanted, text)?,
            other => {
                return Err(KeyError::unfit(
                    scheme,
                    super::line::type_name(other),
                    "a JWK object, or a PEM, a PASERK, hex:…, utf8:… or ed25519/… as a string",
                ));
            }
        };
        // As an HMAC secret it would be the algorithm confusion of RFC 8725 §2.1.
        if key
            .secret()
            .is_some_and(|secret| secret.starts_with(b"-----BEGIN"))
        {
            return Err(KeyError::unfit(scheme, "a PEM as the bytes of a secret", wanted));
        }
        admit(scheme, wanted, &key)?;
        Ok(key)
    }

    /// Reads a key in its owner's hands, private or public: a JWK, a PEM or a PASERK. What
    /// it is used for is not asked here.
    ///
    /// # Errors
    /// [`KeyError::Unreadable`] of anything else.
    pub fn of_owner(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => jwk::read(&members),
            _ if text.starts_with("-----BEGIN ") => pem::read(text),
            _ => super::paserk::parse(text)
                .map(|paserk| paserk.key)
                .map_err(|error| {
                    KeyError::unreadable(format!("this is no JWK, no PEM and no PASERK: {error}"))
                }),
        }
    }

    /// Writes what verifies or opens tokens of `scheme` in its standard form: a
    /// JWK for JWT and JWE, a PASERK for PASETO, `ed25519/<hex>` for Biscuit.
    /// Of a private key that is the public half, except for JWE.
    ///
    /// # Errors
    /// [`KeyError`] if the key is none of `scheme`'s.
    pub fn to_exchange(&self, scheme: &str) -> Result<Value, KeyError> {
        let wanted = Wanted::of(scheme).ok_or_else(|| KeyError::UnknownScheme(scheme.to_owned()))?;
        let travels = match (wanted, self.public()) {
            (Wanted::Public(_), Some(public)) => Self::Public(public),
            _ => self.clone(),
        };
        admit(scheme, wanted, &travels)?;
        let (family, name) = scheme.split_once('.').unwrap_or_default();
        match (family, &travels) {
            ("paseto", _) => paserk_key::write(scheme, &travels).map(Value::String),
            ("biscuit", Self::Public(PublicKey::Ed25519(bytes))) => {
                Ok(Value::String(format!("ed25519/{}", text::hexadecimal(bytes))))
            }
            ("biscuit", Self::Public(PublicKey::P256(key))) => {
                use p256::elliptic_curve::sec1::ToEncodedPoint;
                let point = key.to_encoded_point(true);
                Ok(Value::String(format!(
                    "secp256r1/{}",
                    text::hexadecimal(point.as_bytes())
                )))
            }
            ("jwe", _) => {
                let algorithm = name.rsplit_once('+').map_or(name, |(algorithm, _)| algorithm);
                Ok(Value::Object(jwk::write(algorithm, &travels)))
            }
            _ => Ok(Value::Object(jwk::write(name, &travels))),
        }
    }
}

/// Refuses a key that was read but is not what `scheme` wants.
fn admit(scheme: &str, wanted: Wanted, key: &Key) -> Result<(), KeyError> {
    if wanted.fits(key) {
        return Ok(());
    }
    let advice = match (wanted, key) {
        (Wanted::Public(_), Key::Private(_)) => ": a private key has no business in a line",
        (Wanted::Public(_), Key::Secret(_)) => ": whoever verifies must not be able to sign",
        (Wanted::Secret(_), Key::Public(_)) => ": a public key is no secret",
        (Wanted::Private(_), Key::Public(_)) => ": the public half only encrypts",
        _ => "",
    };
    Err(KeyError::Unfit {
        scheme: scheme.to_owned(),
        given: key.describe(),
        wanted: wanted.to_string(),
        advice,
    })
}
