//! Keys from outside, whatever form they came in.
//!
//! [`crate::KeyRing`] holds the lab's own keys in the forms that users store.
//! A [`Key`] is what travels with a token between implementations: parsed
//! once, its kind known, so that a key of the wrong kind is refused by name
//! before any cryptography.

use std::fmt;

use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};

/// Key material of one kind.
#[derive(Clone)]
#[non_exhaustive]
pub enum Key {
    /// A shared secret or a password, of any length.
    Secret(Vec<u8>),
    /// The public half of a pair.
    Public(PublicKey),
    /// The private half of a pair, from which the public one follows.
    Private(PrivateKey),
}

/// A public key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// RSA, of any size.
    Rsa(rsa::RsaPublicKey),
    /// NIST P-256.
    P256(p256::PublicKey),
    /// NIST P-384.
    P384(p384::PublicKey),
    /// NIST P-521.
    P521(p521::PublicKey),
    /// secp256k1.
    Secp256k1(k256::PublicKey),
    /// Ed25519, 32 bytes (RFC 8032 §5.1.5).
    Ed25519([u8; 32]),
    /// X25519, 32 bytes (RFC 7748 §6.1).
    X25519([u8; 32]),
    /// ML-DSA (FIPS 204), encoded as there.
    MlDsa(MlDsa, Vec<u8>),
}

/// A private key.
#[derive(Clone)]
#[non_exhaustive]
pub enum PrivateKey {
    /// RSA, of any size.
    Rsa(Box<rsa::RsaPrivateKey>),
    /// NIST P-256.
    P256(p256::SecretKey),
    /// NIST P-384.
    P384(p384::SecretKey),
    /// NIST P-521.
    P521(p521::SecretKey),
    /// secp256k1.
    Secp256k1(k256::SecretKey),
    /// Ed25519, the seed of 32 bytes.
    Ed25519([u8; 32]),
    /// X25519, 32 bytes.
    X25519([u8; 32]),
    /// ML-DSA (FIPS 204), the seed of 32 bytes, with the encoded public key.
    MlDsa(MlDsa, [u8; 32], Vec<u8>),
}

/// Parameter sets of ML-DSA, FIPS 204 table 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MlDsa {
    /// NIST category 2.
    MlDsa44,
    /// NIST category 3.
    MlDsa65,
    /// NIST category 5.
    MlDsa87,
}

impl MlDsa {
    /// Every parameter set.
    pub const ALL: [Self; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// Name, also the JWS algorithm's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// The parameter set of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    /// The public key that follows from a seed (FIPS 204 §6.1), encoded.
    #[must_use]
    pub fn public_key(self, seed: [u8; 32]) -> Vec<u8> {
        fn encoded<P: ml_dsa::MlDsaParams>(seed: [u8; 32]) -> Vec<u8> {
            let key = ml_dsa::ExpandedSigningKey::<P>::from_seed(&seed.into());
            key.verifying_key().encode().to_vec()
        }
        match self {
            Self::MlDsa44 => encoded::<ml_dsa::MlDsa44>(seed),
            Self::MlDsa65 => encoded::<ml_dsa::MlDsa65>(seed),
            Self::MlDsa87 => encoded::<ml_dsa::MlDsa87>(seed),
        }
    }

    /// Length of an encoded public key, bytes (FIPS 204 table 2).
    #[must_use]
    pub const fn public_key_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }
}

impl Key {
    /// The public half: of a private key what follows from it, of a public key
    /// itself. `None` of a secret, which has none.
    #[must_use]
    pub fn public(&self) -> Option<PublicKey> {
        match self {
            Self::Secret(_) => None,
            Self::Public(key) => Some(key.clone()),
            Self::Private(key) => Some(key.public()),
        }
    }

    /// The secret, if it is one.
    #[must_use]
    pub fn secret(&self) -> Option<&[u8]> {
        match self {
            Self::Secret(bytes) => Some(bytes),
            Self::Public(_) | Self::Private(_) => None,
        }
    }

