//! The keys of the JWS algorithms, from the ring or from outside, in whichever
//! form a library reads.

use std::borrow::Cow;
use std::fmt;

use tokenlab_record::catalogue::{Class, ContenderCard};

use super::JwsAlgorithm;
use crate::contender::{IssueError, SetupError};
use crate::exchange::{Key, MlDsa, PrivateKey, PublicKey};
use crate::keys::{KeyRing, PemPair};

/// Which key an algorithm takes.
#[derive(Clone, Copy)]
pub(in crate::contenders) enum KeyKind {
    /// As many bytes as the hash function gives or more, RFC 7518 §3.2. The
    /// ring's secrets are exactly as long.
    Secret(usize),
    /// 2048 bits or more, RFC 7518 §3.3 and §3.5.
    Rsa,
    P256,
    P384,
    Secp256k1,
    Ed25519,
    MlDsa(MlDsa),
}

impl KeyKind {
    pub(super) const fn class(self) -> Class {
        match self {
            Self::Secret(_) => Class::Mac,
            Self::Rsa => Class::Signature112,
            Self::P256 | Self::Secp256k1 | Self::Ed25519 => Class::Signature128,
            Self::P384 => Class::Signature192,
            Self::MlDsa(_) => Class::PostQuantum,
        }
    }

    fn fits(self, key: &Key) -> bool {
        use rsa::traits::PublicKeyParts;
        match (self, key.public()) {
            (Self::Secret(least), None) => key.secret().is_some_and(|bytes| bytes.len() >= least),
            (Self::Rsa, Some(PublicKey::Rsa(key))) => key.n().bits() >= 2048,
            (Self::MlDsa(set), Some(PublicKey::MlDsa(given, _))) => set == given,
            (Self::P256, Some(PublicKey::P256(_)))
            | (Self::P384, Some(PublicKey::P384(_)))
            | (Self::Secp256k1, Some(PublicKey::Secp256k1(_)))
            | (Self::Ed25519, Some(PublicKey::Ed25519(_))) => true,
            _ => false,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(least) => write!(f, "a secret of at least {least} bytes (RFC 7518 §3.2)"),
            Self::Rsa => f.write_str("an RSA key of at least 2048 bits (RFC 7518 §3.3)"),
            Self::P256 => f.write_str("a P-256 key"),
            Self::P384 => f.write_str("a P-384 key"),
            Self::Secp256k1 => f.write_str("a secp256k1 key"),
            Self::Ed25519 => f.write_str("an Ed25519 key"),
            Self::MlDsa(set) => write!(f, "an {} key", set.name()),
        }
    }
}

/// A key that fits its algorithm, from the ring or from outside, in whichever
/// form a library reads.
pub(in crate::contenders) struct JwsKey<'a> {
    kind: KeyKind,
    source: Source<'a>,
}

enum Source<'a> {
    Ring(&'a KeyRing, &'a str),
    Given(&'a Key),
}

/// A pair of which the public half may be all there is.
pub(in crate::contenders) struct Halves<S, P> {
    pub(in crate::contenders) private: Option<S>,
    pub(in crate::contenders) public: P,
}

impl<'a> JwsKey<'a> {
    /// The ring's key for the scheme of `card`.
    pub(in crate::contenders) fn of_ring(
        algorithm: JwsAlgorithm,
        ring: &'a KeyRing,
        card: &'a ContenderCard,
    ) -> Self {
        Self {
            kind: algorithm.key,
            source: Source::Ring(ring, &card.scheme),
        }
    }

    /// A key from outside, if it is one that `algorithm` takes.
    pub(in crate::contenders) fn given(
        algorithm: JwsAlgorithm,
        key: &'a Key,
        card: &ContenderCard,
    ) -> Result<Self, SetupError> {
        if algorithm.key.fits(key) {
            Ok(Self {
                kind: algorithm.key,
                source: Source::Given(key),
            })
        } else {
            let given = key.describe();
            Err(SetupError::new(
                card,
                format!("{given} was given, {} is wanted", algorithm.key),
            ))
        }
    }

