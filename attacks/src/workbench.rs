//! Tokens made by hand: any header, any payload, and what the attacker can sign with.
//!
//! For a learner, who has what Mallory has: keys of her own and any string of bytes
//! that she takes for a secret. Nothing is refused for being no good token; what can't
//! be made (a secret of no length for `local`) is said in a sentence.

use serde_json::{Map, Value};
use tokenlab_harness::exchange::{Key, PublicKey};
use tokenlab_harness::paseto::Purpose;

use crate::attacker::{self, own_key};
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::scheme::{JwsAlgorithm, Scheme, Version};

/// What stands in the third part of a JWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Third {
    /// This text, as it is; it may be empty.
    Text(String),
    /// The HMAC of that name (`HS256`…) under these bytes.
    Mac(String, Vec<u8>),
    /// A signature by Mallory's own key for the algorithm of that name.
    Own(String),
    /// A signature by this private key (PEM, JWK), for the algorithm that the header names.
    By(String),
}

/// What makes a PASETO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// Mallory's own key.
    Own,
    /// These bytes, as a shared key.
    Secret(Vec<u8>),
    /// This private key (PEM, PASERK).
    By(String),
}

/// Whoever is to read a JWE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Whoever has these 16 or 32 bytes: `dir` with AES-GCM (RFC 7518 §4.5).
    Secret(Vec<u8>),
    /// Whoever has the private half of this RSA key (PEM, JWK): `RSA-OAEP` with A256GCM.
    Public(String),
}

/// A JWS of any header and payload (RFC 7515 §7.1).
///
/// # Errors
/// In a sentence: an algorithm that the lab does not know, or has no key for.
pub fn jws(header: &str, payload: &[u8], third: &Third) -> Result<String, String> {
    let signature = match third {
        Third::Text(text) => Signature::Copied(text.clone()),
        Third::Mac(name, key) => {
            let hs = Hs::named(name).ok_or_else(|| format!("there is no HMAC called {name}"))?;
            Signature::Tag(hs, key.clone())
        }
        Third::Own(name) => {
            let algorithm = algorithm(name)?;
            let key = own_key(Scheme::Jwt(algorithm)).map_err(|error| error.to_string())?;
            Signature::By(algorithm, key)
        }
        Third::By(text) => {
            let named: Value = serde_json::from_str(header).map_err(|error| {
                format!("the header is no JSON, so it names no algorithm to sign with: {error}")
            })?;
            let algorithm = algorithm(named.get("alg").and_then(Value::as_str).unwrap_or_default())?;
            Signature::By(algorithm, key_of_text(text)?)
        }
    };
    mint::jws_of(header, payload, &signature).map_err(|error| error.to_string())
}

/// A PASETO of version 4 with any payload and footer.
///
/// # Errors
/// In a sentence: bytes of another length, or a key of another purpose.
pub fn v4(purpose: Purpose, maker: &Maker, payload: &[u8], footer: &str) -> Result<String, String> {
    let scheme = Scheme::Paseto(Version::V4, purpose);
    let key = match (purpose, maker) {
        (_, Maker::Own) => own_key(scheme).map_err(|error| error.to_string())?,
        (Purpose::Local, Maker::Secret(bytes)) => Key::Secret(bytes.clone()),
        (Purpose::Public, Maker::Secret(_)) => {
            return Err("v4.public is signed with a private key, and a secret is none".into());
        }
        (_, Maker::By(text)) => key_of_text(text)?,
    };
    mint::seal(scheme, &key, payload, &mint::with_footer(footer)).map_err(|error| error.to_string())
}

