//! Why a token was refused: one vocabulary over every library.
//!
//! A refusal for the wrong reason is a bug that `is_err()` hides, so the
//! conformance suite and the attack matrix compare reasons. Each contender
//! maps its library's errors here in exactly one function and keeps the
//! library's own words beside the reason.

use std::borrow::Cow;
use std::fmt;

use crate::claims::RegisteredClaim;

/// A refusal: the shared reason and the words of whoever refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Rejection {
    /// Shared reason.
    pub reason: RejectReason,
    /// The library's own words.
    pub detail: Cow<'static, str>,
}

impl Rejection {
    /// A refusal for `reason`, in the words `detail`.
    pub fn new(reason: RejectReason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}

/// The shared reasons, in the order a careful verifier finds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RejectReason {
    /// Longer than the verifier is willing to read, or more to run than it is
    /// willing to.
    Oversized,
    /// Wrong number of parts, a part that is too short, text that is no token.
    Malformed,
    /// A part is not strict base64url, or not the JSON or UTF-8 it must be.
    Encoding,
    /// Another format, version, purpose or algorithm than the one configured.
    WrongScheme,
    /// No key goes by the name that the token gives, no session by the id that it is.
    UnknownKey,
    /// Signature or authentication tag does not match.
    BadSignature,
    /// A claim that the policy requires is missing.
    MissingClaim(RegisteredClaim),
    /// The payload is authentic, yet no claims set: not an object, a claim of
    /// the wrong type, a member twice.
    InvalidClaims,
    /// `exp` has passed.
    Expired,
    /// `nbf` has not come.
    NotYetValid,
    /// `iss` is not the issuer that the policy names.
    WrongIssuer,
    /// `aud` does not hold the audience that the policy names.
    WrongAudience,
    /// A check that the token carries does not hold, or the authorizer does not
    /// allow what is being done: the token was narrowed to something else.
    Unauthorized,
    /// The library failed in a way that says nothing about the token.
    Internal,
}

impl RejectReason {
    /// Stable name for files and JSON, `missing-claim:exp`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Oversized => "oversized",
            Self::Malformed => "malformed",
            Self::Encoding => "encoding",
            Self::WrongScheme => "wrong-scheme",
            Self::UnknownKey => "unknown-key",
            Self::BadSignature => "bad-signature",
            Self::MissingClaim(RegisteredClaim::Iss) => "missing-claim:iss",
            Self::MissingClaim(RegisteredClaim::Sub) => "missing-claim:sub",
            Self::MissingClaim(RegisteredClaim::Aud) => "missing-claim:aud",
            Self::MissingClaim(RegisteredClaim::Exp) => "missing-claim:exp",
            Self::MissingClaim(RegisteredClaim::Nbf) => "missing-claim:nbf",
            Self::MissingClaim(RegisteredClaim::Iat) => "missing-claim:iat",
            Self::MissingClaim(RegisteredClaim::Jti) => "missing-claim:jti",
            Self::InvalidClaims => "invalid-claims",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::WrongIssuer => "wrong-issuer",
            Self::WrongAudience => "wrong-audience",
            Self::Unauthorized => "unauthorized",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
