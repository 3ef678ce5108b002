//! What the schemes are made of, by whatever kit: key management (RFC 7518 §4)
//! and content encryption (§5).

use super::kit::{Hash, Kit};
use super::token::Token;
use crate::exchange::Key;
use crate::floor::work::Material;

/// Rounds of PBKDF2 in the tokens of the lab, RFC 7518 §4.8.1.2.
const ROUNDS: u32 = 1000;

#[derive(Clone, Copy)]
pub(super) struct Scheme {
    pub(super) management: Management,
    pub(super) content: Content,
}

/// How the content encryption key comes about.
#[derive(Clone, Copy)]
pub(super) enum Management {
    Direct,
    AesKw,
    AesGcmKw,
    Password,
    EcdhEs,
    EcdhEsAesKw,
    RsaOaep(Hash),
}

/// What encrypts the claims.
#[derive(Clone, Copy)]
pub(super) enum Content {
    Gcm { name: &'static str, key_bytes: usize },
    CbcHmac,
}

/// Recovers the content encryption key of a token.
pub(super) type Unwrap = Box<dyn Fn(&Token) -> Option<Vec<u8>> + Send>;

/// Draws a content encryption key and protects it.
pub(super) type Wrap = Box<dyn Fn() -> Option<Wrapped> + Send>;

/// A content encryption key, and what a token carries for it.
pub(super) struct Wrapped {
    pub(super) content_key: Vec<u8>,
    pub(super) party: Vec<u8>,
    pub(super) encrypted_key: Vec<u8>,
}

impl Scheme {
    /// The scheme of that wire name.
    pub(super) fn new(scheme: &str) -> Option<Self> {
        let (management, content) = scheme.strip_prefix("jwe.")?.rsplit_once('+')?;
        Some(Self {
            management: match management {
                "dir" => Management::Direct,
                "A128KW" | "A256KW" => Management::AesKw,
                "A256GCMKW" => Management::AesGcmKw,
                "PBES2-HS512+A256KW" => Management::Password,
                "ECDH-ES" => Management::EcdhEs,
                "ECDH-ES+A256KW" => Management::EcdhEsAesKw,
                "RSA-OAEP" => Management::RsaOaep(Hash::Sha1),
                "RSA-OAEP-256" => Management::RsaOaep(Hash::Sha256),
                _ => return None,
            },
            content: match content {
                "A128GCM" => Content::Gcm {
                    name: "A128GCM",
                    key_bytes: 16,
                },
                "A256GCM" => Content::Gcm {
                    name: "A256GCM",
                    key_bytes: 32,
                },
                "A256CBC-HS512" => Content::CbcHmac,
                _ => return None,
            },
        })
    }

    pub(super) fn unwrapping<K: Kit>(self, material: &Material<'_>) -> Result<Unwrap, String> {
        let unparsable = || "the key can't be parsed".to_owned();
        let secret = || secret(material);
        Ok(match self.management {
            Management::Direct => {
                let key = secret()?;
                Box::new(move |_| Some(key.clone()))
            }
            Management::AesKw => {
                let key = secret()?;
                Box::new(move |token| K::unwrap(&key, &token.encrypted_key))
            }
            Management::AesGcmKw => {
                let key = secret()?;
                Box::new(move |token| {
                    let (iv, tag) = token.party.split_first_chunk()?;
                    let mut content_key = token.encrypted_key.clone();
                    K::open_gcm(&key, iv, b"", &mut content_key, tag)?;
                    Some(content_key)
                })
            }
            Management::Password => {
                let password = secret()?;
                Box::new(move |token| {
                    K::unwrap(&stretched::<K>(&password, &token.party)?, &token.encrypted_key)
                })
            }
            Management::EcdhEs => {
                let key = K::private_key(material.keys.p256()).ok_or_else(unparsable)?;
                let name = self.content.name();
                Box::new(move |token| {
                    let shared = K::agree(&key, &token.party)?;
                    Some(derived::<K>(&shared, name.as_bytes()).to_vec())
                })
            }
            Management::EcdhEsAesKw => {
                let key = K::private_key(material.keys.p256()).ok_or_else(unparsable)?;
                Box::new(move |token| {
                    let shared = K::agree(&key, &token.party)?;
                    K::unwrap(&derived::<K>(&shared, b"ECDH-ES+A256KW"), &token.encrypted_key)
                })
            }
            Management::RsaOaep(hash) => {
                let key = K::rsa_private_key(&material.keys.rsa().pem).ok_or_else(unparsable)?;
                Box::new(move |token| K::decrypt_oaep(&key, hash, &token.encrypted_key))
            }
        })
    }

