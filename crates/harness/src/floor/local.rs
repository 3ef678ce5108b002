//! Authenticated encryption of the four versions' local tokens (PASETO,
//! Version1 to Version4).
//!
//! Verifying authenticates and decrypts; issuing draws the nonce from the
//! system, encrypts and authenticates. v1 and v2 derive their nonce from that
//! randomness and the message, all but v2 derive two keys from the nonce: both
//! are required, so both are part of the floor. Both keys of v1 and v3 come from
//! one extraction of HKDF (RFC 5869), which is done once.

use std::hint::black_box;
use std::marker::PhantomData;

use tokenlab_record::measurement::{FloorPart, Model};

use super::local_kit::{Aead, Blake2b, Nist, Orion, RustCrypto, Simd, XChaCha20};
use super::token::Sealed;
use super::work::{Material, floor};
use super::{Floor, FloorWork, pae};
use crate::claims::Rfc3339;
use crate::paseto::equal_in_constant_time;

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(both_ways::<V1<RustCrypto>>("aes, hmac"));
    floors.extend(both_ways::<V3<RustCrypto>>("aes, hmac"));
    #[cfg(feature = "aws-lc")]
    {
        floors.extend(both_ways::<V1<super::local_kit::AwsLc>>("aws-lc-rs AES, HMAC"));
        floors.extend(both_ways::<V3<super::local_kit::AwsLc>>("aws-lc-rs AES, HMAC"));
    }
    floors.extend(both_ways::<V2<Orion>>("orion"));
    #[cfg(feature = "aws-lc")]
    floors.extend(both_ways::<V2<super::local_kit::AwsLc>>(
        "aws-lc-rs, chacha20, blake2b_simd",
    ));
    floors.extend(both_ways::<V4<Orion>>("orion"));
    floors.extend(both_ways::<V4<Simd>>("chacha20, blake2b_simd"));
    floors
}

/// What tokens of this scheme hold.
///
/// # Errors
/// In words, if a token is none of this scheme and key.
pub(super) fn plaintexts(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    match material.scheme {
        V1::<RustCrypto>::SCHEME => opened::<V1<RustCrypto>>(material),
        V2::<Orion>::SCHEME => opened::<V2<Orion>>(material),
        V3::<RustCrypto>::SCHEME => opened::<V3<RustCrypto>>(material),
        _ => opened::<V4<Orion>>(material),
    }
}

fn opened<S: Scheme>(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    let key = key::<S>(material);
    let tokens = material.sealed()?.into_iter().map(|token| {
        let mut out = Vec::new();
        let opened = S::open(&key, &token, &mut out);
        opened
            .map(|()| out)
            .ok_or_else(|| "a token can't be decrypted".to_owned())
    });
    tokens.collect()
}

fn key<S: Scheme>(material: &Material<'_>) -> [u8; 32] {
    material.keys.symmetric(S::SCHEME)
}

/// A version of local tokens by some implementation.
trait Scheme: Send + Sync + 'static {
    const SCHEME: &'static str;
    const HEADER: &'static [u8];

    /// Fresh randomness that a token needs, bytes.
    const RANDOM: usize;

    /// Authenticates `token` and decrypts it into `out`.
    fn open(key: &[u8; 32], token: &Sealed, out: &mut Vec<u8>) -> Option<()>;

    /// Encrypts `message` with `random` as nonce, or as what the nonce follows from.
    fn seal(key: &[u8; 32], random: &[u8], message: &[u8], out: &mut Buffers) -> Option<()>;
}

/// What sealing writes to, made once.
#[derive(Default)]
struct Buffers {
    covered: Vec<u8>,
    nonce: Vec<u8>,
    body: Vec<u8>,
    tag: Vec<u8>,
}

struct V1<K>(PhantomData<K>);

impl<K: Nist> V1<K> {
    /// Encryption key with its counter, and authentication key.
    fn split(key: &[u8; 32], nonce: &[u8]) -> Option<Split<32>> {
        let (salt, counter) = nonce.split_first_chunk::<16>()?;
        let extracted = K::hmac(salt, &[key])?;
        Some(Split {
            encryption: *K::expand(&extracted, ENCRYPTION, &[])?.first_chunk()?,
            counter: counter.try_into().ok()?,
            authentication: *K::expand(&extracted, AUTHENTICATION, &[])?.first_chunk()?,
        })
    }
}

impl<K: Nist> Scheme for V1<K> {
    const SCHEME: &'static str = "paseto.v1.local";
    const HEADER: &'static [u8] = b"v1.local.";
    const RANDOM: usize = 32;

    fn open(key: &[u8; 32], token: &Sealed, out: &mut Vec<u8>) -> Option<()> {
        Self::split(key, &token.nonce)?.open::<K>(token, out)
    }

