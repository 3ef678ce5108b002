//! JWK Sets (RFC 7517 §5), as jsonwebtoken reads them and as the attack range does.
//!
//! A verifier fetches such a set and believes what its keys sign, so reading one too
//! generously lets a stranger's key stand in for the issuer's. The property: whoever
//! believes an issued token has been given the issuer's key, member for member. And
//! where both readers take the first key of a set for RSA, it is the same key.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokenlab_attacks::model::jwk::first_rsa_pem;
use tokenlab_harness::exchange::Key;
use tokenlab_harness::key_set;

use crate::issued::{self, CORPORA, RING};
use crate::seeds::Seed;
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "jwks",
    summary: "JWK Sets, read by jsonwebtoken and by the attack range",
    crash_means: "a set without the issuer's key verifies the issuer's tokens, or two readers take two keys from it",
    dictionary: Some("lines"),
    body,
    token: crate::no_token,
    seeds,
};

/// An issued token, and the public key (or the secret) that it is verified by.
struct Signed {
    token: &'static str,
    algorithm: &'static str,
    scheme: &'static str,
    key: Vec<u8>,
}

/// The smallest issued token of each algorithm of jsonwebtoken with a kind of key
/// that is compared here.
static SIGNED: LazyLock<Vec<Signed>> = LazyLock::new(|| {
    let smallest = issued::all().iter().filter(|issued| issued.corpus == CORPORA[0]);
    smallest
        .filter_map(|issued| {
            let card = issued.issuer()?.card();
            let key = RING.key(&card.scheme)?.to_exchange(&card.scheme).ok()?;
            (card.library == "jsonwebtoken").then_some(Signed {
                token: &issued.token,
                algorithm: &card.algorithm,
                scheme: &card.scheme,
                key: material(&key)?,
            })
        })
        .collect()
});

fn body(data: &[u8]) -> Result<Reach, Finding> {
    let text = String::from_utf8_lossy(data);
    let Some(keys) = key_set::read(&text) else {
        return Ok(Reach::Refused);
    };
    let mut reach = Reach::Refused;
    for key in keys.iter().flatten() {
        let given = key.jwk().unwrap_or_default();
        for signed in SIGNED.iter() {
            if key.verifies(signed.algorithm, signed.token) {
                reach = reach.max(judge(&given, signed, &text)?);
            }
        }
    }
    let first = keys.first().and_then(Option::as_ref).and_then(|key| key.jwk());
    agree(
        first.as_ref(),
        first_rsa_pem(text.as_bytes()).ok().as_deref(),
        &text,
    )?;
    Ok(reach)
}

/// Judges that the key `given` verified the token.
fn judge(given: &Value, signed: &Signed, text: &str) -> Result<Reach, Finding> {
    if material(given).as_ref() == Some(&signed.key) {
        return Ok(Reach::Accepted);
    }
    Err(Finding::WrongKey {
        problem: "that is not the issuer's verifies the issuer's token",
        scheme: signed.scheme.to_owned(),
        given: text.to_owned(),
    })
}

/// Holds the first key against what the attack range took it for, a PEM of RSA.
fn agree(first: Option<&Value>, pem: Option<&[u8]>, text: &str) -> Result<(), Finding> {
    const SCHEME: &str = "jwt.RS256";
    let key = pem.and_then(|pem| {
        let pem = Value::from(String::from_utf8_lossy(pem));
        Key::from_exchange(SCHEME, &pem).ok()?.to_exchange(SCHEME).ok()
    });
    let (Some(first), Some(key)) = (first, key) else {
        return Ok(());
    };
    if material(first) == material(&key) {
        return Ok(());
    }
    Err(Finding::WrongKey {
        problem: "is one to jsonwebtoken and another to the attack range",
        scheme: SCHEME.to_owned(),
        given: text.to_owned(),
    })
}

