//! v2.local tokens, by `pasetors`, and what can be built around them
//! (PASETO specification, Version2 and Rationale-V3-V4).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pasetors::Local;
use pasetors::errors::Error;
use pasetors::keys::SymmetricKey;
use pasetors::token::UntrustedToken;
use pasetors::version2::{LocalToken, V2};
use tokenlab_harness::RejectReason;
use tokenlab_record::transcript::Stage;

use super::check::{Check, Verifier, refuse};
use super::named_key::NamesKey;
use super::paseto::{Paseto, configured_key, strict_encoding, three_or_four_parts};
use super::payload;

/// Every check of a verifier with one key, which tokens name by its hash.
#[must_use]
pub fn verifier(key: Vec<u8>) -> Verifier<Paseto> {
    let mut checks = vec![
        three_or_four_parts(),
        v2_local_literal(),
        strict_encoding(),
        configured_key(key),
        key_commitment(),
        tag(),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
}

/// PASERK `lid`: a hash of the key, for footers. Of two keys with one such
/// name nobody knows.
#[must_use]
pub fn lid(key: &[u8]) -> String {
    let written = format!("k2.lid.k2.local.{}", URL_SAFE_NO_PAD.encode(key));
    let hash = blake2b_simd::Params::new()
        .hash_length(33)
        .hash(written.as_bytes());
    format!("k2.lid.{}", URL_SAFE_NO_PAD.encode(hash))
}

/// Version2 §Decrypt: the header is compared as a whole.
fn v2_local_literal() -> Check<Paseto> {
    Check::new(
        "header-literal",
        Stage::Header,
        "the token starts with v2.local.",
        |paseto: &mut Paseto| {
            if paseto.text().starts_with("v2.local.") {
                return Ok(());
            }
            refuse(RejectReason::WrongScheme, "the header is not v2.local.")
        },
    )
}

/// What v2.local lacks and v4.local has: the token says which key it is for,
/// in a way that no two keys share. The footer is authenticated, so it can't be
/// put there afterwards.
fn key_commitment() -> Check<Paseto> {
    Check::new(
        KEY_COMMITMENT,
        Stage::KeyChoice,
        "the footer names the key by its hash",
        |paseto: &mut Paseto| {
            if paseto.kid()? == lid(&paseto.key) {
                return Ok(());
            }
            refuse(RejectReason::UnknownKey, "the footer names another key")
        },
    )
}

/// XChaCha20-Poly1305. A tag that matches over bytes that are no text is
/// answered as what it is, as libraries do: the payload is at fault.
fn tag() -> Check<Paseto> {
    Check::new(
        "tag",
        Stage::Signature,
        "the tag matches, over a text",
        |paseto: &mut Paseto| {
            let opened = SymmetricKey::<V2>::from(&paseto.key).and_then(|key| {
                let token = UntrustedToken::<Local, V2>::try_from(paseto.text())?;
                LocalToken::decrypt(&key, &token, None)
            });
            match opened {
                Ok(trusted) => {
                    paseto.believe(trusted.payload().to_owned());
                    Ok(())
                }
                Err(Error::PayloadInvalidUtf8) => {
                    refuse(RejectReason::InvalidClaims, "the payload is no text")
                }
                Err(Error::TokenFormat) => refuse(RejectReason::WrongScheme, "no v2.local token"),
                Err(Error::Key) => refuse(
                    RejectReason::UnknownKey,
                    format!("the key has {} bytes, want 32", paseto.key.len()),
                ),
                Err(error) => refuse(RejectReason::BadSignature, error.to_string()),
            }
        },
    )
}

/// Name of the check that ties a token to one key.
pub const KEY_COMMITMENT: &str = "key-commitment";
