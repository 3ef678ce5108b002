//! The primitives behind JWE, by different hands.

use crate::keys::PemPair;

/// Hash function of RSA-OAEP.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha256,
}

/// One library's primitives. Those that have a default are in schemes that a
/// kit may leave to others.
pub(super) trait Kit: Send + 'static {
    const NAME: &'static str;

    /// P-256, to agree with whoever sends.
    type PrivateKey: Send + 'static;
    /// P-256 of the recipient.
    type PublicKey: Send + 'static;
    type RsaPrivateKey: Send + 'static;
    type RsaPublicKey: Send + 'static;

    /// AES-GCM in place under a key of 16 or 32 bytes; returns the tag.
    fn seal_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>) -> Option<[u8; 16]>;
    fn open_gcm(key: &[u8], iv: &[u8; 12], additional: &[u8], bytes: &mut Vec<u8>, tag: &[u8]) -> Option<()>;

    /// AES key wrap (RFC 3394) under a key of 16 or 32 bytes.
    fn wrap(key: &[u8], content_key: &[u8]) -> Option<Vec<u8>>;
    fn unwrap(key: &[u8], encrypted_key: &[u8]) -> Option<Vec<u8>>;

    fn sha256(pieces: &[&[u8]]) -> [u8; 32];

    fn private_key(pair: &PemPair) -> Option<Self::PrivateKey>;
    fn public_key(pair: &PemPair) -> Option<Self::PublicKey>;
    /// Agrees with an uncompressed point.
    fn agree(key: &Self::PrivateKey, point: &[u8]) -> Option<[u8; 32]>;
    /// Agrees by a fresh pair, whose uncompressed point comes first.
    fn agree_anew(peer: &Self::PublicKey) -> Option<(Vec<u8>, [u8; 32])>;

    fn rsa_private_key(pair: &PemPair) -> Option<Self::RsaPrivateKey>;
    fn rsa_public_key(pair: &PemPair) -> Option<Self::RsaPublicKey>;
    fn decrypt_oaep(key: &Self::RsaPrivateKey, hash: Hash, encrypted_key: &[u8]) -> Option<Vec<u8>>;
    fn encrypt_oaep(key: &Self::RsaPublicKey, hash: Hash, content_key: &[u8]) -> Option<Vec<u8>>;

    /// AES-256-CBC with the padding of PKCS#7, in place.
    fn encrypt_cbc(_key: &[u8; 32], _iv: &[u8; 16], _bytes: &mut Vec<u8>) -> Option<()> {
        None
    }
    fn decrypt_cbc(_key: &[u8; 32], _iv: &[u8; 16], _bytes: &mut Vec<u8>) -> Option<()> {
        None
    }

    /// HMAC-SHA512.
    fn mac(_key: &[u8; 32], _pieces: &[&[u8]]) -> Option<[u8; 64]> {
        None
    }

    /// PBKDF2 with HMAC-SHA512.
    fn stretch(_password: &[u8], _salt: &[u8], _rounds: u32) -> Option<[u8; 32]> {
        None
    }
}
