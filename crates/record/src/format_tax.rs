//! Which part of a difference between JWT and PASETO is the format's.
//!
//! A JWT contender and a PASETO contender of the same algorithm may differ in
//! three things at once: the format, the library, and the implementation of
//! the primitive. Here each such difference is walked in steps through other
//! contenders of the run, so that every step changes as few of the three as
//! possible. Pairs with one implementation of the primitive show the format
//! tax: what is left when the cryptography is held constant. Pairs follow from
//! the cards; none is listed.
//!
//! A dozen contenders of one algorithm make dozens of pairs, more than a chart
//! can show. [`Comparison::is_shown`] says which it should: all that share
//! their code, and of each algorithm the fastest contender on either side.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Analysis, Noise, is_difference, least_effect};
use crate::catalogue::{ContenderCard, ContenderId, Family, Primitive};
use crate::measurement::{Group, Model, Role};
use crate::run::RunRecord;
use crate::series::{Blocks, CanaryRules, Case, Series, over_launches, paired_ratio};
use crate::stats::Interval;

/// What changes from one contender to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The wire scheme.
    pub format: bool,
    /// The library.
    pub library: bool,
    /// The implementation of the primitive.
    pub backend: bool,
}

impl Change {
    /// What differs between two contenders.
    #[must_use]
    pub fn between(a: &ContenderCard, b: &ContenderCard) -> Self {
        Self {
            format: a.scheme != b.scheme,
            library: (&a.library, &a.library_version) != (&b.library, &b.library_version),
            backend: a.primitive != b.primitive,
        }
    }

    /// The names of what changes, in a fixed order.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        [
            (self.format, "format"),
            (self.library, "library"),
            (self.backend, "backend"),
        ]
        .into_iter()
        .filter_map(|(changes, name)| changes.then_some(name))
        .collect()
    }

    /// A step that mixes two things tells less than any walk of clean steps,
    /// so each thing more costs as much as ten steps.
    fn cost(self) -> u32 {
        match self.names().len() {
            0 | 1 => 1,
            2 => 10,
            _ => 100,
        }
    }
}

/// One step of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// From whom.
    pub from: ContenderId,
    /// To whom.
    pub to: ContenderId,
    /// What changes.
    pub change: Change,
    /// Paired ratio of the second to the first, with its 95 % interval.
    pub ratio: Interval,
    /// Whether the two can't be told apart.
    pub tied: bool,
}

/// A JWT (or JWE) contender and a PASETO contender of the same algorithm.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What was timed, on which claims.
    pub group: Group,
    /// What both compute, `Ed25519`.
    pub algorithm: String,
    /// The whole difference: from JWT to PASETO, as shipped.
    pub whole: Step,
    /// The same in steps, each between neighbours; one step if it can't be divided.
    pub steps: Vec<Step>,
    /// Whether both are the fastest of their side at this algorithm.
    pub fastest_of_both: bool,
}

impl Comparison {
    /// Whether both use one implementation of the primitive, so that the
    /// difference is none of cryptography's.
    #[must_use]
    pub const fn is_format_tax(&self) -> bool {
        !self.whole.change.backend
    }

    /// Whether a chart that can't show all pairs should show this one.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        self.is_format_tax() || self.fastest_of_both
    }
}

/// Compares all pairs of `run` on the claims of `corpus`: verifying first,
/// within a model those with the same implementation first, and then the
/// fastest of both sides.
#[must_use]
pub fn comparisons(run: &RunRecord, analysis: &Analysis, corpus: &str) -> Vec<Comparison> {
    let least_effect = least_effect(&analysis.twins);
    let mut found = Vec::new();
    for model in [Model::Verify, Model::Issue] {
        let mut of_model: Vec<Comparison> = fields(run, model, corpus)
            .iter()
            .flat_map(|field| field.comparisons(least_effect))
            .collect();
        of_model.sort_by_key(|comparison| (!comparison.is_format_tax(), !comparison.fastest_of_both));
        found.extend(of_model);
    }
    found
}

/// Signed or encrypted, JSON Web Tokens are one side of every pair.
const JOSE: &[Family] = &[Family::Jwt, Family::Jwe];
/// And this is the other.
const PASETO: &[Family] = &[Family::Paseto];

