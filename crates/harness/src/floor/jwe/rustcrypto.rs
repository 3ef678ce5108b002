//! JWE by RustCrypto, and by `aes-keywrap` where that has no crate of its own.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use aes_keywrap::{Aes128KeyWrapAligned, Aes256KeyWrapAligned};
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::Oaep;
use rsa::rand_core::OsRng;
use sha2::{Digest, Sha256};

use super::kit::{Hash, Kit};
use crate::keys::PemPair;

pub(super) struct RustCrypto;

impl Kit for RustCrypto {
    const NAME: &'static str = "rustcrypto";

    type PrivateKey = p256::SecretKey;
    type PublicKey = p256::PublicKey;
    type RsaPrivateKey = rsa::RsaPrivateKey;
    type RsaPublicKey = rsa::RsaPublicKey;

    fn seal_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>) -> Option<[u8; 16]> {
        let bytes = bytes.as_mut_slice();
        let tag = match key.len() {
            16 => Aes128Gcm::new_from_slice(key).ok()?.encrypt_inout_detached(
                iv.into(),
                additional,
                bytes.into(),
            ),
            _ => Aes256Gcm::new_from_slice(key).ok()?.encrypt_inout_detached(
                iv.into(),
                additional,
                bytes.into(),
            ),
        };
        Some(tag.ok()?.into())
    }

    fn open_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>, tag: &[u8]) -> Option<()> {
        let bytes = bytes.as_mut_slice();
        let tag: &[u8; 16] = tag.try_into().ok()?;
        match key.len() {
            16 => Aes128Gcm::new_from_slice(key).ok()?.decrypt_inout_detached(
                iv.into(),
                additional,
                bytes.into(),
                tag.into(),
            ),
            _ => Aes256Gcm::new_from_slice(key).ok()?.decrypt_inout_detached(
                iv.into(),
                additional,
                bytes.into(),
                tag.into(),
            ),
        }
        .ok()
    }

    fn wrap(key: &[u8], content_key: &[u8]) -> Option<Vec<u8>> {
        match key.len() {
            16 => Aes128KeyWrapAligned::new(key.try_into().ok()?).encapsulate(content_key),
            _ => Aes256KeyWrapAligned::new(key.try_into().ok()?).encapsulate(content_key),
        }
        .ok()
    }

    fn unwrap(key: &[u8], encrypted_key: &[u8]) -> Option<Vec<u8>> {
        match key.len() {
            16 => Aes128KeyWrapAligned::new(key.try_into().ok()?).decapsulate(encrypted_key),
            _ => Aes256KeyWrapAligned::new(key.try_into().ok()?).decapsulate(encrypted_key),
        }
        .ok()
    }

    fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
        let mut digest = Sha256::new();
        for piece in pieces {
            digest.update(piece);
        }
        digest.finalize().into()
    }

    fn private_key(pair: &PemPair) -> Option<p256::SecretKey> {
        p256::SecretKey::from_pkcs8_pem(&pair.secret_pem).ok()
    }

    fn public_key(pair: &PemPair) -> Option<p256::PublicKey> {
        p256::PublicKey::from_public_key_pem(&pair.public_pem).ok()
    }

    fn agree(key: &p256::SecretKey, point: &[u8]) -> Option<[u8; 32]> {
        Some(shared(key, &p256::PublicKey::from_sec1_bytes(point).ok()?))
    }

    fn agree_anew(peer: &p256::PublicKey) -> Option<(Vec<u8>, [u8; 32])> {
        let key = p256::SecretKey::random(&mut OsRng);
        let point = key.public_key().to_encoded_point(false);
        Some((point.as_bytes().to_vec(), shared(&key, peer)))
    }

    fn rsa_private_key(pair: &PemPair) -> Option<rsa::RsaPrivateKey> {
        rsa::RsaPrivateKey::from_pkcs8_pem(&pair.secret_pem).ok()
    }

    fn rsa_public_key(pair: &PemPair) -> Option<rsa::RsaPublicKey> {
        rsa::RsaPublicKey::from_public_key_pem(&pair.public_pem).ok()
    }

    /// Blinded, without which this crate leaks its key through time.
    fn decrypt_oaep(key: &rsa::RsaPrivateKey, hash: Hash, encrypted_key: &[u8]) -> Option<Vec<u8>> {
        key.decrypt_blinded(&mut OsRng, padding(hash), encrypted_key).ok()
    }

    fn encrypt_oaep(key: &rsa::RsaPublicKey, hash: Hash, content_key: &[u8]) -> Option<Vec<u8>> {
        key.encrypt(&mut OsRng, padding(hash), content_key).ok()
    }
}

/// The abscissa of the shared point, SEC 1 §3.3.1.
fn shared(key: &p256::SecretKey, peer: &p256::PublicKey) -> [u8; 32] {
    let point = peer.to_projective() * *key.to_nonzero_scalar();
    point.to_affine().x().into()
}

fn padding(hash: Hash) -> Oaep {
    match hash {
        Hash::Sha1 => Oaep::new::<hmac_sha1_compact::WrappedHash>(),
        Hash::Sha256 => Oaep::new::<Sha256>(),
    }
}
