//! Where the numbers come from: noise, method, machine, damage, raw files.

use maud::{Markup, html};
use tokenlab_record::analysis::{CANARY_LIMIT, LEAST_EFFECT, MIN_KEPT, NOISE_LIMIT, WALL_OVER_CPU_LIMIT};
use tokenlab_record::run::{Status, files};

use crate::charts::Section;
use crate::export;
use crate::format;
use crate::table::{Cell, Table};
use crate::view::View;

/// How disturbed the machine was, in a sentence.
pub(super) fn noise(view: &View<'_>) -> Markup {
    let noise = &view.analysis.noise;
    if noise.blocks == 0 {
        return html! { p.remark { "This run timed no block, so there is no noise to speak of." } };
    }
    html! {
        p {
            "Of " (format::counted(noise.blocks, "timed block", "timed blocks")) ", "
            (format::count(noise.preempted)) " were dropped because wall time exceeded CPU time by more than "
            (format::limit_percent(WALL_OVER_CPU_LIMIT - 1.0)) " (somebody else had the processor), and "
            (format::count(noise.canary)) " because a canary block beside their round was more than "
            (format::limit_percent(CANARY_LIMIT - 1.0)) " slower than the quick ones of its launch: " (format::percent(noise.share))
            " in all. Above " (format::limit_percent(NOISE_LIMIT)) " a run is called noisy; this one is "
            @if noise.noisy { strong { "noisy" } } @else { "not" } "."
        }
    }
}

/// What the instrument showed of itself: each figure against its limit.
pub(super) fn self_check(view: &View<'_>) -> Markup {
    let Some(verdict) = &view.record.self_check else {
        return html! {
            p.remark {
                "This build has not proved itself on this machine. " code { "tokenlab bench selfcheck" }
                " lets it: contenders against themselves, planted slowdowns and planted disturbances with a "
                "known answer, and two complete runs. The A/A twins above are what this run itself can say."
            }
        };
    };
    let missed = verdict.figures.iter().filter(|figure| !figure.passed).count() as u64;
    let mut table = Table::new(
        "The instrument against its limits".to_owned(),
        &["verdict", "figure", "measured", "limit", "what it shows"],
    );
    for figure in &verdict.figures {
        table.push(vec![
            Cell::text(if figure.passed { "ok" } else { "missed" }),
            Cell::text(&figure.id),
            Cell::text(&figure.measured),
            Cell::text(&figure.limit),
            Cell::text(&figure.shows),
        ]);
    }
    html! {
        p {
            "Made by this build on this machine, " (verdict.environment.started_at) ": "
            @if missed == 0 {
                strong { "passed" } "."
            } @else {
                strong { (format::counted(missed, "figure", "figures")) " missed" } "."
            }
            " Small runs with a known answer, and two complete ones; the limits were fixed beforehand."
        }
        (table.html())
    }
}

/// How the run was measured, from its own plan.
pub(super) fn method(view: &View<'_>) -> Markup {
    let manifest = &view.record.manifest;
    let block = f64::from(u32::try_from(manifest.block_ns).unwrap_or(u32::MAX));
    html! {
        p {
            "The plan: " (format::counted(manifest.launches.into(), "launch", "launches"))
            " (fresh processes), each with " (format::counted(manifest.rounds.into(), "round", "rounds"))
            " a group. A round times one block of about " (format::duration_ns(block))
            " of every contender of the group, in an order shuffled anew, between two canary blocks. Results "
            "are checked outside the clock."
        }
        p {
            "The main figure is thread CPU time (of sessions, which wait for a disk or a server, wall time): the median of a launch's undisturbed blocks (of all its "
            "blocks, where fewer than " (MIN_KEPT) " were left alone), then the median over launches. "
            "Intervals are 95 %, by a bootstrap that draws launches first and rounds within them second, "
            "because two processes differ by more than two rounds do. Ratios are paired round by round with "
            "the fastest of the group. Two contenders share a rank unless the interval of their ratio "
            "excludes 1 and the difference exceeds both " (format::limit_percent(LEAST_EFFECT))
            " and twice the typical A/A error."
        }
        p.reproduce { "Measure again: " code { (manifest.command) } }
    }
}

