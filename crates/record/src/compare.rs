//! Two runs side by side: what became slower or faster from one to the other.
//!
//! The runs stood apart in time, so nothing in them is paired: a ratio here is
//! one of medians, and its interval comes from drawing the launches of both
//! runs anew, each run for itself. It is wider than a paired one, and honest
//! about it. Whether a difference is called one is decided as within a run
//! (see [`crate::analysis`]): the interval excludes 1 and the difference
//! exceeds the least effect, here of the noisier of the two.
//!
//! This module compares whatever it is given, two machines included; whether
//! that may be done is for the caller to say, from [`Comparison::machine`].

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Analysis, BOOTSTRAP_SEED, Noise, RESAMPLES, Ranking, Row, analyse, least_effect};
use crate::catalogue::{Catalogue, ContenderCard, ContenderId, Family};
use crate::environment::{Difference, Environment};
use crate::measurement::{Group, Model};
use crate::run::{Manifest, RunRecord, Status};
use crate::stats::{Interval, median, ratio_of_medians};

/// An interval from fewer launches than this says little: it can't be wider
/// than the few that there are.
pub const FEW_LAUNCHES: u32 = 12;

/// What changed from an old run to a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The run that is compared with.
    pub old: Side,
    /// The run that is compared.
    pub new: Side,
    /// Cases measured in both runs, in report order.
    pub cases: Vec<Case>,
    /// Cases measured in one run only.
    pub lone: Vec<Lone>,
    /// What makes the two machines different ones; empty if they are the same.
    pub machine: Vec<Difference>,
    /// What else differs between the builds; empty if they are the same.
    pub build: Vec<Difference>,
    /// Libraries and backends that changed.
    pub libraries: Vec<Difference>,
    /// How the plans differ.
    pub plan: Vec<Difference>,
    /// The least difference that is called one, as a share.
    pub least_effect: f64,
    /// Canary time, new over old. The canary does the same work in both runs,
    /// so what differs there is the machine. `None` if a run has no canary.
    pub canary: Option<Interval>,
}

/// One of the two runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Plan and status.
    pub manifest: Manifest,
    /// Machine and build.
    pub environment: Environment,
    /// How disturbed the machine was.
    pub noise: Noise,
    /// Lines that could not be read and took no part.
    pub damaged: usize,
}

/// One case in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What was timed.
    pub group: Group,
    /// Who was timed.
    pub contender: ContenderId,
    /// JWT or PASETO, if a catalogue says.
    pub family: Option<Family>,
    /// Thread CPU time of one operation in the old run, nanoseconds.
    pub old_ns: Interval,
    /// Thread CPU time of one operation in the new run, nanoseconds.
    pub new_ns: Interval,
    /// New over old, with its 95 % interval: above 1 is slower.
    pub ratio: Interval,
    /// What the ratio comes to.
    pub finding: Finding,
    /// Ranks in the old and the new run. `None` where they can't be compared:
    /// on two machines, or against other rivals.
    pub ranks: Option<(u32, u32)>,
    /// Launches in the old and the new run.
    pub launches: (u32, u32),
    /// Whether the launches of a run keep to two levels, so that the median
    /// may jump from one to the other though nothing has changed.
    pub two_levels: bool,
}

/// What a ratio of two runs comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// The new run takes longer.
    Slower,
    /// The new run takes less time.
    Faster,
    /// They can't be told apart, or differ by less than ever counts.
    NoChange,
}

/// A case that only one of the runs has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lone {
    /// What was timed.
    pub group: Group,
    /// Who was timed.
    pub contender: ContenderId,
    /// The run that has it.
    pub only_in: Which,
    /// Why the other has it not, if it was tried there.
    pub error: Option<String>,
}

/// Which of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// The run that is compared with.
    Old,
    /// The run that is compared.
    New,
}