/// The contenders of one group that compute the same algorithm.
struct Field<'a> {
    group: &'a Group,
    members: BTreeMap<&'a ContenderId, (&'a ContenderCard, Case)>,
    /// Ratios that are known already: many walks share their steps.
    ratios: RefCell<BTreeMap<(&'a ContenderId, &'a ContenderId), Option<Interval>>>,
}

fn fields<'a>(run: &'a RunRecord, model: Model, corpus: &str) -> Vec<Field<'a>> {
    let canaries = CanaryRules::new(&run.canaries);
    let cards = &run.catalogue.contenders;
    let mut fields: BTreeMap<(&Group, &str), Field<'a>> = BTreeMap::new();
    let measured = run.measurements.iter().filter(|measurement| {
        let group = &measurement.group;
        let wanted = group.model == model && group.corpus == corpus;
        wanted && measurement.role == Role::Contender && measurement.error.is_none()
    });
    for measurement in measured {
        let card = cards.iter().find(|card| card.id == measurement.contender);
        let Some(card) = card.filter(|card| card.primitive != Primitive::default()) else {
            continue; // an old record, whose cards do not say
        };
        let rule = canaries.of(&measurement.group, measurement.launch);
        // The noise of a run is counted in its analysis.
        let series = Series::new(Blocks::of(measurement), rule, &mut Noise::default());
        let field = fields
            .entry((&measurement.group, card.primitive.algorithm.as_str()))
            .or_insert_with(|| Field {
                group: &measurement.group,
                members: BTreeMap::new(),
                ratios: RefCell::default(),
            });
        let (_, case) = field
            .members
            .entry(&card.id)
            .or_insert_with(|| (card, Case::new()));
        case.insert(measurement.launch, series);
    }
    fields.into_values().collect()
}

impl<'a> Field<'a> {
    fn comparisons(&self, least_effect: f64) -> Vec<Comparison> {
        let of = |families: &'static [Family]| {
            let members = self.members.iter();
            members.filter(move |(_, (card, _))| families.contains(&card.family))
        };
        let fastest = |families| {
            let timed = of(families).filter_map(|(id, (_, case))| Some((*id, over_launches(case)?)));
            timed.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(id, _)| id)
        };
        let fastest = fastest(JOSE).zip(fastest(PASETO));
        let mut found = Vec::new();
        for (jwt, (card, _)) in of(JOSE) {
            for (paseto, _) in of(PASETO) {
                let walk = self.walk(jwt, paseto);
                let steps: Option<Vec<Step>> = walk
                    .windows(2)
                    .map(|pair| match pair {
                        [from, to] => self.step(from, to, least_effect),
                        _ => None,
                    })
                    .collect();
                if let (Some(whole), Some(steps)) = (self.step(jwt, paseto, least_effect), steps) {
                    found.push(Comparison {
                        group: self.group.clone(),
                        algorithm: card.primitive.algorithm.clone(),
                        whole,
                        steps,
                        fastest_of_both: fastest == Some((*jwt, *paseto)),
                    });
                }
            }
        }
        found
    }

    fn step(&self, from: &'a ContenderId, to: &'a ContenderId, least_effect: f64) -> Option<Step> {
        let (from_card, from_case) = self.members.get(from)?;
        let (to_card, to_case) = self.members.get(to)?;
        let mut ratios = self.ratios.borrow_mut();
        let known = ratios
            .entry((from, to))
            .or_insert_with(|| paired_ratio(to_case, from_case));
        let ratio = (*known)?;
        Some(Step {
            from: from.clone(),
            to: to.clone(),
            change: Change::between(from_card, to_card),
            tied: !is_difference(&ratio, least_effect),
            ratio,
        })
    }

    /// The cheapest walk from one contender to another (Dijkstra's algorithm;
    /// of equally cheap walks the first by name).
    fn walk(&self, from: &'a ContenderId, to: &'a ContenderId) -> Vec<&'a ContenderId> {
        let mut open = BTreeSet::from([(0, vec![from])]);
        let mut closed = BTreeSet::new();
        while let Some((cost, walk)) = open.pop_first() {
            let Some(&here) = walk.last() else { continue };
            if here == to {
                return walk;
            }
            let (true, Some((card, _))) = (closed.insert(here), self.members.get(here)) else {
                continue;
            };
            for (next, (next_card, _)) in &self.members {
                let mut further = walk.clone();
                further.push(*next);
                open.insert((cost + Change::between(card, next_card).cost(), further));
            }
        }
        vec![from, to]
    }
}
