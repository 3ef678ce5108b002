//! JWS compact tokens taken apart, and the checks that all JWT models share
//! (RFC 7515 §5.2, RFC 8725 §3).

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1v15;
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier as _;
use serde_json::{Map, Value};
use sha2::Sha256;
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
pub use super::claims::CLAIMS_POLICY;
use super::compact::Compact;
use super::es256;
use super::named_key::NamesKey;
use super::payload::{self, Payload};
use crate::hs::Hs;

/// A JWS taken apart, as far as it goes.
pub struct Jws {
    compact: Compact,
    /// The key that verifies, once a check has chosen it: bytes of a secret,
    /// PEM text, or the text of a JWK.
    pub key: Vec<u8>,
}

impl Jws {
    /// `alg` of the header; empty if there is none.
    #[must_use]
    pub fn alg(&self) -> &str {
        self.compact.text("alg")
    }

    /// `typ` of the header; empty if there is none.
    #[must_use]
    pub fn typ(&self) -> &str {
        self.compact.text("typ")
    }

    /// The payload as it came, or as it is read since.
    #[must_use]
    pub fn payload_bytes(&self) -> &[u8] {
        self.part(1)
    }

    /// Reads another payload in the place of the one that came.
    pub fn read_instead(&mut self, payload: Vec<u8>) {
        self.compact.replace_part(1, payload);
    }

    /// Bytes of the third part; empty if there are none.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.part(2)
    }

    /// The token as it came.
    #[must_use]
    pub fn text(&self) -> String {
        self.compact.parts().join(".")
    }

    /// A member of the header.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.compact.header().get(name)
    }

    /// Decodes every part anew, in another way.
    pub fn decode_by(&mut self, decode: impl Fn(&str) -> Option<Vec<u8>>) {
        self.compact.decode_by(decode);
    }

    pub(super) fn part(&self, index: usize) -> &[u8] {
        self.compact.part(index)
    }

    /// Goes on with another spelling of the signature.
    pub fn respell_signature(&mut self, signature: Vec<u8>) {
        self.compact.replace_part(2, signature);
    }

    pub(super) fn signing_input(&self) -> String {
        let parts = self.compact.parts();
        parts.get(..2).unwrap_or(parts).join(".")
    }
}

impl NamesKey for Jws {
    fn kid(&self) -> Result<String, Rejection> {
        self.member("kid")
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
        Self {
            compact: Compact::of(token),
            key: Vec::new(),
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        payload::claims(self)
    }
}

impl Payload for Jws {
    type Times = NumericDate;

