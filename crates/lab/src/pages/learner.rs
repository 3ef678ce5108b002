//! One learner's exercises, by tier.

use std::collections::BTreeMap;

use maud::{Markup, html};
use tokenlab_report::format::counted;

use super::{document, exercise};
use crate::exercise::{Exercise, Tier};
use crate::exercises;
use crate::learner::Learner;
use crate::progress::Standing;

pub(crate) fn html(learner: &Learner, standings: &BTreeMap<String, Standing>) -> Markup {
    let is_solved = |exercise: &&Exercise| {
        let standing = standings.get(exercise.id);
        standing.is_some_and(|standing| standing.solved_at.is_some())
    };
    let solved = exercises::all().iter().filter(is_solved).count();
    let lead = html! {
        p.lead { (solved) " of " (exercises::all().len()) " solved." }
    };
    let main = html! {
        @for (number, tier) in Tier::ALL.into_iter().enumerate() {
            section aria-labelledby={ "tier-" (number + 1) } {
                h2 id={ "tier-" (number + 1) } { (number + 1) ". " (tier.title()) }
                ol {
                    @for exercise in exercises::all().iter().filter(|exercise| exercise.tier == tier) {
                        li {
                            a href=(exercise::address(learner, exercise)) { (exercise.title()) }
                            ": " (standing(standings.get(exercise.id)))
                        }
                    }
                }
            }
        }
    };
    document(&format!("Exercises of {learner}"), &lead, &main)
}

/// How somebody stands, in words.
#[must_use]
pub fn standing(standing: Option<&Standing>) -> String {
    let Some(standing) = standing.filter(|standing| **standing != Standing::default()) else {
        return "not begun".into();
    };
    let mut words = vec![
        if standing.solved_at.is_some() {
            "✓ solved"
        } else {
            "open"
        }
        .to_owned(),
    ];
    words.push(counted(standing.tries.into(), "try", "tries"));
    if standing.hints > 0 {
        words.push(counted(standing.hints.into(), "hint", "hints"));
    }
    if !standing.alternatives.is_empty() {
        words.push(format!(
            "★ {}",
            counted(
                standing.alternatives.len() as u64,
                "other way in",
                "other ways in"
            )
        ));
    }
    words.join(", ")
}
