//! A plan on one page: what comes when, where it is, and the teacher's notes.

use maud::{Markup, html};

use super::document;
use crate::class::{Item, Plan};
use crate::exercises;

/// The plan of that name. `begun` is when the class began, in seconds since 1970.
pub(crate) fn html(name: &str, plan: &Plan, begun: Option<i64>, now: i64) -> Markup {
    let total: u32 = plan.items.iter().map(|item| item.minutes).sum();
    let lead = html! {
        p.lead { (total) " minutes. For the teacher's own screen: notes included." }
        div id="clock" data-live role="timer" {
            @match begun {
                Some(begun) => (clock(plan, (now - begun) / 60)),
                None => form.line action={ "/class/" (name) "/begin" } method="post" { p { button { "Start the clock" } } },
            }
        }
    };
    let main = html! {
        ol {
            @for (begin, item) in timed(plan) {
                li {
                    h2 { (begin) "–" (begin + item.minutes) " min: " (item.what) }
                    (places(item))
                    p { (item.notes) }
                }
            }
        }
        p { a href="/board" { "The board" } " shows who is stuck, and has everything as CSV. "
            "As slides and handout: " code { "tokenlab class slides " (name) } "." }
        script src="/live.js" {}
    };
    document(&plan.title, &lead, &main)
}

/// The items, each with the minute at which it begins.
fn timed(plan: &Plan) -> Vec<(u32, &Item)> {
    let begins = plan.items.iter().scan(0, |now, item| {
        let begin = *now;
        *now += item.minutes;
        Some((begin, item))
    });
    begins.collect()
}

/// What it is time for.
fn clock(plan: &Plan, minute: i64) -> Markup {
    let items = timed(plan);
    let is_now = |(begin, item): &&(u32, &Item)| {
        (i64::from(*begin)..i64::from(*begin + item.minutes)).contains(&minute)
    };
    let current = items.iter().find(is_now);
    let next = items.iter().find(|(begin, _)| i64::from(*begin) > minute);
    html! {
        p.outcome {
            "Minute " strong { (minute) } ". "
            @match current {
                Some((begin, item)) => {
                    strong { (item.what) } ", for another " (i64::from(*begin + item.minutes) - minute) " min. "
                }
                None => "The time is over. ",
            }
            @if let Some((_, item)) = next { "Then: " (item.what) "." }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class;

    #[test]
    fn the_clock_says_what_it_is_time_for_and_when_it_is_over() {
        let plan = class::named("45").unwrap();
        let [first, second] = [0, 1].map(|place| plan.items[place].what.as_str());
        let at = |minute| clock(&plan, minute).into_string();
        let length = i64::from(plan.items[0].minutes);
        assert!(at(0).contains(&format!("<strong>{first}</strong>")), "{}", at(0));
        assert!(at(0).contains(&format!("Then: {second}")));
        assert!(at(length - 1).contains("for another 1 min"));
        assert!(at(length).contains(&format!("<strong>{second}</strong>")));
        assert!(at(45).contains("over") && !at(45).contains("Then"));
    }
}