impl Comparison {
    /// Compares two runs.
    #[must_use]
    pub fn of(old: &RunRecord, new: &RunRecord) -> Self {
        let analyses = [analyse(old), analyse(new)];
        let [old_analysis, new_analysis] = &analyses;
        let limit = least_effect(&old_analysis.twins).max(least_effect(&new_analysis.twins));
        let machine = old.environment.machine_differences(&new.environment);
        let families = families([&new.catalogue, &old.catalogue]);
        let mut cases = Vec::new();
        for ranking in &new_analysis.rankings {
            let Some(before) = ranking_of(old_analysis, &ranking.group) else {
                continue;
            };
            let ranked = machine.is_empty() && rivals(before) == rivals(ranking);
            for row in &ranking.rows {
                let matched = row_of(before, &row.contender)
                    .and_then(|old_row| case(&ranking.group, old_row, row, limit));
                if let Some(mut case) = matched {
                    case.family = families.get(&case.contender).copied();
                    case.ranks = case.ranks.filter(|_| ranked);
                    cases.push(case);
                }
            }
        }
        Self {
            lone: [
                lone(old_analysis, new_analysis, Which::Old),
                lone(new_analysis, old_analysis, Which::New),
            ]
            .concat(),
            build: old.environment.build_differences(&new.environment),
            libraries: libraries(&old.catalogue, &new.catalogue),
            plan: plan(&old.manifest, &new.manifest),
            canary: ratio_of_medians(&canary(new), &canary(old), RESAMPLES, BOOTSTRAP_SEED),
            least_effect: limit,
            old: side(old, old_analysis),
            new: side(new, new_analysis),
            cases,
            machine,
        }
    }

    /// Whether times from the two runs may be compared at all.
    #[must_use]
    pub const fn same_machine(&self) -> bool {
        self.machine.is_empty()
    }

    /// The old run, then the new one.
    #[must_use]
    pub const fn sides(&self) -> [&Side; 2] {
        [&self.old, &self.new]
    }

    /// How many cases came to a finding.
    #[must_use]
    pub fn count(&self, finding: Finding) -> usize {
        self.cases.iter().filter(|case| case.finding == finding).count()
    }

    /// Whether the machine itself seems to have changed its speed by more than
    /// would be called a difference.
    #[must_use]
    pub fn canary_moved(&self) -> bool {
        self.canary
            .is_some_and(|ratio| Finding::of(ratio, self.least_effect) != Finding::NoChange)
    }

    /// The fewest launches behind any ratio.
    #[must_use]
    pub fn fewest_launches(&self) -> Option<u32> {
        self.cases
            .iter()
            .map(|case| case.launches.0.min(case.launches.1))
            .min()
    }

    /// Leaves only the contenders that `keep` picks.
    pub fn retain(&mut self, keep: impl Fn(&ContenderId) -> bool) {
        self.cases.retain(|case| keep(&case.contender));
        self.lone.retain(|lone| keep(&lone.contender));
    }
}

impl Side {
    /// Whether the run was interrupted or is still going.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.manifest.status != Status::Complete
    }
}

impl Case {
    /// Stable name, `model/contender/corpus`.
    #[must_use]
    pub fn name(&self) -> String {
        self.group.case_name(&self.contender)
    }

    /// Whether the new run is slower by more than `share`, and surely slower.
    #[must_use]
    pub fn is_slower_by(&self, share: f64) -> bool {
        !self.ratio.holds(1.0) && self.ratio.estimate - 1.0 > share
    }
}

impl Finding {
    /// The rule: the interval excludes 1 and the difference exceeds `least_effect`.
    #[must_use]
    pub fn of(ratio: Interval, least_effect: f64) -> Self {
        let difference = ratio.estimate - 1.0;
        if ratio.holds(1.0) || difference.abs() <= least_effect {
            Self::NoChange
        } else if difference > 0.0 {
            Self::Slower
        } else {
            Self::Faster
        }
    }

    /// In words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Slower => "slower",
            Self::Faster => "faster",
            Self::NoChange => "no change",
        }
    }
}

impl Which {
    /// In words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

fn side(run: &RunRecord, analysis: &Analysis) -> Side {
    Side {
        manifest: run.manifest.clone(),
        environment: run.environment.clone(),
        noise: analysis.noise,
        damaged: run.damage.len(),
    }
}

fn ranking_of<'a>(analysis: &'a Analysis, group: &Group) -> Option<&'a Ranking> {
    analysis.rankings.iter().find(|ranking| ranking.group == *group)
}

fn row_of<'a>(ranking: &'a Ranking, contender: &ContenderId) -> Option<&'a Row> {
    ranking.rows.iter().find(|row| row.contender == *contender)
}

fn rivals(ranking: &Ranking) -> BTreeSet<&ContenderId> {
    ranking.rows.iter().map(|row| &row.contender).collect()
}

fn case(group: &Group, old: &Row, new: &Row, least_effect: f64) -> Option<Case> {
    let ratio = ratio_of_medians(
        &new.launch_medians_ns,
        &old.launch_medians_ns,
        RESAMPLES,
        BOOTSTRAP_SEED,
    )?;
    Some(Case {
        group: group.clone(),
        contender: new.contender.clone(),
        family: None,
        old_ns: old.cpu_ns,
        new_ns: new.cpu_ns,
        ratio,
        finding: Finding::of(ratio, least_effect),
        ranks: Some((old.rank, new.rank)),
        launches: (old.launches, new.launches),
        two_levels: old.modes().is_some() || new.modes().is_some(),
    })
}

