//! The self-check: what an instrument must show before its numbers count.
//!
//! The evidence is a handful of small runs with a known answer (contenders
//! against themselves, planted slowdowns, planted weather) and two complete
//! runs of the same thing. Each figure is held against a limit that was fixed
//! before anything was measured.

use serde::{Deserialize, Serialize};

use crate::analysis::{
    Analysis, Ranking, Row, Twin, disturbed_rounds, is_difference, least_effect, ratio_of,
};
use crate::environment::Environment;
use crate::floors::AboveFloor;
use crate::measurement::Canary;
use crate::stats::{Interval, median};

/// Schema tag of [`SelfCheck`].
pub const SELF_CHECK_SCHEMA: &str = "tokenlab.self-check/1";

/// An A/A ratio may be this far from 1.
pub const AA_LIMIT: f64 = 0.005;

/// Of twenty twins, so many may be called different.
pub const FALSE_DIFFERENCES_LIMIT: usize = 1;

/// Of the planted slowdowns, at least this share must be found.
pub const PLANTED_FOUND_LIMIT: f64 = 0.9;

/// Of the rounds with a planted burst, at least this share must be dropped.
pub const BURSTS_DROPPED_LIMIT: f64 = 0.95;

/// Ratios of two complete runs may be this far apart.
pub const AGREEMENT_LIMIT: f64 = 0.03;

/// The typical interval of a ratio may reach this far to either side.
pub const HALF_WIDTH_LIMIT: f64 = 0.015;

/// `self-check.json`: an instrument's verdict on itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfCheck {
    /// [`SELF_CHECK_SCHEMA`].
    pub schema: String,
    /// Machine and build that were checked.
    pub environment: Environment,
    /// How long it took, seconds.
    pub elapsed_s: f64,
    /// The figures, in the order they are explained.
    pub figures: Vec<Figure>,
}

impl SelfCheck {
    /// Whether every figure is within its limit.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.figures.iter().all(|figure| figure.passed)
    }

    /// Whether it speaks for runs in `environment`: same machine, same build.
    #[must_use]
    pub fn speaks_for(&self, environment: &Environment) -> bool {
        self.environment.same_machine(environment)
            && self.environment.lock_sha256 == environment.lock_sha256
            && self.environment.rustc == environment.rustc
    }
}

/// One figure against its limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Stable name.
    pub id: String,
    /// What it shows, in one sentence.
    pub shows: String,
    /// What was measured, for readers.
    pub measured: String,
    /// What it is held against, for readers.
    pub limit: String,
    /// Whether it is within.
    pub passed: bool,
}

/// What the self-check measured.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Trials with twins and a planted slowdown each.
    pub quiet: Vec<Analysis>,
    /// The same while another processor core was kept busy.
    pub busy: Vec<Analysis>,
    /// Twins while everything became slower and slower.
    pub drift: Vec<Analysis>,
    /// Twins that were unlucky in every other launch.
    pub layout: Vec<Analysis>,
    /// Canaries of trials with a burst in some rounds.
    pub bursts: Vec<Canary>,
    /// Which rounds had a planted burst.
    pub is_burst: fn(u32) -> bool,
    /// Contenders above the least work of their scheme.
    pub above_floors: Vec<AboveFloor>,
    /// Two complete runs of the same thing.
    pub runs: [Analysis; 2],
}

impl Evidence {
    /// Every figure against its limit.
    #[must_use]
    pub fn judge(&self) -> Vec<Figure> {
        vec![
            aa("aa-quiet", "a contender ties with itself", &self.quiet),
            aa(
                "aa-busy",
                "it still does while another core is kept busy",
                &self.busy,
            ),
            self.false_differences(),
            self.planted_found(),
            aa(
                "drift",
                "interleaving cancels a machine that becomes slower by half",
                &self.drift,
            ),
            self.bursts_dropped(),
            self.layout_admitted(),
            self.order_kept(),
            self.ratios_agree(),
            self.half_width(),
            self.floors_hold(),
        ]
    }

    fn trials(&self) -> impl Iterator<Item = &Analysis> {
        self.quiet.iter().chain(&self.busy)
    }

