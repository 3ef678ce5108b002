//! A learner's name, which stands in the address: `/s/ada/t/alg-none/whoami`.
//!
//! No header and no cookie say who somebody is here, so that curl, a proxy,
//! jwt_tool and a browser work unchanged. Names are no secret and no proof.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest name, in characters.
const MOST_LETTERS: usize = 24;

/// A name that is safe in an address, a file and a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Learner(String);

/// A text that is no learner's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name here has 1 to 24 letters or digits, and - or _ between them: try `ada` or `team-7`")]
pub struct NoName;

impl Learner {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Learner {
    type Error = NoName;

    fn try_from(name: String) -> Result<Self, NoName> {
        let is_inner = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let starts = name.chars().next().is_some_and(char::is_alphanumeric);
        if starts && name.chars().count() <= MOST_LETTERS && name.chars().all(is_inner) {
            Ok(Self(name.to_lowercase()))
        } else {
            Err(NoName)
        }
    }
}

impl fmt::Display for Learner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_letters_and_digits_in_any_script_and_small() {
        for (given, kept) in [
            ("Ada", "ada"),
            ("team-7", "team-7"),
            ("Ольга", "ольга"),
            ("7", "7"),
        ] {
            assert_eq!(Learner::try_from(given.to_owned()).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn anything_odd_is_no_name() {
        let long = "a".repeat(MOST_LETTERS + 1);
        for given in [
            "",
            "-ada",
            "a b",
            "../x",
            "<script>",
            "a/b",
            "a\nb",
            "=cmd",
            long.as_str(),
        ] {
            assert_eq!(Learner::try_from(given.to_owned()), Err(NoName), "{given:?}");
        }
    }
}
