//! PASETO v4 tokens taken apart, and the checks that all PASETO models share
//! (PASETO specification, Version4 and Payload-Processing). Cryptography by
//! `pasetors`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pasetors::errors::Error;
use pasetors::keys::{AsymmetricPublicKey, SymmetricKey};
use pasetors::token::{TrustedToken, UntrustedToken};
use pasetors::version4::{LocalToken, PublicToken, V4};
use pasetors::{Local, Public};
use serde_json::Value;
use tokenlab_harness::claims::Rfc3339;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
use super::named_key::NamesKey;
use crate::scheme::Purpose;

/// A PASETO taken apart, as far as it goes.
pub struct Paseto {
    token: String,
    parts: Vec<String>,
    /// The key that verifies or decrypts, once a check has chosen it.
    pub key: Vec<u8>,
    message: Option<String>,
}

impl Paseto {
    /// The purpose in the header; `None` if it is neither.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        let name = self.parts.get(1)?;
        Purpose::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// What stands in the body of a public token for all to read.
    fn unverified_message(&self) -> Option<Vec<u8>> {
        const SIGNATURE_BYTES: usize = 64;
        if self.purpose()? != Purpose::Public {
            return None;
        }
        let mut body = URL_SAFE_NO_PAD.decode(self.parts.get(2)?).ok()?;
        body.truncate(body.len().checked_sub(SIGNATURE_BYTES)?);
        Some(body)
    }
}

impl NamesKey for Paseto {
    fn kid(&self) -> Result<String, Rejection> {
        self.parts
            .get(3)
            .and_then(|footer| URL_SAFE_NO_PAD.decode(footer).ok())
            .and_then(|footer| serde_json::from_slice::<Value>(&footer).ok())
            .and_then(|footer| footer.get("kid")?.as_str().map(str::to_owned))
            .ok_or_else(|| Rejection::new(RejectReason::UnknownKey, "the footer names no key"))
    }

    fn use_key(&mut self, key: Vec<u8>) {
        self.key = key;
    }
}

impl Parsed for Paseto {
    fn parse(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            parts: token.split('.').map(str::to_owned).collect(),
            key: Vec::new(),
            message: None,
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        let verified = self.message.as_ref().map(|message| message.as_bytes().to_vec());
        let message = verified
            .or_else(|| self.unverified_message())
            .ok_or_else(|| Rejection::new(RejectReason::InvalidClaims, "the claims are encrypted"))?;
        ClaimSet::from_json::<Rfc3339>(&message)
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))
    }
}

/// Every check of a verifier for one purpose, whose key is named by the token
/// and found by `key`.
#[must_use]
pub fn verifier(purpose: &'static [Purpose], key: Check<Paseto>) -> Verifier<Paseto> {
    Verifier::of(vec![
        three_or_four_parts(),
        header_literal(purpose),
        strict_encoding(),
        key,
        signature_or_tag(),
        claims_policy(),
    ])
}

/// Version, purpose, body, and perhaps a footer.
#[must_use]
pub fn three_or_four_parts() -> Check<Paseto> {
    Check::new(
        "three-or-four-parts",
        Stage::Shape,
        "there are three parts, or four with a footer",
        |paseto: &mut Paseto| match paseto.parts.len() {
            3 | 4 => Ok(()),
            other => refuse(RejectReason::Malformed, format!("{other} parts, want 3 or 4")),
        },
    )
}

/// Version4 §Verify step 3: the header is compared as a whole.
#[must_use]
pub fn header_literal(purposes: &'static [Purpose]) -> Check<Paseto> {
    let wanted = purposes
        .iter()
        .map(|purpose| format!("v4.{}.", purpose.name()))
        .collect::<Vec<_>>();
    let list = wanted.join(" or ");
    Check::new(
        "header-literal",
        Stage::Header,
        format!("the token starts with {list}"),
        move |paseto: &mut Paseto| {
            if wanted.iter().any(|header| paseto.token.starts_with(header)) {
                return Ok(());
            }
            refuse(RejectReason::WrongScheme, format!("the header is not {list}"))
        },
    )
}

/// Common §base64: no padding, no other alphabet, no bits left over.
#[must_use]
pub fn strict_encoding() -> Check<Paseto> {
    Check::new(
        "strict-encoding",
        Stage::Encoding,
        "body and footer are strict base64url",
        |paseto: &mut Paseto| {
            let mut encoded = paseto.parts.iter().skip(2);
            if encoded.any(|part| URL_SAFE_NO_PAD.decode(part).is_err()) {
                return refuse(RejectReason::Encoding, "a part is not strict base64url");
            }
            Ok(())
        },
    )
}

/// The key was chosen before any token came.
#[must_use]
pub fn configured_key(key: Vec<u8>) -> Check<Paseto> {
    Check::new(
        "configured-key",
        Stage::KeyChoice,
        "the key was configured before the token was read",
        move |paseto: &mut Paseto| {
            paseto.key.clone_from(&key);
            Ok(())
        },
    )
}

