//! One launch: a fresh process that times every group it is told to.
//!
//! It reads its [`Spec`] from standard input and writes [`Line`]s to standard
//! output, a group at a time, the end of each group marked, so that whoever
//! started it can stop it between two groups and lose nothing.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokenlab_harness::{KeyRing, contenders};
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::{CANARY_SCHEMA, Canary as CanaryRecord, MEASUREMENT_SCHEMA, Measurement};
use tokenlab_record::stats::SplitMix64;

use super::canary::Canary;
use super::clock::Stopwatch;
use super::plan::{PlannedCase, PlannedGroup, ROUNDS_MIN};
use crate::case::{Case, Outcome, Pool, PoolSeed};

/// A group may take this many times its expected time before it stops early,
/// so that a disturbed machine costs rounds and not the user's evening.
const PATIENCE: u32 = 2;

/// Everything a launch has to know.
#[derive(Debug, Serialize, Deserialize)]
pub struct Spec {
    /// Run id.
    pub run: String,
    /// Seed of keys and shuffles.
    pub seed: u64,
    /// Ordinal of this launch.
    pub launch: u32,
    /// Rounds per group.
    pub rounds: u32,
    /// Groups to time, in order.
    pub groups: Vec<PlannedGroup>,
    /// Tokens of every contender.
    pub pools: BTreeMap<ContenderId, Vec<PoolSeed>>,
}

/// One line of a launch's output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub enum Line {
    /// A case of the current group.
    Measurement(Measurement),
    /// The canaries of the current group; ends it.
    GroupDone(CanaryRecord),
}

/// Runs a launch from `input` to `output`.
///
/// # Errors
/// If the spec can't be read or a line can't be written.
pub fn run(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut text = Vec::new();
    input.read_to_end(&mut text)?;
    let spec: Spec = serde_json::from_slice(&text)?;
    let ring = KeyRing::from_seed(spec.seed);
    let pools = grow(&spec.pools);
    let mut canary = Canary::new();
    let mut random = SplitMix64::new(spec.seed ^ u64::from(spec.launch).wrapping_mul(0x9E37_79B9));
    let mut groups: Vec<&PlannedGroup> = spec.groups.iter().collect();
    random.shuffle(&mut groups);
    for planned in groups {
        let (measurements, canaries) = time_group(&spec, planned, &ring, &pools, &mut canary, &mut random);
        for measurement in measurements {
            write_line(&mut output, &Line::Measurement(measurement))?;
        }
        write_line(&mut output, &Line::GroupDone(canaries))?;
        output.flush()?;
    }
    Ok(())
}

/// Tokens with their claims, by contender and corpus.
#[must_use]
pub fn grow(pools: &BTreeMap<ContenderId, Vec<PoolSeed>>) -> BTreeMap<ContenderId, BTreeMap<String, Pool>> {
    pools
        .iter()
        .map(|(contender, seeds)| {
            let grown = seeds
                .iter()
                .filter_map(|seed| Some((seed.corpus.clone(), seed.grow()?)))
                .collect();
            (contender.clone(), grown)
        })
        .collect()
}

fn write_line(output: &mut impl Write, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    output.write_all(&text)
}

/// A case under the clock, with what it has shown so far.
struct Timed<'a> {
    planned: &'a PlannedCase,
    case: Result<Case<'a>, String>,
    cpu_ns: Vec<u64>,
    wall_ns: Vec<u64>,
}

impl<'a> Timed<'a> {
    fn new(
        planned: &'a PlannedCase,
        group: &PlannedGroup,
        ring: &'a KeyRing,
        pools: &'a BTreeMap<ContenderId, BTreeMap<String, Pool>>,
    ) -> Self {
        let case = contenders::named(planned.contender.as_str())
            .ok_or_else(|| "this build has no such contender".to_owned())
            .and_then(|contender| {
                let pool = pools
                    .get(&planned.contender)
                    .and_then(|corpora| corpora.get(&group.group.corpus))
                    .ok_or_else(|| "no tokens were issued for it".to_owned())?;
                Case::new(contender, group.group.model, ring, pool).map_err(|error| error.to_string())
            });
        Self {
            planned,
            case,
            cpu_ns: Vec::new(),
            wall_ns: Vec::new(),
        }
    }

    /// Times one block. `thorough` compares the last result in every detail.
    fn block(&mut self, thorough: bool) {
        let Ok(case) = &mut self.case else { return };
        let iterations = self.planned.iterations;
        let timed = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut plausible = 0;
            let mut last: Option<Outcome> = None;
            let watch = Stopwatch::start();
            for _ in 0..iterations {
                let outcome = case.operate();
                plausible += u32::from(case.plausible(&outcome));
                last = Some(outcome);
            }
            let elapsed = watch.stop();
            let right = plausible == iterations && last.is_some_and(|last| !thorough || case.right(&last));
            (elapsed, right)
        }));
        match timed {
            Ok((elapsed, true)) => {
                self.cpu_ns.push(elapsed.cpu_ns);
                self.wall_ns.push(elapsed.wall_ns);
            }
            Ok((_, false)) => self.case = Err("gave a wrong result while it was timed".to_owned()),
            Err(_) => self.case = Err("panicked while it was timed".to_owned()),
        }
    }

    fn forget(&mut self) {
        self.cpu_ns.clear();
        self.wall_ns.clear();
    }

    fn into_measurement(self, spec: &Spec, group: &PlannedGroup) -> Measurement {
        let error = self.case.err();
        let kept = error.is_none();
        Measurement {
            schema: MEASUREMENT_SCHEMA.into(),
            run: spec.run.clone(),
            contender: self.planned.contender.clone(),
            twin: self.planned.twin,
            group: group.group.clone(),
            launch: spec.launch,
            iterations: self.planned.iterations,
            cpu_ns: if kept { self.cpu_ns } else { Vec::new() },
            wall_ns: if kept { self.wall_ns } else { Vec::new() },
            verified: kept,
            error,
        }
    }
}

fn time_group(
    spec: &Spec,
    planned: &PlannedGroup,
    ring: &KeyRing,
    pools: &BTreeMap<ContenderId, BTreeMap<String, Pool>>,
    canary: &mut Canary,
    random: &mut SplitMix64,
) -> (Vec<Measurement>, CanaryRecord) {
    let mut cases: Vec<Timed<'_>> = planned
        .cases
        .iter()
        .map(|case| Timed::new(case, planned, ring, pools))
        .collect();
    // The warm-up round: caches, lazy tables, and the first thorough check.
    for case in &mut cases {
        case.block(true);
        case.forget();
    }
    let mut record = CanaryRecord {
        schema: CANARY_SCHEMA.into(),
        run: spec.run.clone(),
        group: planned.group.clone(),
        launch: spec.launch,
        before_ns: Vec::new(),
        after_ns: Vec::new(),
    };
    let started = Instant::now();
    let patience = planned.expected(spec.rounds) * PATIENCE;
    for round in 0..spec.rounds {
        let last = round + 1 == spec.rounds || (round + 1 >= ROUNDS_MIN && started.elapsed() > patience);
        record.before_ns.push(canary.sing().cpu_ns);
        random.shuffle(&mut cases);
        for case in &mut cases {
            case.block(last);
        }
        record.after_ns.push(canary.sing().cpu_ns);
        if last {
            break;
        }
    }
    cases.sort_by_key(|case| (case.planned.contender.clone(), case.planned.twin));
    let measurements = cases
        .into_iter()
        .map(|case| case.into_measurement(spec, planned))
        .collect();
    (measurements, record)
}
