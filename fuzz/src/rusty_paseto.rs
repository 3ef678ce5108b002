//! The PASETO verifiers of rusty_paseto: v4, local and public.
//!
//! A target of its own beside `pasetors`, so that coverage and crashes belong
//! to one library. Each input is put before both purposes.

use std::sync::LazyLock;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "rusty_paseto",
    summary: "both purposes of rusty_paseto v4, header to claims",
    crash_means: "rusty_paseto accepts a token that nobody issued, changes claims, or breaks down",
    body,
    seeds: || seeds::of_library("rusty_paseto"),
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> =
        LazyLock::new(|| load_all(|contender| contender.card().library == "rusty_paseto"));
    examine_all(&VERIFIERS, data)
}
