//! The JWT verifiers, every algorithm of jsonwebtoken on RustCrypto.
//!
//! Each input is put before all of them, RSA included: which algorithm reads a
//! token is the token's own doing, and confusions between them are what this
//! target hunts. All but one stop at the header, so the others cost little.

use std::sync::LazyLock;

use tokenlab_harness::Contender;

use crate::verifier::{Verifier, examine_all, load_all};
use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "jwt",
    summary: "every JWT algorithm of jsonwebtoken on RustCrypto, header to claims",
    crash_means: "a JWT verifier accepts a token that nobody issued, changes claims, or breaks down",
    dictionary: Some("jose"),
    body,
    token: crate::as_text,
    seeds: || seeds::of_contenders(driven),
};

fn driven(contender: &dyn Contender) -> bool {
    contender.card().library == "jsonwebtoken"
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    examine_all(&VERIFIERS, data)
}
