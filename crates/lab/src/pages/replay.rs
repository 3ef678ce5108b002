//! An attack step by step, an address each: predict, see, forge, send, why, fix,
//! elsewhere, history, check.

use maud::{Markup, html};
use tokenlab_attacks::{Attack, catalogue};
use tokenlab_record::transcript::{CheckResult, Transcript, Verdict};
use tokenlab_report::web;

use super::{attack_address, checks, decode as anatomy, document, in_address, lines};
use crate::exercises;
use crate::replay::{self, Row, STEPS, Shown};

/// The last step.
pub(crate) const LAST: usize = STEPS.len() - 1;

fn address(attack: &str, step: usize) -> String {
    format!("/a/{attack}/{step}")
}

/// Every attack, and where its replay begins.
pub(crate) fn list() -> Markup {
    let lead = html! { p.lead { "Each in nine steps, for a class: predict before you look." } };
    let main = html! {
        ul {
            @for attack in catalogue::all() {
                @let card = attack.card();
                li {
                    @if replay::is_shown(*attack) {
                        a href=(address(&card.id, 0)) { (card.title) } ": " (card.assumption)
                    } @else {
                        (card.title) ": in a process of its own, " code { "tokenlab attack replay " (card.id) }
                    }
                }
            }
        }
    };
    document("Replays", &lead, &main)
}

/// One step. `chosen` is the verifier whose story is told, by id; the one that falls
/// without it.
pub(crate) fn step(shown: &Shown, step: usize, chosen: Option<&str>) -> Option<Markup> {
    let title = STEPS.get(step)?;
    let chosen_row = shown
        .rows
        .iter()
        .find(|row| Some(row.target.id.as_str()) == chosen);
    let row = chosen_row.or_else(|| shown.rows.first())?;
    let card = &shown.card;
    let main = html! {
        h2 { (step + 1) ". " (title) }
        (content(shown, row, step))
        @if step == LAST {
            @if let Some(exercise) = exercises::all().iter().find(|exercise| exercise.attack == card.id) {
                p { "Do it: the exercise " code { (exercise.id) } ", from " a href="/" { "the first page" } "." }
            }
            p { a href=(attack_address(&card.id)) { "The attack in full" } ", with every verifier." }
        }
        nav aria-label="Steps" {
            ul {
                @if step > 0 { li { a href=(address(&card.id, step - 1)) rel="prev" { "Back: " (STEPS[step - 1]) } } }
                @if step < LAST { li { a href=(address(&card.id, step + 1)) rel="next" { "Next: " (STEPS[step + 1]) } } }
                li { a href="/a" { "All replays" } }
            }
        }
        nav aria-label="Verifiers" {
            ul {
                @for other in &shown.rows {
                    li {
                        @if other.target.id == row.target.id {
                            strong { (other.target.id) }
                        } @else {
                            a href={ (address(&card.id, step)) "?v=" (in_address(&other.target.id)) } { (other.target.id) }
                        }
                    }
                }
            }
        }
    };
    let lead = html! { p.lead { "The flawed assumption: " em { (card.assumption) } } };
    Some(document(&card.title, &lead, &main))
}

/// What a step says, wherever it is shown: the story of `row` where it tells of one
/// verifier.
pub(super) fn content(shown: &Shown, row: &Row, step: usize) -> Markup {
    let lesson = web::sections(&shown.card.lesson, &|name| {
        catalogue::named(name).map(|attack| attack_address(attack.id()))
    });
    let section = |title: &str| {
        let found = lesson.iter().find(|(heading, _)| *heading == title);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    html! {
        @match step {
            0 => {
                (section("Story")) (section("Predict"))
                ul { @for row in &shown.rows { li { (row.target.id) ": " (row.target.summary) } } }
            }
            1 => {
                p { "Mallory logs in, with an account without privileges, and gets a token." }
                pre { (row.transcript.sample_token) }
                (anatomy::parts(&tokenlab_harness::decode::decode(&row.transcript.sample_token)))
            }
            2 => (forge(row, &section("The forged token"))),
            3 => (sent(shown)),
            4 => (why(row, &section("Which check stops it"))),
            5 => (section("The fix")),
            6 => {
                (section("Elsewhere"))
                @if let Some(attack) = catalogue::named(&shown.card.id) { (families(attack, shown)) }
            }
            7 => {
                (section("History"))
                ul { @for reference in &shown.card.references { li { strong { (reference.label) } ": " (reference.note) } } }
            }
            _ => (section("Check question")),
        }
    }
}

fn forge(row: &Row, lesson: &Markup) -> Markup {
    html! {
        @if let Some(analogue) = &row.transcript.analogue {
            p.outcome { "Not the same attack, but its nearest analogue here: " (analogue) }
        }
        @if let Verdict::Inapplicable { why } = &row.transcript.verdict {
            p.outcome { "Not expressible here: " (why) ". What was tried instead:" }
        }
        ol {
            @for step in &row.transcript.steps {
                li { (step.action) @if !step.artefact.is_empty() { pre { (step.artefact) } } }
            }
        }
        h3 { "What changed" }
        (web::parts(&row.transcript.diff))
        (lesson)
    }
}

/// A row for each family: whether it holds, and on which condition.
fn families(attack: &dyn Attack, shown: &Shown) -> Markup {
    html! {
        table {
            caption { "The same idea against every verifier here, by family." }
            thead { tr { th scope="col" { "family" } th scope="col" { "stands" } } }
            tbody {
                @for counterpart in replay::counterparts(attack, shown) {
                    tr { th scope="row" { (counterpart.family.title()) } td { (counterpart.stands.in_words()) } }
                }
            }
        }
    }
}

/// A row for each verifier: what it said, by which check, on which line.
fn sent(shown: &Shown) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Decisions" {
            table {
                caption { "The forged token at each verifier, or its nearest analogue there." }
                thead { tr { th { "verifier" } th { "decision" } th { "decided by" } th { "source" } } }
                tbody {
                    @for row in &shown.rows {
                        @let (class, word) = decision(&row.transcript.verdict);
                        tr {
                            th scope="row" { (row.target.id) }
                            td class=(class) { (word) }
                            td { (decided_by(&row.transcript)) }
                            td {
                                @if let Some(entry) = row.transcript.deciding() {
                                    code { (entry.file) ":" (entry.line) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn decision(verdict: &Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Accepted { .. } => ("accepted", "✗ ACCEPTED"),
        Verdict::Rejected { .. } => ("rejected", "✓ refused"),
        Verdict::Inapplicable { .. } => ("inapplicable", "– not expressible"),
        Verdict::Leaked { .. } => ("leaked", "✗ LEAKED"),
        Verdict::Exhausted { .. } => ("exhausted", "✗ EXHAUSTED"),
        _ => ("panicked", "✗ PANICKED"),
    }
}

fn decided_by(transcript: &Transcript) -> Markup {
    html! {
        @match (&transcript.verdict, transcript.deciding()) {
            (Verdict::Inapplicable { why }, _) => (why),
            (_, Some(entry)) => {
                @if entry.result == CheckResult::Absent { "MISSING " } @else { "FIRED " }
                code { (entry.id) }
            }
            _ => {}
        }
    }
}

fn why(row: &Row, lesson: &Markup) -> Markup {
    html! {
        (lesson)
        (checks(&row.transcript.trace))
        @if let Some(lines) = row.transcript.deciding().and_then(lines) {
            h3 { "The deciding line" }
            (lines)
        }
    }
}