/// What a JWK verifies by, without the writings that make no difference: zeros
/// before a number of RSA, zeros after a secret of HMAC (RFC 2104 §2 fills it with
/// them), and the border between the coordinates of a point.
fn material(jwk: &Value) -> Option<Vec<u8>> {
    let member = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
    match jwk.get("kty")?.as_str()? {
        "RSA" => {
            let number = |name| {
                let bytes = member(name)?;
                let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                bytes.get(zeros..).map(<[u8]>::to_vec)
            };
            Some([number("n")?, b"^".to_vec(), number("e")?].concat())
        }
        "EC" => Some([member("x")?, member("y")?].concat()),
        "OKP" => member("x"),
        "oct" => {
            let mut secret = member("k")?;
            let end = secret
                .iter()
                .rposition(|byte| *byte != 0)
                .map_or(0, |last| last + 1);
            secret.truncate(end);
            Some(secret)
        }
        _ => None,
    }
}

/// The set of all issuers' keys, one of each kind alone, and what is no such set.
fn seeds() -> Vec<Seed> {
    let mut keys = Vec::new();
    for signed in SIGNED.iter() {
        let key = RING
            .key(signed.scheme)
            .and_then(|key| key.to_exchange(signed.scheme).ok());
        keys.extend(key.map(|key| (signed.scheme, key)));
    }
    let all: Vec<&Value> = keys.iter().map(|(_, key)| key).collect();
    let mut seeds = vec![Seed::new(
        "seed-all",
        json!({ "keys": all }).to_string(),
        Reach::Accepted,
    )];
    for (scheme, key) in &keys {
        let mut named = key.clone();
        if let Some(members) = named.as_object_mut() {
            members.insert("kid".into(), "2026-01".into());
            members.insert("use".into(), "sig".into());
        }
        let text = json!({ "keys": [named] }).to_string();
        seeds.push(Seed::new(format!("seed-{scheme}"), text, Reach::Accepted));
    }
    for (name, text) in [
        ("seed-empty", r#"{"keys":[]}"#),
        ("seed-no-set", "[]"),
        ("seed-unknown-kty", r#"{"keys":[{"kty":"new"}]}"#),
        ("seed-short-secret", r#"{"keys":[{"kty":"oct","k":"AA"}]}"#),
        ("seed-rsa-of-one", r#"{"keys":[{"kty":"RSA","n":"AQ","e":"AQ"}]}"#),
        (
            "seed-point-off-the-curve",
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
        ),
    ] {
        seeds.push(Seed::new(name, text, Reach::Refused));
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa(n: &str) -> Value {
        json!({ "kty": "RSA", "n": n, "e": "AQAB" })
    }

    #[test]
    fn the_issuers_key_in_another_writing_is_the_same_and_another_is_not() {
        let signed = SIGNED.iter().find(|signed| signed.scheme == "jwt.RS256").unwrap();
        let key = RING.key("jwt.RS256").unwrap().to_exchange("jwt.RS256").unwrap();
        let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
        let zeros = URL_SAFE_NO_PAD.encode([vec![0, 0], modulus].concat());
        assert_eq!(judge(&rsa(&zeros), signed, ""), Ok(Reach::Accepted));
        let found = judge(&rsa("AQ"), signed, "").unwrap_err();
        assert!(found.to_string().contains("not the issuer's"), "{found}");
    }

    #[test]
    fn two_readers_with_two_keys_are_a_finding() {
        let pem = RING.rsa().pem.public_pem.as_bytes();
        assert!(agree(Some(&rsa("AQ")), Some(pem), "").is_err());
        assert_eq!(agree(Some(&rsa("AQ")), None, ""), Ok(()));
        assert_eq!(agree(None, Some(pem), ""), Ok(()));
    }

    #[test]
    fn tokens_of_every_kind_of_key_are_tried() {
        let schemes: Vec<&str> = SIGNED.iter().map(|signed| signed.scheme).collect();
        for scheme in ["jwt.HS256", "jwt.RS256", "jwt.PS256", "jwt.ES256", "jwt.EdDSA"] {
            assert!(schemes.contains(&scheme), "{scheme} is not of {schemes:?}");
        }
    }
}
