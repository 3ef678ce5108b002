//! RSA keys as a JWK brings them (RFC 7517, RFC 7518 §6.3.1), alone or in a
//! set.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::{BigUint, RsaPublicKey};
use serde_json::Value;
use tokenlab_harness::{RejectReason, Rejection};

/// The key in a JWK, as the models of RS256 keep it: PEM text.
///
/// # Errors
/// `unknown-key` if it is no RSA key.
pub fn rsa_pem(jwk: &Value) -> Result<Vec<u8>, Rejection> {
    let number = |name: &str| {
        let text = jwk.get(name).and_then(Value::as_str)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(BigUint::from_bytes_be(&bytes))
    };
    number("n")
        .zip(number("e"))
        .and_then(|(modulus, exponent)| RsaPublicKey::new(modulus, exponent).ok())
        .and_then(|key| key.to_public_key_pem(LineEnding::LF).ok())
        .map(String::into_bytes)
        .ok_or_else(|| Rejection::new(RejectReason::UnknownKey, "there is no JWK of an RSA key"))
}

/// The first key of a set (RFC 7517 §5).
///
/// # Errors
/// As [`rsa_pem`], and if this is no set or an empty one.
pub fn first_rsa_pem(set: &[u8]) -> Result<Vec<u8>, Rejection> {
    let set: Value = serde_json::from_slice(set).unwrap_or_default();
    rsa_pem(set.pointer("/keys/0").unwrap_or(&Value::Null))
}

#[cfg(test)]
mod tests {
    use tokenlab_harness::KeyRing;
    use tokenlab_harness::exchange::{Key, PrivateKey};

    use super::*;
    use crate::public_key;

    #[test]
    fn a_key_that_was_written_as_jwk_is_read_as_pem() {
        let ring = KeyRing::from_seed(1);
        let Some(Key::Private(PrivateKey::Rsa(key))) = ring.key("jwt.RS256") else {
            panic!("no RSA key");
        };
        let jwk = public_key::jwk(&PrivateKey::Rsa(key).public());
        assert_eq!(rsa_pem(&jwk).unwrap(), ring.rsa().pem.public_pem.as_bytes());
        let set = serde_json::json!({ "keys": [jwk] }).to_string();
        assert_eq!(
            first_rsa_pem(set.as_bytes()).unwrap(),
            ring.rsa().pem.public_pem.as_bytes()
        );
        for no_set in ["", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AA"}]}"#] {
            let refused = first_rsa_pem(no_set.as_bytes()).unwrap_err();
            assert_eq!(refused.reason, RejectReason::UnknownKey, "{no_set}");
        }
    }
}