    fn false_differences(&self) -> Figure {
        let twins: Vec<Twin> = self.trials().flat_map(|trial| trial.twins.clone()).collect();
        let least = least_effect(&twins);
        let different = twins
            .iter()
            .filter(|twin| is_difference(&twin.ratio, least))
            .count();
        Figure {
            id: "false-differences".into(),
            shows: "what is the same is not called different".into(),
            measured: format!("{different} of {} twins", twins.len()),
            limit: format!("at most {FALSE_DIFFERENCES_LIMIT} of 20"),
            passed: twins.len() >= 20 && different * 20 <= FALSE_DIFFERENCES_LIMIT * twins.len(),
        }
    }

    fn planted_found(&self) -> Figure {
        let mut planted = 0;
        let mut found = 0;
        for trial in self.trials() {
            let least = least_effect(&trial.twins);
            for control in &trial.planted {
                planted += 1;
                found += usize::from(control.ratio.estimate > 1.0 && is_difference(&control.ratio, least));
            }
        }
        Figure {
            id: "planted-found".into(),
            shows: "a planted slowdown of 3 % is called one".into(),
            measured: format!("{found} of {planted}"),
            limit: "at least 9 of 10".into(),
            passed: planted >= 10 && share(found, planted) >= PLANTED_FOUND_LIMIT,
        }
    }

    fn bursts_dropped(&self) -> Figure {
        let rounds = self.bursts.iter().flat_map(disturbed_rounds_numbered);
        let planted: Vec<bool> = rounds
            .filter(|(round, _)| (self.is_burst)(*round))
            .map(|(_, dropped)| dropped)
            .collect();
        let dropped = planted.iter().filter(|dropped| **dropped).count();
        Figure {
            id: "bursts-dropped".into(),
            shows: "the canary finds the rounds in which a neighbour was busy".into(),
            measured: format!("{dropped} of {} planted bursts", planted.len()),
            limit: format!("at least {:.0} %", BURSTS_DROPPED_LIMIT * 100.0),
            passed: !planted.is_empty() && share(dropped, planted.len()) >= BURSTS_DROPPED_LIMIT,
        }
    }

    fn layout_admitted(&self) -> Figure {
        let twins: Vec<&Twin> = self.layout.iter().flat_map(|trial| &trial.twins).collect();
        let holding = twins.iter().filter(|twin| twin.ratio.holds(1.0)).count();
        Figure {
            id: "layout".into(),
            shows: "an interval admits that launches differ by 5 %, and still holds 1".into(),
            measured: format!("{holding} of {} twins", twins.len()),
            limit: "every one".into(),
            passed: !twins.is_empty() && holding == twins.len(),
        }
    }

    fn order_kept(&self) -> Figure {
        let (mut pairs, mut turned) = (0, 0);
        for (first, second) in self.matched() {
            for (at, (a, a_again)) in both(first, second).enumerate() {
                for (b, b_again) in both(first, second).skip(at + 1) {
                    let (before, after) = (a.rank.cmp(&b.rank), a_again.rank.cmp(&b_again.rank));
                    pairs += 1;
                    turned += usize::from(before == after.reverse() && before != after);
                }
            }
        }
        Figure {
            id: "order-kept".into(),
            shows: "no pair that two runs call different changes its order".into(),
            measured: format!("{turned} of {pairs} pairs"),
            limit: "none".into(),
            passed: pairs > 0 && turned == 0,
        }
    }

    fn ratios_agree(&self) -> Figure {
        let mut worst: Option<(f64, &Row)> = None;
        for (first, second) in self.matched() {
            let Some((base, base_again)) = both(first, second).next() else {
                continue;
            };
            for (row, again) in both(first, second) {
                let apart = (relative(again, base_again) / relative(row, base)).ln().abs();
                if worst.is_none_or(|(most, _)| apart > most) {
                    worst = Some((apart, row));
                }
            }
        }
        Figure {
            id: "ratios-agree".into(),
            shows: "two complete runs give the same ratios".into(),
            measured: worst.map_or_else(
                || "nothing to compare".into(),
                |(apart, row)| format!("{:.2} % apart at most ({})", apart * 100.0, row.contender),
            ),
            limit: format!("at most {:.0} %", AGREEMENT_LIMIT * 100.0),
            passed: worst.is_some_and(|(apart, _)| apart <= AGREEMENT_LIMIT),
        }
    }