/// A JWE of any plaintext; `header` has members besides `alg` and `enc`, which follow from
/// the reader.
///
/// # Errors
/// In a sentence: a header that is no JSON object, or a key that nobody encrypts to.
pub fn jwe(header: &str, plaintext: &[u8], reader: &Reader) -> Result<String, String> {
    let header = match header.trim() {
        "" => Value::Object(Map::new()),
        text => serde_json::from_str(text).map_err(|error| format!("the header is no JSON: {error}"))?,
    };
    let Value::Object(header) = header else {
        return Err("the header of a JWE is a JSON object".into());
    };
    let recipient = match reader {
        Reader::Secret(bytes) => Recipient::Direct(bytes.clone()),
        Reader::Public(text) => match key_of_text(text)?.public() {
            Some(PublicKey::Rsa(key)) => Recipient::RsaOaep(Box::new(key)),
            _ => return Err("RSA-OAEP encrypts to an RSA key".into()),
        },
    };
    jwe::seal(&recipient, &header, plaintext).map_err(|error| error.to_string())
}

fn key_of_text(text: &str) -> Result<Key, String> {
    Key::of_owner(text).map_err(|error| error.to_string())
}

/// Mallory's own key for the algorithm of that name as a JWK: the public half, or the
/// secret where there is none.
///
/// # Errors
/// In a sentence, if the lab does not know the algorithm, or has no key for it.
pub fn own_jwk(name: &str) -> Result<Value, String> {
    attacker::own_jwk(Scheme::Jwt(algorithm(name)?)).map_err(|error| error.to_string())
}

fn algorithm(name: &str) -> Result<JwsAlgorithm, String> {
    JwsAlgorithm::named(name).ok_or_else(|| format!("there is no signature algorithm called {name}"))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use tokenlab_harness::{Bound, contenders};

    use super::*;

    #[test]
    fn any_text_becomes_a_jws_with_the_third_part_that_was_wanted() {
        let token = jws("no json", b"\xff", &Third::Text("AAAA".into())).unwrap();
        assert_eq!(token, format!("{}._w.AAAA", URL_SAFE_NO_PAD.encode("no json")));
        assert!(
            jws("{}", b"{}", &Third::Text(String::new()))
                .unwrap()
                .ends_with('.')
        );
        // RFC 4231 has no such message; the tag is RustCrypto's under the same key.
        let token = jws("{}", b"{}", &Third::Mac("hs256".into(), b"secret".to_vec())).unwrap();
        let tag = URL_SAFE_NO_PAD.encode(Hs::S256.tag(b"secret", b"e30.e30"));
        assert_eq!(token, format!("e30.e30.{tag}"));
        assert!(jws("{}", b"{}", &Third::Mac("HS1".into(), Vec::new())).is_err());
        assert!(jws("{}", b"{}", &Third::Own("none".into())).is_err());
    }

    #[test]
    fn what_mallory_signs_verifies_under_her_own_public_key() {
        for name in ["RS256", "ES256", "EdDSA"] {
            let wire = format!("jwt.{name}");
            let token = jws(&format!(r#"{{"alg":"{name}"}}"#), b"{}", &Third::Own(name.into())).unwrap();
            let key = Key::from_exchange(&wire, &own_jwk(name).unwrap()).unwrap();
            let contender = contenders::all()
                .iter()
                .find(|one| one.card().scheme == wire)
                .unwrap();
            let opened = contender.codec(&key).unwrap().open(&token, &Bound::default());
            assert!(opened.is_ok(), "{name}: {opened:?}");
        }
    }

    #[test]
    fn a_paseto_takes_32_bytes_or_says_that_it_does() {
        let token = v4(Purpose::Local, &Maker::Secret(vec![7; 32]), b"{}", "foot").unwrap();
        assert!(token.starts_with("v4.local.") && token.ends_with(".Zm9vdA"));
        assert!(v4(Purpose::Local, &Maker::Secret(vec![7; 31]), b"{}", "").is_err());
        assert!(
            v4(Purpose::Public, &Maker::Own, b"{}", "")
                .unwrap()
                .starts_with("v4.public.")
        );
        let refused = v4(Purpose::Public, &Maker::Secret(vec![7; 32]), b"{}", "").unwrap_err();
        assert!(refused.contains("private key"), "{refused}");
    }
}
