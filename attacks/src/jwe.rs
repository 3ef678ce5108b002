//! JWE compact tokens to order (RFC 7516 §7.1): any header, any plaintext.
//!
//! Contenders write headers of their own making; attackers need headers of
//! theirs. Enough ways to the content key are here for a key that is a string
//! of bytes to be misused (`dir`, the key wraps) and for everybody with an RSA
//! public key to encrypt (RFC 7518 §4). The content is encrypted with AES-GCM
//! (§5.3). RustCrypto throughout, and `aes-keywrap`.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, KeyInit};
use aes_keywrap::{Aes128KeyWrapAligned, Aes256KeyWrapAligned};
use rsa::rand_core::OsRng;
use rsa::{Oaep, Pkcs1v15Encrypt, RsaPrivateKey, RsaPublicKey};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::mint::{self, MintError};

/// Who can open the token, and how.
pub(crate) enum Recipient {
    /// Whoever has this key, 16 or 32 bytes: `dir` with A128GCM or A256GCM.
    Direct(Vec<u8>),
    /// Likewise, by `A128KW` with A256GCM.
    A128Kw([u8; 16]),
    /// Likewise, by `A256KW` with A256GCM.
    A256Kw([u8; 32]),
    /// Whoever can derive this key from a password: `PBES2-HS512+A256KW` with
    /// A256GCM. Salt and rounds are the caller's, as members of the header.
    Pbes2([u8; 32]),
    /// Whoever has the private half: `RSA-OAEP` with A256GCM.
    RsaOaep(Box<RsaPublicKey>),
    /// Likewise, by `RSA-OAEP-256`.
    RsaOaep256(Box<RsaPublicKey>),
    /// Likewise, by `RSA1_5`.
    Rsa15(Box<RsaPublicKey>),
}

impl Recipient {
    /// The encrypted key, and the content key that is in it.
    fn content_key(&self) -> Result<(Vec<u8>, Vec<u8>), MintError> {
        let content_key = random::<32>()?.to_vec();
        let oaep = |public: &RsaPublicKey, padding| {
            public
                .encrypt(&mut OsRng, padding, &content_key)
                .map_err(MintError::new)
        };
        let wrapped = match self {
            Self::Direct(key) => return Ok((Vec::new(), key.clone())),
            Self::A128Kw(key) => Aes128KeyWrapAligned::new(key)
                .encapsulate(&content_key)
                .map_err(MintError::new)?,
            Self::A256Kw(key) | Self::Pbes2(key) => Aes256KeyWrapAligned::new(key)
                .encapsulate(&content_key)
                .map_err(MintError::new)?,
            Self::RsaOaep(public) => oaep(public, Oaep::new::<hmac_sha1_compact::WrappedHash>())?,
            Self::RsaOaep256(public) => oaep(public, Oaep::new::<Sha256>())?,
            Self::Rsa15(public) => public
                .encrypt(&mut OsRng, Pkcs1v15Encrypt, &content_key)
                .map_err(MintError::new)?,
        };
        Ok((wrapped, content_key))
    }

    /// `alg`, as in a header.
    const fn name(&self) -> &'static str {
        match self {
            Self::Direct(_) => "dir",
            Self::A128Kw(_) => "A128KW",
            Self::A256Kw(_) => "A256KW",
            Self::Pbes2(_) => "PBES2-HS512+A256KW",
            Self::RsaOaep(_) => "RSA-OAEP",
            Self::RsaOaep256(_) => "RSA-OAEP-256",
            Self::Rsa15(_) => "RSA1_5",
        }
    }
}

