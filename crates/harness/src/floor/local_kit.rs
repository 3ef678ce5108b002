//! The primitives behind local tokens, by different hands.

use chacha20::cipher::{KeyIvInit, StreamCipher};
use orion::hazardous::aead::xchacha20poly1305;
use orion::hazardous::mac::{blake2b, poly1305};
use orion::hazardous::stream::xchacha20;

/// Keyed BLAKE2b (RFC 7693).
pub(super) trait Blake2b: Send + Sync + 'static {
    /// `N` bytes of hash over `pieces`, one after the other.
    fn hash<const N: usize>(key: &[u8], pieces: &[&[u8]]) -> Option<[u8; N]>;
}

/// XChaCha20 (draft-irtf-cfrg-xchacha).
pub(super) trait XChaCha20: Send + Sync + 'static {
    /// Encrypts or decrypts `bytes` in place.
    fn apply(key: &[u8; 32], nonce: &[u8; 24], bytes: &mut [u8]) -> Option<()>;
}

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha).
pub(super) trait Aead: Send + Sync + 'static {
    /// Encrypts `bytes` in place and returns the tag.
    fn seal(key: &[u8; 32], nonce: &[u8; 24], additional: &[u8], bytes: &mut [u8]) -> Option<[u8; 16]>;

    /// Authenticates and decrypts `bytes` in place.
    fn open(
        key: &[u8; 32],
        nonce: &[u8; 24],
        additional: &[u8],
        bytes: &mut Vec<u8>,
        tag: &[u8],
    ) -> Option<()>;
}

/// What v1 and v3 are made of: HMAC-SHA384 (RFC 2104), and AES-256 in counter
/// mode (NIST SP 800-38A).
pub(super) trait Nist: Send + Sync + 'static {
    /// The tag over `pieces`, one after the other.
    fn hmac(key: &[u8], pieces: &[&[u8]]) -> Option<[u8; 48]>;

    /// The first block that HKDF expands a key to (RFC 5869 §2.3); the
    /// information is in two pieces. Nothing here needs a second block.
    fn expand(key: &[u8; 48], label: &[u8], context: &[u8]) -> Option<[u8; 48]> {
        Self::hmac(key, &[label, context, &[1]])
    }

    /// Encrypts or decrypts `bytes` in place.
    fn ctr(key: &[u8; 32], counter: &[u8; 16], bytes: &mut [u8]) -> Option<()>;
}

/// HMAC and AES of RustCrypto.
pub(super) struct RustCrypto;

impl Nist for RustCrypto {
    fn hmac(key: &[u8], pieces: &[&[u8]]) -> Option<[u8; 48]> {
        use hmac::Mac;
        let mut mac = hmac::Hmac::<sha2::Sha384>::new_from_slice(key).ok()?;
        for piece in pieces {
            mac.update(piece);
        }
        Some(mac.finalize().into_bytes().into())
    }

    fn ctr(key: &[u8; 32], counter: &[u8; 16], bytes: &mut [u8]) -> Option<()> {
        let mut stream = ctr::Ctr128BE::<aes::Aes256>::new(key.into(), counter.into());
        stream.try_apply_keystream(bytes).ok()
    }
}

/// All of it by orion.
pub(super) struct Orion;

impl Blake2b for Orion {
    fn hash<const N: usize>(key: &[u8], pieces: &[&[u8]]) -> Option<[u8; N]> {
        let key = blake2b::SecretKey::try_from(key).ok()?;
        let mut state = blake2b::Blake2b::new(&key, N).ok()?;
        for piece in pieces {
            state.update(piece).ok()?;
        }
        state.finalize().ok()?.unprotected_as_ref().try_into().ok()
    }
}

impl XChaCha20 for Orion {
    fn apply(key: &[u8; 32], nonce: &[u8; 24], bytes: &mut [u8]) -> Option<()> {
        let key = xchacha20::SecretKey::try_from(key).ok()?;
        let mut stream = xchacha20::XChaCha20::new(&key, &xchacha20::Nonce::from(*nonce));
        stream.xor_keystream_into(bytes).ok()
    }
}

impl Aead for Orion {
    fn seal(key: &[u8; 32], nonce: &[u8; 24], additional: &[u8], bytes: &mut [u8]) -> Option<[u8; 16]> {
        let key = xchacha20poly1305::SecretKey::try_from(key).ok()?;
        let nonce = xchacha20poly1305::Nonce::from(*nonce);
        let tag =
            xchacha20poly1305::XChaCha20Poly1305::seal_inplace(&key, &nonce, Some(additional), bytes).ok()?;
        tag.unprotected_as_ref().try_into().ok()
    }

