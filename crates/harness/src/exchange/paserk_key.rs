//! A PASERK as the key of a line: `k4.public.…` for `paseto.v4.public`.
//!
//! Its header says for which version and which purpose it is, and a line that
//! uses it for another is refused by name: that is what PASERK is for. Ids
//! (`lid`, `pid`, `sid`) name a key without being one, and wrapped or sealed
//! keys would need a second key, for which a line has no place.

use super::form::KeyError;
use super::key::Key;
use super::paserk;
use super::wanted::Wanted;
use crate::paseto::Scheme;

/// Whether the text begins as a PASERK does.
pub(super) fn looks_like_one(text: &str) -> bool {
    let mut parts = text.split('.');
    matches!(parts.next(), Some("k1" | "k2" | "k3" | "k4")) && parts.next().is_some()
}

/// Reads the PASERK of a line of `scheme`.
pub(super) fn read(scheme: &str, wanted: Wanted, text: &str) -> Result<Key, KeyError> {
    let Some(of) = Scheme::from_wire(scheme) else {
        return Err(KeyError::unfit(
            scheme,
            "a PASERK, which is for PASETO alone,",
            wanted,
        ));
    };
    paserk::parse_for(of, text).map_err(|error| KeyError::unreadable(error.to_string()))
}

/// Writes `key` as the PASERK that lines of `scheme` bring.
pub(super) fn write(scheme: &str, key: &Key) -> Result<String, KeyError> {
    let of = Scheme::from_wire(scheme).ok_or_else(|| KeyError::UnknownScheme(scheme.to_owned()))?;
    paserk::write(of.version, key).map_err(|error| KeyError::unreadable(error.to_string()))
}
