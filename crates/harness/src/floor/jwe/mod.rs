//! Encrypted JOSE tokens (RFC 7516): how the content encryption key comes
//! about, and authenticated encryption of the claims under it.
//!
//! Verifying recovers the key (unwraps it, agrees on it, decrypts it, or has
//! it), then authenticates and decrypts. Issuing draws a fresh key and a fresh
//! initialization vector from the system, protects the key for the verifier
//! and encrypts; for ECDH it makes a key pair besides. AES keys are scheduled
//! anew each time, since but for `dir` every token has a key of its own.

#[cfg(feature = "aws-lc")]
mod aws_lc;
mod kit;
#[cfg(feature = "openssl")]
mod openssl;
mod rustcrypto;
mod scheme;
mod token;

use std::hint::black_box;
use std::marker::PhantomData;

use tokenlab_record::measurement::{FloorPart, Model};

use self::kit::Kit;
use self::scheme::{Scheme, Unwrap, Wrap};
use self::token::Token;
use super::work::{Material, floor};
use super::{Floor, FloorWork};
use crate::claims::NumericDate;

/// What the contenders of every build offer.
const SCHEMES: [&str; 4] = [
    "jwe.A128KW+A128GCM",
    "jwe.A256KW+A256GCM",
    "jwe.ECDH-ES+A256KW+A256GCM",
    "jwe.RSA-OAEP+A256GCM",
];

/// What josekit adds.
#[cfg(feature = "openssl")]
const SCHEMES_OF_OPENSSL: [&str; 7] = [
    "jwe.dir+A256GCM",
    "jwe.dir+A256CBC-HS512",
    "jwe.A256KW+A256CBC-HS512",
    "jwe.A256GCMKW+A256GCM",
    "jwe.PBES2-HS512+A256KW+A256GCM",
    "jwe.ECDH-ES+A256GCM",
    "jwe.RSA-OAEP-256+A256GCM",
];

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    for scheme in SCHEMES {
        floors.extend(both_ways::<rustcrypto::RustCrypto>(scheme));
        #[cfg(feature = "aws-lc")]
        floors.extend(both_ways::<aws_lc::AwsLc>(scheme));
        #[cfg(feature = "openssl")]
        floors.extend(both_ways::<openssl::OpenSsl>(scheme));
    }
    #[cfg(feature = "openssl")]
    for scheme in SCHEMES_OF_OPENSSL {
        #[cfg(feature = "aws-lc")]
        floors.extend(both_ways::<aws_lc::AwsLc>(scheme));
        floors.extend(both_ways::<openssl::OpenSsl>(scheme));
    }
    floors
}

/// What tokens of this scheme hold.
///
/// # Errors
/// In words, if a token is none of this scheme and key.
pub(super) fn plaintexts(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    #[cfg(feature = "openssl")]
    return opened::<openssl::OpenSsl>(material);
    #[cfg(not(feature = "openssl"))]
    opened::<rustcrypto::RustCrypto>(material)
}

fn opened<K: Kit>(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    let mut opening = Opening::<K>::new(material)?;
    (0..material.tokens.len())
        .map(|index| {
            let opened = opening.operate(index).then(|| opening.out.clone());
            opened.ok_or_else(|| "a token can't be decrypted".to_owned())
        })
        .collect()
}

fn both_ways<K: Kit>(scheme: &str) -> [Box<dyn Floor>; 2] {
    let crypto = FloorPart::Crypto;
    [
        floor(scheme, crypto, Model::Verify, K::NAME, |material| {
            Ok(Box::new(Opening::<K>::new(material)?))
        }),
        floor(scheme, crypto, Model::Issue, K::NAME, |material| {
            let opening = Opening::<K>::new(material)?;
            // A wrong key would encrypt just as fast.
            if opened::<K>(material)? != opening.messages {
                return Err("the tokens do not hold the claims".to_owned());
            }
            Ok(Box::new(Sealing {
                wrap: opening.scheme.wrapping::<K>(material)?,
                made: None,
                opening,
            }))
        }),
    ]
}

/// The claims as they are before they are encrypted.
fn messages(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    let texts = material.claims.iter().take(material.tokens.len());
    texts
        .map(|claims| claims.to_json::<NumericDate>().map(String::into_bytes))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

struct Opening<K> {
    scheme: Scheme,
    unwrap: Unwrap,
    tokens: Vec<Token>,
    messages: Vec<Vec<u8>>,
    out: Vec<u8>,
    kit: PhantomData<K>,
}

impl<K: Kit> Opening<K> {
    fn new(material: &Material<'_>) -> Result<Self, String> {
        let scheme =
            Scheme::new(material.scheme).ok_or_else(|| format!("{} is no scheme of JWE", material.scheme))?;
        let tokens = material.tokens.iter().map(|token| {
            Token::new(token, scheme.management).ok_or_else(|| format!("{token:.40?} can't be taken apart"))
        });
        Ok(Self {
            scheme,
            unwrap: scheme.unwrapping::<K>(material)?,
            tokens: tokens.collect::<Result<_, _>>()?,
            messages: messages(material)?,
            out: Vec::new(),
            kit: PhantomData,
        })
    }

    fn open(&self, token: &Token, out: &mut Vec<u8>) -> Option<()> {
        let key = (self.unwrap)(token)?;
        out.clear();
        out.extend_from_slice(&token.body);
        self.scheme
            .content
            .open::<K>(&key, &token.iv, &token.covered, out, &token.tag)
    }
}

impl<K: Kit> FloorWork for Opening<K> {
    fn operate(&mut self, index: usize) -> bool {
        let mut out = std::mem::take(&mut self.out);
        let token = self.tokens.get(index);
        let opened = token.is_some_and(|token| self.open(black_box(token), &mut out).is_some());
        self.out = out;
        black_box(&self.out);
        opened
    }

    fn right(&mut self, index: usize) -> bool {
        self.operate(index) && self.messages.get(index) == Some(&self.out)
    }
}

struct Sealing<K> {
    wrap: Wrap,
    made: Option<Token>,
    opening: Opening<K>,
}

impl<K: Kit> Sealing<K> {
    /// A token around message `index`. Its header is the one of the honest
    /// token: what writes a header is no cryptography.
    fn seal(&self, index: usize) -> Option<Token> {
        let message = self.opening.messages.get(index)?;
        let covered = &self.opening.tokens.get(index)?.covered;
        let wrapped = (self.wrap)()?;
        let mut body = black_box(message).clone();
        let content = self.opening.scheme.content;
        let (iv, tag) = content.seal::<K>(&wrapped.content_key, covered, &mut body)?;
        Some(Token {
            covered: covered.clone(),
            party: wrapped.party,
            encrypted_key: wrapped.encrypted_key,
            iv,
            body,
            tag,
        })
    }
}

impl<K: Kit> FloorWork for Sealing<K> {
    fn operate(&mut self, index: usize) -> bool {
        self.made = self.seal(index);
        black_box(&self.made).is_some()
    }

    fn right(&mut self, index: usize) -> bool {
        let (Some(one), Some(other)) = (self.seal(index), self.seal(index)) else {
            return false;
        };
        let mut message = Vec::new();
        let opens = self.opening.open(&one, &mut message).is_some();
        let is_fresh = one.iv != other.iv && one.body != other.body;
        opens && is_fresh && self.opening.messages.get(index) == Some(&message)
    }
}
