//! What a verifier made of one token, check by check.

use maud::{Markup, html};
use tokenlab_attacks::trace;
use tokenlab_harness::decode;

use super::{attack_address, checks, decode as anatomy, document, exercise, in_address, lines};
use crate::exercise::Exercise;
use crate::exercises;
use crate::judge::Verdict;
use crate::learner::Learner;
use crate::live;
use crate::traces::Trace;

/// Where a trace of a learner is.
pub(crate) fn address(learner: &Learner, number: u64) -> String {
    format!("/s/{}/trace/{number}", in_address(learner.as_str()))
}

pub(crate) fn html(learner: &Learner, trace: &Trace) -> Markup {
    let decision = &trace.attempt.decision;
    let deciding = trace::deciding(&decision.trace, live::user(decision).is_some());
    let exercise = exercises::named(trace.exercise);
    let task = exercise.and_then(Exercise::to_break);
    let lead = html! {
        @if let Some(exercise) = exercise {
            p.lead { "Sent by " (learner) " to the exercise "
                     a href=(exercise::address(learner, exercise)) { (exercise.title()) } "." }
        }
    };
    let main = html! {
        @if let Some((exercise, task)) = exercise.zip(task) {
            p.outcome role="status" { strong { (trace.attempt.verdict.sentence(task)) } }
            @if trace.attempt.verdict == Verdict::Solved {
                p { a href=(attack_address(exercise.attack)) { "The attack in full" } ", and "
                    a href={ "/s/" (in_address(learner.as_str())) } { "the next exercise" } "." }
            }
        }
        section aria-labelledby="decision" {
            h2 id="decision" { "How the verifier decided" }
            (checks(&decision.trace))
            @if let Some(entry) = deciding {
                @if let Some(lines) = lines(entry) {
                    h3 { "The deciding line" }
                    (lines)
                }
            }
        }
        section aria-labelledby="token" {
            h2 id="token" { "The token" }
            (anatomy::parts(&decode::decode(&trace.token)))
        }
    };
    document(&format!("Trace {}", trace.number), &lead, &main)
}
