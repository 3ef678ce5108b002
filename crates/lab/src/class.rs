//! Plans for a class, as files that the lab can run: what comes when, for how long,
//! and what to say.

use serde::Deserialize;

/// A plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Name for readers.
    pub title: String,
    /// What happens, in order.
    #[serde(rename = "item")]
    pub items: Vec<Item>,
}

/// One item of a plan: a replay, an exercise or a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// How long it takes.
    pub minutes: u32,
    /// Name for readers.
    pub what: String,
    /// What to say and to watch for.
    pub notes: String,
    /// An attack to replay, by id.
    pub replay: Option<String>,
    /// Which steps of it, all of them if none are named.
    #[serde(default)]
    pub steps: Vec<usize>,
    /// An exercise for everybody, by id.
    pub exercise: Option<String>,
    /// A page of the lab to show.
    pub page: Option<String>,
}

/// The plans there are: name, which is their minutes, and text.
const PLANS: [(&str, &str); 2] = [
    ("45", include_str!("../class/45.toml")),
    ("90", include_str!("../class/90.toml")),
];

/// Names of the plans.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLANS.iter().map(|(name, _)| *name)
}

/// The plan of that name; `None` if there is none, or its file does not read.
#[must_use]
pub fn named(name: &str) -> Option<Plan> {
    let (_, text) = PLANS.iter().find(|(known, _)| *known == name)?;
    toml::from_str(text).ok()
}

/// What the plans say to whoever replays an attack: the plan, and its notes.
#[must_use]
pub fn notes(attack: &str) -> Vec<(String, String)> {
    let plans = names().filter_map(named);
    let items = plans.flat_map(|plan| {
        let title = plan.title;
        plan.items.into_iter().map(move |item| (title.clone(), item))
    });
    let of_attack = items.filter(|(_, item)| item.replay.as_deref() == Some(attack));
    of_attack.map(|(title, item)| (title, item.notes)).collect()
}

#[cfg(test)]
mod tests {
    use tokenlab_attacks::catalogue;

    use super::*;
    use crate::pages::replay::LAST;
    use crate::{exercises, replay};

    #[test]
    fn a_plan_takes_as_long_as_it_says_and_names_what_there_is() {
        for name in names() {
            let plan = named(name).unwrap();
            let minutes: u32 = plan.items.iter().map(|item| item.minutes).sum();
            assert_eq!(minutes.to_string(), name);
            for item in &plan.items {
                let parts = [&item.replay, &item.exercise, &item.page];
                assert_eq!(parts.into_iter().flatten().count(), 1, "{}", item.what);
                assert!(item.notes.len() > 20, "{}", item.what);
                assert!(item.steps.iter().all(|step| *step <= LAST), "{}", item.what);
                assert!(item.steps.is_empty() || item.replay.is_some(), "{}", item.what);
                if let Some(attack) = &item.replay {
                    assert!(replay::is_shown(catalogue::named(attack).unwrap()), "{attack}");
                }
                if let Some(exercise) = &item.exercise {
                    assert!(exercises::named(exercise).is_some(), "{exercise}");
                }
            }
        }
    }
}
