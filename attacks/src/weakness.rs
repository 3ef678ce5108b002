//! The weaknesses that attacks break and targets have: the one vocabulary from
//! which expected outcomes follow.
//!
//! A weakness is named for the assumption that fails and not for the format,
//! because the same mistake can be made around a JWT and around a PASETO.

/// A mistake in a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Weakness {
    /// Unsecured tokens are on the list of what is accepted.
    UnsecuredAccepted,
    /// `none` is refused in one spelling and understood in others.
    NoneBlockList,
    /// The bytes of one key serve whatever algorithm or purpose the token names.
    UntypedKey,
    /// The key's name goes into an SQL statement as text.
    KidInSql,
    /// The key's name is used as a path.
    KidAsPath,
    /// Decrypting a token is taken for knowing who made it.
    EncryptionAsAuthentication,
}

impl Weakness {
    /// Every weakness, in report order.
    pub const ALL: [Self; 6] = [
        Self::UnsecuredAccepted,
        Self::NoneBlockList,
        Self::UntypedKey,
        Self::KidInSql,
        Self::KidAsPath,
        Self::EncryptionAsAuthentication,
    ];

    /// Stable name for cards and files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::UnsecuredAccepted => "unsecured-accepted",
            Self::NoneBlockList => "none-block-list",
            Self::UntypedKey => "untyped-key",
            Self::KidInSql => "kid-in-sql",
            Self::KidAsPath => "kid-as-path",
            Self::EncryptionAsAuthentication => "encryption-as-authentication",
        }
    }

    /// What it comes to, in one sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::UnsecuredAccepted => "A token that says it has no signature is believed.",
            Self::NoneBlockList => {
                "One spelling of `none` is refused, but another place in the verifier ignores case."
            }
            Self::UntypedKey => {
                "The key is a string of bytes, and the token chooses the algorithm that uses it."
            }
            Self::KidInSql => {
                "The name that is looked up, a key's or a session's, becomes part of an SQL statement."
            }
            Self::KidAsPath => "The key's name becomes part of a path before anything is verified.",
            Self::EncryptionAsAuthentication => {
                "Everybody can encrypt to a public key, and whatever decrypts is believed."
            }
        }
    }
}
