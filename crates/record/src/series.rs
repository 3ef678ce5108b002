//! Block times as every analysis uses them: disturbed blocks dropped, an
//! operation in nanoseconds, each value with the round it belongs to, so that
//! cases are compared within rounds.
//!
//! The figure is thread CPU time, but for a contender of a class that waits
//! ([`crate::catalogue::Class::waits`]) wall time: what a disk or a server
//! takes is no CPU time of the thread that waits for it.

use std::collections::BTreeMap;

use crate::analysis::{CANARY_LIMIT, MIN_KEPT, Noise, WALL_OVER_CPU_LIMIT, ratio_of};
use crate::measurement::{Canary, FloorMeasurement, Group, Measurement};
use crate::stats::{Interval, median, quantile};

/// The canaries' rule for every group and launch of a run.
pub(crate) struct CanaryRules<'a>(BTreeMap<(&'a Group, u32), CanaryRule>);

impl<'a> CanaryRules<'a> {
    /// The rules behind a run's canaries.
    pub(crate) fn new(canaries: &'a [Canary]) -> Self {
        let rule = |canary: &'a Canary| ((&canary.group, canary.launch), CanaryRule::new(canary));
        Self(canaries.iter().map(rule).collect())
    }

    /// The rule of one group in one launch, if it had a canary.
    pub(crate) fn of<'b>(&'b self, group: &'b Group, launch: u32) -> Option<&'b CanaryRule> {
        self.0.get(&(group, launch))
    }
}

/// Which rounds of one group in one launch stood beside a slow canary.
pub(crate) struct CanaryRule {
    slow: Vec<bool>,
}

impl CanaryRule {
    /// Holds every block of the canary against its own launch.
    pub(crate) fn new(canary: &Canary) -> Self {
        #[allow(clippy::cast_precision_loss)] // block times are far below 2^52 ns
        let as_f64 = |ns: &u64| *ns as f64;
        let mut all: Vec<f64> = canary
            .before_ns
            .iter()
            .chain(&canary.after_ns)
            .map(as_f64)
            .collect();
        let limit = quantile(&mut all, 0.10).map_or(f64::INFINITY, |p10| p10 * CANARY_LIMIT);
        let slow = canary
            .before_ns
            .iter()
            .zip(&canary.after_ns)
            .map(|(before, after)| as_f64(before) > limit || as_f64(after) > limit)
            .collect();
        Self { slow }
    }

    /// Whether each round is dropped, by round.
    pub(crate) fn slow(self) -> Vec<bool> {
        self.slow
    }

    fn is_slow(&self, round: usize) -> bool {
        self.slow.get(round).copied().unwrap_or(false)
    }
}

/// The blocks of one case in one launch, as they were taken.
#[derive(Clone, Copy)]
pub(crate) struct Blocks<'a> {
    iterations: u32,
    waits: bool,
    cpu_ns: &'a [u64],
    wall_ns: &'a [u64],
}

impl<'a> Blocks<'a> {
    /// The blocks of a contender.
    pub(crate) fn of(measurement: &'a Measurement) -> Self {
        Self {
            iterations: measurement.iterations,
            waits: measurement.group.class.waits(),
            cpu_ns: &measurement.cpu_ns,
            wall_ns: &measurement.wall_ns,
        }
    }

    /// The blocks of a floor, which computes and never waits, whatever stands
    /// beside it.
    pub(crate) fn of_floor(floor: &'a FloorMeasurement) -> Self {
        Self {
            iterations: floor.iterations,
            waits: false,
            cpu_ns: &floor.cpu_ns,
            wall_ns: &floor.wall_ns,
        }
    }
}

/// One case in one launch: nanoseconds an operation, with the round they belong to.
pub(crate) struct Series {
    /// The figure.
    kept: Vec<(usize, f64)>,
    wall: Vec<f64>,
}

impl Series {
    /// Drops disturbed blocks by rule and counts them in `noise`. Wall time
    /// beyond CPU time is a disturbance only of what does not wait.
    pub(crate) fn new(blocks: Blocks<'_>, canary: Option<&CanaryRule>, noise: &mut Noise) -> Self {
        let operations = f64::from(blocks.iterations.max(1));
        let waits = blocks.waits;
        #[allow(clippy::cast_precision_loss)] // block times are far below 2^52 ns
        let blocks: Vec<(usize, f64, f64)> = blocks
            .cpu_ns
            .iter()
            .zip(blocks.wall_ns)
            .enumerate()
            .map(|(round, (cpu, wall))| (round, *cpu as f64, *wall as f64))
            .filter(|(_, cpu, _)| *cpu > 0.0)
            .collect();
        let mut kept: Vec<_> = Vec::with_capacity(blocks.len());
        for (round, cpu, wall) in &blocks {
            noise.blocks += 1;
            if !waits && wall / cpu > WALL_OVER_CPU_LIMIT {
                noise.preempted += 1;
            } else if canary.is_some_and(|canary| canary.is_slow(*round)) {
                noise.canary += 1;
            } else {
                kept.push((*round, *cpu, *wall));
            }
        }
        if kept.len() < MIN_KEPT {
            kept = blocks;
        }
        Self {
            wall: kept.iter().map(|(_, _, wall)| wall / operations).collect(),
            kept: kept
                .into_iter()
                .map(|(round, cpu, wall)| (round, if waits { wall } else { cpu } / operations))
                .collect(),
        }
    }

    /// The figure of an operation in every block that was kept.
    pub(crate) fn figure(&self) -> Vec<f64> {
        self.kept.iter().map(|(_, figure)| *figure).collect()
    }

    /// The same by round.
    pub(crate) fn by_round(&self) -> BTreeMap<usize, f64> {
        self.kept.iter().copied().collect()
    }

    /// Wall time of an operation in every block that was kept.
    pub(crate) fn wall(&self) -> &[f64] {
        &self.wall
    }

    /// Logarithm of the ratio to `base`, round by round, where both were kept.
    fn log_ratios(&self, base: &Self) -> Vec<f64> {
        let base = base.by_round();
        self.kept
            .iter()
            .filter_map(|(round, figure)| Some((figure / base.get(round)?).ln()))
            .collect()
    }
}

/// All launches of one case.
pub(crate) type Case = BTreeMap<u32, Series>;

/// The median over launches of their medians.
pub(crate) fn over_launches(case: &Case) -> Option<f64> {
    let medians = case.values().filter_map(|series| median(&mut series.figure()));
    median(&mut medians.collect::<Vec<_>>())
}

/// The ratio of two cases, paired within rounds.
pub(crate) fn paired_ratio(case: &Case, base: &Case) -> Option<Interval> {
    ratio_of(&log_ratios(case, base))
}

/// Logarithms of the ratio, launch by launch, where both cases were timed.
pub(crate) fn log_ratios(case: &Case, base: &Case) -> Vec<Vec<f64>> {
    case.iter()
        .filter_map(|(launch, series)| Some(series.log_ratios(base.get(launch)?)))
        .collect()
}