    fn seal(key: &[u8; 32], random: &[u8], message: &[u8], out: &mut Buffers) -> Option<()> {
        let hashed = K::hmac(random, &[message])?;
        let nonce = hashed.get(..32)?;
        let keys = Self::split(key, nonce)?;
        keys.seal::<K>(nonce, message, out, |covered, nonce, body| {
            pae::append(covered, &[Self::HEADER, nonce, body, b""]);
        })
    }
}

struct V3<K>(PhantomData<K>);

impl<K: Nist> V3<K> {
    /// Encryption key with its counter, and authentication key.
    fn split(key: &[u8; 32], nonce: &[u8]) -> Option<Split<48>> {
        let extracted = K::hmac(&[0; 48], &[key])?;
        let derived = K::expand(&extracted, ENCRYPTION, nonce)?;
        let (encryption, counter) = derived.split_first_chunk::<32>()?;
        Some(Split {
            encryption: *encryption,
            counter: counter.try_into().ok()?,
            authentication: K::expand(&extracted, AUTHENTICATION, nonce)?,
        })
    }
}

impl<K: Nist> Scheme for V3<K> {
    const SCHEME: &'static str = "paseto.v3.local";
    const HEADER: &'static [u8] = b"v3.local.";
    const RANDOM: usize = 32;

    fn open(key: &[u8; 32], token: &Sealed, out: &mut Vec<u8>) -> Option<()> {
        Self::split(key, &token.nonce)?.open::<K>(token, out)
    }

    fn seal(key: &[u8; 32], random: &[u8], message: &[u8], out: &mut Buffers) -> Option<()> {
        let keys = Self::split(key, random)?;
        keys.seal::<K>(random, message, out, |covered, nonce, body| {
            pae::append(covered, &[Self::HEADER, nonce, body, b"", b""]);
        })
    }
}

const ENCRYPTION: &[u8] = b"paseto-encryption-key";
const AUTHENTICATION: &[u8] = b"paseto-auth-key-for-aead";

/// The keys of one token of v1 or v3; the authentication key has `N` bytes.
struct Split<const N: usize> {
    encryption: [u8; 32],
    counter: [u8; 16],
    authentication: [u8; N],
}

impl<const N: usize> Split<N> {
    fn open<K: Nist>(&self, token: &Sealed, out: &mut Vec<u8>) -> Option<()> {
        let tag = K::hmac(&self.authentication, &[&token.covered])?;
        if !equal_in_constant_time(&tag, &token.authentication) {
            return None;
        }
        replace(out, &token.body);
        K::ctr(&self.encryption, &self.counter, out)
    }

    fn seal<K: Nist>(
        &self,
        nonce: &[u8],
        message: &[u8],
        out: &mut Buffers,
        cover: impl Fn(&mut Vec<u8>, &[u8], &[u8]),
    ) -> Option<()> {
        replace(&mut out.nonce, nonce);
        replace(&mut out.body, message);
        K::ctr(&self.encryption, &self.counter, &mut out.body)?;
        out.covered.clear();
        cover(&mut out.covered, nonce, &out.body);
        replace(&mut out.tag, &K::hmac(&self.authentication, &[&out.covered])?);
        Some(())
    }
}

struct V2<K>(PhantomData<K>);

impl<K: Blake2b + Aead> Scheme for V2<K> {
    const SCHEME: &'static str = "paseto.v2.local";
    const HEADER: &'static [u8] = b"v2.local.";
    const RANDOM: usize = 24;

    fn open(key: &[u8; 32], token: &Sealed, out: &mut Vec<u8>) -> Option<()> {
        out.clear();
        out.extend_from_slice(&token.body);
        K::open(
            key,
            token.nonce.as_slice().try_into().ok()?,
            &token.covered,
            out,
            &token.authentication,
        )
    }

    fn seal(key: &[u8; 32], random: &[u8], message: &[u8], out: &mut Buffers) -> Option<()> {
        let nonce: [u8; 24] = K::hash(random, &[message])?;
        out.covered.clear();
        pae::append(&mut out.covered, &[Self::HEADER, &nonce, b""]);
        out.body.clear();
        out.body.extend_from_slice(message);
        let tag = K::seal(key, &nonce, &out.covered, &mut out.body)?;
        replace(&mut out.nonce, &nonce);
        replace(&mut out.tag, &tag);
        Some(())
    }
}

struct V4<K>(PhantomData<K>);

impl<K: Blake2b + XChaCha20> V4<K> {
    /// Encryption key then nonce, and authentication key.
    fn split(key: &[u8; 32], nonce: &[u8]) -> Option<([u8; 56], [u8; 32])> {
        Some((
            K::hash(key, &[b"paseto-encryption-key", nonce])?,
            K::hash(key, &[b"paseto-auth-key-for-aead", nonce])?,
        ))
    }