    /// The shared secret of HS256 to HS512.
    pub(in crate::contenders) fn secret(&self) -> Result<Vec<u8>, String> {
        match (&self.source, self.kind) {
            (Source::Ring(ring, scheme), KeyKind::Secret(32)) => Ok(ring.symmetric::<32>(scheme).into()),
            (Source::Ring(ring, scheme), KeyKind::Secret(48)) => Ok(ring.symmetric::<48>(scheme).into()),
            (Source::Ring(ring, scheme), KeyKind::Secret(_)) => Ok(ring.symmetric::<64>(scheme).into()),
            (Source::Given(Key::Secret(bytes)), _) => Ok(bytes.clone()),
            _ => Err("this algorithm has a pair of keys and no secret".to_owned()),
        }
    }

    /// PKCS#8 and SubjectPublicKeyInfo as PEM text.
    pub(in crate::contenders) fn pem(&self) -> Result<Halves<Cow<'a, str>, Cow<'a, str>>, String> {
        let none = || "this key is not kept as PEM text".to_owned();
        match &self.source {
            Source::Ring(ring, _) => {
                let pair = self.ring_pair(ring).ok_or_else(none)?;
                Ok(Halves {
                    private: Some(pair.secret_pem.as_str().into()),
                    public: pair.public_pem.as_str().into(),
                })
            }
            Source::Given(key) => {
                let private = match key.private() {
                    Some(key) => Some(key.to_pem().ok_or_else(none)?.into()),
                    None => None,
                };
                let public = key.public().and_then(|key| key.to_pem()).ok_or_else(none)?;
                Ok(Halves {
                    private,
                    public: public.into(),
                })
            }
        }
    }

    fn ring_pair(&self, ring: &'a KeyRing) -> Option<&'a PemPair> {
        match self.kind {
            KeyKind::Rsa => Some(&ring.rsa().pem),
            KeyKind::P256 => Some(ring.p256()),
            KeyKind::P384 => Some(&ring.p384().pem),
            KeyKind::Secp256k1 => Some(ring.secp256k1()),
            KeyKind::Ed25519 => Some(&ring.ed25519().pem),
            KeyKind::Secret(_) | KeyKind::MlDsa(_) => None,
        }
    }

    /// Ed25519 as bytes: the seed, and the public key.
    pub(in crate::contenders) fn ed25519(&self) -> Result<Halves<[u8; 32], [u8; 32]>, String> {
        match &self.source {
            Source::Ring(ring, _) => Ok(Halves {
                private: Some(ring.ed25519().seed),
                public: ring.ed25519().public,
            }),
            Source::Given(key) => match (key.private(), key.public()) {
                (private, Some(PublicKey::Ed25519(public))) => Ok(Halves {
                    private: match private {
                        Some(PrivateKey::Ed25519(seed)) => Some(*seed),
                        _ => None,
                    },
                    public,
                }),
                _ => Err("this key is not of Ed25519".to_owned()),
            },
        }
    }

    /// ML-DSA as bytes: the seed, and the encoded public key.
    pub(in crate::contenders) fn ml_dsa(&self) -> Result<Halves<[u8; 32], Vec<u8>>, String> {
        match (&self.source, self.kind) {
            (Source::Ring(ring, _), KeyKind::MlDsa(set)) => Ok(Halves {
                private: Some(ring.ml_dsa_seed(set)),
                public: ring.ml_dsa_public(set).to_vec(),
            }),
            (Source::Given(Key::Private(PrivateKey::MlDsa(_, seed, public))), _) => Ok(Halves {
                private: Some(*seed),
                public: public.clone(),
            }),
            (Source::Given(Key::Public(PublicKey::MlDsa(_, public))), _) => Ok(Halves {
                private: None,
                public: public.clone(),
            }),
            _ => Err("this key is not of ML-DSA".to_owned()),
        }
    }
}

/// A key that fits by kind and length, and that the library refuses all the
/// same, in its words.
pub(in crate::contenders) fn refused(card: &ContenderCard, problem: impl fmt::Display) -> SetupError {
    SetupError::new(card, format!("the library refuses the key: {problem}"))
}

/// What a public key can't do.
pub(in crate::contenders) fn only_verifies() -> IssueError {
    IssueError::new("a public key verifies tokens, a private one is wanted to sign them")
}
