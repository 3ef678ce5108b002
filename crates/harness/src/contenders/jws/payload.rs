//! Payloads of signed JWTs, on their way in and out of a library.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Serialize, Serializer};

use crate::claims::{ClaimSet, Encode, NumericDate};
use crate::contender::IssueError;
use crate::contenders::members::Members;
use crate::rejection::{RejectReason, Rejection};

/// A payload for a library that writes JSON itself.
pub(in crate::contenders) enum Payload<'a> {
    /// Claims, in the one wire form.
    Claims(&'a ClaimSet),
    /// A JSON object from outside, its members in their order.
    Object(Members),
}

impl Payload<'_> {
    /// Reads a payload that must be a JSON object. White space between its
    /// members is lost, and so is the order of members further in.
    pub(in crate::contenders) fn object(payload: &[u8]) -> Result<Self, IssueError> {
        serde_json::from_slice(payload)
            .map(Self::Object)
            .map_err(|error| {
                IssueError::new(format!(
                    "the library signs JSON objects alone, and this is none: {error}"
                ))
            })
    }
}

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Claims(claims) => Encode::<NumericDate>::new(claims).serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

/// The payload of a token that its library has verified, byte for byte.
pub(in crate::contenders) fn verified_payload(token: &str) -> Result<Vec<u8>, Rejection> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    URL_SAFE_NO_PAD
        .decode(payload)
        .map_err(|error| Rejection::new(RejectReason::Encoding, error.to_string()))
}