    fn apply(encryption: &[u8; 56], bytes: &mut [u8]) -> Option<()> {
        let (key, nonce) = encryption.split_at_checked(32)?;
        K::apply(key.try_into().ok()?, nonce.try_into().ok()?, bytes)
    }
}

impl<K: Blake2b + XChaCha20> Scheme for V4<K> {
    const SCHEME: &'static str = "paseto.v4.local";
    const HEADER: &'static [u8] = b"v4.local.";
    const RANDOM: usize = 32;

    fn open(key: &[u8; 32], token: &Sealed, out: &mut Vec<u8>) -> Option<()> {
        let (encryption, authentication) = Self::split(key, &token.nonce)?;
        let tag: [u8; 32] = K::hash(&authentication, &[&token.covered])?;
        if !equal_in_constant_time(&tag, &token.authentication) {
            return None;
        }
        replace(out, &token.body);
        Self::apply(&encryption, out)
    }

    fn seal(key: &[u8; 32], random: &[u8], message: &[u8], out: &mut Buffers) -> Option<()> {
        let (encryption, authentication) = Self::split(key, random)?;
        replace(&mut out.nonce, random);
        replace(&mut out.body, message);
        Self::apply(&encryption, &mut out.body)?;
        out.covered.clear();
        pae::append(&mut out.covered, &[Self::HEADER, random, &out.body, b"", b""]);
        let tag: [u8; 32] = K::hash(&authentication, &[&out.covered])?;
        replace(&mut out.tag, &tag);
        Some(())
    }
}

fn replace(buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.clear();
    buffer.extend_from_slice(bytes);
}

fn both_ways<S: Scheme>(implementation: &str) -> [Box<dyn Floor>; 2] {
    let crypto = FloorPart::Crypto;
    [
        floor(S::SCHEME, crypto, Model::Verify, implementation, |material| {
            Ok(Box::new(Opening::<S> {
                key: key::<S>(material),
                messages: messages(material)?,
                tokens: material.sealed()?,
                out: Vec::new(),
                scheme: PhantomData,
            }))
        }),
        floor(S::SCHEME, crypto, Model::Issue, implementation, |material| {
            let messages = messages(material)?;
            // A wrong key would encrypt just as fast.
            if opened::<S>(material)? != messages {
                return Err("the tokens do not hold the claims".to_owned());
            }
            Ok(Box::new(Sealing::<S> {
                key: key::<S>(material),
                messages,
                out: Buffers::default(),
                scheme: PhantomData,
            }))
        }),
    ]
}

/// The claims as they are before they are encrypted.
fn messages(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    let texts = material.claims.iter().take(material.tokens.len());
    texts
        .map(|claims| claims.to_json::<Rfc3339>().map(String::into_bytes))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

struct Opening<S> {
    key: [u8; 32],
    tokens: Vec<Sealed>,
    messages: Vec<Vec<u8>>,
    out: Vec<u8>,
    scheme: PhantomData<S>,
}

impl<S: Scheme> FloorWork for Opening<S> {
    fn operate(&mut self, index: usize) -> bool {
        let token = self.tokens.get(index);
        let opened = token.is_some_and(|token| S::open(&self.key, black_box(token), &mut self.out).is_some());
        black_box(&self.out);
        opened
    }

    fn right(&mut self, index: usize) -> bool {
        self.operate(index) && self.messages.get(index) == Some(&self.out)
    }
}

struct Sealing<S> {
    key: [u8; 32],
    messages: Vec<Vec<u8>>,
    out: Buffers,
    scheme: PhantomData<S>,
}

impl<S: Scheme> FloorWork for Sealing<S> {
    fn operate(&mut self, index: usize) -> bool {
        let mut random = [0; 32];
        let sealed = self.messages.get(index).is_some_and(|message| {
            random.get_mut(..S::RANDOM).is_some_and(|random| {
                getrandom::fill(random).is_ok()
                    && S::seal(&self.key, random, black_box(message), &mut self.out).is_some()
            })
        });
        black_box(&self.out);
        sealed
    }

    fn right(&mut self, index: usize) -> bool {
        if !self.operate(index) {
            return false;
        }
        let made = std::mem::take(&mut self.out);
        let token = Sealed {
            covered: made.covered,
            nonce: made.nonce,
            body: made.body,
            authentication: made.tag,
        };
        let mut message = Vec::new();
        let opens = S::open(&self.key, &token, &mut message).is_some();
        let is_fresh = self.operate(index) && self.out.nonce != token.nonce;
        opens && is_fresh && self.messages.get(index) == Some(&message)
    }
}