    fn half_width(&self) -> Figure {
        let rankings = self.runs.iter().flat_map(|run| &run.rankings);
        let mut widths: Vec<f64> = rankings
            .flat_map(|ranking| ranking.rows.iter().skip(1))
            .map(|row| row.ratio.relative_half_width())
            .collect();
        let typical = median(&mut widths);
        Figure {
            id: "half-width".into(),
            shows: "the typical interval of a ratio is narrow".into(),
            measured: typical.map_or_else(|| "none".into(), |typical| format!("± {:.2} %", typical * 100.0)),
            limit: format!("at most ± {:.1} %", HALF_WIDTH_LIMIT * 100.0),
            passed: typical.is_some_and(|typical| typical <= HALF_WIDTH_LIMIT),
        }
    }

    fn floors_hold(&self) -> Figure {
        let negative: Vec<&str> = self
            .above_floors
            .iter()
            .filter(|above| above.negative_rest)
            .map(|above| above.contender.as_str())
            .collect();
        Figure {
            id: "floors-hold".into(),
            shows: "nobody does less than the least work of a scheme".into(),
            measured: if negative.is_empty() {
                format!("none of {} below its floor", self.above_floors.len())
            } else {
                format!("below their floor: {}", negative.join(", "))
            },
            limit: "none".into(),
            passed: !self.above_floors.is_empty() && negative.is_empty(),
        }
    }

    /// The rankings that both complete runs have.
    fn matched(&self) -> impl Iterator<Item = (&Ranking, &Ranking)> {
        let [first, second] = &self.runs;
        first.rankings.iter().filter_map(|ranking| {
            let again = second
                .rankings
                .iter()
                .find(|again| again.group == ranking.group)?;
            Some((ranking, again))
        })
    }
}

/// The rows that both rankings have, in the order of the first.
fn both<'a>(first: &'a Ranking, second: &'a Ranking) -> impl Iterator<Item = (&'a Row, &'a Row)> {
    first.rows.iter().filter_map(|row| {
        let again = second
            .rows
            .iter()
            .find(|again| again.contender == row.contender)?;
        Some((row, again))
    })
}

/// How a row compares with the base of its ranking: by the pairs, and by the
/// faster level where the launches of either keep to two.
fn relative(row: &Row, base: &Row) -> f64 {
    match (row.modes(), base.modes()) {
        (None, None) => row.ratio.estimate / base.ratio.estimate,
        (of_row, of_base) => {
            let fast = |row: &Row, modes: Option<crate::analysis::Modes>| {
                modes.map_or(row.cpu_ns.estimate, |modes| modes.fast_ns)
            };
            fast(row, of_row) / fast(base, of_base)
        }
    }
}

fn disturbed_rounds_numbered(canary: &Canary) -> impl Iterator<Item = (u32, bool)> {
    (0..).zip(disturbed_rounds(canary))
}

/// The ratio of all twins, with an interval over twins first and launches
/// second: which contender a twin is of is as much a matter of chance here as
/// which launch it was timed in.
fn aa(id: &str, shows: &str, trials: &[Analysis]) -> Figure {
    let twins: Vec<Vec<f64>> = trials
        .iter()
        .flat_map(|trial| &trial.twins)
        .map(launch_medians)
        .collect();
    let ratio = ratio_of(&twins);
    let near = |ratio: &Interval| (ratio.estimate - 1.0).abs() <= AA_LIMIT && ratio.holds(1.0);
    Figure {
        id: id.into(),
        shows: shows.into(),
        measured: ratio.as_ref().map_or_else(
            || "no twin was timed".into(),
            |ratio| format!("{:.4} [{:.4}, {:.4}]", ratio.estimate, ratio.low, ratio.high),
        ),
        limit: format!("1 ± {AA_LIMIT}, interval holds 1"),
        passed: ratio.as_ref().is_some_and(near),
    }
}

/// The log ratio of a twin, launch by launch.
fn launch_medians(twin: &Twin) -> Vec<f64> {
    twin.log_ratios
        .iter()
        .filter_map(|rounds| median(&mut rounds.clone()))
        .collect()
}

#[allow(clippy::cast_precision_loss)] // counts are small
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
