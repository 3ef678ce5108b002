//! JWEs whose content key is encrypted by RSAES-PKCS1-v1_5, step by step
//! (RFC 7518 §4.2, RFC 8017 §7.2.2).
//!
//! Decrypting gives 00 02, at least eight bytes that are not zero, a zero, and
//! the content key. Whoever learns whether that form was there can decrypt
//! anything (Bleichenbacher, CRYPTO '98), so a verifier must not tell: RFC 7516
//! §11.5 has it go on with a random content key. Libraries hide the steps, and
//! the `rsa` crate's own function is one step, so they are written out here.

use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey};
use tokenlab_harness::{RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Verifier, refuse};
use super::compact::{five_parts, key_management};
use super::jwe::{Nested, outer_encoding};
use super::jws::{self, Jws};

/// Every check of a verifier of JWTs that are signed with `only` and then
/// encrypted to `key` by RSA1_5; the inner key is chosen by `inner_key`.
#[must_use]
pub fn verifier(key: RsaPrivateKey, only: &'static str, inner_key: Check<Jws>) -> Verifier<Nested> {
    let mut checks = vec![
        five_parts(),
        outer_encoding(),
        key_management("RSA1_5", "key"),
        random_content_key(key),
        content_decryption(),
    ];
    checks.extend(
        jws::checks(only, inner_key)
            .into_iter()
            .map(|check| check.within(Nested::inner)),
    );
    Verifier::of(checks)
}

/// RFC 7516 §11.5: nothing is refused here. Where no content key comes out, one
/// that nobody knows takes its place, and the tag decides as it always does.
fn random_content_key(key: RsaPrivateKey) -> Check<Nested> {
    Check::new(
        RANDOM_CONTENT_KEY,
        Stage::Signature,
        "there is a content key, the one in the token or else a random one",
        move |jwe: &mut Nested| {
            let content_key = match content_key(&key, jwe.wrapped()) {
                Ok(content_key) => content_key,
                Err(_) => {
                    let mut random = vec![0; CONTENT_KEY_BYTES];
                    getrandom::fill(&mut random)
                        .map_err(|error| Rejection::new(RejectReason::Internal, error.to_string()))?;
                    random
                }
            };
            jwe.use_content_key(content_key);
            Ok(())
        },
    )
}

/// RFC 7516 §5.2 step 16: the content, by the content key.
fn content_decryption() -> Check<Nested> {
    Check::new(
        "content-decryption",
        Stage::Signature,
        "the content decrypts with the content key",
        |jwe: &mut Nested| {
            if jwe.open_content() {
                return Ok(());
            }
            refuse(RejectReason::BadSignature, "it does not decrypt")
        },
    )
}

/// What was wrong with an encrypted content key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// It does not begin with 00 02.
    Padding,
    /// What follows is not as long as it has to be.
    Length,
}

/// The content key in `wrapped`.
///
/// # Errors
/// [`Wrapping`], which nobody else should learn.
pub fn content_key(key: &RsaPrivateKey, wrapped: &[u8]) -> Result<Vec<u8>, Wrapping> {
    let number = BigUint::from_bytes_be(wrapped);
    if wrapped.len() != key.size() || number >= *key.n() {
        return Err(Wrapping::Padding);
    }
    let digits = number.modpow(key.d(), key.n()).to_bytes_be();
    let zeros = key.size() - digits.len();
    let block: Vec<u8> = std::iter::repeat_n(0, zeros).chain(digits).collect();
    let [0, 2, rest @ ..] = block.as_slice() else {
        return Err(Wrapping::Padding);
    };
    let end = rest.iter().position(|byte| *byte == 0).filter(|end| *end >= 8);
    let content_key = end.and_then(|end| rest.get(end + 1..)).unwrap_or_default();
    if content_key.len() != CONTENT_KEY_BYTES {
        return Err(Wrapping::Length);
    }
    Ok(content_key.to_vec())
}

/// Length of a key for A256GCM.
const CONTENT_KEY_BYTES: usize = 32;

/// Name of the check that keeps the form of what was decrypted to itself.
pub const RANDOM_CONTENT_KEY: &str = "random-content-key";

#[cfg(test)]
mod tests {
    use rsa::Pkcs1v15Encrypt;
    use rsa::rand_core::OsRng;

    use super::*;

    #[test]
    fn what_the_crate_encrypts_is_found_and_its_neighbours_are_told_apart() {
        let key = RsaPrivateKey::new(&mut OsRng, 377).unwrap();
        let encrypt = |message: &[u8]| {
            let public = key.to_public_key();
            public.encrypt(&mut OsRng, Pkcs1v15Encrypt, message).unwrap()
        };
        assert_eq!(content_key(&key, &encrypt(&[7; 32])), Ok(vec![7; 32]));
        assert_eq!(content_key(&key, &encrypt(&[7; 31])), Err(Wrapping::Length));
        let one = [vec![0; key.size() - 1], vec![1]].concat();
        assert_eq!(content_key(&key, &one), Err(Wrapping::Padding));
        assert_eq!(content_key(&key, &[]), Err(Wrapping::Padding));
    }
}
