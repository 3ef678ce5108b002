//! A run folder: the plan it was made by, and everything recorded in it.

use std::path::Path;
use std::{error, fmt, fs, io};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::catalogue::{CATALOGUE_SCHEMA, Catalogue};
use crate::environment::{ENVIRONMENT_SCHEMA, Environment};
use crate::jsonl::{self, Damage};
use crate::measurement::{
    ALLOCATION_COUNT_SCHEMA, AllocationCount, CANARY_SCHEMA, Canary, FLOOR_SCHEMA, FloorMeasurement, Group,
    MEASUREMENT_SCHEMA, Measurement, REFUSAL_SCHEMA, Refusal, SECOND_OPINION_SCHEMA, SecondOpinion,
    TOKEN_SIZE_SCHEMA, TokenSize,
};
use crate::selfcheck::{SELF_CHECK_SCHEMA, SelfCheck};
use crate::source::{Excerpt, SOURCE_SCHEMA};
use crate::study::{STUDY_SCHEMA, Study};
use crate::transcript::{TRANSCRIPT_SCHEMA, Transcript};
use crate::vectors::{VECTORS_SCHEMA, VectorSummary};

/// Names of the files in a run folder.
pub mod files {
    /// A [`Manifest`](super::Manifest), JSON.
    pub const MANIFEST: &str = "run.json";
    /// An [`Environment`](super::Environment), JSON.
    pub const ENVIRONMENT: &str = "environment.json";
    /// A [`Catalogue`](super::Catalogue), JSON.
    pub const CATALOGUE: &str = "catalogue.json";
    /// [`Measurement`](super::Measurement) lines.
    pub const MEASUREMENTS: &str = "measurements.jsonl";
    /// [`Canary`](super::Canary) lines.
    pub const CANARIES: &str = "canaries.jsonl";
    /// [`FloorMeasurement`](super::FloorMeasurement) lines.
    pub const FLOORS: &str = "floors.jsonl";
    /// [`TokenSize`](super::TokenSize) lines.
    pub const TOKENS: &str = "tokens.jsonl";
    /// [`Refusal`](super::Refusal) lines.
    pub const REFUSALS: &str = "refusals.jsonl";
    /// [`AllocationCount`](super::AllocationCount) lines.
    pub const ALLOCATIONS: &str = "allocations.jsonl";
    /// [`SecondOpinion`](super::SecondOpinion) lines.
    pub const SECOND_OPINIONS: &str = "second-opinion.jsonl";
    /// A [`SelfCheck`](super::SelfCheck), JSON; there if one speaks for the run.
    pub const SELF_CHECK: &str = "self-check.json";
    /// [`Transcript`](super::Transcript) lines.
    pub const TRANSCRIPTS: &str = "transcripts.jsonl";
    /// [`Excerpt`](super::Excerpt) lines.
    pub const SOURCES: &str = "sources.jsonl";
    /// [`VectorSummary`](super::VectorSummary) lines.
    pub const VECTORS: &str = crate::vectors::VECTORS_FILE;
    /// A folder of [`Study`](super::Study) documents; there if studies were run beside the run.
    pub const STUDIES: &str = "studies";
}

/// Schema tag of [`Manifest`].
pub const MANIFEST_SCHEMA: &str = "tokenlab.run/1";

/// The profile of a run that only attacked and timed nothing.
pub const ATTACKS_ONLY: &str = "attacks";

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
    /// Profile name: smoke, quick, default or full; [`ATTACKS_ONLY`] where nothing
    /// was to be timed.
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

impl Manifest {
    /// Whether anything was to be timed.
    #[must_use]
    pub fn measures(&self) -> bool {
        self.profile != ATTACKS_ONLY
    }
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
    /// The least work, part by part.
    pub floors: Vec<FloorMeasurement>,
    /// Token sizes.
    pub tokens: Vec<TokenSize>,
    /// For which reasons the contenders refuse.
    pub refusals: Vec<Refusal>,
    /// Allocations; empty when that pass did not run.
    pub allocations: Vec<AllocationCount>,
    /// Criterion's view; empty when that pass did not run.
    pub second_opinions: Vec<SecondOpinion>,
    /// Attack transcripts; empty when no attack ran.
    pub transcripts: Vec<Transcript>,
    /// The lines of source that the transcripts point at.
    pub sources: Vec<Excerpt>,
    /// What official test vectors said; empty when none were run.
    pub vectors: Vec<VectorSummary>,
    /// What the instrument showed of itself, by this build on this machine.
    pub self_check: Option<SelfCheck>,
    /// Studies that were run beside it, in the order in which they began.
    pub studies: Vec<Study>,
    /// Lines that could not be read, by file. The rest is used.
    pub damage: Vec<Damage>,
}

