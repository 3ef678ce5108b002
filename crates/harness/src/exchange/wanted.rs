//! Which key verifies or opens the tokens of a scheme.
//!
//! The one table of it: RFC 7518 §3.1, §4.1 and §5.1, RFC 8037, RFC 8812 for
//! JOSE, the PASETO and Biscuit specifications for theirs. A scheme that is
//! not here is one that no contender could be asked for.

use std::fmt;

use super::key::{Key, MlDsa, PublicKey};

/// What a line of some scheme must bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A shared secret of that length.
    Secret(Length),
    /// The public half of a pair of one of these kinds: it verifies.
    Public(&'static [Kind]),
    /// The private half of a pair of one of these kinds: it decrypts.
    Private(&'static [Kind]),
}

/// How many bytes a secret has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many and no other number.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
}

/// Kinds of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RSA of 2048 bits or more (RFC 7518 §3.3, §3.5 and §4.3).
    Rsa,
    /// RSA of 2048 bits and no other (PASETO v1).
    Rsa2048,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// secp256k1.
    Secp256k1,
    /// Ed25519.
    Ed25519,
    /// X25519.
    X25519,
    /// ML-DSA.
    MlDsa(MlDsa),
}

impl Wanted {
    /// What `scheme` wants, `None` if it is none that this lab knows.
    #[must_use]
    pub fn of(scheme: &str) -> Option<Self> {
        let (family, name) = scheme.split_once('.')?;
        match family {
            "jwt" => Self::of_jws(name),
            "jwe" => Self::of_jwe(name),
            "paseto" => Self::of_paseto(name),
            "biscuit" => (name == "v3").then_some(Self::Public(&[Kind::Ed25519, Kind::P256])),
            _ => None,
        }
    }

    fn of_jws(algorithm: &str) -> Option<Self> {
        Some(match algorithm {
            // As long as the hash at least, RFC 7518 §3.2.
            "HS256" => Self::Secret(Length::AtLeast(32)),
            "HS384" => Self::Secret(Length::AtLeast(48)),
            "HS512" => Self::Secret(Length::AtLeast(64)),
            "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => Self::Public(&[Kind::Rsa]),
            "ES256" => Self::Public(&[Kind::P256]),
            "ES384" => Self::Public(&[Kind::P384]),
            "ES512" => Self::Public(&[Kind::P521]),
            "ES256K" => Self::Public(&[Kind::Secp256k1]),
            "EdDSA" => Self::Public(&[Kind::Ed25519]),
            "ML-DSA-44" => Self::Public(&[Kind::MlDsa(MlDsa::MlDsa44)]),
            "ML-DSA-65" => Self::Public(&[Kind::MlDsa(MlDsa::MlDsa65)]),
            "ML-DSA-87" => Self::Public(&[Kind::MlDsa(MlDsa::MlDsa87)]),
            _ => return None,
        })
    }

    fn of_jwe(name: &str) -> Option<Self> {
        let (algorithm, encryption) = name.rsplit_once('+')?;
        let exactly = |bytes| Self::Secret(Length::Exactly(bytes));
        let direct = match encryption {
            "A128GCM" => exactly(16),
            "A192GCM" => exactly(24),
            "A256GCM" | "A128CBC-HS256" => exactly(32),
            "A192CBC-HS384" => exactly(48),
            "A256CBC-HS512" => exactly(64),
            _ => return None,
        };
        Some(match algorithm {
            "dir" => direct,
            "A128KW" | "A128GCMKW" => exactly(16),
            "A192KW" | "A192GCMKW" => exactly(24),
            "A256KW" | "A256GCMKW" => exactly(32),
            // A password, of whatever length.
            "PBES2-HS256+A128KW" | "PBES2-HS384+A192KW" | "PBES2-HS512+A256KW" => {
                Self::Secret(Length::AtLeast(1))
            }
            "RSA1_5" | "RSA-OAEP" | "RSA-OAEP-256" | "RSA-OAEP-384" | "RSA-OAEP-512" => {
                Self::Private(&[Kind::Rsa])
            }
            "ECDH-ES" | "ECDH-ES+A128KW" | "ECDH-ES+A192KW" | "ECDH-ES+A256KW" => {
                Self::Private(&[Kind::P256, Kind::P384, Kind::P521, Kind::X25519])
            }
            _ => return None,
        })
    }

    fn of_paseto(name: &str) -> Option<Self> {
        Some(match name {
            "v1.local" | "v2.local" | "v3.local" | "v4.local" => Self::Secret(Length::Exactly(32)),
            "v1.public" => Self::Public(&[Kind::Rsa2048]),
            "v3.public" => Self::Public(&[Kind::P384]),
            "v2.public" | "v4.public" => Self::Public(&[Kind::Ed25519]),
            _ => return None,
        })
    }

