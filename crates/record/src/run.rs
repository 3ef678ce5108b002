//! A run folder: the plan it was made by, and everything recorded in it.

use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::environment::Environment;
use crate::jsonl::Damage;
use crate::measurement::{Canary, Group, Measurement, SecondOpinion, TokenSize};
use crate::transcript::Transcript;

/// Schema tag of [`Manifest`].
pub const MANIFEST_SCHEMA: &str = "tokenlab.run/1";

/// How far a run got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// Interrupted or still going; what is there is sound, but it is not all.
    Partial,
    /// Every planned launch is recorded.
    Complete,
}

/// `run.json`: what was planned, so that a run can be resumed and repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_SCHEMA`].
    pub schema: String,
    /// Run id, also the name of its folder.
    pub run: String,
    /// Profile name: smoke, quick, default or full.
    pub profile: String,
    /// Contender filter, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Seed of keys, claims, token pool and shuffles.
    pub seed: u64,
    /// Fresh processes.
    pub launches: u32,
    /// Rounds per group and launch.
    pub rounds: u32,
    /// Target length of one timed block, nanoseconds.
    pub block_ns: u64,
    /// Groups in the order they are measured.
    pub groups: Vec<Group>,
    /// How long the plan was expected to take, seconds.
    pub expected_s: f64,
    /// How long measuring took so far, seconds, over all sittings.
    pub elapsed_s: f64,
    /// The command that makes this run again.
    pub command: String,
    /// How far it got.
    pub status: Status,
}

/// A run read back from its folder: all a report is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Plan and status.
    pub manifest: Manifest,
    /// Machine and build.
    pub environment: Environment,
    /// Cards of everything that took part.
    pub catalogue: Catalogue,
    /// Raw block times.
    pub measurements: Vec<Measurement>,
    /// Canary blocks.
    pub canaries: Vec<Canary>,
    /// Token sizes.
    pub tokens: Vec<TokenSize>,
    /// Criterion's view; empty when that pass did not run.
    pub second_opinions: Vec<SecondOpinion>,
    /// Attack transcripts; empty when no attack ran.
    pub transcripts: Vec<Transcript>,
    /// Lines that could not be read, by file. The rest is used.
    pub damage: Vec<Damage>,
}
