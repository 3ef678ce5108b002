//! JWS compact tokens taken apart, and the checks that all JWT models share
//! (RFC 7515 §5.2, RFC 8725 §3).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1v15;
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier as _;
use serde_json::{Map, Value};
use sha2::Sha256;
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
use super::named_key::NamesKey;
use crate::hs::Hs;

/// A JWS taken apart, as far as it goes.
pub struct Jws {
    parts: Vec<String>,
    decoded: Vec<Option<Vec<u8>>>,
    header: Map<String, Value>,
    /// The key that verifies, once a check has chosen it: bytes of a secret,
    /// or PEM text.
    pub key: Vec<u8>,
}

impl Jws {
    /// `alg` of the header; empty if there is none.
    #[must_use]
    pub fn alg(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or_default()
    }

    fn part(&self, index: usize) -> &[u8] {
        self.decoded
            .get(index)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    fn signing_input(&self) -> String {
        self.parts
            .iter()
            .take(2)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(".")
    }
}

impl NamesKey for Jws {
    fn kid(&self) -> Result<String, Rejection> {
        self.header
            .get("kid")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| Rejection::new(RejectReason::UnknownKey, "the header names no key"))
    }

    fn use_key(&mut self, key: Vec<u8>) {
        self.key = key;
    }
}

impl Parsed for Jws {
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
            key: Vec::new(),
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        ClaimSet::from_json::<NumericDate>(self.part(1))
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))
    }
}

/// Every check of a verifier for the one algorithm `only`, whose key is chosen
/// by `key`.
#[must_use]
pub fn verifier(only: &'static str, key: Check<Jws>) -> Verifier<Jws> {
    Verifier::of(checks(only, key))
}

/// The same as a list.
#[must_use]
pub fn checks(only: &'static str, key: Check<Jws>) -> Vec<Check<Jws>> {
    vec![
        three_parts(),
        strict_encoding(),
        algorithm_allow_list(only),
        key,
        signature(),
        claims_policy(),
    ]
}

/// RFC 7515 §7.1: header, payload, signature, and nothing else.
#[must_use]
pub fn three_parts() -> Check<Jws> {
    Check::new(
        "three-parts",
        Stage::Shape,
        "there are three parts",
        |jws: &mut Jws| match jws.parts.len() {
            3 => Ok(()),
            other => refuse(RejectReason::Malformed, format!("{other} parts, want 3")),
        },
    )
}

/// RFC 7515 §2: base64url without padding; the header is a JSON object.
#[must_use]
pub fn strict_encoding() -> Check<Jws> {
    Check::new(
        "strict-encoding",
        Stage::Encoding,
        "every part is strict base64url, and the header a JSON object",
        |jws: &mut Jws| {
            if jws.decoded.iter().any(Option::is_none) {
                return refuse(RejectReason::Encoding, "a part is not strict base64url");
            }
            if jws.header.is_empty() {
                return refuse(
                    RejectReason::Encoding,
                    "the header is not a JSON object with members",
                );
            }
            Ok(())
        },
    )
}

/// RFC 8725 §3.1: the caller says which algorithm, byte for byte, and one key
/// has one algorithm.
#[must_use]
pub fn algorithm_allow_list(only: &'static str) -> Check<Jws> {
    Check::new(
        ALGORITHM_ALLOW_LIST,
        Stage::Header,
        format!("alg is {only}, the one algorithm of the configured key"),
        move |jws: &mut Jws| {
            if jws.alg() == only {
                return Ok(());
            }
            refuse(
                RejectReason::WrongScheme,
                format!("alg is {:?}, want {only}", jws.alg()),
            )
        },
    )
}

/// The key was chosen before any token came.
#[must_use]
pub fn configured_key(key: Vec<u8>) -> Check<Jws> {
    Check::new(
        "configured-key",
        Stage::KeyChoice,
        "the key was configured before the token was read",
        move |jws: &mut Jws| {
            jws.key.clone_from(&key);
            Ok(())
        },
    )
}

/// The core of a general library: the header says which algorithm, and the key
/// is a string of bytes. Sound behind [`algorithm_allow_list`], and as unsound
/// as the libraries of 2015 without it.
#[must_use]
pub fn signature() -> Check<Jws> {
    Check::new(
        "signature",
        Stage::Signature,
        "the signature matches, by the algorithm that the header names",
        |jws: &mut Jws| {
            let input = jws.signing_input();
            let (input, signature) = (input.as_bytes(), jws.part(2));
            let alg = jws.alg().to_ascii_lowercase();
            let matches = if let Some(hs) = Hs::named(&alg) {
                hs.verifies(&jws.key, input, signature)
            } else {
                match alg.as_str() {
                    "none" => signature.is_empty(),
                    "rs256" => rs256_verifies(&jws.key, input, signature),
                    _ => {
                        return refuse(
                            RejectReason::WrongScheme,
                            format!("no algorithm {:?} here", jws.alg()),
                        );
                    }
                }
            };
            if matches {
                return Ok(());
            }
            refuse(
                RejectReason::BadSignature,
                format!("no signature by {} under this key", jws.alg()),
            )
        },
    )
}

