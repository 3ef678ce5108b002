//! Which classes a section has no figure of, and why: one sentence for each
//! reason, where an empty figure for each class would be a wall of nothing.

use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::Group;

use super::Figure;
use crate::view::{View, capitalised};

/// What a section asks, as far as its gaps are concerned.
pub(super) struct Asked<'a> {
    /// Whether the question makes sense for a class.
    pub(super) applies: &'a dyn Fn(Class) -> bool,
    /// Whether a planned group would have answered it.
    pub(super) planned: &'a dyn Fn(&Group) -> bool,
    /// What is missing where contenders and plan are there.
    pub(super) otherwise: &'static str,
}

/// The sentences on the classes that none of `figures` shows; `None` if every
/// class to which the question applies has one.
pub(super) fn sentences(view: &View<'_>, figures: &[Figure], asked: &Asked<'_>) -> Option<String> {
    let missing: Vec<Class> = Class::ALL
        .into_iter()
        .filter(|class| (asked.applies)(*class))
        .filter(|class| !figures.iter().any(|figure| figure.class == Some(*class)))
        .collect();
    let groups = &view.record.manifest.groups;
    let is_planned = |class: Class| {
        groups
            .iter()
            .any(|group| group.class == class && (asked.planned)(group))
    };
    let of_reason = |reason: Reason| -> Vec<&'static str> {
        let matching = missing.iter().filter(|class| {
            reason
                == match (view.contenders_of(**class), is_planned(**class)) {
                    (0, _) => Reason::Nobody,
                    (_, false) => Reason::Unplanned,
                    (_, true) => Reason::Otherwise,
                }
        });
        matching.map(|class| class.title()).collect()
    };
    let sentences: Vec<String> = [
        (Reason::Nobody, "this run has no contender"),
        (Reason::Unplanned, "the plan of this run does not ask it"),
        (Reason::Otherwise, asked.otherwise),
    ]
    .into_iter()
    .filter_map(|(reason, why)| {
        let classes = of_reason(reason);
        (!classes.is_empty()).then(|| format!("{}: {why}.", capitalised(&classes.join("; "))))
    })
    .collect();
    (!sentences.is_empty()).then(|| format!("No chart here of these. {}", sentences.join(" ")))
}

/// Why a class has no figure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    Nobody,
    Unplanned,
    Otherwise,
}
