//! The PASETO verifiers of pasetors: v2, v3 and v4, local and public.
//!
//! Each input is put before all of them, so that a token of one version or
//! purpose is offered to every other.

use std::sync::LazyLock;

use tokenlab_harness::Contender;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "pasetors",
    summary: "every version and purpose of pasetors, header to claims",
    crash_means: "pasetors accepts a token that nobody issued, changes claims, or breaks down",
    dictionary: Some("paseto"),
    body,
    token: crate::as_text,
    seeds: || seeds::of_contenders(driven),
};

fn driven(contender: &dyn Contender) -> bool {
    contender.card().library == "pasetors"
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    examine_all(&VERIFIERS, data)
}
