//! JWTs whose tag is computed first and compared afterwards: how the comparison
//! is made is a check of its own (RFC 7518 §3.2, RFC 7516 §11.5).

use std::hint::black_box;

use tokenlab_harness::{RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Verifier, refuse};
use super::jws::{self, Jws};
use super::payload;
use crate::hs::Hs;

/// Every check of a verifier for HS256, whose secret is chosen by `key`.
#[must_use]
pub fn verifier(key: Check<Jws>) -> Verifier<Jws> {
    let mut checks = vec![
        jws::three_parts(),
        jws::strict_encoding(),
        jws::algorithm_allow_list("HS256"),
        jws::critical_extensions(),
        key,
        constant_time_tag(),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
}

/// The tag is compared as a whole, however much of it is right.
fn constant_time_tag() -> Check<Jws> {
    Check::new(
        CONSTANT_TIME_TAG,
        Stage::Signature,
        "the tag is right, and how long it takes to say so depends on nothing secret",
        |jws: &mut Jws| {
            let (input, tag) = (jws.signing_input(), jws.part(2));
            answer(Hs::S256.verifies(&jws.key, input.as_bytes(), tag))
        },
    )
}

/// What becomes of it in a language whose comparison is a loop: byte by byte,
/// to the first that differs.
#[must_use]
pub fn early_exit_tag() -> Check<Jws> {
    Check::new(
        "early-exit-tag",
        Stage::Signature,
        "the tag is right, byte by byte, as far as it takes to see that it is not",
        |jws: &mut Jws| {
            let right = Hs::S256.tag(&jws.key, jws.signing_input().as_bytes());
            answer(are_equal(&right, jws.part(2)))
        },
    )
}

/// A byte at a time, and each an object of its own, as in an interpreter. A
/// compiled loop over bytes tells as well, in more questions than one has time for.
fn are_equal(right: &[u8], tag: &[u8]) -> bool {
    let object = |byte: &u8| black_box(Box::new(*byte));
    let mut pairs = right.iter().zip(tag);
    right.len() == tag.len() && pairs.all(|(right, byte)| object(right) == object(byte))
}

fn answer(is_right: bool) -> Result<(), Rejection> {
    if is_right {
        return Ok(());
    }
    refuse(RejectReason::BadSignature, "no tag by HS256 under this key")
}

/// Name of the check that keeps time from telling.
pub const CONSTANT_TIME_TAG: &str = "constant-time-tag";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_is_what_is_equal() {
        assert!(are_equal(b"", b""));
        assert!(are_equal(b"tag", b"tag"));
        for other in ["", "ta", "tags", "Tag", "taG"] {
            assert!(!are_equal(b"tag", other.as_bytes()), "{other}");
        }
    }
}
