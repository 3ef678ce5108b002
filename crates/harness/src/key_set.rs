//! JWK Sets (RFC 7517 §5) as jsonwebtoken reads them.
//!
//! A contender is loaded with one key, so reading a set is no part of one. It is a
//! parser that strangers reach all the same, and is here for whoever fuzzes it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;

use crate::contenders;

/// One key of a set that jsonwebtoken would verify with.
pub struct SetKey {
    jwk: Jwk,
    key: DecodingKey,
}

/// The keys of a set in its order, `None` in the place of one that jsonwebtoken
/// reads and has no use for; `None` if the whole is no set to it.
#[must_use]
pub fn read(text: &str) -> Option<Vec<Option<SetKey>>> {
    contenders::install_jwt_provider();
    let set: JwkSet = serde_json::from_str(text).ok()?;
    let read = |jwk: Jwk| {
        if !has_length_of_curve(&jwk) {
            return None;
        }
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        Some(SetKey { jwk, key })
    };
    Some(set.keys.into_iter().map(read).collect())
}

/// Whether an OKP key is one of Ed25519, with the 32 bytes that RFC 8037 §2 gives it.
fn has_length_of_curve(jwk: &Jwk) -> bool {
    let AlgorithmParameters::OctetKeyPair(parameters) = &jwk.algorithm else {
        return true;
    };
    parameters.curve == EllipticCurve::Ed25519
        && URL_SAFE_NO_PAD.decode(&parameters.x).is_ok_and(|x| x.len() == 32)
}

impl SetKey {
    /// The key as jsonwebtoken writes it.
    #[must_use]
    pub fn jwk(&self) -> Option<Value> {
        serde_json::to_value(&self.jwk).ok()
    }

    /// Whether the key verifies the signature of `token` by the algorithm of that
    /// name; the claims are not asked about.
    #[must_use]
    pub fn verifies(&self, algorithm: &str, token: &str) -> bool {
        let Ok(algorithm) = algorithm.parse::<Algorithm>() else {
            return false;
        };
        let mut validation = Validation::new(algorithm);
        validation.validate_aud = false;
        match decode::<Value>(token, &self.key, &validation) {
            Ok(_) => true,
            // The signature is looked at first, so these come after it.
            Err(error) => matches!(
                error.kind(),
                ErrorKind::ExpiredSignature | ErrorKind::MissingRequiredClaim(_)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Corpus, KeyRing, Policy};

    #[test]
    fn a_key_of_a_set_verifies_what_it_signed_and_by_no_other_algorithm() {
        let ring = KeyRing::from_seed(1);
        let contender = contenders::named("jsonwebtoken/ES256+rustcrypto").unwrap();
        let service = contender.load(&ring, &Policy::lab()).unwrap();
        let claims = Corpus::named("tiny").unwrap().claims(0, crate::policy::now());
        let token = service.issue(&claims).unwrap();
        let scheme = &contender.card().scheme;
        let jwk = ring.key(scheme).unwrap().to_exchange(scheme).unwrap();
        let set = serde_json::json!({ "keys": [jwk, {"kty": "oct", "k": "AA"}] }).to_string();
        let keys = read(&set).unwrap();
        let [Some(own), Some(other)] = keys.as_slice() else {
            panic!("two keys");
        };
        assert!(own.verifies("ES256", &token));
        assert!(!own.verifies("ES384", &token) && !own.verifies("none", &token));
        assert!(!other.verifies("HS256", &token));
        assert!(!own.verifies("ES256", &format!("{token}A")));
        assert_eq!(own.jwk().unwrap()["crv"], "P-256");
    }

    #[test]
    fn a_key_of_another_length_than_its_curve_has_is_left_out() {
        for (x, is_read) in [(43, true), (42, false), (19, false), (0, false)] {
            let x = "A".repeat(x);
            let set = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}]}}"#);
            let keys = read(&set).unwrap();
            assert_eq!(keys.first().unwrap().is_some(), is_read, "{set}");
        }
    }

    #[test]
    fn what_is_no_set_is_none() {
        for text in ["", "[]", "{}", r#"{"keys":1}"#] {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(read(r#"{"keys":[]}"#).unwrap().is_empty());
    }
}