    fn open(
        key: &[u8; 32],
        nonce: &[u8; 24],
        additional: &[u8],
        bytes: &mut Vec<u8>,
        tag: &[u8],
    ) -> Option<()> {
        let key = xchacha20poly1305::SecretKey::try_from(key).ok()?;
        let nonce = xchacha20poly1305::Nonce::from(*nonce);
        let tag = poly1305::Tag::try_from(tag).ok()?;
        xchacha20poly1305::XChaCha20Poly1305::open_inplace(&key, &nonce, &tag, Some(additional), bytes).ok()
    }
}

/// BLAKE2b by blake2b_simd, XChaCha20 by chacha20.
pub(super) struct Simd;

impl Blake2b for Simd {
    fn hash<const N: usize>(key: &[u8], pieces: &[&[u8]]) -> Option<[u8; N]> {
        let mut state = blake2b_simd::Params::new().hash_length(N).key(key).to_state();
        for piece in pieces {
            state.update(piece);
        }
        state.finalize().as_bytes().try_into().ok()
    }
}

impl XChaCha20 for Simd {
    fn apply(key: &[u8; 32], nonce: &[u8; 24], bytes: &mut [u8]) -> Option<()> {
        let mut stream = chacha20::XChaCha20::new(key.into(), nonce.into());
        stream.try_apply_keystream(bytes).ok()
    }
}

/// HMAC and AES by aws-lc-rs; ChaCha20-Poly1305 by aws-lc-rs under a key that HChaCha20 of chacha20
/// derives, which together is XChaCha20-Poly1305; BLAKE2b by blake2b_simd.
#[cfg(feature = "aws-lc")]
pub(super) struct AwsLc;

#[cfg(feature = "aws-lc")]
mod aws_lc {
    use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
    use chacha20::cipher::consts::U10;

    use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
    use aws_lc_rs::hmac;
    use aws_lc_rs::iv::FixedLength;

    use super::{Aead, AwsLc, Blake2b, Nist, Simd};

    impl Nist for AwsLc {
        fn hmac(key: &[u8], pieces: &[&[u8]]) -> Option<[u8; 48]> {
            let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA384, key));
            for piece in pieces {
                mac.update(piece);
            }
            mac.sign().as_ref().try_into().ok()
        }

        fn ctr(key: &[u8; 32], counter: &[u8; 16], bytes: &mut [u8]) -> Option<()> {
            let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
            let counter = EncryptionContext::Iv128(FixedLength::from(counter));
            key.less_safe_encrypt(bytes, counter).ok().map(drop)
        }
    }

    impl Blake2b for AwsLc {
        fn hash<const N: usize>(key: &[u8], pieces: &[&[u8]]) -> Option<[u8; N]> {
            Simd::hash(key, pieces)
        }
    }

    /// The key and the nonce of the inner ChaCha20-Poly1305.
    fn inner(key: &[u8; 32], nonce: &[u8; 24]) -> Option<(LessSafeKey, Nonce)> {
        let (first, last) = nonce.split_first_chunk::<16>()?;
        let subkey = chacha20::hchacha::<U10>(key.into(), first.into());
        let mut inner = [0; 12];
        inner.get_mut(4..)?.copy_from_slice(last);
        let key = UnboundKey::new(&CHACHA20_POLY1305, &subkey).ok()?;
        Some((LessSafeKey::new(key), Nonce::assume_unique_for_key(inner)))
    }

    impl Aead for AwsLc {
        fn seal(key: &[u8; 32], nonce: &[u8; 24], additional: &[u8], bytes: &mut [u8]) -> Option<[u8; 16]> {
            let (key, nonce) = inner(key, nonce)?;
            let tag = key
                .seal_in_place_separate_tag(nonce, Aad::from(additional), bytes)
                .ok()?;
            tag.as_ref().try_into().ok()
        }

        fn open(
            key: &[u8; 32],
            nonce: &[u8; 24],
            additional: &[u8],
            bytes: &mut Vec<u8>,
            tag: &[u8],
        ) -> Option<()> {
            let (key, nonce) = inner(key, nonce)?;
            let length = bytes.len();
            bytes.extend_from_slice(tag);
            key.open_in_place(nonce, Aad::from(additional), bytes).ok()?;
            bytes.truncate(length);
            Some(())
        }
    }
}
