//! Starts the launches one after the other and writes what they say.
//!
//! The record is appended group by group, canaries last, so whatever stops the
//! run (Ctrl-C, a full disk, a power cut) leaves only whole groups that count,
//! and a second sitting takes up after them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::jsonl::{self, Appender};
use tokenlab_record::measurement::{CANARY_SCHEMA, Canary, Group};
use tokenlab_record::run::files;
use tokenlab_record::stats::SplitMix64;

use super::disturbance::Disturbance;
use super::launch::{Line, Spec};
use super::plan::{Plan, PlannedGroup};
use crate::case::PoolSeed;

/// A run about to be measured.
pub struct Conductor<'a> {
    /// Run id.
    pub run: &'a str,
    /// Seed of keys and shuffles.
    pub seed: u64,
    /// What to measure.
    pub plan: &'a Plan,
    /// Tokens of every contender.
    pub pools: &'a BTreeMap<ContenderId, Vec<PoolSeed>>,
    /// Run folder.
    pub folder: &'a Path,
    /// Program and arguments that run [`super::launch::run`] on its standard streams.
    pub launcher: (PathBuf, Vec<String>),
    /// Set from outside to stop after the group being timed.
    pub interrupt: &'a AtomicBool,
    /// What is planted to test the instrument; nothing in an ordinary run.
    pub disturbance: Option<Disturbance>,
}

/// News for whoever shows the progress.
#[derive(Clone, Debug)]
pub struct GroupDone<'a> {
    /// Ordinal of the launch.
    pub launch: u32,
    /// What was timed.
    pub group: &'a Group,
    /// What it was expected to take.
    pub expected: Duration,
}

/// How the measuring ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every launch is on record.
    Complete,
    /// Stopped from outside; what was timed is on record.
    Interrupted,
}

/// Measuring that could not go on. What was timed before is on record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConductError {
    /// The record can't be written or read back.
    #[error("cannot write the record: {0}")]
    Record(#[from] io::Error),
    /// A launch could not be started or spoken to.
    #[error("cannot start launch {launch}: {problem}")]
    Start {
        /// Ordinal of the launch.
        launch: u32,
        /// What the system said.
        problem: io::Error,
    },
    /// A launch ended before its work was done, or wrote what it should not.
    #[error("launch {launch} broke off: {problem}")]
    BrokeOff {
        /// Ordinal of the launch.
        launch: u32,
        /// How.
        problem: String,
    },
}

impl Conductor<'_> {
    /// What is not on record yet: launches with their groups, in order.
    ///
    /// # Errors
    /// [`ConductError::Record`] if the canaries can't be read.
    pub fn remaining(&self) -> Result<Vec<(u32, Vec<PlannedGroup>)>, ConductError> {
        let (canaries, _) = jsonl::read::<Canary>(&self.folder.join(files::CANARIES), CANARY_SCHEMA)?;
        let done: BTreeSet<(u32, Group)> = canaries
            .into_iter()
            .map(|canary| (canary.launch, canary.group))
            .collect();
        Ok((0..self.plan.launches)
            .map(|launch| {
                let open = self.plan.groups.iter();
                let open = open.filter(|planned| !done.contains(&(launch, planned.group.clone())));
                (launch, open.cloned().collect::<Vec<_>>())
            })
            .filter(|(_, groups)| !groups.is_empty())
            .collect())
    }

    /// Measures these launches with these groups and appends them to the record.
    ///
    /// # Errors
    /// [`ConductError`]; the record keeps every group that was finished.
    pub fn conduct(
        &self,
        launches: Vec<(u32, Vec<PlannedGroup>)>,
        mut news: impl FnMut(&GroupDone<'_>),
    ) -> Result<Ending, ConductError> {
        let mut measurements = Appender::open(&self.folder.join(files::MEASUREMENTS))?;
        let mut floors = Appender::open(&self.folder.join(files::FLOORS))?;
        let mut canaries = Appender::open(&self.folder.join(files::CANARIES))?;
        for (launch, groups) in launches {
            let mut process = self.start(launch, &groups)?;
            let mut lines = process.lines();
            for _ in &groups {
                let mut timed = Vec::new();
                let mut least = Vec::new();
                let canary = loop {
                    match lines.next() {
                        Some(Ok(Line::Measurement(measurement))) => timed.push(measurement),
                        Some(Ok(Line::Floor(floor))) => least.push(floor),
                        Some(Ok(Line::GroupDone(canary))) => break canary,
                        Some(Err(problem)) => return Err(process.broke_off(launch, problem)),
                        None => {
                            return Err(process.broke_off(launch, "it ended before its work was done".into()));
                        }
                    }
                };
                for measurement in &timed {
                    measurements.append(measurement)?;
                }
                for floor in &least {
                    floors.append(floor)?;
                }
                canaries.append(&canary)?;
                let planned = groups.iter().find(|planned| planned.group == canary.group);
                news(&GroupDone {
                    launch,
                    group: &canary.group,
                    expected: planned.map_or(Duration::ZERO, |planned| planned.expected(self.plan.rounds)),
                });
                if self.interrupt.load(Ordering::Relaxed) {
                    return Ok(Ending::Interrupted); // dropping the process ends it
                }
            }
        }
        Ok(Ending::Complete)
    }

    fn start(&self, launch: u32, groups: &[PlannedGroup]) -> Result<Process, ConductError> {
        let failed = |problem| ConductError::Start { launch, problem };
        let spec = Spec {
            run: self.run.to_owned(),
            seed: self.seed,
            launch,
            rounds: self.plan.rounds,
            groups: groups.to_vec(),
            pools: self.pools.clone(),
            disturbance: self.disturbance,
        };
        let text = serde_json::to_vec(&spec).map_err(|error| failed(error.into()))?;
        let pad = SplitMix64::new(self.seed ^ u64::from(launch)).below(4096);
        let mut child = Command::new(&self.launcher.0)
            .args(&self.launcher.1)
            // Moves the stack a little, on top of what the kernel randomises.
            .env("TOKENLAB_PAD", "x".repeat(pad))
            // Ctrl-C is for the conductor, who stops launches between groups.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let stdin = child.stdin.take();
        let process = Process(child);
        if let Some(mut stdin) = stdin {
            stdin.write_all(&text).map_err(failed)?;
        }
        Ok(process)
    }
}

/// A launch that is killed when it is no longer wanted.
struct Process(Child);

impl Process {
    fn lines(&mut self) -> Box<dyn Iterator<Item = Result<Line, String>>> {
        match self.0.stdout.take() {
            Some(stdout) => Box::new(BufReader::new(stdout).lines().map(|line| {
                let line = line.map_err(|error| error.to_string())?;
                serde_json::from_str(&line).map_err(|error| format!("it wrote {line:.80?}: {error}"))
            })),
            None => Box::new(std::iter::empty()),
        }
    }

    fn broke_off(&mut self, launch: u32, problem: String) -> ConductError {
        let status = match self.0.try_wait() {
            Ok(Some(status)) => format!("{problem} ({status})"),
            _ => problem,
        };
        ConductError::BrokeOff {
            launch,
            problem: status,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
