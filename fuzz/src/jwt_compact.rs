//! The JWT verifiers of jwt-compact, every algorithm.
//!
//! Each input is put before all of them, so that a token of one algorithm is
//! offered to every other.

use std::sync::LazyLock;

use tokenlab_harness::Contender;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "jwt_compact",
    summary: "every algorithm of jwt-compact, header to claims",
    crash_means: "jwt-compact accepts a token that nobody issued, changes claims, or breaks down",
    dictionary: Some("jose"),
    body,
    token: crate::as_text,
    seeds: || seeds::of_contenders(driven),
};

fn driven(contender: &dyn Contender) -> bool {
    contender.card().library == "jwt-compact"
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    examine_all(&VERIFIERS, data)
}
