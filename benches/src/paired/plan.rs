//! What will be measured, and how long that will take.
//!
//! The duration is arithmetic, not a guess: every case has a block of fixed
//! length, and the number of rounds is what fits the profile's budget.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokenlab_harness::{Contender, KeyRing, contenders, floor};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId};
use tokenlab_record::measurement::{FloorPart, Group, Model, Role};

use crate::case::{Case, FloorCase, Pool, Slowed, Timed};
use crate::profile::Profile;

/// Fewer rounds than this say nothing about a launch.
pub const ROUNDS_MIN: u32 = 8;

/// More rounds than this say nothing new: the launches differ by more.
pub const ROUNDS_MAX: u32 = 60;

/// Rounds of a group whose blocks are of 1 MiB. A round of all contenders takes
/// seconds there, as long as all other groups together, and what is asked is
/// an order of magnitude.
const ROUNDS_HUGE: u32 = 3;

/// The corpus that floors are timed on: the everyday one, which every profile has.
const FLOORS_CORPUS: &str = "typical";

/// How much slower a planted slowdown is.
pub const PLANTED_SHARE: f64 = 0.03;

/// What starting a process and deriving its keys takes, RSA above all.
const LAUNCH_OVERHEAD: Duration = Duration::from_millis(700);

/// What the two canary blocks of a round take.
const CANARY_PAIR: Duration = Duration::from_micros(130);

/// Groups in order, with everything a launch needs to time them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Fresh processes.
    pub launches: u32,
    /// Rounds per group and launch, but for those of [`PlannedGroup::rounds`].
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

/// One series of blocks in a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedCase {
    /// Who or what is timed.
    pub subject: Subject,
    /// Operations per block.
    pub iterations: u32,
    /// What a block is expected to take, nanoseconds.
    pub block_ns: u64,
}

/// Who or what is timed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A contender, as itself or as a control.
    Contender {
        /// Who.
        id: ContenderId,
        /// In which capacity.
        role: Role,
    },
    /// One implementation of one part of a scheme's least work.
    Floor {
        /// Wire scheme.
        scheme: String,
        /// Which part.
        part: FloorPart,
        /// What does it.
        implementation: String,
        /// Whose tokens it works on.
        tokens_of: ContenderId,
    },
}

impl Subject {
    /// A contender as itself.
    #[must_use]
    pub const fn contender(id: ContenderId) -> Self {
        Self::Contender {
            id,
            role: Role::Contender,
        }
    }