/// Encrypts `plaintext`. `alg` and `enc` follow from the recipient; the rest of
/// the header is `more`.
pub(crate) fn seal(
    recipient: &Recipient,
    more: &Map<String, Value>,
    plaintext: &[u8],
) -> Result<String, MintError> {
    let (wrapped, content_key) = recipient.content_key()?;
    let enc = match content_key.len() {
        16 => "A128GCM",
        32 => "A256GCM",
        other => {
            return Err(MintError::new(format!(
                "{other} bytes are no AES-GCM key, want 16 or 32"
            )));
        }
    };
    let mut header = more.clone();
    header.insert("alg".into(), recipient.name().into());
    header.insert("enc".into(), enc.into());
    let header = mint::part(Value::Object(header).to_string());
    let nonce = random::<NONCE_BYTES>()?;
    let mut ciphertext = gcm(Direction::Encrypt, &content_key, &nonce, &header, plaintext)
        .ok_or_else(|| MintError::new("AES-GCM refuses the plaintext"))?;
    let tag = ciphertext.split_off(ciphertext.len().saturating_sub(TAG_BYTES));
    Ok([
        header,
        mint::part(wrapped),
        mint::part(nonce),
        mint::part(ciphertext),
        mint::part(tag),
    ]
    .join("."))
}

/// The parts of a JWE, its header as text and the others decoded.
pub(crate) struct Sealed<'a> {
    /// The encoded header, which is authenticated.
    pub(crate) header: &'a str,
    /// Encrypted content key.
    pub(crate) wrapped: &'a [u8],
    /// Nonce.
    pub(crate) nonce: &'a [u8],
    /// Ciphertext.
    pub(crate) ciphertext: &'a [u8],
    /// Tag.
    pub(crate) tag: &'a [u8],
}

/// Decrypts `RSA-OAEP-256` with A256GCM; `None` for whatever reason, which is
/// all that a verifier should say (RFC 7516 §11.5).
pub(crate) fn open(key: &RsaPrivateKey, sealed: &Sealed<'_>) -> Option<Vec<u8>> {
    let content_key = key.decrypt(Oaep::new::<Sha256>(), sealed.wrapped).ok()?;
    open_content(&content_key, sealed)
}

/// Decrypts A256GCM under a content key that AES key wrap holds under `key`;
/// `None` likewise.
pub(crate) fn open_wrapped(key: &[u8; 32], sealed: &Sealed<'_>) -> Option<Vec<u8>> {
    let content_key = Aes256KeyWrapAligned::new(key).decapsulate(sealed.wrapped).ok()?;
    open_content(&content_key, sealed)
}

/// The same from the content key on.
pub(crate) fn open_content(content_key: &[u8], sealed: &Sealed<'_>) -> Option<Vec<u8>> {
    if content_key.len() != 32 || sealed.tag.len() != TAG_BYTES {
        return None;
    }
    let nonce = sealed.nonce.try_into().ok()?;
    let text = [sealed.ciphertext, sealed.tag].concat();
    gcm(Direction::Decrypt, content_key, nonce, sealed.header, &text)
}

#[derive(Clone, Copy)]
enum Direction {
    Encrypt,
    Decrypt,
}

/// AES-GCM under a key of 16 or 32 bytes; the tag follows the ciphertext.
fn gcm(
    direction: Direction,
    key: &[u8],
    nonce: &[u8; NONCE_BYTES],
    header: &str,
    text: &[u8],
) -> Option<Vec<u8>> {
    fn run(
        cipher: &impl Aead<NonceSize = aes_gcm::aead::consts::U12>,
        direction: Direction,
        nonce: &[u8; NONCE_BYTES],
        payload: Payload<'_, '_>,
    ) -> Option<Vec<u8>> {
        let nonce = (*nonce).into();
        match direction {
            Direction::Encrypt => cipher.encrypt(&nonce, payload).ok(),
            Direction::Decrypt => cipher.decrypt(&nonce, payload).ok(),
        }
    }
    let payload = Payload {
        msg: text,
        aad: header.as_bytes(),
    };
    if key.len() == 16 {
        run(&Aes128Gcm::new_from_slice(key).ok()?, direction, nonce, payload)
    } else {
        run(&Aes256Gcm::new_from_slice(key).ok()?, direction, nonce, payload)
    }
}

fn random<const N: usize>() -> Result<[u8; N], MintError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(MintError::new)?;
    Ok(bytes)
}

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