/// Algorithm Lucidity: a key is for one version and purpose, and a token of
/// another never meets it.
#[must_use]
pub fn key_type(of_key: Purpose) -> Check<Paseto> {
    Check::new(
        KEY_TYPE,
        Stage::KeyChoice,
        format!("the token is v4.{0}, as the key is", of_key.name()),
        move |paseto: &mut Paseto| {
            if paseto.purpose() == Some(of_key) {
                return Ok(());
            }
            refuse(
                RejectReason::WrongScheme,
                format!("the key is for v4.{}, the token is not", of_key.name()),
            )
        },
    )
}

/// The core of a library that takes keys as bytes: the header says whether
/// they decrypt or verify. Sound behind [`key_type`] or a [`header_literal`]
/// with one purpose.
#[must_use]
pub fn signature_or_tag() -> Check<Paseto> {
    Check::new(
        "signature-or-tag",
        Stage::Signature,
        "the signature or tag matches, by the purpose that the header names",
        |paseto: &mut Paseto| {
            let trusted = match paseto.purpose() {
                Some(Purpose::Local) => open_local(&paseto.key, &paseto.token),
                Some(Purpose::Public) => open_public(&paseto.key, &paseto.token),
                None => Err(Error::TokenFormat),
            };
            match trusted {
                Ok(trusted) => {
                    paseto.message = Some(trusted.payload().to_owned());
                    Ok(())
                }
                Err(Error::TokenFormat) => refuse(RejectReason::WrongScheme, "no v4 token"),
                Err(Error::Key) => refuse(
                    RejectReason::UnknownKey,
                    format!("the key has {} bytes, want 32", paseto.key.len()),
                ),
                Err(error) => refuse(RejectReason::BadSignature, error.to_string()),
            }
        },
    )
}

/// Issuer, audience and times, by the lab's policy.
#[must_use]
pub fn claims_policy() -> Check<Paseto> {
    Check::new(
        "claims-policy",
        Stage::Claims,
        "issuer, audience and times are as the policy wants them",
        |paseto: &mut Paseto| Policy::lab().check_now(&paseto.claims()?),
    )
}

fn open_local(key: &[u8], token: &str) -> Result<TrustedToken, Error> {
    let key = SymmetricKey::<V4>::from(key)?;
    let token = UntrustedToken::<Local, V4>::try_from(token)?;
    LocalToken::decrypt(&key, &token, None, None)
}

fn open_public(key: &[u8], token: &str) -> Result<TrustedToken, Error> {
    let key = AsymmetricPublicKey::<V4>::from(key)?;
    let token = UntrustedToken::<Public, V4>::try_from(token)?;
    PublicToken::verify(&key, &token, None, None)
}

/// Name of the check that keeps a public key from decrypting.
pub const KEY_TYPE: &str = "key-type";

#[cfg(test)]
mod tests {
    use tokenlab_harness::Key;

    use super::*;
    use crate::mint;
    use crate::scheme::{Scheme, Version};
    use crate::target::Outcome;

    const KEY: [u8; 32] = [7; 32];
    const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);

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

    fn sealed(claims: &ClaimSet, footer: &str) -> String {
        mint::paseto(SCHEME, &Key::Secret(KEY.to_vec()), claims, footer).unwrap()
    }

    fn outcome(key: &[u8], token: &str) -> Result<ClaimSet, RejectReason> {
        let verifier = verifier(&[Purpose::Local], configured_key(key.to_vec()));
        match verifier.decide(token).outcome {
            Outcome::Believed(claims) => Ok(claims),
            Outcome::Rejected(rejection) => Err(rejection.reason),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_honest_token_is_believed_and_its_neighbours_are_not() {
        let honest = sealed(&claims(), "");
        assert_eq!(outcome(&KEY, &honest), Ok(claims()));
        for (text, reason) in [
            ("v4.local".to_owned(), RejectReason::Malformed),
            (format!("{honest}.e30.x"), RejectReason::Malformed),
            (honest.replace("v4", "v3"), RejectReason::WrongScheme),
            (honest.replace("local", "public"), RejectReason::WrongScheme),
            (format!("{honest}="), RejectReason::Encoding),
            (format!("{honest}.e30"), RejectReason::BadSignature),
        ] {
            assert_eq!(outcome(&KEY, &text), Err(reason), "{text}");
        }
        assert_eq!(outcome(&[8; 32], &honest), Err(RejectReason::BadSignature));
        assert_eq!(
            outcome(&[], &honest),
            Err(RejectReason::UnknownKey),
            "an empty key is no key"
        );
    }

    #[test]
    fn the_policy_holds_for_tokens_that_decrypt_well() {
        let expired = ClaimSet {
            exp: Some(0),
            ..claims()
        };
        assert_eq!(outcome(&KEY, &sealed(&expired, "")), Err(RejectReason::Expired));
    }

    #[test]
    fn the_footer_names_the_key_or_nothing_does() {
        let kid = |footer: &str| Paseto::parse(&sealed(&claims(), footer)).kid();
        assert_eq!(kid(r#"{"kid":"2026-01"}"#).unwrap(), "2026-01");
        for footer in ["", "2026-01", r#"{"kid":1}"#, "{}"] {
            assert_eq!(
                kid(footer).unwrap_err().reason,
                RejectReason::UnknownKey,
                "{footer}"
            );
        }
    }
}