/// Issuer, audience and times, by the lab's policy.
#[must_use]
pub fn claims_policy() -> Check<Jws> {
    Check::new(
        "claims-policy",
        Stage::Claims,
        "issuer, audience and times are as the policy wants them",
        |jws: &mut Jws| Policy::lab().check_now(&jws.claims()?),
    )
}

fn rs256_verifies(spki_pem: &[u8], input: &[u8], signature: &[u8]) -> bool {
    let key = std::str::from_utf8(spki_pem)
        .ok()
        .and_then(|pem| rsa::RsaPublicKey::from_public_key_pem(pem).ok());
    let signature = pkcs1v15::Signature::try_from(signature).ok();
    key.zip(signature).is_some_and(|(key, signature)| {
        pkcs1v15::VerifyingKey::<Sha256>::new(key)
            .verify(input, &signature)
            .is_ok()
    })
}

/// Name of the check that most JWT attacks run into.
pub const ALGORITHM_ALLOW_LIST: &str = "algorithm-allow-list";

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokenlab_harness::RegisteredClaim;

    use super::*;
    use crate::mint::{self, Signature};
    use crate::target::Outcome;

    const KEY: &[u8] = b"a key of the test";

    fn claims() -> ClaimSet {
        let policy = Policy::lab();
        ClaimSet {
            iss: Some(policy.issuer),
            sub: Some("alice".into()),
            aud: vec![policy.audience],
            exp: Some(4_102_444_800),
            ..ClaimSet::default()
        }
    }

    fn token(alg: &str, claims: &ClaimSet) -> String {
        let header = json!({ "alg": alg });
        mint::jws(
            header.as_object().unwrap(),
            claims,
            &Signature::Tag(Hs::S256, KEY.into()),
        )
        .unwrap()
    }

    fn outcome(token: &str) -> Result<ClaimSet, RejectReason> {
        let verifier = verifier("HS256", configured_key(KEY.into()));
        match verifier.decide(token).outcome {
            Outcome::Believed(claims) => Ok(claims),
            Outcome::Rejected(rejection) => Err(rejection.reason),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_honest_token_is_believed_and_its_neighbours_are_not() {
        let honest = token("HS256", &claims());
        assert_eq!(outcome(&honest), Ok(claims()));
        let unsigned = honest.rsplit_once('.').unwrap().0;
        for (text, reason) in [
            (unsigned.to_owned(), RejectReason::Malformed),
            (format!("{honest}.x"), RejectReason::Malformed),
            (format!("{honest}="), RejectReason::Encoding),
            (
                format!("W10.{}", honest.split_once('.').unwrap().1),
                RejectReason::Encoding,
            ),
            (token("hs256", &claims()), RejectReason::WrongScheme),
            (token("HS384", &claims()), RejectReason::WrongScheme),
            (format!("{unsigned}."), RejectReason::BadSignature),
        ] {
            assert_eq!(outcome(&text), Err(reason), "{text}");
        }
    }

    #[test]
    fn the_policy_holds_for_tokens_that_are_signed_well() {
        let changed = |change: fn(&mut ClaimSet)| {
            let mut claims = claims();
            change(&mut claims);
            outcome(&token("HS256", &claims))
        };
        let missing = RejectReason::MissingClaim(RegisteredClaim::Exp);
        assert_eq!(changed(|claims| claims.exp = None), Err(missing));
        assert_eq!(changed(|claims| claims.exp = Some(0)), Err(RejectReason::Expired));
        assert_eq!(
            changed(|claims| claims.nbf = claims.exp),
            Err(RejectReason::NotYetValid)
        );
        assert_eq!(
            changed(|claims| claims.iss = Some("x".into())),
            Err(RejectReason::WrongIssuer)
        );
        assert_eq!(
            changed(|claims| claims.aud = vec!["x".into()]),
            Err(RejectReason::WrongAudience)
        );
    }

    #[test]
    fn a_header_without_a_kid_names_no_key() {
        let parsed = Jws::parse(&token("HS256", &claims()));
        assert_eq!(parsed.kid().unwrap_err().reason, RejectReason::UnknownKey);
    }
}