impl RunRecord {
    /// Reads a run folder. Damaged lines and side documents are reported in
    /// [`RunRecord::damage`] and the rest is used; only a folder without a
    /// readable manifest is no run.
    ///
    /// # Errors
    /// [`ReadError`] naming the file and the problem.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        let manifest = document(&folder.join(files::MANIFEST), MANIFEST_SCHEMA)?;
        let mut damage = Vec::new();
        Ok(Self {
            manifest,
            environment: or_damage(folder, files::ENVIRONMENT, ENVIRONMENT_SCHEMA, &mut damage),
            catalogue: or_damage(folder, files::CATALOGUE, CATALOGUE_SCHEMA, &mut damage),
            measurements: lines(folder, files::MEASUREMENTS, MEASUREMENT_SCHEMA, &mut damage)?,
            canaries: lines(folder, files::CANARIES, CANARY_SCHEMA, &mut damage)?,
            floors: lines(folder, files::FLOORS, FLOOR_SCHEMA, &mut damage)?,
            tokens: lines(folder, files::TOKENS, TOKEN_SIZE_SCHEMA, &mut damage)?,
            refusals: lines(folder, files::REFUSALS, REFUSAL_SCHEMA, &mut damage)?,
            allocations: lines(folder, files::ALLOCATIONS, ALLOCATION_COUNT_SCHEMA, &mut damage)?,
            second_opinions: lines(folder, files::SECOND_OPINIONS, SECOND_OPINION_SCHEMA, &mut damage)?,
            self_check: document(&folder.join(files::SELF_CHECK), SELF_CHECK_SCHEMA).ok(),
            transcripts: lines(folder, files::TRANSCRIPTS, TRANSCRIPT_SCHEMA, &mut damage)?,
            sources: lines(folder, files::SOURCES, SOURCE_SCHEMA, &mut damage)?,
            vectors: lines(folder, files::VECTORS, VECTORS_SCHEMA, &mut damage)?,
            studies: studies(folder, &mut damage),
            damage,
        })
    }
}

/// Writes a JSON document whole or not at all: to a neighbour first, then
/// renamed into place.
///
/// # Errors
/// Whatever the file system says.
pub fn write_document<T: Serialize>(path: &Path, document: &T) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(document)?;
    text.push(b'\n');
    let neighbour = path.with_extension("json.new");
    fs::write(&neighbour, text)?;
    fs::rename(neighbour, path)
}

/// A run folder that can't be read.
#[derive(Debug)]
pub struct ReadError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.file, self.problem)
    }
}

impl error::Error for ReadError {}

fn document<T: DeserializeOwned>(path: &Path, schema: &str) -> Result<T, ReadError> {
    let unreadable = |problem: String| ReadError {
        file: path.display().to_string(),
        problem,
    };
    let text = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    jsonl::parse(&text, schema).map_err(unreadable)
}

fn or_damage<T: DeserializeOwned + Default>(
    folder: &Path,
    file: &str,
    schema: &str,
    damage: &mut Vec<Damage>,
) -> T {
    document(&folder.join(file), schema).unwrap_or_else(|error| {
        damage.push(Damage {
            file: file.to_owned(),
            line: 1,
            problem: error.problem,
        });
        T::default()
    })
}

fn studies(folder: &Path, damage: &mut Vec<Damage>) -> Vec<Study> {
    let folder = folder.join(files::STUDIES);
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    let mut studies = Vec::new();
    for path in paths {
        match document::<Study>(&path, STUDY_SCHEMA) {
            Ok(study) => studies.push(study),
            Err(error) => damage.push(Damage {
                file: error.file,
                line: 1,
                problem: error.problem,
            }),
        }
    }
    studies.sort_by(|one, other| one.environment.started_at.cmp(&other.environment.started_at));
    studies
}

fn lines<T: DeserializeOwned>(
    folder: &Path,
    file: &str,
    schema: &str,
    damage: &mut Vec<Damage>,
) -> Result<Vec<T>, ReadError> {
    let path = folder.join(file);
    let (records, damaged) = jsonl::read(&path, schema).map_err(|error| ReadError {
        file: path.display().to_string(),
        problem: error.to_string(),
    })?;
    damage.extend(damaged);
    Ok(records)
}
