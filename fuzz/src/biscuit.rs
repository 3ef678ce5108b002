//! The Biscuit verifier: protobuf, signatures, and the Datalog behind them.
//!
//! A token may be written in many ways, since nothing signs the protobuf around
//! its blocks; [`tokenlab_harness::malleability`] says which writings are the
//! same token. A block that the holder appends is a token that nobody issued,
//! too: the fuzzer has no way to sign one.

use std::sync::LazyLock;

use tokenlab_harness::Contender;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "biscuit",
    summary: "biscuit-auth with the lab's authorizer, protobuf to claims",
    crash_means: "biscuit-auth accepts a token that nobody issued, changes claims, or breaks down",
    dictionary: Some("biscuit"),
    body,
    token: crate::as_text,
    seeds: || seeds::of_contenders(driven),
};

fn driven(contender: &dyn Contender) -> bool {
    contender.card().scheme.starts_with("biscuit.")
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    examine_all(&VERIFIERS, data)
}
