//! The page of two runs, from invented ones with known changes.
#![allow(clippy::panic)] // clippy.toml exempts test functions, not their helpers

use std::sync::OnceLock;

use tokenlab_record::compare::{Comparison, Finding};
use tokenlab_record::measurement::Model;
use tokenlab_record::run::{RunRecord, Status};
use tokenlab_report::{compared, comparison_html, render_comparison};

mod synthetic;

const SLOWED: &str = "pasetors/v4.public";
const SPED_UP: &str = "jsonwebtoken/HS256+aws-lc";

/// An invented run, made once. Two models are enough, and quick.
fn invented() -> RunRecord {
    static INVENTED: OnceLock<RunRecord> = OnceLock::new();
    INVENTED
        .get_or_init(|| {
            let mut run = synthetic::run(synthetic::Size {
                launches: 3,
                rounds: 5,
                corpora: 1,
                attacks: false,
                crowd: false,
            });
            let kept = [Model::Verify, Model::Issue];
            run.measurements
                .retain(|measurement| kept.contains(&measurement.group.model));
            run
        })
        .clone()
}

/// The invented run with one contender slowed by a fifth and one sped up, and
/// one that is gone.
fn changed() -> RunRecord {
    let mut run = invented();
    run.manifest.run = "2026-01-02T000000-invented".into();
    for measurement in &mut run.measurements {
        let percent = match measurement.contender.as_str() {
            SLOWED => 120,
            SPED_UP => 80,
            _ => 100,
        };
        for ns in measurement.cpu_ns.iter_mut().chain(&mut measurement.wall_ns) {
            *ns = *ns * percent / 100;
        }
    }
    run.measurements
        .retain(|measurement| measurement.contender.as_str() != "rusty_paseto/v4.local");
    run
}

/// What stands between `from` and `to`.
fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    html.split_once(from)
        .and_then(|(_, after)| after.split_once(to))
        .map_or_else(|| panic!("no {from}"), |(inside, _)| inside)
}

#[test]
fn what_changed_is_named_and_what_did_not_says_so() {
    let comparison = Comparison::of(&invented(), &changed());
    let html = comparison_html(&comparison);
    let changes = between(&html, "<section id=\"changes\"", "</section>");
    for case in &comparison.cases {
        let expected = match case.contender.as_str() {
            SLOWED => Finding::Slower,
            SPED_UP => Finding::Faster,
            _ => Finding::NoChange,
        };
        assert_eq!(case.finding, expected, "{}", case.name());
        let named = changes.contains(&format!("<code>{}</code>", case.name()));
        assert_eq!(named, expected != Finding::NoChange, "{}", case.name());
    }
    let chart = between(&html, "<article id=\"compare-verify\"", "</article>");
    for part in [
        between(chart, "<svg", "</svg>"),
        between(chart, "<table", "</table>"),
    ] {
        for word in ["slower", "faster", "no change"] {
            assert!(part.contains(word), "{word}");
        }
    }
    let lone = between(&html, "<section id=\"lone\"", "</section>");
    assert!(lone.contains("Only in the old run") && lone.contains("verify/rusty_paseto/v4.local/typical"));
    assert!(!lone.contains("Only in the new run"));
    assert!(html.contains("tokenlab compare 2026-01-01T000000-invented 2026-01-02T000000-invented"));
}

#[test]
fn every_file_is_written_and_linked_and_the_same_twice() {
    let comparison = Comparison::of(&invented(), &changed());
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [first, second] = folders
        .each_ref()
        .map(|folder| render_comparison(&comparison, folder.path()).unwrap());
    let html = std::fs::read_to_string(&first.page).unwrap();
    assert_eq!(first.charts.len(), 2, "a chart a model");
    for (a, b) in first.charts.iter().zip(&second.charts) {
        let name = a.file_name().unwrap().to_str().unwrap();
        assert!(html.contains(&format!("href=\"{name}\"")), "{name} is not linked");
        assert_eq!(std::fs::read(a).unwrap(), std::fs::read(b).unwrap(), "{name}");
    }
    assert_eq!(html, std::fs::read_to_string(&second.page).unwrap());
    for forbidden in ["<script", "http:", "https:", "url(", " src="] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn whatever_weakens_a_comparison_is_said_before_any_ratio() {
    let (old, new) = (invented(), changed());
    let said = |old: &RunRecord, new: &RunRecord| {
        let comparison = Comparison::of(old, new);
        let html = comparison_html(&comparison);
        let header = between(&html, "<header>", "</header>");
        for caveat in compared::caveats(&comparison) {
            let start: String = caveat.chars().take(40).collect();
            assert!(header.contains(&start), "{caveat}");
        }
        compared::caveats(&comparison).join("\n")
    };
    let plain = said(&old, &new);
    for absent in [
        "two machines",
        "partial",
        "noisy",
        "debug",
        "could not be read",
        "canary",
    ] {
        assert!(!plain.contains(absent), "{absent}: {plain}");
    }
    for (change, words) in [
        (
            (|run: &mut RunRecord| run.environment.cpu_model = "Other".into()) as fn(&mut RunRecord),
            "two machines (processor: ",
        ),
        (
            |run| run.manifest.status = Status::Partial,
            "The new run is partial",
        ),
        (
            |run| {
                for wall in run.measurements.iter_mut().flat_map(|line| &mut line.wall_ns) {
                    *wall *= 2;
                }
            },
            "The new run is noisy",
        ),
        (
            |run| run.environment.build_profile = "debug".into(),
            "The new run was made by a debug build",
        ),
        (
            |run| {
                for canary in &mut run.canaries {
                    canary.before_ns.iter_mut().for_each(|ns| *ns += 9_000);
                    canary.after_ns.iter_mut().for_each(|ns| *ns += 9_000);
                }
            },
            "The canary, which does the same work in both runs, took 1.18×",
        ),
    ] {
        let mut worse = new.clone();
        change(&mut worse);
        let said = said(&old, &worse);
        assert!(said.contains(words), "no {words:?} in {said}");
    }
}

#[test]
fn two_machines_have_no_ranks() {
    let (old, mut new) = (invented(), changed());
    let has_ranks = |html: &str| html.contains("<th scope=\"col\" class=\"number\">rank</th>");
    assert!(has_ranks(&comparison_html(&Comparison::of(&old, &new))));
    new.environment.cores += 1;
    assert!(!has_ranks(&comparison_html(&Comparison::of(&old, &new))));
}

#[test]
fn a_hostile_name_stays_text() {
    let (mut old, mut new) = (invented(), changed());
    let hostile = "</title><script>alert(1)</script>";
    for run in [&mut old, &mut new] {
        run.manifest.run = hostile.into();
        run.environment.rustc = format!("{hostile}{}", run.measurements.len());
        for measurement in &mut run.measurements {
            measurement.group.corpus = format!("{hostile}{}", measurement.group.corpus);
        }
    }
    let html = comparison_html(&Comparison::of(&old, &new));
    assert!(!html.contains("<script"));
    assert!(html.contains("&lt;script&gt;"));
}

#[test]
fn runs_without_a_common_case_still_make_a_page() {
    let (old, mut new) = (invented(), changed());
    new.measurements.clear();
    let html = comparison_html(&Comparison::of(&old, &new));
    assert!(html.contains("no case in common") && html.contains("Of 0 cases"));
}