    /// The private key, if it is one.
    #[must_use]
    pub const fn private(&self) -> Option<&PrivateKey> {
        match self {
            Self::Private(key) => Some(key),
            Self::Secret(_) | Self::Public(_) => None,
        }
    }

    /// What was given, for messages: `an Ed25519 public key`, `a secret of 32
    /// bytes`. Never the key itself.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Secret(bytes) => format!("a secret of {} bytes", bytes.len()),
            Self::Public(key) => format!("{} public key", key.kind()),
            Self::Private(key) => format!("{} private key", key.public().kind()),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} public key", self.kind())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} private key", self.public().kind())
    }
}

impl PublicKey {
    /// Which kind, with its article: `an RSA (2048 bits)`, `a P-256`.
    #[must_use]
    pub fn kind(&self) -> String {
        use rsa::traits::PublicKeyParts;
        match self {
            Self::Rsa(key) => return format!("an RSA ({} bits)", key.n().bits()),
            Self::P256(_) => "a P-256",
            Self::P384(_) => "a P-384",
            Self::P521(_) => "a P-521",
            Self::Secp256k1(_) => "a secp256k1",
            Self::Ed25519(_) => "an Ed25519",
            Self::X25519(_) => "an X25519",
            Self::MlDsa(set, _) => return format!("an {}", set.name()),
        }
        .to_owned()
    }

    /// SubjectPublicKeyInfo as PEM, `BEGIN PUBLIC KEY` (RFC 5280 §4.1.2.7).
    /// `None` of ML-DSA, which no library here reads in that form.
    #[must_use]
    pub fn to_pem(&self) -> Option<String> {
        match self {
            Self::Rsa(key) => key.to_public_key_pem(LineEnding::LF),
            Self::P256(key) => key.to_public_key_pem(LineEnding::LF),
            Self::P384(key) => key.to_public_key_pem(LineEnding::LF),
            Self::P521(key) => key.to_public_key_pem(LineEnding::LF),
            Self::Secp256k1(key) => key.to_public_key_pem(LineEnding::LF),
            Self::Ed25519(bytes) => {
                ed25519_dalek::pkcs8::PublicKeyBytes(*bytes).to_public_key_pem(LineEnding::LF)
            }
            Self::X25519(_) | Self::MlDsa(..) => return None,
        }
        .ok()
    }
}

impl PrivateKey {
    /// The public key that belongs to it.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.to_public_key()),
            Self::P256(key) => PublicKey::P256(key.public_key()),
            Self::P384(key) => PublicKey::P384(key.public_key()),
            Self::P521(key) => PublicKey::P521(key.public_key()),
            Self::Secp256k1(key) => PublicKey::Secp256k1(key.public_key()),
            Self::Ed25519(seed) => PublicKey::Ed25519(
                ed25519_dalek::SigningKey::from_bytes(seed)
                    .verifying_key()
                    .to_bytes(),
            ),
            Self::X25519(bytes) => {
                let secret = x25519_dalek::StaticSecret::from(*bytes);
                PublicKey::X25519(x25519_dalek::PublicKey::from(&secret).to_bytes())
            }
            Self::MlDsa(set, _, public) => PublicKey::MlDsa(*set, public.clone()),
        }
    }

    /// PKCS#8 as PEM, `BEGIN PRIVATE KEY` (RFC 5958). `None` of X25519 and
    /// ML-DSA, which no library here reads in that form.
    #[must_use]
    pub fn to_pem(&self) -> Option<String> {
        match self {
            Self::Rsa(key) => key.to_pkcs8_pem(LineEnding::LF),
            Self::P256(key) => key.to_pkcs8_pem(LineEnding::LF),
            Self::P384(key) => key.to_pkcs8_pem(LineEnding::LF),
            Self::P521(key) => key.to_pkcs8_pem(LineEnding::LF),
            Self::Secp256k1(key) => key.to_pkcs8_pem(LineEnding::LF),
            Self::Ed25519(seed) => ed25519_dalek::SigningKey::from_bytes(seed).to_pkcs8_pem(LineEnding::LF),
            Self::X25519(_) | Self::MlDsa(..) => return None,
        }
        .ok()
        .map(|pem| pem.to_string())
    }
}
