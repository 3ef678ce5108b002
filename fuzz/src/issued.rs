//! The tokens that were issued: the only ones a verifier may accept.
//!
//! They are committed in `issued.jsonl`, because most schemes are randomised:
//! a corpus that found its way to an honest token must find the same token
//! honest a year later and on another machine. The keys follow from one seed,
//! nothing secret is committed, and the claims expire in 2100.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use tokenlab_harness::{ClaimSet, Contender, Corpus, KeyRing, contenders};

/// The keys of every issued token.
pub static RING: KeyRing = KeyRing::from_seed(0x7061_7365);

/// The corpora of which every contender has issued a token: small ones, since
/// libFuzzer's changes get lost in a large one.
pub const CORPORA: [&str; 3] = ["tiny", "unicode", "nested"];

/// One token and who issued it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Contender id.
    pub contender: String,
    /// Corpus of its claims.
    pub corpus: String,
    /// The text.
    pub token: String,
}

impl Issued {
    /// The claims it was issued with; `None` if the corpus is gone.
    #[must_use]
    pub fn claims(&self) -> Option<ClaimSet> {
        claims(&self.corpus)
    }

    /// Its issuer; `None` if the contender is gone.
    #[must_use]
    pub fn issuer(&self) -> Option<&'static dyn Contender> {
        contenders::named(&self.contender)
    }
}

/// The secret of a scheme that has one; empty of another.
#[must_use]
pub fn secret(scheme: &str) -> Vec<u8> {
    let key = RING.key(scheme);
    key.and_then(|key| Some(key.secret()?.to_vec()))
        .unwrap_or_default()
}

/// Claims of a corpus as they are issued here: from November 2023 until 2100.
#[must_use]
pub fn claims(corpus: &str) -> Option<ClaimSet> {
    const ISSUED_AT: i64 = 1_700_000_000;
    const EXPIRES_AT: i64 = 4_102_444_800;
    let mut claims = Corpus::named(corpus)?.claims(0, ISSUED_AT);
    claims.exp = Some(EXPIRES_AT);
    Some(claims)
}

/// Every issued token. A line that can't be read is left out; a test counts.
pub fn all() -> &'static [Issued] {
    static ALL: OnceLock<Vec<Issued>> = OnceLock::new();
    ALL.get_or_init(|| {
        include_str!("../issued.jsonl")
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    })
}

/// The contenders whose tokens are fuzzed: those of pure Rust, told by their
/// cards, so that a build with C replays exactly what a build without it
/// fuzzed. Sessions are none of them: what a store gave out in one process it
/// does not know in the next, so they have a body of their own.
pub fn fuzzed() -> impl Iterator<Item = &'static dyn Contender> {
    contenders::all()
        .iter()
        .map(AsRef::as_ref)
        .filter(|contender| is_fuzzed(*contender))
}

fn is_fuzzed(contender: &dyn Contender) -> bool {
    const COMPILES_C: [&str; 2] = ["aws-lc", "OpenSSL"];
    let card = contender.card();
    !card.scheme.starts_with("session.")
        && !COMPILES_C.iter().any(|package| card.backend.starts_with(package))
}
