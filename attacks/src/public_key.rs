//! The public key of a target, in the spellings in which it gets about.
//!
//! Confusion attacks hand the *bytes* of a public key to an algorithm that
//! takes any bytes for a secret, so it matters which encoding the verifier has
//! stored: an attacker tries them all.

use p384::elliptic_curve::sec1::ToEncodedPoint;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::LineEnding;
use tokenlab_harness::exchange::PublicKey;

/// The same key in every encoding that a verifier is likely to have stored,
/// each with a name; at least one. PEM text comes with and without the line
/// break at its end, which editors and environment variables add and lose.
#[must_use]
pub fn spellings(key: &PublicKey) -> Vec<(&'static str, Vec<u8>)> {
    let pem = |with: &'static str, without: &'static str, text: &str| {
        let trimmed = text.trim_end();
        [
            (with, format!("{trimmed}\n").into_bytes()),
            (without, trimmed.as_bytes().to_vec()),
        ]
    };
    let mut all = Vec::new();
    if let Some(text) = key.to_pem() {
        all.extend(pem("spki-pem", "spki-pem-trimmed", &text));
    }
    if let PublicKey::Rsa(key) = key
        && let Ok(text) = key.to_pkcs1_pem(LineEnding::LF)
    {
        all.extend(pem("pkcs1-pem", "pkcs1-pem-trimmed", &text));
    }
    if let Some(raw) = raw(key) {
        all.push(raw);
    }
    all
}

/// The key as its primitive stores it, where that is something other than PEM:
/// what it is called, and the bytes.
#[must_use]
pub fn raw(key: &PublicKey) -> Option<(&'static str, Vec<u8>)> {
    match key {
        PublicKey::Ed25519(bytes) | PublicKey::X25519(bytes) => Some(("raw-key", bytes.to_vec())),
        PublicKey::MlDsa(_, bytes) => Some(("raw-key", bytes.clone())),
        PublicKey::P384(key) => Some(("compressed-point", key.to_encoded_point(true).as_bytes().to_vec())),
        _ => None,
    }
}
