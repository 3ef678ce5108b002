//! The JWE verifiers of pure Rust: every way to the content key that
//! jwt-simple has.
//!
//! Each input is put before all of them. What nobody issued must not decrypt
//! here either, although with a public key anyone could issue: the fuzzer
//! encrypts nothing, it rewrites tokens.

use std::sync::LazyLock;

use tokenlab_harness::Contender;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "jwe",
    summary: "every JWE algorithm of pure Rust, header to claims",
    crash_means: "a JWE verifier accepts a token that nobody encrypted, changes claims, or breaks down",
    dictionary: Some("jose"),
    body,
    token: crate::as_text,
    seeds: || seeds::of_contenders(driven),
};

fn driven(contender: &dyn Contender) -> bool {
    contender.card().scheme.starts_with("jwe.")
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    examine_all(&VERIFIERS, data)
}