    pub(super) fn wrapping<K: Kit>(self, material: &Material<'_>) -> Result<Wrap, String> {
        let unparsable = || "the key can't be parsed".to_owned();
        let secret = || secret(material);
        let fresh = move || random(self.content.key_bytes());
        let wrapped = |content_key, party, encrypted_key| {
            Some(Wrapped {
                content_key,
                party,
                encrypted_key,
            })
        };
        Ok(match self.management {
            Management::Direct => {
                let key = secret()?;
                Box::new(move || wrapped(key.clone(), Vec::new(), Vec::new()))
            }
            Management::AesKw => {
                let key = secret()?;
                Box::new(move || {
                    let content_key = fresh()?;
                    let encrypted_key = K::wrap(&key, &content_key)?;
                    wrapped(content_key, Vec::new(), encrypted_key)
                })
            }
            Management::AesGcmKw => {
                let key = secret()?;
                Box::new(move || {
                    let content_key = fresh()?;
                    let mut encrypted_key = content_key.clone();
                    let iv = random(12)?;
                    let tag = K::seal_gcm(&key, iv.as_slice().try_into().ok()?, b"", &mut encrypted_key)?;
                    wrapped(content_key, [iv, tag.to_vec()].concat(), encrypted_key)
                })
            }
            Management::Password => {
                let password = secret()?;
                Box::new(move || {
                    let (content_key, salt) = (fresh()?, random(8)?);
                    let encrypted_key = K::wrap(&stretched::<K>(&password, &salt)?, &content_key)?;
                    wrapped(content_key, salt, encrypted_key)
                })
            }
            Management::EcdhEs => {
                let peer = K::public_key(material.keys.p256()).ok_or_else(unparsable)?;
                let name = self.content.name();
                Box::new(move || {
                    let (party, shared) = K::agree_anew(&peer)?;
                    wrapped(derived::<K>(&shared, name.as_bytes()).to_vec(), party, Vec::new())
                })
            }
            Management::EcdhEsAesKw => {
                let peer = K::public_key(material.keys.p256()).ok_or_else(unparsable)?;
                Box::new(move || {
                    let (party, shared) = K::agree_anew(&peer)?;
                    let content_key = fresh()?;
                    let encrypted_key = K::wrap(&derived::<K>(&shared, b"ECDH-ES+A256KW"), &content_key)?;
                    wrapped(content_key, party, encrypted_key)
                })
            }
            Management::RsaOaep(hash) => {
                let key = K::rsa_public_key(&material.keys.rsa().pem).ok_or_else(unparsable)?;
                Box::new(move || {
                    let content_key = fresh()?;
                    let encrypted_key = K::encrypt_oaep(&key, hash, &content_key)?;
                    wrapped(content_key, Vec::new(), encrypted_key)
                })
            }
        })
    }
}

impl Content {
    const fn name(self) -> &'static str {
        match self {
            Self::Gcm { name, .. } => name,
            Self::CbcHmac => "A256CBC-HS512",
        }
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::Gcm { key_bytes, .. } => key_bytes,
            Self::CbcHmac => 64,
        }
    }

    /// Authenticates and decrypts `bytes` in place.
    pub(super) fn open<K: Kit>(
        self,
        key: &[u8],
        iv: &[u8],
        covered: &[u8],
        bytes: &mut Vec<u8>,
        tag: &[u8],
    ) -> Option<()> {
        match self {
            Self::Gcm { .. } => K::open_gcm(key, iv.try_into().ok()?, covered, bytes, tag),
            Self::CbcHmac => {
                let (mac_key, key) = key.split_first_chunk::<32>()?;
                let iv: &[u8; 16] = iv.try_into().ok()?;
                let expected = K::mac(mac_key, &[covered, iv, bytes, &bits(covered)])?;
                if !equal_in_constant_time(expected.get(..32)?, tag) {
                    return None;
                }
                K::decrypt_cbc(key.try_into().ok()?, iv, bytes)
            }
        }
    }

    /// Encrypts `bytes` in place under a fresh initialization vector, which is
    /// returned with the tag.
    pub(super) fn seal<K: Kit>(
        self,
        key: &[u8],
        covered: &[u8],
        bytes: &mut Vec<u8>,
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        match self {
            Self::Gcm { .. } => {
                let iv = random(12)?;
                let tag = K::seal_gcm(key, iv.as_slice().try_into().ok()?, covered, bytes)?;
                Some((iv, tag.to_vec()))
            }
            Self::CbcHmac => {
                let (mac_key, key) = key.split_first_chunk::<32>()?;
                let iv = random(16)?;
                K::encrypt_cbc(key.try_into().ok()?, iv.as_slice().try_into().ok()?, bytes)?;
                let mac = K::mac(mac_key, &[covered, &iv, bytes, &bits(covered)])?;
                Some((iv, mac.get(..32)?.to_vec()))
            }
        }
    }
}

/// The secret of the ring for this scheme.
fn secret(material: &Material<'_>) -> Result<Vec<u8>, String> {
    let key = material.keys.key(material.scheme);
    let secret = key.as_ref().and_then(Key::secret).map(<[u8]>::to_vec);
    secret.ok_or_else(|| format!("the ring has no secret for {}", material.scheme))
}

fn random(length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

/// The key that a password becomes, RFC 7518 §4.8.1.1.
fn stretched<K: Kit>(password: &[u8], salt: &[u8]) -> Option<[u8; 32]> {
    K::stretch(password, &[b"PBES2-HS512+A256KW\0", salt].concat(), ROUNDS)
}

/// The key of 32 bytes that a shared secret becomes, RFC 7518 §4.6.2: one round
/// of the Concat KDF, with no information about the parties.
fn derived<K: Kit>(shared: &[u8; 32], algorithm: &[u8]) -> [u8; 32] {
    let length = u32::try_from(algorithm.len()).unwrap_or_default().to_be_bytes();
    K::sha256(&[
        &1_u32.to_be_bytes(),
        shared,
        &length,
        algorithm,
        &[0; 8],
        &256_u32.to_be_bytes(),
    ])
}

/// Length in bits, as AES-CBC with HMAC covers it (RFC 7518 §5.2.2.1).
fn bits(covered: &[u8]) -> [u8; 8] {
    (covered.len() as u64 * 8).to_be_bytes()
}

fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b));
    a.len() == b.len() && std::hint::black_box(difference) == 0
}