    /// In which capacity a contender is timed; `None` for a floor.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        match self {
            Self::Contender { role, .. } => Some(*role),
            Self::Floor { .. } => None,
        }
    }

    /// Prepares the subject for the clock.
    ///
    /// # Errors
    /// In words, for the row that takes the place of the samples.
    pub fn prepare<'a>(
        &self,
        group: &Group,
        ring: &'a KeyRing,
        pools: &'a BTreeMap<ContenderId, BTreeMap<String, Pool>>,
    ) -> Result<Box<dyn Timed + 'a>, String> {
        let pool = |id: &ContenderId| {
            pools
                .get(id)
                .and_then(|corpora| corpora.get(&group.corpus))
                .ok_or_else(|| "no tokens were issued for it".to_owned())
        };
        match self {
            Self::Contender { id, role } => {
                let contender = contenders::named(id.as_str())
                    .ok_or_else(|| "this build has no such contender".to_owned())?;
                let case = Case::new(contender, group.model, ring, pool(id)?)?;
                Ok(if *role == Role::Slowed {
                    Box::new(Slowed::new(case, PLANTED_SHARE))
                } else {
                    Box::new(case)
                })
            }
            Self::Floor {
                scheme,
                part,
                implementation,
                tokens_of,
            } => {
                let floor = floor::all()
                    .iter()
                    .filter(|floor| floor.serves(group.model) && floor.part() == *part)
                    .find(|floor| floor.scheme() == scheme && floor.implementation() == implementation)
                    .ok_or_else(|| "this build has no such floor".to_owned())?;
                let case = FloorCase::new(floor.as_ref(), ring, pool(tokens_of)?);
                Ok(Box::new(case.map_err(|error| error.to_string())?))
            }
        }
    }
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
                for class in Class::ALL.into_iter().filter(|class| model.applies_to(*class)) {
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
        let (huge, others): (Vec<&PlannedGroup>, Vec<&PlannedGroup>) =
            plan.groups.iter().partition(|planned| planned.is_huge());
        let spent: Duration = huge
            .into_iter()
            .map(|planned| planned.expected(ROUNDS_HUGE))
            .sum();
        let launch_budget = (profile.budget() / plan.launches).saturating_sub(spent);
        let round: Duration = others.into_iter().map(PlannedGroup::round).sum();
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
    /// How many rounds of this group a launch times, in a plan of so many.
    #[must_use]
    pub fn rounds(&self, planned: u32) -> u32 {
        if self.is_huge() {
            planned.min(ROUNDS_HUGE)
        } else {
            planned
        }
    }

    /// What one launch is expected to spend on this group, in a plan of so many
    /// rounds.
    #[must_use]
    pub fn expected(&self, planned: u32) -> Duration {
        // One round more: the warm-up.
        self.round() * (self.rounds(planned) + 1)
    }

    const fn is_huge(&self) -> bool {
        matches!(self.group.model, Model::VerifyHuge | Model::RejectHuge)
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
    let takers = contenders.iter().map(|contender| contender.card());
    let takers: Vec<_> = takers.filter(|card| card.class == group.class).collect();
    let mut subjects: Vec<Subject> = takers
        .iter()
        .map(|card| Subject::contender(card.id.clone()))
        .collect();
    // The A/A controls: two cases of every class, picked by their place.
    if matches!(group.model, Model::Verify | Model::Issue) && takers.len() > 1 {
        let ends = takers.first().into_iter().chain(takers.last());
        subjects.extend(ends.map(|card| Subject::Contender {
            id: card.id.clone(),
            role: Role::Twin,
        }));
    }
    // Floors are several times as many as contenders. On one corpus they leave
    // the contenders most of the budget; the others would say the same again.
    subjects.extend(floors_of(group, &takers));
    let block_ns = u64::try_from(profile.block().as_nanos()).unwrap_or(u64::MAX);
    subjects
        .into_iter()
        .filter_map(|subject| plan_case(subject, group, block_ns, ring, pools))
        .collect()
}

/// Every implementation of every part of the least work of these contenders.
pub(crate) fn floors_of(group: &Group, takers: &[&ContenderCard]) -> Vec<Subject> {
    floor::all()
        .iter()
        .filter(|floor| group.corpus == FLOORS_CORPUS && floor.serves(group.model))
        .filter_map(|floor| {
            let owner = takers.iter().find(|card| card.scheme == floor.scheme())?;
            Some(Subject::Floor {
                scheme: floor.scheme().to_owned(),
                part: floor.part(),
                implementation: floor.implementation().to_owned(),
                tokens_of: owner.id.clone(),
            })
        })
        .collect()
}

/// A case with as many operations as fill a block; `None` if it goes wrong,
/// which the correctness check has reported before. A sound contender that has
/// no part in this model keeps its place, for the row that says why.
pub(crate) fn plan_case(
    subject: Subject,
    group: &Group,
    block_ns: u64,
    ring: &KeyRing,
    pools: &BTreeMap<ContenderId, BTreeMap<String, Pool>>,
) -> Option<PlannedCase> {
    let Ok(mut case) = subject.prepare(group, ring, pools) else {
        let is_sound = matches!(&subject, Subject::Contender { id, .. } if pools.contains_key(id));
        return is_sound.then_some(PlannedCase {
            subject,
            iterations: 1,
            block_ns: 0,
        });
    };
    let operation_ns = operation_ns(case.as_mut(), group.class)?;
    let iterations = u32::try_from(block_ns / operation_ns).unwrap_or(u32::MAX).max(1);
    Some(PlannedCase {
        subject,
        iterations,
        block_ns: u64::from(iterations) * operation_ns,
    })
}

/// A rough time of one operation, nanoseconds, at least 1: the best of three
/// blocks that are long enough for the clock. By the wall clock where the class
/// waits, since waiting fills a block as well. `None` if a result is wrong.
fn operation_ns(case: &mut dyn Timed, class: Class) -> Option<u64> {
    const LONG_ENOUGH_NS: u64 = 100_000;
    let mut iterations = 1;
    let mut best = u64::MAX;
    let mut blocks = 0;
    while blocks < 3 {
        let elapsed = case.block(iterations, false)?;
        let elapsed = if class.waits() {
            elapsed.wall_ns
        } else {
            elapsed.cpu_ns
        };
        if elapsed < LONG_ENOUGH_NS {
            iterations *= 4;
            continue;
        }
        best = best.min(elapsed / u64::from(iterations));
        blocks += 1;
    }
    Some(best.max(1))
}
