//! JWE by aws-lc-rs.

use std::num::NonZeroU32;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, EphemeralPrivateKey, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::cipher::{
    self, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::hmac::{self, HMAC_SHA512};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA512};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::{DecodePublicKey, Document, SecretDocument};

use super::kit::{Hash, Kit};
use crate::keys::PemPair;

pub(super) struct AwsLc;

impl Kit for AwsLc {
    const NAME: &'static str = "aws-lc-rs";

    type PrivateKey = PrivateKey;
    /// An uncompressed point.
    type PublicKey = Vec<u8>;
    type RsaPrivateKey = OaepPrivateDecryptingKey;
    type RsaPublicKey = OaepPublicEncryptingKey;

    fn seal_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>) -> Option<[u8; 16]> {
        let nonce = Nonce::assume_unique_for_key(*iv);
        let tag = gcm(key)?.seal_in_place_separate_tag(nonce, Aad::from(additional), bytes);
        tag.ok()?.as_ref().try_into().ok()
    }

    fn open_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>, tag: &[u8]) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(*iv);
        let length = bytes.len();
        bytes.extend_from_slice(tag);
        gcm(key)?
            .open_in_place(nonce, Aad::from(additional), bytes)
            .ok()?;
        bytes.truncate(length);
        Some(())
    }

    fn wrap(key: &[u8], content_key: &[u8]) -> Option<Vec<u8>> {
        let mut wrapped = vec![0; content_key.len() + 8];
        kek(key)?.wrap(content_key, &mut wrapped).ok()?;
        Some(wrapped)
    }

    fn unwrap(key: &[u8], encrypted_key: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; encrypted_key.len()];
        let length = kek(key)?.unwrap(encrypted_key, &mut out).ok()?.len();
        out.truncate(length);
        Some(out)
    }

    fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
        let mut context = digest::Context::new(&SHA256);
        for piece in pieces {
            context.update(piece);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }

    fn private_key(pair: &PemPair) -> Option<PrivateKey> {
        let (_, der) = SecretDocument::from_pem(&pair.secret_pem).ok()?;
        PrivateKey::from_private_key_der(&ECDH_P256, der.as_bytes()).ok()
    }

    fn public_key(pair: &PemPair) -> Option<Vec<u8>> {
        let key = p256::PublicKey::from_public_key_pem(&pair.public_pem).ok()?;
        Some(key.to_encoded_point(false).as_bytes().to_vec())
    }

    fn agree(key: &PrivateKey, point: &[u8]) -> Option<[u8; 32]> {
        let peer = UnparsedPublicKey::new(&ECDH_P256, point);
        agreement::agree(key, peer, (), |shared| shared.try_into().map_err(|_| ())).ok()
    }

    fn agree_anew(peer: &Vec<u8>) -> Option<(Vec<u8>, [u8; 32])> {
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).ok()?;
        let point = key.compute_public_key().ok()?.as_ref().to_vec();
        let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
        let shared = agreement::agree_ephemeral(key, peer, (), |shared| shared.try_into().map_err(|_| ()));
        Some((point, shared.ok()?))
    }

    fn rsa_private_key(pair: &PemPair) -> Option<OaepPrivateDecryptingKey> {
        let (_, der) = SecretDocument::from_pem(&pair.secret_pem).ok()?;
        OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(der.as_bytes()).ok()?).ok()
    }

    fn rsa_public_key(pair: &PemPair) -> Option<OaepPublicEncryptingKey> {
        let (_, der) = Document::from_pem(&pair.public_pem).ok()?;
        OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(der.as_bytes()).ok()?).ok()
    }

    fn decrypt_oaep(key: &OaepPrivateDecryptingKey, hash: Hash, encrypted_key: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; key.min_output_size()];
        let length = key.decrypt(oaep(hash), encrypted_key, &mut out, None).ok()?.len();
        out.truncate(length);
        Some(out)
    }

    fn encrypt_oaep(key: &OaepPublicEncryptingKey, hash: Hash, content_key: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; key.ciphertext_size()];
        key.encrypt(oaep(hash), content_key, &mut out, None).ok()?;
        Some(out)
    }

    fn encrypt_cbc(key: &[u8; 32], iv: &[u8; 16], bytes: &mut Vec<u8>) -> Option<()> {
        let key = UnboundCipherKey::new(&cipher::AES_256, key).ok()?;
        let context = EncryptionContext::Iv128(FixedLength::from(iv));
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).ok()?;
        key.less_safe_encrypt(bytes, context).ok()?;
        Some(())
    }

    fn decrypt_cbc(key: &[u8; 32], iv: &[u8; 16], bytes: &mut Vec<u8>) -> Option<()> {
        let key = UnboundCipherKey::new(&cipher::AES_256, key).ok()?;
        let context = DecryptionContext::Iv128(FixedLength::from(iv));
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
        let length = key.decrypt(bytes, context).ok()?.len();
        bytes.truncate(length);
        Some(())
    }

    fn mac(key: &[u8; 32], pieces: &[&[u8]]) -> Option<[u8; 64]> {
        let mut context = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA512, key));
        for piece in pieces {
            context.update(piece);
        }
        context.sign().as_ref().try_into().ok()
    }

    fn stretch(password: &[u8], salt: &[u8], rounds: u32) -> Option<[u8; 32]> {
        let mut key = [0; 32];
        pbkdf2::derive(
            PBKDF2_HMAC_SHA512,
            NonZeroU32::new(rounds)?,
            salt,
            password,
            &mut key,
        );
        Some(key)
    }
}

fn gcm(key: &[u8]) -> Option<LessSafeKey> {
    let algorithm = if key.len() == 16 {
        &AES_128_GCM
    } else {
        &AES_256_GCM
    };
    UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new)
}

fn kek(key: &[u8]) -> Option<AesKek> {
    let cipher = if key.len() == 16 {
        &key_wrap::AES_128
    } else {
        &key_wrap::AES_256
    };
    AesKek::new(cipher, key).ok()
}

const fn oaep(hash: Hash) -> &'static OaepAlgorithm {
    match hash {
        Hash::Sha1 => &OAEP_SHA1_MGF1SHA1,
        Hash::Sha256 => &OAEP_SHA256_MGF1SHA256,
    }
}
