//! What will be measured, and how long that will take.
//!
//! The duration is arithmetic, not a guess: every case has a block of fixed
//! length, and the number of rounds is what fits the profile's budget.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokenlab_harness::{Contender, KeyRing};
use tokenlab_record::catalogue::{Class, ContenderId};
use tokenlab_record::measurement::{Group, Model};

use super::clock::Stopwatch;
use crate::case::{Case, Pool};
use crate::profile::Profile;

/// Fewer rounds than this say nothing about a launch.
pub const ROUNDS_MIN: u32 = 8;

/// More rounds than this say nothing new: the launches differ by more.
pub const ROUNDS_MAX: u32 = 60;

/// What starting a process and deriving its keys takes, RSA above all.
const LAUNCH_OVERHEAD: Duration = Duration::from_millis(700);

/// What the two canary blocks of a round take.
const CANARY_PAIR: Duration = Duration::from_micros(250);

/// Groups in order, with everything a launch needs to time them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Fresh processes.
    pub launches: u32,
    /// Rounds per group and launch.
    pub rounds: u32,
    /// Groups.
    pub groups: Vec<PlannedGroup>,
}

/// One group of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedGroup {
    /// What is compared.
    pub group: Group,
    /// Who takes part.
    pub cases: Vec<PlannedCase>,
}

/// One contender, or the twin of one, in a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedCase {
    /// Who.
    pub contender: ContenderId,
    /// Whether this is the hidden second registration.
    pub twin: bool,
    /// Operations per block.
    pub iterations: u32,
    /// What a block is expected to take, nanoseconds.
    pub block_ns: u64,
}

impl Plan {
    /// Plans the groups of `profile` for `contenders` after timing one short
    /// block of each case. Groups without contenders are left out.
    #[must_use]
    pub fn new(
        profile: Profile,
        contenders: &[&'static dyn Contender],
        ring: &KeyRing,
        pools: &BTreeMap<ContenderId, BTreeMap<String, Pool>>,
    ) -> Self {
        let mut groups = Vec::new();
        for model in Model::ALL {
            for corpus in profile.corpora(model) {
                for class in Class::ALL {
                    let group = Group {
                        model,
                        corpus: corpus.to_owned(),
                        class,
                    };
                    let cases = plan_cases(&group, profile, contenders, ring, pools);
                    if !cases.is_empty() {
                        groups.push(PlannedGroup { group, cases });
                    }
                }
            }
        }
        let mut plan = Self {
            launches: profile.launches(),
            rounds: 1,
            groups,
        };
        let launch_budget = profile.budget() / plan.launches;
        let round: Duration = plan.groups.iter().map(PlannedGroup::round).sum();
        plan.rounds = u32::try_from(launch_budget.as_nanos() / round.as_nanos().max(1))
            .unwrap_or(ROUNDS_MAX)
            .clamp(ROUNDS_MIN, ROUNDS_MAX);
        plan
    }

    /// How many contenders and twins are timed in all groups together.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.groups.iter().map(|planned| planned.cases.len()).sum()
    }

    /// What all launches are expected to take.
    #[must_use]
    pub fn expected(&self) -> Duration {
        let groups: Duration = self
            .groups
            .iter()
            .map(|planned| planned.expected(self.rounds))
            .sum();
        (groups + LAUNCH_OVERHEAD) * self.launches
    }
}

impl PlannedGroup {
    /// What one launch is expected to spend on this group.
    #[must_use]
    pub fn expected(&self, rounds: u32) -> Duration {
        // One round more: the warm-up.
        self.round() * (rounds + 1)
    }

    fn round(&self) -> Duration {
        let blocks: u64 = self.cases.iter().map(|case| case.block_ns).sum();
        Duration::from_nanos(blocks) + CANARY_PAIR
    }
}

fn plan_cases(
    group: &Group,
    profile: Profile,
    contenders: &[&'static dyn Contender],
    ring: &KeyRing,
    pools: &BTreeMap<ContenderId, BTreeMap<String, Pool>>,
) -> Vec<PlannedCase> {
    let mut cases: Vec<PlannedCase> = contenders
        .iter()
        .filter(|contender| contender.card().class == group.class)
        .filter_map(|contender| {
            let pool = pools.get(contender.id())?.get(&group.corpus)?;
            let mut case = Case::new(*contender, group.model, ring, pool).ok()?;
            let operation_ns = operation_ns(&mut case);
            let block_ns = u64::try_from(profile.block().as_nanos()).unwrap_or(u64::MAX);
            let iterations = u32::try_from(block_ns / operation_ns).unwrap_or(u32::MAX).max(1);
            Some(PlannedCase {
                contender: contender.id().clone(),
                twin: false,
                iterations,
                block_ns: u64::from(iterations) * operation_ns,
            })
        })
        .collect();
    // The A/A controls: a fast and a slow case of every class, picked by place.
    if matches!(group.model, Model::Verify | Model::Issue) && cases.len() > 1 {
        let ends: Vec<PlannedCase> = cases.first().into_iter().chain(cases.last()).cloned().collect();
        cases.extend(ends.into_iter().map(|case| PlannedCase { twin: true, ..case }));
    }
    cases
}

/// A rough time of one operation, nanoseconds, at least 1: the best of three
/// blocks that are long enough for the clock.
fn operation_ns(case: &mut Case<'_>) -> u64 {
    const LONG_ENOUGH_NS: u64 = 100_000;
    let mut iterations = 1;
    let mut best = u64::MAX;
    let mut blocks = 0;
    while blocks < 3 {
        let watch = Stopwatch::start();
        for _ in 0..iterations {
            std::hint::black_box(case.operate());
        }
        let elapsed = watch.stop().cpu_ns;
        if elapsed < LONG_ENOUGH_NS {
            iterations *= 4;
            continue;
        }
        best = best.min(elapsed / iterations);
        blocks += 1;
    }
    best.max(1)
}
