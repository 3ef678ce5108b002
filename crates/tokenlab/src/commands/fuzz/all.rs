//! `tokenlab fuzz all`: the time there is, split over the targets by what they still
//! find.
//!
//! Every target gets an equal share of the first third. What is left goes slice by
//! slice to the target whose last slice found the most new edges a second; a target
//! that finds nothing waits, and its turn comes again as the others dry up. Each slice
//! is written down when it ends, so that Ctrl-C loses nothing, and what was found stays
//! in the corpus for the next time.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokenlab_fuzz::{Target, targets};
use tokenlab_record::jsonl::{self, Appender};

use super::engine::{Engine, Run};
use crate::output::{Failure, Output, table};

/// One slice of one target: a line of [`SLICES`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Slice {
    /// [`SLICE_SCHEMA`].
    schema: String,
    /// Target.
    pub(super) target: String,
    /// Wall time.
    pub(super) seconds: f64,
    executions: u64,
    /// Edges covered at the end.
    pub(super) edges: u64,
    /// Edges that were new.
    new_edges: u64,
    /// Inputs in the corpus at the end.
    corpus: u64,
    /// Whether it stopped at a finding.
    is_finding: bool,
}

impl Slice {
    fn of(target: &Target, run: &Run) -> Self {
        Self {
            schema: SLICE_SCHEMA.to_owned(),
            target: target.name.to_owned(),
            seconds: run.seconds,
            executions: run.executions,
            edges: run.edges.1,
            new_edges: run.new_edges(),
            corpus: run.corpus,
            is_finding: run.is_finding,
        }
    }

    fn gain(&self) -> f64 {
        self.new_edges as f64 / self.seconds.max(1.0)
    }
}

/// Every slice that was ever run here, the earliest first.
///
/// # Errors
/// [`Failure`] if the file is there and can't be read.
pub(super) fn slices() -> Result<Vec<Slice>, Failure> {
    let (slices, _) = jsonl::read(Path::new(SLICES), SLICE_SCHEMA).map_err(Failure::environment)?;
    Ok(slices)
}

/// Fuzzes every target for `minutes` in all.
///
/// # Errors
/// [`Failure`]: environment if the targets can't be built or run; an expectation if
/// there was a finding; interrupted.
pub(super) fn run(minutes: u64, output: &Output) -> Result<(), Failure> {
    let engine = Engine::build(output)?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    ctrlc::set_handler(move || stopped.store(true, Ordering::Relaxed)).map_err(Failure::environment)?;
    if let Some(folder) = Path::new(SLICES).parent() {
        fs::create_dir_all(folder).map_err(Failure::environment)?;
    }
    let mut written = Appender::open(Path::new(SLICES)).map_err(Failure::environment)?;

    let whole = Duration::from_secs(minutes * 60);
    let share = (whole / 3 / u32::try_from(targets().len()).unwrap_or(1)).max(SHORTEST);
    let started = Instant::now();
    let mut done: Vec<Slice> = Vec::new();
    while let Some(left) = whole
        .checked_sub(started.elapsed())
        .filter(|left| *left >= SHORTEST)
    {
        let Some(target) = next(targets(), &done) else {
            break;
        };
        let run = engine.hunt(target, share.min(left))?;
        let slice = Slice::of(target, &run);
        written.append(&slice).map_err(Failure::environment)?;
        output.note(&format!(
            "{:>12}  {:>9} inputs  {:>6} edges, {} new{}  {} s left",
            slice.target,
            slice.executions,
            slice.edges,
            slice.new_edges,
            if slice.is_finding { "  A FINDING" } else { "" },
            left.saturating_sub(share).as_secs()
        ));
        done.push(slice);
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    summarise(&done, output)?;
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::interrupted(
            "interrupted; what was found is kept, and the next run goes on from it",
        ));
    }
    match done.iter().filter(|slice| slice.is_finding).count() {
        0 => Ok(()),
        count => Err(Failure::expectation(format!(
            "{count} slices ended at a finding; see fuzz/artifacts, and `tokenlab fuzz explain FILE`"
        ))),
    }
}

/// The target whose turn it is: one that has not run yet, or else the one that found
/// most in its last slice, where each slice that others had since counts for it.
fn next<'t>(targets: &'t [Target], done: &[Slice]) -> Option<&'t Target> {
    let last = |target: &Target| done.iter().rposition(|slice| slice.target == target.name);
    if let Some(target) = targets.iter().find(|target| last(target).is_none()) {
        return Some(target);
    }
    let hope = |target: &Target| {
        let at = last(target)?;
        let slice = done.get(at).filter(|slice| !slice.is_finding)?;
        let waited = (done.len() - at) as f64;
        Some((slice.gain() + LEAST_HOPE) * waited)
    };
    let hopes = targets.iter().filter_map(|target| Some((hope(target)?, target)));
    hopes
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, target)| target)
}

fn summarise(done: &[Slice], output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.envelope("fuzz-slices", &done);
    }
    let rows = targets().iter().filter_map(|target| {
        let own: Vec<&Slice> = done.iter().filter(|slice| slice.target == target.name).collect();
        let last = own.last()?;
        let seconds: f64 = own.iter().map(|slice| slice.seconds).sum();
        Some(vec![
            target.name.to_owned(),
            format!("{:.1}", seconds / 60.0),
            own.iter().map(|slice| slice.executions).sum::<u64>().to_string(),
            last.edges.to_string(),
            own.iter().map(|slice| slice.new_edges).sum::<u64>().to_string(),
            last.corpus.to_string(),
            own.iter().filter(|slice| slice.is_finding).count().to_string(),
        ])
    });
    output.line(&table(
        &[
            "target", "minutes", "inputs", "edges", "new", "corpus", "findings",
        ],
        &[1, 2, 3, 4, 5, 6],
        rows.collect(),
    ))
}

/// Where slices are written down.
const SLICES: &str = "fuzz/coverage/slices.jsonl";
const SLICE_SCHEMA: &str = "tokenlab.fuzz-slice/1";

/// A slice that is worth its start.
const SHORTEST: Duration = Duration::from_secs(5);

/// New edges a second that are hoped for of a target that found none.
const LEAST_HOPE: f64 = 0.01;

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(target: &Target, new_edges: u64, is_finding: bool) -> Slice {
        let run = Run {
            executions: 1000,
            edges: (100, 100 + new_edges),
            corpus: 10,
            is_finding,
            seconds: 10.0,
        };
        Slice::of(target, &run)
    }

    #[test]
    fn time_goes_where_coverage_grows_and_nobody_is_forgotten() {
        let [one, two, three] = &targets()[..3] else {
            panic!()
        };
        let all = &targets()[..3];
        let mut done = Vec::new();
        for expected in [one, two, three] {
            assert_eq!(next(all, &done).unwrap().name, expected.name);
            done.push(slice(
                expected,
                if expected.name == two.name { 50 } else { 0 },
                false,
            ));
        }
        assert_eq!(next(all, &done).unwrap().name, two.name);
        // It dries up, and so somebody else's turn comes.
        done.push(slice(two, 0, false));
        assert_eq!(next(all, &done).unwrap().name, one.name);
        // A target that stopped at a finding would stop there again.
        let mut findings: Vec<Slice> = all.iter().map(|target| slice(target, 0, true)).collect();
        assert!(next(all, &findings).is_none());
        findings.push(slice(three, 0, false));
        assert_eq!(next(all, &findings).unwrap().name, three.name);
    }
}
