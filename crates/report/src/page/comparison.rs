//! The page of two runs: what forbids comparing them, what changed, charts,
//! cases without a counterpart, and everything that differs around the times.

use maud::{DOCTYPE, Markup, html};
use tokenlab_record::analysis::LEAST_EFFECT;
use tokenlab_record::compare::{Case, Comparison, Finding, Lone, Side, Which, by_movement};
use tokenlab_record::environment::Difference;

use super::{explained, foot, head, notes};
use crate::charts::Figure;
use crate::compared::{caveats, in_words, summary};
use crate::format;
use crate::view::listed;

/// The whole document.
pub(crate) fn html(comparison: &Comparison, figures: &[Figure]) -> Markup {
    let (old, new) = (&comparison.old.manifest, &comparison.new.manifest);
    let again = html! { "Compare again: " code { "tokenlab compare " (old.run) " " (new.run) } };
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("tokenlab: {} over {}", new.run, old.run)))
            body {
                a.skip href="#main" { "Skip to the changes" }
                header {
                    h1 { "Two runs compared" }
                    p.lead {
                        "New: " (named(&comparison.new)) ". Old: " (named(&comparison.old)) "."
                    }
                    (notes(&caveats(comparison)))
                    nav aria-label="Contents" {
                        ul {
                            li { a href="#changes" { "Changes" } }
                            @for figure in figures {
                                li { a href={ "#" (figure.anchor) } { (figure.title) } }
                            }
                            li { a href="#lone" { "In one run only" } }
                            li { a href="#differences" { "What else differs" } }
                            li { a href="#method" { "Method in short" } }
                        }
                    }
                }
                main id="main" tabindex="-1" {
                    section id="changes" aria-labelledby="changes-heading" {
                        h2 id="changes-heading" { "Changes" }
                        (changes(comparison))
                    }
                    section id="charts" aria-labelledby="charts-heading" {
                        h2 id="charts-heading" { "Ratios" }
                        @if figures.is_empty() {
                            p.remark { "No chart: the two runs have no case in common." }
                        }
                        @for figure in figures { (explained(figure, &html! {}, &again, "")) }
                    }
                    section id="lone" aria-labelledby="lone-heading" {
                        h2 id="lone-heading" { "In one run only" }
                        (lone(&comparison.lone))
                    }
                    section id="differences" aria-labelledby="differences-heading" {
                        h2 id="differences-heading" { "What else differs" }
                        (differences("Machine", &comparison.machine))
                        (differences("Build", &comparison.build))
                        (differences("Libraries", &comparison.libraries))
                        (differences("Plan", &comparison.plan))
                    }
                    section id="method" aria-labelledby="method-heading" {
                        h2 id="method-heading" { "Method in short" }
                        (method(comparison))
                    }
                }
                (foot("the records of the two runs"))
            }
        }
    }
}

fn named(side: &Side) -> Markup {
    html! {
        "run " code { (side.manifest.run) } ", profile " (side.manifest.profile)
        @if !side.environment.started_at.is_empty() { ", started " (side.environment.started_at) }
    }
}

/// Changes that stand as sentences; the tables under the charts have them all.
const SENTENCES: usize = 20;

/// How many cases changed, and which.
fn changes(comparison: &Comparison) -> Markup {
    let changed: Vec<&Case> = by_movement(&comparison.cases)
        .into_iter()
        .filter(|case| case.finding != Finding::NoChange)
        .collect();
    html! {
        p { (summary(comparison)) }
        ul.verdict {
            @for case in changed.iter().take(SENTENCES) {
                li {
                    code { (case.name()) } ": "
                    @match case.finding {
                        Finding::Slower => strong.flag { (case.finding.title()) },
                        _ => strong { (case.finding.title()) },
                    }
                    ", " (format::ratio(case.ratio.estimate)) " the time (95 %: "
                    (format::interval_ends(case.ratio)) "), "
                    (format::duration_ns(case.old_ns.estimate)) " to "
                    (format::duration_ns(case.new_ns.estimate))
                    @if case.two_levels { "; its launches keep to two levels" }
                }
            }
        }
        @if changed.len() > SENTENCES {
            p.remark {
                "These moved farthest; " (changed.len() - SENTENCES) " more stand in the tables under the charts."
            }
        }
    }
}

fn lone(lone: &[Lone]) -> Markup {
    if lone.is_empty() {
        return html! { p { "Every case was measured in both runs." } };
    }
    html! {
        @for which in [Which::Old, Which::New] {
            @if lone.iter().any(|lone| lone.only_in == which) {
                p { "Only in the " (which.title()) " run:" }
                ul {
                    @for lone in lone.iter().filter(|lone| lone.only_in == which) {
                        li {
                            code { (lone.group.case_name(&lone.contender)) }
                            @if let Some(error) = &lone.error { "; failed in the other: " (error) }
                        }
                    }
                }
            }
        }
    }
}

fn differences(heading: &str, differences: &[Difference]) -> Markup {
    html! {
        h3 { (heading) }
        @if differences.is_empty() { p { "The same in both runs." } }
        @else {
            ul { @for difference in differences { li { (in_words(difference)) } } }
        }
    }
}

fn method(comparison: &Comparison) -> Markup {
    let names = comparison.sides().map(|side| side.manifest.run.clone());
    html! {
        p {
            "Each run is analysed by itself, as on its own page. A ratio is the median over launches of the "
            "new run divided by that of the old one. Within a run contenders are paired round by round; two "
            "runs share no round, so nothing here is paired, and the 95 % interval comes from drawing the "
            "launches of both runs independently."
        }
        p {
            "A change is called one if the interval excludes 1 and the change exceeds both "
            (format::limit_percent(LEAST_EFFECT)) " and twice the A/A error of the noisier run, here "
            (format::limit_percent(comparison.least_effect)) ". "
            @match comparison.canary {
                Some(canary) => {
                    "The canary, a fixed piece of work that both runs timed between all others, took "
                    (format::ratio(canary.estimate)) " the time in the new run (95 %: "
                    (format::interval_ends(canary)) "). Times are not divided by it, for no factor is common "
                    "to all kinds of work."
                }
                None => { "There is no canary to compare." }
            }
        }
        p { "Raw lines are in the folders of " (listed(&names)) "." }
    }
}
