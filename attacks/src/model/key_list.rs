//! Keys by name in a list that the process holds, each with the issuer whose
//! key it is.
//!
//! Such a list is filled from a configuration: a slot may be there before
//! anybody has put a key into it, and the keys of several issuers may lie side
//! by side.

use tokenlab_harness::{RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, refuse};
use super::named_key::{KeyStore, NamesKey};

/// One key of the list.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its name.
    pub kid: &'static str,
    /// Whose tokens it is for.
    pub issuer: String,
    /// Its content, which may be nothing.
    pub key: Vec<u8>,
}

/// A list of keys. The first is the one that honest tokens name.
#[derive(Clone, Debug)]
pub struct KeyList(pub Vec<Slot>);

impl KeyList {
    /// The slot of that name, letter for letter.
    #[must_use]
    pub fn slot(&self, kid: &str) -> Option<&Slot> {
        self.0.iter().find(|slot| slot.kid == kid)
    }

    /// The key that honest tokens are made with.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.0.first().map_or(&[], |slot| slot.key.as_slice())
    }

    /// Finds a key, or what `otherwise` is, if the name is at least spelled like
    /// one: lower-case letters, digits and hyphens.
    ///
    /// # Errors
    /// `unknown-key` if the name is spelled otherwise.
    pub fn find_or(&self, kid: &str, otherwise: &[u8]) -> Result<Vec<u8>, Rejection> {
        let spelled = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if kid.is_empty() || !kid.chars().all(spelled) {
            return Err(Rejection::new(
                RejectReason::UnknownKey,
                "the key's name is not spelled like one",
            ));
        }
        Ok(self.slot(kid).map_or(otherwise, |slot| &slot.key).to_vec())
    }
}

impl KeyStore for KeyList {
    const CAREFUL: &'static str = "known-key";
    const DEMAND: &'static str = "the name is one of the list's, letter for letter";

    fn kid(&self) -> &'static str {
        self.0.first().map_or("", |slot| slot.kid)
    }

    fn find(&self, kid: &str) -> Result<Vec<u8>, Rejection> {
        self.slot(kid)
            .map(|slot| slot.key.clone())
            .ok_or_else(|| Rejection::new(RejectReason::UnknownKey, "no key of the list goes by that name"))
    }
}

/// RFC 8725 §3.8: the key belongs to the issuer that the token names.
#[must_use]
pub fn issuer_of_key<P: NamesKey>(list: KeyList) -> Check<P> {
    Check::new(
        ISSUER_OF_KEY,
        Stage::Claims,
        "the key that verified it belongs to the issuer that the token names",
        move |token: &mut P| {
            let kid = token.kid()?;
            let owner = list.slot(&kid).map(|slot| slot.issuer.as_str());
            let named = token.claims()?.iss;
            if owner.is_some() && owner == named.as_deref() {
                return Ok(());
            }
            refuse(
                RejectReason::WrongIssuer,
                format!("the key {kid:?} is not {}'s", named.unwrap_or_default()),
            )
        },
    )
}

/// Name of the check that keeps one tenant's key from signing for another.
pub const ISSUER_OF_KEY: &str = "issuer-of-key";

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> KeyList {
        let slot = |kid, key: &[u8]| Slot {
            kid,
            issuer: "https://issuer.example".into(),
            key: key.to_vec(),
        };
        KeyList(vec![slot("2026-01", b"secret"), slot("2026-02", b"")])
    }

    #[test]
    fn a_name_finds_its_key_and_no_other_name_does() {
        assert_eq!((list().kid(), list().key()), ("2026-01", b"secret".as_slice()));
        assert_eq!(list().find("2026-01").unwrap(), b"secret");
        assert_eq!(list().find("2026-02").unwrap(), b"");
        for kid in ["", "2026-03", "2026-0", "2026-01 "] {
            assert_eq!(
                list().find(kid).unwrap_err().reason,
                RejectReason::UnknownKey,
                "{kid:?}"
            );
        }
    }

    #[test]
    fn a_lookup_that_falls_back_does_so_for_names_only() {
        assert_eq!(list().find_or("2026-01", b"else").unwrap(), b"secret");
        assert_eq!(list().find_or("2026-03", b"else").unwrap(), b"else");
        for kid in ["", "../2026-01", "' --"] {
            assert!(list().find_or(kid, b"else").is_err(), "{kid:?}");
        }
    }
}