    /// Kinds of pairs that fit; none where a secret is wanted.
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Secret(_) => &[],
            Self::Public(kinds) | Self::Private(kinds) => kinds,
        }
    }

    /// Whether `key` is of the kind, the half and the length wanted.
    #[must_use]
    pub fn fits(self, key: &Key) -> bool {
        match (self, key) {
            (Self::Secret(Length::Exactly(bytes)), Key::Secret(secret)) => secret.len() == bytes,
            (Self::Secret(Length::AtLeast(bytes)), Key::Secret(secret)) => secret.len() >= bytes,
            (Self::Public(kinds), Key::Public(key)) => kinds.iter().any(|kind| kind.is_of(key)),
            (Self::Private(kinds), Key::Private(key)) => {
                let public = key.public();
                kinds.iter().any(|kind| kind.is_of(&public))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = match self {
            Self::Secret(Length::Exactly(bytes)) => return write!(f, "a secret of {bytes} bytes"),
            Self::Secret(Length::AtLeast(1)) => return f.write_str("a secret"),
            Self::Secret(Length::AtLeast(bytes)) => {
                return write!(f, "a secret of at least {bytes} bytes");
            }
            Self::Public(_) => "public",
            Self::Private(_) => "private",
        };
        let kinds = self.kinds();
        for (index, kind) in kinds.iter().enumerate() {
            match index {
                0 => write!(f, "{} ", kind.article())?,
                _ if index + 1 == kinds.len() => f.write_str(" or ")?,
                _ => f.write_str(", ")?,
            }
            write!(f, "{kind}")?;
        }
        write!(f, " {half} key")
    }
}

impl Kind {
    /// Whether `key` is of this kind.
    #[must_use]
    pub fn is_of(self, key: &PublicKey) -> bool {
        use rsa::traits::PublicKeyParts;
        match (self, key) {
            (Self::P256, PublicKey::P256(_))
            | (Self::P384, PublicKey::P384(_))
            | (Self::P521, PublicKey::P521(_))
            | (Self::Secp256k1, PublicKey::Secp256k1(_))
            | (Self::Ed25519, PublicKey::Ed25519(_))
            | (Self::X25519, PublicKey::X25519(_)) => true,
            (Self::Rsa, PublicKey::Rsa(key)) => key.n().bits() >= 2048,
            (Self::Rsa2048, PublicKey::Rsa(key)) => key.n().bits() == 2048,
            (Self::MlDsa(wanted), PublicKey::MlDsa(set, _)) => wanted == *set,
            _ => false,
        }
    }

    const fn article(self) -> &'static str {
        match self {
            Self::Rsa | Self::Rsa2048 | Self::Ed25519 | Self::X25519 | Self::MlDsa(_) => "an",
            Self::P256 | Self::P384 | Self::P521 | Self::Secp256k1 => "a",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA (2048 bits or more)",
            Self::Rsa2048 => "RSA (2048 bits)",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
            Self::Ed25519 => "Ed25519",
            Self::X25519 => "X25519",
            Self::MlDsa(set) => set.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contenders;
    use tokenlab_record::catalogue::Family;

    #[test]
    fn every_registered_scheme_says_which_key_it_wants() {
        for contender in contenders::all() {
            let card = contender.card();
            let wanted = Wanted::of(&card.scheme);
            assert_eq!(wanted.is_some(), card.family != Family::Session, "{}", card.id);
        }
    }

    #[test]
    fn what_is_wanted_reads_as_a_sentence() {
        for (scheme, sentence) in [
            ("jwt.HS256", "a secret of at least 32 bytes"),
            ("jwe.PBES2-HS512+A256KW+A256GCM", "a secret"),
            ("jwt.RS256", "an RSA (2048 bits or more) public key"),
            ("jwe.dir+A256CBC-HS512", "a secret of 64 bytes"),
            (
                "jwe.ECDH-ES+A256KW+A256GCM",
                "a P-256, P-384, P-521 or X25519 private key",
            ),
            ("paseto.v1.public", "an RSA (2048 bits) public key"),
            ("biscuit.v3", "an Ed25519 or P-256 public key"),
        ] {
            assert_eq!(Wanted::of(scheme).unwrap().to_string(), sentence, "{scheme}");
        }
        for scheme in [
            "",
            "jwt",
            "jwt.none",
            "jwt.hs256",
            "jwe.dir",
            "paseto.v5.local",
            "session.redis",
        ] {
            assert_eq!(Wanted::of(scheme), None, "{scheme}");
        }
    }
}
