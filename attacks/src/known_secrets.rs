//! Secrets that others know: the list that an attacker starts with, and that a
//! careful verifier refuses.
//!
//! The list is `attacks/known-secrets.txt`: what products shipped with, what
//! manuals print, and what people write when they are asked for a secret. Keys
//! follow from a word as people make them follow: its letters, its hash or half
//! of it, its bytes where it looks like base64.

use std::collections::HashSet;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};

/// The words, the likeliest first.
pub fn words() -> impl Iterator<Item = &'static str> {
    include_str!("../known-secrets.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// The keys that people make of a word.
pub(crate) fn keys_of(word: &str) -> Vec<Vec<u8>> {
    let hash = Sha256::digest(word);
    let mut keys = vec![
        word.as_bytes().to_vec(),
        hash.to_vec(),
        hash.iter().copied().take(16).collect(),
        Sha512::digest(word).to_vec(),
    ];
    keys.extend(STANDARD.decode(word).ok().filter(|bytes| bytes.len() >= 16));
    keys
}

/// Whether a key follows from a word of the list.
pub(crate) fn is_known(key: &[u8]) -> bool {
    static KNOWN: OnceLock<HashSet<Vec<u8>>> = OnceLock::new();
    KNOWN
        .get_or_init(|| words().flat_map(keys_of).collect())
        .contains(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_word_once() {
        let all: Vec<&str> = words().collect();
        let unique: HashSet<&&str> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
        assert!(all.len() >= 200, "{}", all.len());
        assert!(all.iter().all(|word| word.trim() == *word));
    }

    #[test]
    fn a_word_its_hash_and_its_bytes_are_known_and_a_key_of_chance_is_not() {
        assert!(is_known(b"changeme"));
        assert!(is_known(&Sha256::digest("changeme")));
        let in_base64 = words().filter(|word| word.ends_with("==")).collect::<Vec<_>>();
        assert_eq!(in_base64.len(), 1, "the key of RFC 7515 A.1");
        assert!(is_known(&STANDARD.decode(in_base64[0]).unwrap()));
        assert!(!is_known(&[7; 32]));
        assert!(!is_known(b""), "no secret at all is another mistake");
    }
}