    fn payload(&self) -> Result<Cow<'_, [u8]>, Rejection> {
        Ok(self.part(1).into())
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
    let mut checks = authenticity(only, key);
    checks.extend(payload::checks());
    checks
}

/// Those of them that lead to the signature.
#[must_use]
pub fn authenticity(only: &'static str, key: Check<Jws>) -> Vec<Check<Jws>> {
    vec![
        three_parts(),
        strict_encoding(),
        algorithm_allow_list(only),
        critical_extensions(),
        key,
        signature(),
    ]
}

/// RFC 7515 §7.1: header, payload, signature, and nothing else.
#[must_use]
pub fn three_parts() -> Check<Jws> {
    Check::new(
        "three-parts",
        Stage::Shape,
        "there are three parts",
        |jws: &mut Jws| match jws.compact.parts().len() {
            3 => Ok(()),
            other => refuse(RejectReason::Malformed, format!("{other} parts, want 3")),
        },
    )
}

/// RFC 7515 §2: base64url without padding; the header is a JSON object, whose
/// names occur once (§4).
#[must_use]
pub fn strict_encoding() -> Check<Jws> {
    Check::new(
        STRICT_ENCODING,
        Stage::Encoding,
        "every part is strict base64url, and the header a JSON object with members of different names",
        |jws: &mut Jws| {
            if !jws.compact.decodes() {
                return refuse(RejectReason::Encoding, "a part is not strict base64url");
            }
            if jws.compact.header().is_empty() {
                return refuse(
                    RejectReason::Encoding,
                    "the header is not a JSON object with members",
                );
            }
            payload::has_unique_members(jws.part(0))
                .map_err(|twice| Rejection::new(RejectReason::Encoding, twice.detail))
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

/// RFC 7515 §4.1.11: an extension that must be understood and is not refuses
/// the token. These models understand none, so that whatever `crit` says is a
/// reason: a name, no name, one twice, one that the header does not have. `b64`
/// changes what is signed, and is not for JWTs (RFC 7797 §7).
#[must_use]
pub fn critical_extensions() -> Check<Jws> {
    Check::new(
        CRITICAL_EXTENSIONS,
        Stage::Header,
        "the header demands no extension, since none is understood here",
        |jws: &mut Jws| {
            let demanded = ["crit", "b64"].map(|name| (name, jws.member(name)));
            match demanded {
                [(name, Some(value)), _] | [_, (name, Some(value))] => refuse(
                    RejectReason::WrongScheme,
                    format!("{name} is {value}, and no extension is understood here"),
                ),
                _ => Ok(()),
            }
        },
    )
}

/// The key was chosen before any token came. A token that brings one along is
/// refused for it: passing it over would do as well, since the signature does
/// not match then.
#[must_use]
pub fn configured_key(key: Vec<u8>) -> Check<Jws> {
    Check::new(
        CONFIGURED_KEY,
        Stage::KeyChoice,
        "the key was configured before the token was read, and the token brings none along",
        move |jws: &mut Jws| {
            if jws.member("jwk").is_some() {
                return refuse(
                    RejectReason::UnknownKey,
                    "the header brings a key along, and the key was configured",
                );
            }
            jws.key.clone_from(&key);
            Ok(())
        },
    )
}

/// RFC 8725 §3.11: the token says what it is for, and the verifier asks.
#[must_use]
pub fn explicit_typ(wanted: &'static str) -> Check<Jws> {
    Check::new(
        EXPLICIT_TYP,
        Stage::Application,
        format!("typ is {wanted}, which is the kind that is shown here"),
        move |jws: &mut Jws| {
            if jws.typ().eq_ignore_ascii_case(wanted) {
                return Ok(());
            }
            refuse(
                RejectReason::WrongScheme,
                format!("typ is {:?}, want {wanted}", jws.typ()),
            )
        },
    )
}

/// RFC 7518 §3.2, RFC 8725 §3.5: the secret of an HMAC is as long as its hash.
#[must_use]
pub fn key_length(least: usize) -> Check<Jws> {
    Check::new(
        KEY_LENGTH,
        Stage::KeyChoice,
        format!("the key has {least} bytes or more"),
        move |jws: &mut Jws| {
            if jws.key.len() >= least {
                return Ok(());
            }
            refuse(
                RejectReason::UnknownKey,
                format!("the key has {} bytes, want {least} or more", jws.key.len()),
            )
        },
    )
}

/// The core of a general library: the header says which algorithm, and the key
/// is a string of bytes. Sound behind [`algorithm_allow_list`], and as unsound
/// as the libraries of 2015 without it.
#[must_use]
pub fn signature() -> Check<Jws> {
    Check::new(
        SIGNATURE,
        Stage::Signature,
        "the signature matches, by the algorithm that the header names",
        |jws: &mut Jws| verify(jws),
    )
}

/// The same by itself, for checks that do more.
///
/// # Errors
/// If the signature does not match, or there is no such algorithm here.
pub fn verify(jws: &Jws) -> Result<(), Rejection> {
    let input = jws.signing_input();
    let (input, signature) = (input.as_bytes(), jws.part(2));
    let alg = jws.alg().to_ascii_lowercase();
    let matches = if let Some(hs) = Hs::named(&alg) {
        hs.verifies(&jws.key, input, signature)
    } else {
        match alg.as_str() {
            "none" => signature.is_empty(),
            "rs256" => rs256_verifies(&jws.key, input, signature),
            "es256" => es256::verifies(&jws.key, input, signature),
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
}

/// An RSA public key from the two forms of text in which one is stored: PEM,
/// and a JWK (RFC 7518 §6.3.1).
fn rsa_key(text: &[u8]) -> Option<rsa::RsaPublicKey> {
    let text = std::str::from_utf8(text).ok()?;
    rsa::RsaPublicKey::from_public_key_pem(text).ok().or_else(|| {
        let jwk: Map<String, Value> = serde_json::from_str(text).ok()?;
        let number = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok()?;
            Some(rsa::BigUint::from_bytes_be(&bytes))
        };
        rsa::RsaPublicKey::new(number("n")?, number("e")?).ok()
    })
}

fn rs256_verifies(key: &[u8], input: &[u8], signature: &[u8]) -> bool {
    let key = rsa_key(key);
    let signature = pkcs1v15::Signature::try_from(signature).ok();
    key.zip(signature).is_some_and(|(key, signature)| {
        pkcs1v15::VerifyingKey::<Sha256>::new(key)
            .verify(input, &signature)
            .is_ok()
    })
}

/// Name of the check that most JWT attacks run into.
pub const ALGORITHM_ALLOW_LIST: &str = "algorithm-allow-list";
/// Name of the check that keeps kinds of tokens apart.
pub const EXPLICIT_TYP: &str = "explicit-typ";

/// Name of the check that looks at the secret's length.
pub const KEY_LENGTH: &str = "key-length";

/// Name of the check that the others are there for.
pub const SIGNATURE: &str = "signature";

/// Name of the check that keeps a second writing of one token out.
pub const STRICT_ENCODING: &str = "strict-encoding";

/// Name of the check that keeps unknown extensions out.
pub const CRITICAL_EXTENSIONS: &str = "critical-extensions";

/// Name of the check that keeps a key from the token out.
pub const CONFIGURED_KEY: &str = "configured-key";

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokenlab_harness::{Policy, RegisteredClaim};

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

    fn signed(header: &str, payload: &str) -> String {
        mint::jws_of(header, payload.as_bytes(), &Signature::Tag(Hs::S256, KEY.into())).unwrap()
    }

    #[test]
    fn an_extension_that_must_be_understood_refuses_whatever_is_said_of_it() {
        let payload = claims().to_json::<NumericDate>().unwrap();
        for more in [
            r#""crit":["x"],"x":1"#,
            r#""crit":["x"]"#,
            r#""crit":[]"#,
            r#""crit":["alg","alg"]"#,
            r#""crit":null"#,
            r#""b64":false"#,
            r#""b64":true,"crit":["b64"]"#,
        ] {
            let token = signed(&format!(r#"{{"alg":"HS256",{more}}}"#), &payload);
            assert_eq!(outcome(&token), Err(RejectReason::WrongScheme), "{more}");
        }
    }

    #[test]
    fn json_that_readers_disagree_on_is_refused_in_header_and_payload() {
        let payload = claims().to_json::<NumericDate>().unwrap();
        let (header, twice) = (r#"{"alg":"HS256"}"#, r#"{"alg":"HS256","typ":"a","typ":"b"}"#);
        assert_eq!(outcome(&signed(header, &payload)), Ok(claims()));
        assert_eq!(outcome(&signed(twice, &payload)), Err(RejectReason::Encoding));
        let open = payload.strip_suffix('}').unwrap();
        for payload in [
            format!(r#"{open},"sub":"admin"}}"#),
            format!(r#"{open},"nbf":"1"}}"#),
            format!("[{payload}]"),
            "[]".to_owned(),
            open.to_owned(),
        ] {
            assert_eq!(
                outcome(&signed(header, &payload)),
                Err(RejectReason::InvalidClaims),
                "{payload}"
            );
        }
    }

    #[test]
    fn a_header_without_a_kid_names_no_key() {
        let parsed = Jws::parse(&token("HS256", &claims()));
        assert_eq!(parsed.kid().unwrap_err().reason, RejectReason::UnknownKey);
    }
}
