//! What official test vectors said of a contender: lines of `vectors.jsonl`.
//!
//! Vectors are not measured and not attacked: they are the specification's own
//! opinion, which a library shares or not. Only the cases where it does not are
//! kept one by one, each with the reason that was written down when it was
//! looked at.

use serde::{Deserialize, Serialize};

use crate::catalogue::ContenderId;

/// Schema tag of [`VectorSummary`].
pub const VECTORS_SCHEMA: &str = "tokenlab.vectors/1";

/// Where a run keeps its [`VectorSummary`] lines.
pub const VECTORS_FILE: &str = "vectors.jsonl";

/// One suite of vectors by one contender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VectorSummary {
    /// [`VECTORS_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Suite, `PASETO v4`.
    pub suite: String,
    /// Wire scheme that was tried, `paseto.v4.local`.
    pub scheme: String,
    /// Whose opinion; `tokenlab/paserk` of what tokenlab reads itself.
    pub contender: ContenderId,
    /// Cases in which it says what the vectors say.
    pub passed: u32,
    /// The others.
    pub deviations: Vec<VectorDeviation>,
}

impl VectorSummary {
    /// Cases that were run.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.passed as usize + self.deviations.len()
    }
}

/// A case in which a contender does not say what the vectors say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VectorDeviation {
    /// Case, as the vectors name it.
    pub case: String,
    /// What the vectors say.
    pub expected: String,
    /// What the contender says.
    pub observed: String,
    /// Why it stands, in one sentence; `None` of a deviation that nobody has
    /// looked at.
    pub reason: Option<String>,
}
