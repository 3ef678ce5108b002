//! JWE by the system's OpenSSL.

use openssl::aes::{AesKey, unwrap_key, wrap_key};
use openssl::bn::BigNumContext;
use openssl::derive::Deriver;
use openssl::ec::{EcGroup, EcKey, EcPoint, PointConversionForm};
use openssl::encrypt::{Decrypter, Encrypter};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs5::pbkdf2_hmac;
use openssl::pkey::{HasPublic, PKey, Private, Public};
use openssl::rsa::Padding;
use openssl::sha::Sha256;
use openssl::sign::Signer;
use openssl::symm::{self, Cipher};

use super::kit::{Hash, Kit};
use crate::keys::PemPair;

pub(super) struct OpenSsl;

impl Kit for OpenSsl {
    const NAME: &'static str = "OpenSSL";

    type PrivateKey = PKey<Private>;
    type PublicKey = PKey<Public>;
    type RsaPrivateKey = PKey<Private>;
    type RsaPublicKey = PKey<Public>;

    fn seal_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>) -> Option<[u8; 16]> {
        let mut tag = [0; 16];
        *bytes = symm::encrypt_aead(gcm(key), key, Some(iv), additional, bytes, &mut tag).ok()?;
        Some(tag)
    }

    fn open_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>, tag: &[u8]) -> Option<()> {
        let tag: &[u8; 16] = tag.try_into().ok()?;
        *bytes = symm::decrypt_aead(gcm(key), key, Some(iv), additional, bytes, tag).ok()?;
        Some(())
    }

    fn wrap(key: &[u8], content_key: &[u8]) -> Option<Vec<u8>> {
        let mut wrapped = vec![0; content_key.len() + 8];
        wrap_key(&AesKey::new_encrypt(key).ok()?, None, &mut wrapped, content_key).ok()?;
        Some(wrapped)
    }

    fn unwrap(key: &[u8], encrypted_key: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; encrypted_key.len().checked_sub(8)?];
        unwrap_key(&AesKey::new_decrypt(key).ok()?, None, &mut out, encrypted_key).ok()?;
        Some(out)
    }

    fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
        let mut digest = Sha256::new();
        for piece in pieces {
            digest.update(piece);
        }
        digest.finish()
    }

    fn private_key(pair: &PemPair) -> Option<PKey<Private>> {
        PKey::private_key_from_pem(pair.secret_pem.as_bytes()).ok()
    }

    fn public_key(pair: &PemPair) -> Option<PKey<Public>> {
        PKey::public_key_from_pem(pair.public_pem.as_bytes()).ok()
    }

    fn agree(key: &PKey<Private>, point: &[u8]) -> Option<[u8; 32]> {
        let group = p256()?;
        let mut context = BigNumContext::new().ok()?;
        let point = EcPoint::from_bytes(&group, point, &mut context).ok()?;
        let peer = EcKey::from_public_key(&group, &point).ok()?;
        shared(key, &PKey::from_ec_key(peer).ok()?)
    }

    fn agree_anew(peer: &PKey<Public>) -> Option<(Vec<u8>, [u8; 32])> {
        let group = p256()?;
        let key = EcKey::generate(&group).ok()?;
        let mut context = BigNumContext::new().ok()?;
        let form = PointConversionForm::UNCOMPRESSED;
        let point = key.public_key().to_bytes(&group, form, &mut context).ok()?;
        Some((point, shared(&PKey::from_ec_key(key).ok()?, peer)?))
    }

    fn rsa_private_key(pair: &PemPair) -> Option<PKey<Private>> {
        Self::private_key(pair)
    }

    fn rsa_public_key(pair: &PemPair) -> Option<PKey<Public>> {
        Self::public_key(pair)
    }

    fn decrypt_oaep(key: &PKey<Private>, hash: Hash, encrypted_key: &[u8]) -> Option<Vec<u8>> {
        let mut decrypter = Decrypter::new(key).ok()?;
        decrypter.set_rsa_padding(Padding::PKCS1_OAEP).ok()?;
        decrypter.set_rsa_oaep_md(digest(hash)).ok()?;
        decrypter.set_rsa_mgf1_md(digest(hash)).ok()?;
        let mut out = vec![0; decrypter.decrypt_len(encrypted_key).ok()?];
        let length = decrypter.decrypt(encrypted_key, &mut out).ok()?;
        out.truncate(length);
        Some(out)
    }

    fn encrypt_oaep(key: &PKey<Public>, hash: Hash, content_key: &[u8]) -> Option<Vec<u8>> {
        let mut encrypter = Encrypter::new(key).ok()?;
        encrypter.set_rsa_padding(Padding::PKCS1_OAEP).ok()?;
        encrypter.set_rsa_oaep_md(digest(hash)).ok()?;
        encrypter.set_rsa_mgf1_md(digest(hash)).ok()?;
        let mut out = vec![0; encrypter.encrypt_len(content_key).ok()?];
        let length = encrypter.encrypt(content_key, &mut out).ok()?;
        out.truncate(length);
        Some(out)
    }

    fn encrypt_cbc(key: &[u8; 32], iv: &[u8; 16], bytes: &mut Vec<u8>) -> Option<()> {
        *bytes = symm::encrypt(Cipher::aes_256_cbc(), key, Some(iv), bytes).ok()?;
        Some(())
    }

    fn decrypt_cbc(key: &[u8; 32], iv: &[u8; 16], bytes: &mut Vec<u8>) -> Option<()> {
        *bytes = symm::decrypt(Cipher::aes_256_cbc(), key, Some(iv), bytes).ok()?;
        Some(())
    }

    fn mac(key: &[u8; 32], pieces: &[&[u8]]) -> Option<[u8; 64]> {
        let key = PKey::hmac(key).ok()?;
        let mut signer = Signer::new(MessageDigest::sha512(), &key).ok()?;
        for piece in pieces {
            signer.update(piece).ok()?;
        }
        let mut mac = [0; 64];
        signer.sign(&mut mac).ok()?;
        Some(mac)
    }

    fn stretch(password: &[u8], salt: &[u8], rounds: u32) -> Option<[u8; 32]> {
        let mut key = [0; 32];
        let rounds = usize::try_from(rounds).ok()?;
        pbkdf2_hmac(password, salt, rounds, MessageDigest::sha512(), &mut key).ok()?;
        Some(key)
    }
}

fn gcm(key: &[u8]) -> Cipher {
    if key.len() == 16 {
        Cipher::aes_128_gcm()
    } else {
        Cipher::aes_256_gcm()
    }
}

fn p256() -> Option<EcGroup> {
    EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()
}

fn shared(key: &PKey<Private>, peer: &PKey<impl HasPublic>) -> Option<[u8; 32]> {
    let mut deriver = Deriver::new(key).ok()?;
    deriver.set_peer(peer).ok()?;
    let mut shared = [0; 32];
    (deriver.derive(&mut shared).ok()? == shared.len()).then_some(shared)
}

fn digest(hash: Hash) -> MessageDigest {
    match hash {
        Hash::Sha1 => MessageDigest::sha1(),
        Hash::Sha256 => MessageDigest::sha256(),
    }
}
