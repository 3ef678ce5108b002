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
use tokenlab_harness::KeyRing;
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::{
    CANARY_SCHEMA, Canary as CanaryRecord, FLOOR_SCHEMA, FloorMeasurement, Group, MEASUREMENT_SCHEMA,
    Measurement, Role,
};
use tokenlab_record::stats::SplitMix64;

use super::canary::Canary;
use super::clock::Elapsed;
use super::disturbance::{Disturbance, Moment};
use super::plan::{PlannedCase, PlannedGroup, ROUNDS_MIN, Subject};
use crate::case::{Pool, PoolSeed, Timed};

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
    /// Rounds of the plan; see [`PlannedGroup::rounds`].
    pub rounds: u32,
    /// Groups to time, in order.
    pub groups: Vec<PlannedGroup>,
    /// Tokens of every contender.
    pub pools: BTreeMap<ContenderId, Vec<PoolSeed>>,
    /// What is planted to test the instrument; nothing in an ordinary run.
    #[serde(default)]
    pub disturbance: Option<Disturbance>,
}

/// One line of a launch's output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub enum Line {
    /// A case of the current group.
    Measurement(Measurement),
    /// A floor of the current group.
    Floor(FloorMeasurement),
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
        for line in time_group(&spec, planned, &ring, &pools, &mut canary, &mut random) {
            write_line(&mut output, &line)?;
        }
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
struct Series<'a> {
    planned: &'a PlannedCase,
    case: Result<Box<dyn Timed + 'a>, String>,
    cpu_ns: Vec<u64>,
    wall_ns: Vec<u64>,
}

impl Series<'_> {
    /// Times one block, under `weather`. `thorough` compares the last result in
    /// every detail.
    fn block(&mut self, thorough: bool, weather: &Weather) {
        let Ok(case) = &mut self.case else { return };
        let iterations = self.planned.iterations;
        match panic::catch_unwind(AssertUnwindSafe(|| case.block(iterations, thorough))) {
            Ok(Some(elapsed)) => {
                let elapsed = weather.apply(elapsed, self.planned.subject.role());
                self.cpu_ns.push(elapsed.cpu_ns);
                self.wall_ns.push(elapsed.wall_ns);
            }
            Ok(None) => self.fail("gave a wrong result while it was timed"),
            Err(_) => self.fail("panicked while it was timed"),
        }
    }

    /// Wrong is not timed: the samples go with it.
    fn fail(&mut self, problem: &str) {
        self.case = Err(problem.to_owned());
        self.forget();
    }

    fn forget(&mut self) {
        self.cpu_ns.clear();
        self.wall_ns.clear();
    }

    fn into_line(self, spec: &Spec, group: &Group) -> Line {
        let (run, group, launch) = (spec.run.clone(), group.clone(), spec.launch);
        let (iterations, cpu_ns, wall_ns) = (self.planned.iterations, self.cpu_ns, self.wall_ns);
        let error = self.case.err();
        let verified = error.is_none();
        match self.planned.subject.clone() {
            Subject::Contender { id, role } => Line::Measurement(Measurement {
                schema: MEASUREMENT_SCHEMA.into(),
                run,
                contender: id,
                role,
                group,
                launch,
                iterations,
                cpu_ns,
                wall_ns,
                verified,
                error,
            }),
            Subject::Floor {
                scheme,
                part,
                implementation,
                ..
            } => Line::Floor(FloorMeasurement {
                schema: FLOOR_SCHEMA.into(),
                run,
                scheme,
                part,
                implementation,
                group,
                launch,
                iterations,
                cpu_ns,
                wall_ns,
                verified,
                error,
            }),
        }
    }
}

/// The planted disturbance, if any, and the moment that decides how strong it is.
#[derive(Default)]
struct Weather {
    disturbance: Option<Disturbance>,
    moment: Moment,
}

impl Weather {
    fn apply(&self, honest: Elapsed, role: Option<Role>) -> Elapsed {
        self.disturbance
            .map_or(honest, |disturbance| disturbance.apply(honest, self.moment, role))
    }
}

fn time_group(
    spec: &Spec,
    planned: &PlannedGroup,
    ring: &KeyRing,
    pools: &BTreeMap<ContenderId, BTreeMap<String, Pool>>,
    canary: &mut Canary,
    random: &mut SplitMix64,
) -> Vec<Line> {
    let mut cases: Vec<Series<'_>> = planned
        .cases
        .iter()
        .map(|case| Series {
            planned: case,
            case: case.subject.prepare(&planned.group, ring, pools),
            cpu_ns: Vec::new(),
            wall_ns: Vec::new(),
        })
        .collect();
    // The warm-up round: caches, lazy tables, and the first thorough check.
    for case in &mut cases {
        case.block(true, &Weather::default());
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
    let rounds = planned.rounds(spec.rounds);
    let mut weather = Weather {
        disturbance: spec.disturbance,
        moment: Moment {
            launch: spec.launch,
            blocks: rounds * u32::try_from(cases.len()).unwrap_or(u32::MAX),
            ..Moment::default()
        },
    };
    let started = Instant::now();
    let patience = planned.expected(spec.rounds) * PATIENCE;
    for round in 0..rounds {
        let last = round + 1 == rounds || (round + 1 >= ROUNDS_MIN && started.elapsed() > patience);
        weather.moment.round = round;
        record.before_ns.push(weather.apply(canary.sing(), None).cpu_ns);
        random.shuffle(&mut cases);
        for case in &mut cases {
            case.block(last, &weather);
            weather.moment.block += 1;
        }
        record.after_ns.push(weather.apply(canary.sing(), None).cpu_ns);
        if last {
            break;
        }
    }
    cases.sort_by(|a, b| a.planned.subject.cmp(&b.planned.subject));
    let series = cases.into_iter().map(|case| case.into_line(spec, &planned.group));
    series.chain([Line::GroupDone(record)]).collect()
}
