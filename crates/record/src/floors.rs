//! How far each contender stands above the least work of its scheme.
//!
//! A floor is the sum of its parts, each by the implementation that was
//! fastest on this machine, summed within a round and compared with what the
//! contender took in that round. What remains is the contender's own: claims
//! policy, allocation, copies, keys parsed again, a slower primitive. A rest
//! below nothing can't be, so it convicts the floor and not the contender.

use std::collections::BTreeMap;

use crate::analysis::{BOOTSTRAP_SEED, Noise, RESAMPLES};
use crate::catalogue::{ContenderCard, ContenderId};
use crate::measurement::{FloorPart, Group, Model, Role};
use crate::run::RunRecord;
use crate::series::{Blocks, CanaryRules, Case, Series, over_launches};
use crate::stats::{Interval, hierarchical_median, median};

/// A contender above its floor.
#[derive(Clone, Debug, PartialEq)]
pub struct AboveFloor {
    /// Who.
    pub contender: ContenderId,
    /// What the clock covered, on which claims.
    pub group: Group,
    /// The parts of the floor, in the order of the work.
    pub parts: Vec<Part>,
    /// The floor: the sum of its parts, nanoseconds of CPU time.
    pub floor_ns: Interval,
    /// What the contender took, nanoseconds of CPU time; of wall time in a
    /// class that waits.
    pub measured_ns: Interval,
    /// Measured over floor, paired within rounds.
    pub ratio: Interval,
    /// Measured less floor, nanoseconds, paired within rounds.
    pub rest_ns: Interval,
    /// Floor and measured of each launch, nanoseconds, in launch order.
    pub launches: Vec<(f64, f64)>,
    /// Whether the whole interval of the rest is below nothing: then the
    /// floor is none, and the self-check fails.
    pub negative_rest: bool,
}

/// One part of a floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which.
    pub part: FloorPart,
    /// What did it fastest.
    pub implementation: String,
    /// What it took, nanoseconds of CPU time.
    pub cpu_ns: Interval,
}

/// Holds every contender of `run` against its floor, wherever all parts of
/// the floor were timed beside it: verifying first, then as the catalogue has it.
#[must_use]
pub fn above_floors(run: &RunRecord) -> Vec<AboveFloor> {
    let canaries = CanaryRules::new(&run.canaries);
    let floors = floor_cases(run, &canaries);
    let contenders = contender_cases(run, &canaries);
    let mut found = Vec::new();
    for model in [Model::Verify, Model::Issue] {
        for card in &run.catalogue.contenders {
            let of_card = contenders
                .iter()
                .filter(|((group, id), _)| group.model == model && **id == card.id);
            found.extend(of_card.filter_map(|((group, _), case)| above(card, group, case, &floors)));
        }
    }
    found
}

/// Every implementation of every part, by group, scheme and part.
type Floors<'a> = BTreeMap<(&'a Group, &'a str, FloorPart), BTreeMap<&'a str, Case>>;

fn floor_cases<'a>(run: &'a RunRecord, canaries: &CanaryRules<'_>) -> Floors<'a> {
    let mut floors = Floors::new();
    for floor in run.floors.iter().filter(|floor| floor.error.is_none()) {
        let rule = canaries.of(&floor.group, floor.launch);
        // The noise of a run is counted over its contenders.
        let series = Series::new(Blocks::of_floor(floor), rule, &mut Noise::default());
        floors
            .entry((&floor.group, &floor.scheme, floor.part))
            .or_default()
            .entry(&floor.implementation)
            .or_default()
            .insert(floor.launch, series);
    }
    floors
}

fn contender_cases<'a>(
    run: &'a RunRecord,
    canaries: &CanaryRules<'_>,
) -> BTreeMap<(&'a Group, &'a ContenderId), Case> {
    let mut cases: BTreeMap<_, Case> = BTreeMap::new();
    let measured = run
        .measurements
        .iter()
        .filter(|measurement| measurement.role == Role::Contender && measurement.error.is_none());
    for measurement in measured {
        let rule = canaries.of(&measurement.group, measurement.launch);
        let series = Series::new(Blocks::of(measurement), rule, &mut Noise::default());
        cases
            .entry((&measurement.group, &measurement.contender))
            .or_default()
            .insert(measurement.launch, series);
    }
    cases
}

/// `None` without a whole floor, or without a round that holds all of it.
fn above(card: &ContenderCard, group: &Group, case: &Case, floors: &Floors<'_>) -> Option<AboveFloor> {
    let mut parts = Vec::new();
    let mut cases = Vec::new();
    for part in FloorPart::ALL {
        let implementations = floors.get(&(group, card.scheme.as_str(), part))?;
        let (implementation, fastest) = implementations
            .iter()
            .filter_map(|(name, case)| Some((*name, case, over_launches(case)?)))
            .min_by(|(_, _, a), (_, _, b)| a.total_cmp(b))
            .map(|(name, case, _)| (name, case))?;
        let launches: Vec<Vec<f64>> = fastest.values().map(Series::figure).collect();
        parts.push(Part {
            part,
            implementation: implementation.to_owned(),
            cpu_ns: interval(&launches)?,
        });
        cases.push(fastest);
    }
    let mut pairs: Vec<Vec<(f64, f64)>> = Vec::new();
    for (launch, measured) in case {
        let sums = sums(&cases, *launch);
        let paired = measured.by_round().into_iter();
        pairs.push(
            paired
                .filter_map(|(round, ns)| Some((*sums.get(&round)?, ns)))
                .collect(),
        );
    }
    let each = |f: fn(&(f64, f64)) -> f64| -> Vec<Vec<f64>> {
        let launches = pairs.iter();
        launches.map(|rounds| rounds.iter().map(f).collect()).collect()
    };
    let rest_ns = interval(&each(|(floor, measured)| measured - floor))?;
    Some(AboveFloor {
        contender: card.id.clone(),
        group: group.clone(),
        floor_ns: interval(&each(|(floor, _)| *floor))?,
        measured_ns: interval(&each(|(_, measured)| *measured))?,
        ratio: interval(&each(|(floor, measured)| (measured / floor).ln()))?.map(f64::exp),
        launches: pairs.iter().filter_map(|rounds| middle(rounds)).collect(),
        negative_rest: rest_ns.high < 0.0,
        rest_ns,
        parts,
    })
}

fn interval(launches: &[Vec<f64>]) -> Option<Interval> {
    hierarchical_median(launches, RESAMPLES, BOOTSTRAP_SEED)
}

/// The sum of all parts in every round of a launch that has them all.
fn sums(parts: &[&Case], launch: u32) -> BTreeMap<usize, f64> {
    let mut sums: Option<BTreeMap<usize, f64>> = None;
    for part in parts {
        let rounds = part.get(&launch).map(Series::by_round).unwrap_or_default();
        sums = Some(match sums {
            None => rounds,
            Some(sums) => sums
                .into_iter()
                .filter_map(|(round, sum)| Some((round, sum + rounds.get(&round)?)))
                .collect(),
        });
    }
    sums.unwrap_or_default()
}

fn middle(rounds: &[(f64, f64)]) -> Option<(f64, f64)> {
    Some((
        median(&mut rounds.iter().map(|(floor, _)| *floor).collect::<Vec<_>>())?,
        median(&mut rounds.iter().map(|(_, measured)| *measured).collect::<Vec<_>>())?,
    ))
}
