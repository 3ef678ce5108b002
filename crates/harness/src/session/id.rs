//! The id of a session: 256 random bits, and nothing that could be read in them.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::Digest;
use crate::rejection::{RejectReason, Rejection};

const ID_BYTES: usize = 32;

/// Length of an id as text.
pub const ID_CHARACTERS: usize = 43;

/// The secret between a client and its session. It has no `Debug`, so that no
/// log shows one by accident.
pub struct SessionId([u8; ID_BYTES]);

impl SessionId {
    /// A new id, by the system's random numbers.
    ///
    /// # Errors
    /// If the system has none.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; ID_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads an id. Every id has exactly one text.
    ///
    /// # Errors
    /// `malformed` of another length, which is looked at first, so that a long
    /// text costs no more than a short one; `encoding` of what is no strict
    /// base64url.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        if text.len() != ID_CHARACTERS {
            return Err(Rejection::new(
                RejectReason::Malformed,
                format!("{} characters, a session's id has {ID_CHARACTERS}", text.len()),
            ));
        }
        // The decoder wants room for 43 characters rounded up to whole groups.
        let mut bytes = [0; ID_BYTES + 1];
        let decoded = URL_SAFE_NO_PAD
            .decode_slice(text, &mut bytes)
            .map_err(|error| Rejection::new(RejectReason::Encoding, error.to_string()))?;
        match (decoded, bytes.first_chunk::<ID_BYTES>()) {
            (ID_BYTES, Some(id)) => Ok(Self(*id)),
            _ => Err(Rejection::new(
                RejectReason::Malformed,
                format!("{decoded} bytes, a session's id has {ID_BYTES}"),
            )),
        }
    }

    /// The bits themselves.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What a store knows the session by.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; ID_CHARACTERS];
        let written = URL_SAFE_NO_PAD
            .encode_slice(self.0, &mut text)
            .map_err(|_| fmt::Error)?;
        let text = text.get(..written).and_then(|text| str::from_utf8(text).ok());
        f.pad(text.ok_or(fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let id = SessionId::random().unwrap();
        let text = id.to_string();
        assert_eq!(text.len(), ID_CHARACTERS);
        assert_eq!(SessionId::parse(&text).unwrap().0, id.0);
    }

    #[test]
    fn no_two_ids_are_alike() {
        let ids: std::collections::BTreeSet<String> = (0..1000)
            .map(|_| SessionId::random().unwrap().to_string())
            .collect();
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn text_that_is_no_id_is_refused_for_what_is_wrong_with_it() {
        let reason = |text: &str| SessionId::parse(text).err().map(|rejection| rejection.reason);
        assert_eq!(reason(&"A".repeat(43)), None);
        assert_eq!(reason(""), Some(RejectReason::Malformed));
        assert_eq!(reason(&"A".repeat(42)), Some(RejectReason::Malformed));
        assert_eq!(reason(&"A".repeat(44)), Some(RejectReason::Malformed));
        assert_eq!(
            reason(&format!("{}+", "A".repeat(42))),
            Some(RejectReason::Encoding)
        );
        // Two bits of the last character belong to no byte.
        assert_eq!(
            reason(&format!("{}B", "A".repeat(42))),
            Some(RejectReason::Encoding)
        );
        assert_eq!(
            reason(&format!("{}==", "A".repeat(41))),
            Some(RejectReason::Encoding)
        );
    }

    /// SHA-256 of 32 zero bytes, as `sha256sum` prints it.
    #[test]
    fn a_store_is_given_the_sha_256_of_the_bytes() {
        let digest = SessionId([0; 32]).digest();
        let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hexadecimal,
            "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
        );
    }
}