/// Cases of `here` that `there` lacks.
fn lone(here: &Analysis, there: &Analysis, only_in: Which) -> Vec<Lone> {
    let mut lone = Vec::new();
    for ranking in &here.rankings {
        let other = ranking_of(there, &ranking.group);
        for row in &ranking.rows {
            if other.and_then(|other| row_of(other, &row.contender)).is_some() {
                continue;
            }
            let failed = other.and_then(|other| {
                other
                    .failed
                    .iter()
                    .find(|(contender, _)| *contender == row.contender)
            });
            lone.push(Lone {
                group: ranking.group.clone(),
                contender: row.contender.clone(),
                only_in,
                error: failed.map(|(_, error)| error.clone()),
            });
        }
    }
    lone
}

fn families(catalogues: [&Catalogue; 2]) -> BTreeMap<ContenderId, Family> {
    let mut families = BTreeMap::new();
    for card in catalogues.into_iter().flat_map(|catalogue| &catalogue.contenders) {
        families.entry(card.id.clone()).or_insert(card.family);
    }
    families
}

/// Versions of libraries, each once, then backends, contender by contender.
fn libraries(old: &Catalogue, new: &Catalogue) -> Vec<Difference> {
    let both: Vec<(&ContenderCard, &ContenderCard)> = new
        .contenders
        .iter()
        .filter_map(|card| Some((old.contenders.iter().find(|other| other.id == card.id)?, card)))
        .collect();
    let of_libraries = both.iter().map(|(old, new)| {
        let version = |card: &ContenderCard| format!("{} {}", card.library, card.library_version);
        Difference::between("library", version(old), version(new))
    });
    let of_backends = both.iter().map(|(old, new)| {
        let what = format!("backend of {}", new.id);
        Difference::between(&what, old.backend.as_str(), new.backend.as_str())
    });
    let mut differences: Vec<Difference> = Vec::new();
    for difference in of_libraries.chain(of_backends).flatten() {
        if !differences.contains(&difference) {
            differences.push(difference);
        }
    }
    differences
}

fn plan(old: &Manifest, new: &Manifest) -> Vec<Difference> {
    let filter = |manifest: &Manifest| manifest.only.clone().unwrap_or_else(|| "none".to_owned());
    [
        Difference::between("profile", old.profile.as_str(), new.profile.as_str()),
        Difference::between("contender filter", filter(old), filter(new)),
        Difference::between("seed", old.seed.to_string(), new.seed.to_string()),
        Difference::between("launches", old.launches.to_string(), new.launches.to_string()),
        Difference::between("rounds", old.rounds.to_string(), new.rounds.to_string()),
        Difference::between("block, ns", old.block_ns.to_string(), new.block_ns.to_string()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Median canary of each launch, nanoseconds.
fn canary(run: &RunRecord) -> Vec<f64> {
    let mut launches: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for canary in &run.canaries {
        let blocks = canary.before_ns.iter().chain(&canary.after_ns);
        #[allow(clippy::cast_precision_loss)] // block times are far below 2^52 ns
        launches
            .entry(canary.launch)
            .or_default()
            .extend(blocks.filter(|ns| **ns > 0).map(|ns| *ns as f64));
    }
    launches
        .into_values()
        .filter_map(|mut blocks| median(&mut blocks))
        .collect()
}

/// Cases by how far they moved, the changed ones first, then slower before
/// faster: what needs a look stands at the top.
#[must_use]
pub fn by_movement<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Vec<&'a Case> {
    let mut cases: Vec<&Case> = cases.into_iter().collect();
    let far = |case: &Case| case.ratio.estimate.ln().abs();
    cases.sort_by(|a, b| a.finding.cmp(&b.finding).then_with(|| far(b).total_cmp(&far(a))));
    cases
}

/// The cases of each model that has any, in report order.
#[must_use]
pub fn by_model(comparison: &Comparison) -> Vec<(Model, Vec<&Case>)> {
    Model::ALL
        .into_iter()
        .map(|model| {
            let of_model = comparison.cases.iter().filter(|case| case.group.model == model);
            (model, by_movement(of_model))
        })
        .filter(|(_, cases)| !cases.is_empty())
        .collect()
}
