//! PBKDF2 with HMAC-SHA512 (RFC 8018 §5.2), for as long a key as one block of
//! the hash gives.
//!
//! The rounds are the point: they make a password costly to guess, and whoever
//! sends a token chooses how many there are.

use hmac::{Hmac, Mac};
use sha2::Sha512;

/// A key of 32 bytes from a password, after so many rounds.
pub(crate) fn derive(password: &[u8], salt: &[u8], rounds: u64) -> [u8; 32] {
    #[allow(clippy::expect_used)] // HMAC takes a key of any length, RFC 2104 §2
    let keyed = <Hmac<Sha512> as Mac>::new_from_slice(password).expect("an HMAC key of any length");
    let first_block = 1_u32.to_be_bytes();
    let mut last = keyed
        .clone()
        .chain_update(salt)
        .chain_update(first_block)
        .finalize()
        .into_bytes();
    let mut sum = last;
    for _ in 1..rounds {
        last = keyed.clone().chain_update(last).finalize().into_bytes();
        for (to, from) in sum.iter_mut().zip(last) {
            *to ^= from;
        }
    }
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(sum) {
        *to = from;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mint::hexadecimal;

    /// Python's `hashlib.pbkdf2_hmac('sha512', b'password', b'salt', rounds)`,
    /// its first 32 bytes.
    #[test]
    fn another_implementation_derives_the_same_keys() {
        for (rounds, key) in [
            (
                1,
                "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252",
            ),
            (
                2,
                "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53c",
            ),
        ] {
            assert_eq!(
                hexadecimal(&derive(b"password", b"salt", rounds)),
                key,
                "{rounds}"
            );
        }
    }
}
