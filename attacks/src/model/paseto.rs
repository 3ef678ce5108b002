//! PASETO v4 tokens taken apart, and the checks that all PASETO models share
//! (PASETO specification, Version4 and Payload-Processing). Cryptography by
//! `pasetors`.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pasetors::errors::Error;
use pasetors::keys::{AsymmetricPublicKey, SymmetricKey};
use pasetors::token::{TrustedToken, UntrustedToken};
use pasetors::version2::{self, V2};
use pasetors::version4::{LocalToken, PublicToken, V4};
use pasetors::{Local, Public};
use serde_json::Value;
use tokenlab_harness::claims::Rfc3339;
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
pub use super::claims::CLAIMS_POLICY;
use super::named_key::NamesKey;
use super::payload::{self, Payload};
use crate::scheme::Purpose;

/// A PASETO taken apart, as far as it goes.
pub struct Paseto {
    token: String,
    parts: Vec<String>,
    /// The key that verifies or decrypts, once a check has chosen it.
    pub key: Vec<u8>,
    message: Option<String>,
    /// Whose request it is, once the application has decided that by something
    /// else than `sub`.
    account: Option<String>,
}

impl Paseto {
    /// Whether the token starts with that header, version and purpose.
    #[must_use]
    pub fn has_header(&self, header: &str) -> bool {
        self.token.starts_with(header)
    }

    /// The text of the footer; empty if there is none, or none of text.
    #[must_use]
    pub fn footer(&self) -> String {
        self.parts
            .get(3)
            .and_then(|footer| URL_SAFE_NO_PAD.decode(footer).ok())
            .and_then(|footer| String::from_utf8(footer).ok())
            .unwrap_or_default()
    }

    /// A string that the footer has under that name, if it is JSON.
    fn footer_member(&self, name: &str) -> Option<String> {
        let footer: Value = serde_json::from_str(&self.footer()).ok()?;
        Some(footer.get(name)?.as_str()?.to_owned())
    }

    /// What is left of the token without its footer.
    #[must_use]
    pub fn without_footer(&self) -> String {
        let parts = self.parts.iter().take(3).map(String::as_str);
        parts.collect::<Vec<_>>().join(".")
    }

    /// The purpose in the header; `None` if it is neither.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        let name = self.parts.get(1)?;
        Purpose::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// The token, as it was sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.token
    }

    /// Takes what was verified or decrypted for the payload.
    pub fn believe(&mut self, message: String) {
        self.message = Some(message);
    }

    /// Keeps what an authentic token says.
    fn keep(&mut self, opened: Result<TrustedToken, Error>) -> Result<(), Rejection> {
        match opened {
            Ok(trusted) => {
                self.message = Some(trusted.payload().to_owned());
                Ok(())
            }
            Err(Error::TokenFormat) => refuse(RejectReason::WrongScheme, "no token of this version"),
            Err(Error::Key) => refuse(
                RejectReason::UnknownKey,
                format!("the key has {} bytes, want 32", self.key.len()),
            ),
            Err(error) => refuse(RejectReason::BadSignature, error.to_string()),
        }
    }

    /// The footer, which nothing has authenticated yet; empty if there is none,
    /// or none that is JSON.
    #[must_use]
    pub fn unverified_footer(&self) -> Value {
        self.parts
            .get(3)
            .and_then(|footer| URL_SAFE_NO_PAD.decode(footer).ok())
            .and_then(|footer| serde_json::from_slice(&footer).ok())
            .unwrap_or_default()
    }

    /// What stands in the body of a public token for all to read.
    #[must_use]
    pub fn unverified_message(&self) -> Option<Vec<u8>> {
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
        self.footer_member("kid")
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
            account: None,
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        let mut claims = payload::claims(self)?;
        if self.account.is_some() {
            claims.sub.clone_from(&self.account);
        }
        Ok(claims)
    }
}

impl Payload for Paseto {
    type Times = Rfc3339;

