//! Wire schemes as types: what a verifier was configured to accept.
//!
//! Cards and files spell a scheme `jwt.RS256` or `paseto.v4.public`; attacks
//! and models match on [`Scheme`].

use std::fmt;
use std::str::FromStr;

pub use jsonwebtoken::Algorithm;
use tokenlab_record::catalogue::Family;

/// A format together with the algorithm, or the version and purpose, in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// JWS compact serialization with one algorithm of RFC 7518 §3.1.
    Jwt(Algorithm),
    /// PASETO of one version and purpose.
    Paseto(Version, Purpose),
}

/// Versions of PASETO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// AES-256-CTR with HMAC-SHA384, RSA-PSS.
    V1,
    /// XChaCha20-Poly1305, Ed25519.
    V2,
    /// AES-256-CTR with HMAC-SHA384, ECDSA over P-384.
    V3,
    /// XChaCha20 with BLAKE2b, Ed25519.
    V4,
}

/// Purposes of PASETO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Encrypted and authenticated under a shared key.
    Local,
    /// Signed.
    Public,
}

impl Scheme {
    /// Reads the spelling of cards and files; `None` for a scheme that no
    /// attack knows.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        match text.split('.').collect::<Vec<_>>().as_slice() {
            ["jwt", algorithm] => Algorithm::from_str(algorithm).ok().map(Self::Jwt),
            ["paseto", version, purpose] => {
                let version = Version::ALL.into_iter().find(|known| known.name() == *version)?;
                let purpose = Purpose::ALL.into_iter().find(|known| known.name() == *purpose)?;
                Some(Self::Paseto(version, purpose))
            }
            _ => None,
        }
    }

    /// JWT or PASETO.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Jwt(_) => Family::Jwt,
            Self::Paseto(..) => Family::Paseto,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwt(algorithm) => write!(f, "jwt.{algorithm:?}"),
            Self::Paseto(version, purpose) => write!(f, "paseto.{}.{}", version.name(), purpose.name()),
        }
    }
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 4] = [Self::V1, Self::V2, Self::V3, Self::V4];

    /// As in the header of a token.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }
}

impl Purpose {
    /// Both purposes.
    pub const ALL: [Self; 2] = [Self::Local, Self::Public];

    /// As in the header of a token.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Public => "public",
        }
    }

    /// The one that this is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Local => Self::Public,
            Self::Public => Self::Local,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_reads_back_what_it_writes_and_nothing_else() {
        for text in ["jwt.HS256", "jwt.EdDSA", "paseto.v1.local", "paseto.v4.public"] {
            assert_eq!(Scheme::from_wire(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "jwt",
            "jwt.none",
            "jwt.hs256",
            "paseto.v5.local",
            "paseto.v4",
            "jwe.dir",
        ] {
            assert_eq!(Scheme::from_wire(text), None, "{text}");
        }
    }
}
