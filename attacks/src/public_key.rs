//! The public key of a target, in the spellings in which it gets about.
//!
//! Confusion attacks hand the *bytes* of a public key to an algorithm that
//! takes any bytes for a secret, so it matters which encoding the verifier has
//! stored: an attacker tries them all.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p384::elliptic_curve::sec1::ToEncodedPoint;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::LineEnding;
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use tokenlab_harness::Key;
use tokenlab_harness::exchange::PublicKey;

use crate::mint::{hexadecimal, part};
use crate::scheme::Scheme;

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

/// The same key in encodings that a look at the text does not recognise: with
/// something in front of the PEM, in DER, as OpenSSH writes it, or raw in
/// hexadecimal; at least one.
#[must_use]
pub fn odd_spellings(key: &PublicKey) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = Vec::new();
    if let Some(text) = key.to_pem() {
        all.extend([
            ("spki-pem-after-line-break", format!("\n{text}").into_bytes()),
            ("spki-pem-after-space", format!(" {text}").into_bytes()),
            ("spki-pem-after-mark", format!("\u{feff}{text}").into_bytes()),
            ("spki-pem-crlf", text.replace('\n', "\r\n").into_bytes()),
        ]);
        all.extend(der(&text).map(|der| ("spki-der", der)));
    }
    if let PublicKey::Rsa(key) = key
        && let Ok(text) = key.to_pkcs1_pem(LineEnding::LF)
    {
        all.push(("pkcs1-pem-after-line-break", format!("\n{text}").into_bytes()));
        all.extend(der(&text).map(|der| ("pkcs1-der", der)));
    }
    all.extend(openssh(key).map(|text| ("openssh", text.into_bytes())));
    if let Some((_, bytes)) = raw(key) {
        all.push(("raw-key-in-hexadecimal", hexadecimal(&bytes).into_bytes()));
    }
    all
}

/// What PEM encodes.
fn der(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).ok()
}

/// One line of `authorized_keys` (RFC 4253 §6.6, RFC 8709 §4), for the kinds of
/// key that this lab has a use for.
fn openssh(key: &PublicKey) -> Option<String> {
    use rsa::traits::PublicKeyParts;
    let (name, fields) = match key {
        PublicKey::Ed25519(bytes) => ("ssh-ed25519", vec![bytes.to_vec()]),
        PublicKey::Rsa(key) => (
            "ssh-rsa",
            vec![positive(key.e().to_bytes_be()), positive(key.n().to_bytes_be())],
        ),
        _ => return None,
    };
    let mut blob = Vec::new();
    for field in std::iter::once(name.as_bytes()).chain(fields.iter().map(Vec::as_slice)) {
        blob.extend(u32::try_from(field.len()).ok()?.to_be_bytes());
        blob.extend(field);
    }
    Some(format!("{name} {}", STANDARD.encode(blob)))
}

/// A number whose first bit is no sign (RFC 4251 §5, `mpint`).
fn positive(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    bytes
}

/// The key of a JWT scheme as an entry of a JWKS that names no algorithm;
/// `None` if it is no key of that scheme.
#[must_use]
pub fn jwks_entry(key: &PublicKey, scheme: Scheme) -> Option<String> {
    let mut jwk = Key::Public(key.clone()).to_exchange(&scheme.to_string()).ok()?;
    let members = jwk.as_object_mut()?;
    members.remove("alg");
    members.insert("use".to_owned(), "sig".into());
    Some(jwk.to_string())
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

/// The key as a JWK (RFC 7517; RFC 7518 §6; RFC 8037 §2; `AKP` of the JOSE
/// registry).
#[must_use]
pub fn jwk(key: &PublicKey) -> Value {
    macro_rules! point {
        ($curve:literal, $key:expr) => {{
            let point = $key.to_encoded_point(false);
            let [x, y] = [point.x(), point.y()].map(|number| number.map(part));
            json!({ "kty": "EC", "crv": $curve, "x": x, "y": y })
        }};
    }
    match key {
        PublicKey::Rsa(key) => json!({
            "kty": "RSA",
            "n": part(key.n().to_bytes_be()),
            "e": part(key.e().to_bytes_be()),
        }),
        PublicKey::P256(key) => point!("P-256", key),
        PublicKey::P384(key) => point!("P-384", key),
        PublicKey::P521(key) => point!("P-521", key),
        PublicKey::Secp256k1(key) => point!("secp256k1", key),
        PublicKey::Ed25519(bytes) => json!({ "kty": "OKP", "crv": "Ed25519", "x": part(bytes) }),
        PublicKey::X25519(bytes) => json!({ "kty": "OKP", "crv": "X25519", "x": part(bytes) }),
        PublicKey::MlDsa(set, bytes) => json!({ "kty": "AKP", "alg": set.name(), "pub": part(bytes) }),
        _ => Value::Null,
    }
}
