//! Criterion as the second instrument: other habits, same cases.
//!
//! Criterion times one case after the other in one process by the wall clock;
//! on a shared machine that is a weaker instrument, and the one everybody
//! knows. Its `raw.csv` (feature `csv_output`) is the only file of its that is
//! meant for other programs.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, fs};

use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::{Model, SECOND_OPINION_SCHEMA, SecondOpinion};

use crate::profile::Profile;

/// The corpus that criterion measures.
pub const CORPUS: &str = "typical";

/// The criterion pass of one run.
pub struct SecondInstrument<'a> {
    /// Run id.
    pub run: &'a str,
    /// How long, and on which models.
    pub profile: Profile,
    /// Whom to measure.
    pub contenders: &'a [ContenderId],
    /// Where criterion may keep its files; emptied afterwards.
    pub scratch: &'a Path,
    /// Set from outside to stop.
    pub interrupt: &'a AtomicBool,
}

/// A criterion pass that did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecondError {
    /// The source tree this binary was built from is gone.
    #[error("the workspace at {0} is not there any more")]
    NoWorkspace(PathBuf),
    /// Cargo could not be started, or criterion's files not be read.
    #[error("cannot run criterion: {0}")]
    Io(#[from] io::Error),
    /// `cargo bench` ended badly.
    #[error("cargo bench failed: {0}")]
    Cargo(String),
    /// `raw.csv` is not what it was.
    #[error("cannot read criterion's raw.csv: {0}")]
    Csv(#[from] csv::Error),
}

/// What the pass is expected to take: criterion's own times and about a tenth
/// of a second of analysis for each case.
#[must_use]
pub fn expected(profile: Profile, contenders: usize) -> Duration {
    let (warm_up, measuring) = profile.second_opinion_time();
    let cases = u32::try_from(contenders * profile.second_opinion_on().len()).unwrap_or(u32::MAX);
    (warm_up + measuring + Duration::from_millis(25)) * cases
}

/// Builds the criterion targets, so that building is no part of measuring.
///
/// # Errors
/// [`SecondError::NoWorkspace`] or [`SecondError::Cargo`].
pub fn build() -> Result<(), SecondError> {
    let status = cargo_bench()?
        .arg("--no-run")
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(SecondError::Cargo(status.to_string()))
    }
}

impl SecondInstrument<'_> {
    /// Measures, calling `news` after each case, and returns the samples. An
    /// interrupted pass returns what criterion had finished.
    ///
    /// # Errors
    /// [`SecondError`].
    pub fn measure(&self, mut news: impl FnMut()) -> Result<Vec<SecondOpinion>, SecondError> {
        let mut opinions = Vec::new();
        for model in self.profile.second_opinion_on() {
            if self.interrupt.load(Ordering::Relaxed) {
                break;
            }
            self.measure_model(*model, &mut news)?;
            opinions.extend(self.read(*model)?);
        }
        match fs::remove_dir_all(self.scratch) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(opinions),
        }
    }

    fn measure_model(&self, model: Model, news: &mut impl FnMut()) -> Result<(), SecondError> {
        let (warm_up, measuring) = self.profile.second_opinion_time();
        let mut child = cargo_bench()?
            .args(["--bench", model.slug(), "--"])
            .arg(self.filter(model))
            .args(["--noplot", "--sample-size", "10", "--nresamples", "1001"])
            .args(["--warm-up-time", &warm_up.as_secs_f64().to_string()])
            .args(["--measurement-time", &measuring.as_secs_f64().to_string()])
            .env("CRITERION_HOME", self.scratch)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).lines() {
                if line?.contains("time:") {
                    news();
                }
                if self.interrupt.load(Ordering::Relaxed) {
                    child.kill()?;
                    child.wait()?;
                    return Ok(());
                }
            }
        }
        let status = child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(SecondError::Cargo(status.to_string()))
        }
    }

    /// A regular expression for exactly these cases.
    fn filter(&self, model: Model) -> String {
        let escaped: Vec<String> = self
            .contenders
            .iter()
            .map(|id| {
                id.as_str()
                    .chars()
                    .flat_map(|c| {
                        (!c.is_ascii_alphanumeric())
                            .then_some('\\')
                            .into_iter()
                            .chain([c])
                    })
                    .collect()
            })
            .collect();
        format!("^{}/({})/{CORPUS}$", model.slug(), escaped.join("|"))
    }

    fn read(&self, model: Model) -> Result<Vec<SecondOpinion>, SecondError> {
        let mut opinions = Vec::new();
        for path in raw_files(self.scratch)? {
            let mut opinion: Option<SecondOpinion> = None;
            for row in csv::Reader::from_path(path)?.deserialize() {
                let row: RawRow = row?;
                if row.group != model.slug() {
                    break;
                }
                let opinion = opinion.get_or_insert_with(|| SecondOpinion {
                    schema: SECOND_OPINION_SCHEMA.into(),
                    run: self.run.to_owned(),
                    contender: ContenderId::new(row.function),
                    model,
                    corpus: row.value,
                    iterations: Vec::new(),
                    wall_ns: Vec::new(),
                });
                opinion.iterations.push(row.iteration_count);
                opinion.wall_ns.push(row.sample_measured_value);
            }
            opinions.extend(opinion);
        }
        opinions.sort_by(|a, b| a.contender.cmp(&b.contender));
        Ok(opinions)
    }
}

/// A row of `raw.csv`; the fields that matter here.
#[derive(serde::Deserialize)]
struct RawRow {
    group: String,
    function: String,
    value: String,
    sample_measured_value: f64,
    iteration_count: u64,
}

/// Every `new/raw.csv` below `folder`.
fn raw_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.ends_with("new/raw.csv") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn cargo_bench() -> Result<Command, SecondError> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    if !manifest.exists() {
        return Err(SecondError::NoWorkspace(manifest));
    }
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["bench", "--quiet", "--manifest-path"])
        .arg(manifest);
    Ok(command)
}
