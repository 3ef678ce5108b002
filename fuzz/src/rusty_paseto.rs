//! The PASETO verifiers of rusty_paseto, each by the release that has it.
//!
//! A target of its own beside `pasetors`, so that coverage and crashes belong
//! to one library. Each input is put before all of them.

use std::sync::LazyLock;

use tokenlab_harness::Contender;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "rusty_paseto",
    summary: "every version and purpose of rusty_paseto, header to claims",
    crash_means: "rusty_paseto accepts a token that nobody issued, changes claims, or breaks down",
    dictionary: Some("paseto"),
    body,
    token: crate::as_text,
    seeds: || seeds::of_contenders(driven),
};

fn driven(contender: &dyn Contender) -> bool {
    contender.card().library == "rusty_paseto"
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    examine_all(&VERIFIERS, data)
}
