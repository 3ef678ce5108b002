//! Keys as bare bytes: what they are follows from what the scheme wants.
//!
//! Ed25519 as RFC 8032 §5.1.5, points as SEC 1 §2.3.3 (compressed or not), RSA
//! as DER (SubjectPublicKeyInfo or PKCS#1), ML-DSA as FIPS 204 encodes it.

use super::form::KeyError;
use super::key::{Key, MlDsa, PublicKey};
use super::pem;
use super::wanted::{Kind, Wanted};

/// Reads bytes as the key that `wanted` names.
pub(super) fn read(scheme: &str, wanted: Wanted, bytes: Vec<u8>) -> Result<Key, KeyError> {
    match wanted {
        Wanted::Secret(_) => Ok(Key::Secret(bytes)),
        _ if bytes.starts_with(b"-----BEGIN") => Err(KeyError::unfit(
            scheme,
            "a PEM as bytes",
            format!("{wanted} as raw bytes or DER after hex:, or the PEM itself"),
        )),
        Wanted::Private(kinds) => {
            if kinds.contains(&Kind::Rsa) {
                return pem::private_der(&bytes).map(Key::Private);
            }
            Err(KeyError::unfit(
                scheme,
                format!("{} bare bytes, which name no curve,", bytes.len()),
                format!("{wanted} as a JWK or a PEM"),
            ))
        }
        Wanted::Public(kinds) => {
            let found = kinds.iter().find_map(|kind| public(*kind, &bytes));
            found.map(Key::Public).ok_or_else(|| {
                let lengths: Vec<&str> = kinds.iter().map(|kind| encoding(*kind)).collect();
                KeyError::unfit(
                    scheme,
                    format!("{} bytes that are no such key", bytes.len()),
                    format!("{wanted} ({})", lengths.join("; or ")),
                )
            })
        }
    }
}

/// Reads the bytes after `ed25519/` or `secp256r1/`.
pub(super) fn biscuit(kind: &str, bytes: &[u8]) -> Result<Key, KeyError> {
    let kind = match kind {
        "ed25519" => Kind::Ed25519,
        _ => Kind::P256,
    };
    public(kind, bytes).map(Key::Public).ok_or_else(|| {
        KeyError::unreadable(format!(
            "{} bytes are no {kind} public key, want {}",
            bytes.len(),
            encoding(kind)
        ))
    })
}

/// A public key of `kind` out of its bytes, `None` if they are none.
pub(super) fn public(kind: Kind, bytes: &[u8]) -> Option<PublicKey> {
    match kind {
        Kind::Rsa | Kind::Rsa2048 => pem::rsa_public_der(bytes).ok().map(PublicKey::Rsa),
        Kind::P256 => p256::PublicKey::from_sec1_bytes(bytes).ok().map(PublicKey::P256),
        Kind::P384 => p384::PublicKey::from_sec1_bytes(bytes).ok().map(PublicKey::P384),
        Kind::P521 => p521::PublicKey::from_sec1_bytes(bytes).ok().map(PublicKey::P521),
        Kind::Secp256k1 => k256::PublicKey::from_sec1_bytes(bytes)
            .ok()
            .map(PublicKey::Secp256k1),
        // Whether they are a point is the libraries' to say: PASERK's own vectors hold some that are none.
        Kind::Ed25519 => bytes.try_into().ok().map(PublicKey::Ed25519),
        Kind::X25519 => bytes.try_into().ok().map(PublicKey::X25519),
        Kind::MlDsa(set) => ml_dsa(set, bytes),
    }
}

fn ml_dsa(set: MlDsa, bytes: &[u8]) -> Option<PublicKey> {
    (bytes.len() == set.public_key_bytes()).then(|| PublicKey::MlDsa(set, bytes.to_vec()))
}

/// How long the bytes of a key of `kind` are.
const fn encoding(kind: Kind) -> &'static str {
    match kind {
        Kind::Rsa | Kind::Rsa2048 => "DER: SubjectPublicKeyInfo or PKCS#1",
        Kind::P256 | Kind::Secp256k1 => "a point of 33 or 65 bytes",
        Kind::P384 => "a point of 49 or 97 bytes",
        Kind::P521 => "a point of 67 or 133 bytes",
        Kind::Ed25519 | Kind::X25519 => "32 bytes",
        Kind::MlDsa(MlDsa::MlDsa44) => "1312 bytes",
        Kind::MlDsa(MlDsa::MlDsa65) => "1952 bytes",
        Kind::MlDsa(MlDsa::MlDsa87) => "2592 bytes",
    }
}