/// The machine, the build and the plan.
pub(super) fn environment(view: &View<'_>) -> Markup {
    let environment = &view.record.environment;
    let manifest = &view.record.manifest;
    #[allow(clippy::cast_precision_loss)] // a memory size, shown to three figures
    let memory = format!(
        "{} GiB",
        format::significant(environment.memory_bytes as f64 / GIB)
    );
    let commit = format!(
        "{}{}",
        environment.commit,
        if environment.dirty {
            " with local changes"
        } else {
            ""
        }
    );
    let seconds = |s: f64| format::duration_ns(s * 1e9);
    let facts = [
        ("Processor", environment.cpu_model.clone()),
        ("Instruction sets", environment.cpu_features.join(" ")),
        ("Logical processors", environment.cores.to_string()),
        ("Memory", memory),
        ("Operating system", environment.os.clone()),
        ("Kernel", environment.kernel.clone()),
        ("Compiler", environment.rustc.clone()),
        ("Build profile", environment.build_profile.clone()),
        ("Commit", commit),
        ("Lock file, SHA-256", environment.lock_sha256.clone()),
        ("Started", environment.started_at.clone()),
        ("Load at the start", format::significant(environment.load)),
        ("Profile", manifest.profile.clone()),
        (
            "Contender filter",
            manifest.only.clone().unwrap_or_else(|| "none".to_owned()),
        ),
        ("Seed", manifest.seed.to_string()),
        (
            "Measuring took",
            format!(
                "{} of {} expected",
                seconds(manifest.elapsed_s),
                seconds(manifest.expected_s)
            ),
        ),
        (
            "Status",
            match manifest.status {
                Status::Complete => "complete".to_owned(),
                _ => "partial".to_owned(),
            },
        ),
    ];
    let of_measuring = ["Contender filter", "Seed", "Measuring took"];
    let facts = facts
        .into_iter()
        .filter(|(name, _)| manifest.measures() || !of_measuring.contains(name));
    html! {
        dl.facts {
            @for (name, value) in facts {
                dt { (name) }
                dd { @if value.is_empty() { "not recorded" } @else { (value) } }
            }
        }
    }
}

const GIB: f64 = 1_073_741_824.0;

/// Lines that could not be read.
pub(super) fn damage(view: &View<'_>) -> Markup {
    let damage = &view.record.damage;
    if damage.is_empty() {
        return html! { p { "Every line of the record could be read." } };
    }
    html! {
        p { "These lines could not be read and took no part. Everything else did." }
        ul {
            @for line in damage {
                li { code { (line.file) } " line " (line.line) ": " (line.problem) }
            }
        }
    }
}

/// The files beside the page.
pub(super) fn files(view: &View<'_>, sections: &[Section]) -> Markup {
    let record = view.record;
    let measures = record.manifest.measures();
    let damaged = |name: &str| record.damage.iter().any(|line| line.file == name);
    let raw = [
        (files::MANIFEST, "the plan and how far it got", true),
        (files::ENVIRONMENT, "machine and build", true),
        (files::CATALOGUE, "cards of contenders, attacks and targets", true),
        (
            files::MEASUREMENTS,
            "every timed block, one line a contender, group and launch",
            !record.measurements.is_empty(),
        ),
        (files::CANARIES, "the canary blocks", !record.canaries.is_empty()),
        (
            files::FLOORS,
            "the least work, part by part",
            !record.floors.is_empty(),
        ),
        (files::TOKENS, "token lengths by part", !record.tokens.is_empty()),
        (
            files::REFUSALS,
            "for which reasons the contenders refuse",
            !record.refusals.is_empty(),
        ),
        (
            files::ALLOCATIONS,
            "allocations of single operations",
            !record.allocations.is_empty(),
        ),
        (
            files::SECOND_OPINIONS,
            "criterion's samples",
            !record.second_opinions.is_empty(),
        ),
        (
            files::STUDIES,
            "studies that were run beside it, a document each",
            !record.studies.is_empty(),
        ),
        (
            files::TRANSCRIPTS,
            "attacks, step by step",
            !record.transcripts.is_empty(),
        ),
        (
            files::SOURCES,
            "the lines of source behind the decisions",
            !record.sources.is_empty(),
        ),
        (
            files::VECTORS,
            "what official test vectors said",
            !record.vectors.is_empty(),
        ),
        (
            files::SELF_CHECK,
            "what the instrument showed of itself",
            record.self_check.is_some(),
        ),
        (export::MEASUREMENTS, "the rankings as a table", measures),
        (export::TOKENS, "the token lengths as a table", measures),
        (
            export::bencher::BENCHER,
            "the rankings in Bencher Metric Format, for a service that keeps history",
            measures,
        ),
    ];
    let pictures = sections
        .iter()
        .flat_map(|section| &section.figures)
        .filter(|figure| figure.sketch.is_some());
    html! {
        ul {
            @for (name, what, present) in raw {
                @if present || damaged(name) { li { a href=(name) { (name) } ": " (what) } }
            }
        }
        @if measures {
            p { "The charts as pictures:" }
            ul {
                @for figure in pictures {
                    li { a href=(figure.png_name()) { (figure.png_name()) } ": " (figure.title) }
                }
            }
        }
    }
}