    fn payload(&self) -> Result<Cow<'_, [u8]>, Rejection> {
        let verified = self
            .message
            .as_ref()
            .map(|message| Cow::Borrowed(message.as_bytes()));
        verified
            .or_else(|| self.unverified_message().map(Cow::Owned))
            .ok_or_else(|| Rejection::new(RejectReason::InvalidClaims, "the claims are encrypted"))
    }
}

/// Every check of a verifier for one purpose, whose key is named by the token
/// and found by `key`.
#[must_use]
pub fn verifier(purpose: &'static [Purpose], key: Check<Paseto>) -> Verifier<Paseto> {
    let mut checks = vec![
        three_or_four_parts(),
        header_literal(purpose),
        strict_encoding(),
        key,
        signature_or_tag(),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
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
        HEADER_LITERAL,
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

/// The key was chosen before any token came. A footer that brings one along
/// (a PASERK, which may not stand there) is refused for it: passing it over
/// would do as well, since the signature does not match then.
#[must_use]
pub fn configured_key(key: Vec<u8>) -> Check<Paseto> {
    Check::new(
        CONFIGURED_KEY,
        Stage::KeyChoice,
        "the key was configured before the token was read, and the footer brings none along",
        move |paseto: &mut Paseto| {
            let footer = paseto.unverified_footer();
            let mut members = footer.as_object().into_iter().flatten();
            let is_key = |text: &str| {
                ["k4.public.", "k4.local."]
                    .iter()
                    .any(|kind| text.starts_with(kind))
            };
            if members.any(|(_, value)| value.as_str().is_some_and(is_key)) {
                return refuse(
                    RejectReason::UnknownKey,
                    "the footer brings a key along, and the key was configured",
                );
            }
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

/// Version4 §Key: 32 bytes, and somebody has filled them. The length alone is
/// also that of an array that nobody has.
#[must_use]
pub fn key_not_blank() -> Check<Paseto> {
    Check::new(
        KEY_NOT_BLANK,
        Stage::KeyChoice,
        "the key is something else than zeros",
        |paseto: &mut Paseto| {
            if paseto.key.iter().any(|byte| *byte != 0) {
                return Ok(());
            }
            refuse(RejectReason::UnknownKey, "the key is nothing but zeros")
        },
    )
}

/// The core of a library that takes keys as bytes: the header says whether
/// they decrypt or verify. Sound behind [`key_type`] or a [`header_literal`]
/// with one purpose.
#[must_use]
pub fn signature_or_tag() -> Check<Paseto> {
    Check::new(
        SIGNATURE_OR_TAG,
        Stage::Signature,
        "the signature or tag matches, by the purpose that the header names",
        verify,
    )
}

/// Version4 §Verify step 4: the signature covers an implicit assertion, which is
/// not in the token. One for each kind of token keeps kinds apart.
#[must_use]
#[track_caller]
pub fn implicit_assertion(
    id: &'static str,
    demand: &'static str,
    any_of: &'static [&'static str],
) -> Check<Paseto> {
    Check::new(id, Stage::Signature, demand, move |paseto: &mut Paseto| {
        let mut answer = refuse(RejectReason::BadSignature, "there is no assertion to verify with");
        for assertion in any_of {
            let token = paseto.token.clone();
            answer = open_with(paseto, &token, assertion.as_bytes());
            if answer.is_ok() {
                break;
            }
        }
        answer
    })
}

/// The same of a router in the middle of a migration: v2.local under the key
/// that was used before, and version 4 under the key that was chosen. Sound
/// behind a [`header_literal`], which keeps version 2 out.
#[must_use]
pub fn signature_or_tag_by_version(before: [u8; 32]) -> Check<Paseto> {
    Check::new(
        SIGNATURE_OR_TAG,
        Stage::Signature,
        "the signature or tag matches, by the version and purpose that the header names",
        move |paseto: &mut Paseto| {
            let token = paseto.token.clone();
            if !paseto.has_header(V2_LOCAL) {
                return open(paseto, &token);
            }
            let opened = open_v2_local(&before, &token);
            paseto.keep(opened)
        },
    )
}

/// Verifies or decrypts `token`, which need not be all that was sent, and keeps
/// what it says.
///
/// # Errors
/// If it is not authentic under the key that was chosen.
pub fn open(paseto: &mut Paseto, token: &str) -> Result<(), Rejection> {
    open_with(paseto, token, b"")
}

/// The same of the whole token.
///
/// # Errors
/// As [`open`].
pub fn verify(paseto: &mut Paseto) -> Result<(), Rejection> {
    let token = paseto.token.clone();
    open(paseto, &token)
}

fn open_with(paseto: &mut Paseto, token: &str, assertion: &[u8]) -> Result<(), Rejection> {
    let trusted = match paseto.purpose() {
        Some(Purpose::Local) => open_local(&paseto.key, token, assertion),
        Some(Purpose::Public) => open_public(&paseto.key, token, assertion),
        None => Err(Error::TokenFormat),
    };
    paseto.keep(trusted)
}

/// Version4, Verify and Decrypt, step 1: a footer that the caller expects is
/// compared with the token's own. Here all tokens of one service have the same.
#[must_use]
pub fn expected_footer(wanted: &'static str) -> Check<Paseto> {
    Check::new(
        EXPECTED_FOOTER,
        Stage::Header,
        format!("the footer is {wanted}"),
        move |paseto: &mut Paseto| {
            if paseto.footer() == wanted {
                return Ok(());
            }
            // As much of it as a reader wants to see.
            let beginning: String = paseto.footer().chars().take(80).collect();
            refuse(
                RejectReason::WrongAudience,
                format!("the footer begins {beginning:?}, want {wanted}"),
            )
        },
    )
}

/// A request is for the account that the footer names, and else for the
/// token's subject. Sound behind a check that covers the footer.
#[must_use]
pub fn account_of_footer() -> Check<Paseto> {
    Check::new(
        "account-of-footer",
        Stage::Application,
        "the request is for the account that the footer names, or else for the token's subject",
        |paseto: &mut Paseto| {
            paseto.account = paseto.footer_member("sub");
            Ok(())
        },
    )
}

fn open_local(key: &[u8], token: &str, assertion: &[u8]) -> Result<TrustedToken, Error> {
    let key = SymmetricKey::<V4>::from(key)?;
    let token = UntrustedToken::<Local, V4>::try_from(token)?;
    LocalToken::decrypt(&key, &token, None, Some(assertion))
}

fn open_public(key: &[u8], token: &str, assertion: &[u8]) -> Result<TrustedToken, Error> {
    let key = AsymmetricPublicKey::<V4>::from(key)?;
    let token = UntrustedToken::<Public, V4>::try_from(token)?;
    PublicToken::verify(&key, &token, None, Some(assertion))
}

fn open_v2_local(key: &[u8; 32], token: &str) -> Result<TrustedToken, Error> {
    let key = SymmetricKey::<V2>::from(key)?;
    let token = UntrustedToken::<Local, V2>::try_from(token)?;
    version2::LocalToken::decrypt(&key, &token, None)
}

/// The header of the version and purpose that a migration leaves behind.
pub const V2_LOCAL: &str = "v2.local.";
/// Name of the check that keeps other versions and purposes out.
pub const HEADER_LITERAL: &str = "header-literal";
/// Name of the check that everything else in a PASETO rests on.
pub const SIGNATURE_OR_TAG: &str = "signature-or-tag";
/// Name of the check that compares the footer.
pub const EXPECTED_FOOTER: &str = "expected-footer";
/// Name of the check that keeps a public key from decrypting.
pub const KEY_TYPE: &str = "key-type";
/// Name of the check that looks for a key that nobody has filled.
pub const KEY_NOT_BLANK: &str = "key-not-blank";

/// Name of the check that keeps a key from the token out.
pub const CONFIGURED_KEY: &str = "configured-key";

#[cfg(test)]
mod tests {
    use tokenlab_harness::{Key, Policy};

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
