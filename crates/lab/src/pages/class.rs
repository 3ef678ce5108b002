//! A plan on one page: what comes when, where it is, and the teacher's notes.

use maud::{Markup, html};

use super::document;
use crate::class::{Item, Plan};
use crate::exercises;

pub(crate) fn html(plan: &Plan) -> Markup {
    let total: u32 = plan.items.iter().map(|item| item.minutes).sum();
    let lead = html! {
        p.lead { (total) " minutes. For the teacher's own screen: notes included." }
    };
    let mut now = 0;
    let timed = plan.items.iter().map(|item| {
        let begin = now;
        now += item.minutes;
        (begin, item)
    });
    let main = html! {
        ol {
            @for (begin, item) in timed {
                li {
                    h2 { (begin) "–" (begin + item.minutes) " min: " (item.what) }
                    (places(item))
                    p { (item.notes) }
                }
            }
        }
        p { a href="/board" { "The board" } " shows who is stuck, and has everything as CSV." }
    };
    document(&plan.title, &lead, &main)
}

/// Where an item takes place.
fn places(item: &Item) -> Markup {
    html! {
        @if let Some(attack) = &item.replay {
            p {
                "Replay: "
                @if item.steps.is_empty() { a href={ "/a/" (attack) "/0" } { (attack) } }
                @for step in &item.steps {
                    a href={ "/a/" (attack) "/" (step) } { (attack) ", step " (step + 1) } " "
                }
            }
        }
        @if let Some(exercise) = item.exercise.as_deref().and_then(exercises::named) {
            p { "Exercise: " strong { (exercise.title()) } " (" code { (exercise.id) } "), for everybody from "
                a href="/" { "the first page" } "." }
        }
        @if let Some(page) = &item.page { p { "Show " a href=(page) { code { (page) } } "." } }
    }
}
