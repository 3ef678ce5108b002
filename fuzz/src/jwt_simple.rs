//! The JWT verifiers of jwt-simple: every JWS algorithm, ML-DSA included.
//!
//! Each input is put before all of them, so that a token of one algorithm is
//! offered to every other. Its JWEs have a target of their own.

use std::sync::LazyLock;

use tokenlab_harness::Contender;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "jwt_simple",
    summary: "every JWS algorithm of jwt-simple, header to claims",
    crash_means: "jwt-simple accepts a signed token that nobody issued, changes claims, or breaks down",
    dictionary: Some("jose"),
    body,
    token: crate::as_text,
    seeds: || seeds::of_contenders(driven),
};

fn driven(contender: &dyn Contender) -> bool {
    let card = contender.card();
    card.library == "jwt-simple" && card.scheme.starts_with("jwt.")
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    examine_all(&VERIFIERS, data)
}
