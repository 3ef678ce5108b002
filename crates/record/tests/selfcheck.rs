//! What the self-check lets pass, and what it does not: sound evidence, and the same
//! with one thing wrong at a time.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // invented evidence is small and known

mod invented;

use invented::{ROUNDS, empty, group, run};
use tokenlab_record::analysis::{Analysis, Row, Twin, analyse};
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::environment::Environment;
use tokenlab_record::floors::AboveFloor;
use tokenlab_record::measurement::{Canary, Role};
use tokenlab_record::selfcheck::{Evidence, SELF_CHECK_SCHEMA, SelfCheck};
use tokenlab_record::stats::Interval;

const FIGURES: [&str; 11] = [
    "aa-quiet",
    "aa-busy",
    "false-differences",
    "planted-found",
    "drift",
    "bursts-dropped",
    "layout",
    "order-kept",
    "ratios-agree",
    "half-width",
    "floors-hold",
];

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

const fn is_burst(round: u32) -> bool {
    round % 5 == 2
}

/// Trials of an instrument with nothing wrong: in each, five contenders with a twin
/// and a planted slowdown of 3 %.
fn sound() -> Evidence {
    let mut cases = Vec::new();
    for (name, ns) in NAMES
        .into_iter()
        .zip([50_000.0, 60_000.0, 70_000.0, 80_000.0, 90_000.0])
    {
        cases.push((name, Role::Contender, ns));
        cases.push((name, Role::Twin, ns));
        cases.push((name, Role::Slowed, ns * 1.03));
    }
    let mut run = run(&cases);
    let trial = analyse(&run);
    for canary in &mut run.canaries {
        for (round, ns) in (0..).zip(&mut canary.before_ns) {
            *ns *= if is_burst(round) { 2 } else { 1 };
        }
    }
    Evidence {
        quiet: vec![trial.clone(); 2],
        busy: vec![trial.clone(); 2],
        drift: vec![trial.clone()],
        layout: vec![trial.clone()],
        bursts: run.canaries,
        is_burst,
        above_floors: vec![AboveFloor {
            contender: ContenderId::new("a"),
            group: group(),
            parts: Vec::new(),
            floor_ns: Interval::exact(40_000.0),
            measured_ns: Interval::exact(50_000.0),
            ratio: Interval::exact(1.25),
            rest_ns: Interval::exact(10_000.0),
            launches: Vec::new(),
            negative_rest: false,
        }],
        runs: [trial.clone(), trial],
    }
}

/// The figures that evidence fails.
fn failed(evidence: &Evidence) -> Vec<String> {
    let figures = evidence.judge();
    figures
        .into_iter()
        .filter_map(|figure| (!figure.passed).then_some(figure.id))
        .collect()
}

/// A ratio of this size that is certain to a thousandth.
fn certain(ratio: f64) -> Interval {
    Interval {
        low: ratio * 0.999,
        estimate: ratio,
        high: ratio * 1.001,
    }
}

/// Makes every twin of these trials slower.
fn slower(trials: &mut [Analysis], by: f64) {
    let twins = trials.iter_mut().flat_map(|trial| &mut trial.twins);
    for round in twins.flat_map(|twin| &mut twin.log_ratios).flatten() {
        *round += by.ln();
    }
}

/// Gives these controls a ratio that is [`certain`].
fn declare(controls: &mut [Twin], ratio: f64) {
    for control in controls {
        control.ratio = certain(ratio);
    }
}

/// The ratio of a row, so many times as large.
fn scale(row: &mut Row, by: f64) {
    row.ratio = row.ratio.map(|ratio| ratio * by);
}

/// Launch medians of which so many are on a level 30 % above the others.
fn levels(slow: u32) -> Vec<f64> {
    (0..8)
        .map(|launch| if launch < slow { 91_000.0 } else { 70_000.0 })
        .collect()
}

/// Leaves `count` bursts of the first canary without a trace.
fn hide_bursts(canary: &mut Canary, count: usize) {
    let bursts = (0..)
        .zip(&mut canary.before_ns)
        .filter(|(round, _)| is_burst(*round));
    for (_, ns) in bursts.take(count) {
        *ns = 50_000;
    }
}

#[test]
fn sound_evidence_passes_every_figure() {
    let figures = sound().judge();
    let ids: Vec<&str> = figures.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(ids, FIGURES);
    for figure in figures {
        assert!(figure.passed, "{figure:?}");
    }
}

/// What is wrong, how it comes about, and the figures that must not pass.
type Wrong = (&'static str, fn(&mut Evidence), &'static str);

const WRONG: [Wrong; 27] = [
    (
        "twins 0.6 % apart",
        |it| {
            slower(&mut it.quiet, 1.006);
        },
        "aa-quiet",
    ),
    (
        "twins certainly 0.4 % apart",
        |it| {
            slower(&mut it.quiet, 1.004);
        },
        "aa-quiet",
    ),
    (
        "faster twins",
        |it| {
            slower(&mut it.busy, 0.994);
        },
        "aa-busy",
    ),
    (
        "a drift that is not cancelled",
        |it| slower(&mut it.drift, 1.006),
        "drift",
    ),
    ("no twin under drift", |it| it.drift.clear(), "drift"),
    (
        "one twin under drift, anywhere",
        |it| {
            it.drift[0].twins.truncate(1);
            it.drift[0].twins[0].log_ratios = [-0.05, -0.04, 0.01, 0.02, 0.03, 0.04]
                .map(|ratio| vec![ratio])
                .to_vec();
        },
        "drift",
    ),
    (
        "two of twenty twins differ",
        |it| {
            declare(&mut it.quiet[0].twins[..2], 1.5);
        },
        "false-differences",
    ),
    (
        "two of 39 twins differ",
        |it| {
            // As many again that only this figure looks at.
            for trial in it.quiet.iter_mut().chain(&mut it.busy) {
                let mut others = trial.twins.clone();
                others.iter_mut().for_each(|twin| twin.log_ratios.clear());
                trial.twins.extend(others);
            }
            it.quiet[0].twins.pop();
            declare(&mut it.busy[0].twins[..2], 1.5);
        },
        "false-differences",
    ),
    (
        "nineteen twins",
        |it| {
            it.quiet[0].twins.pop();
        },
        "false-differences",
    ),
    (
        "three of twenty not found",
        |it| {
            declare(&mut it.busy[0].planted[..3], 1.0);
        },
        "planted-found",
    ),
    (
        "three of twenty found as faster",
        |it| {
            declare(&mut it.quiet[0].planted[..3], 0.9);
        },
        "planted-found",
    ),
    (
        "nine planted",
        |it| {
            it.quiet[0].planted.truncate(4);
            it.quiet[1].planted.clear();
            it.busy[0].planted.clear();
        },
        "planted-found",
    ),
    (
        "three of 48 bursts missed",
        |it| hide_bursts(&mut it.bursts[0], 3),
        "bursts-dropped",
    ),
    ("no bursts", |it| it.bursts.clear(), "bursts-dropped"),
    (
        "a canary that found rounds without a burst",
        |it| it.is_burst = |round| round % 5 == 3,
        "bursts-dropped",
    ),
    (
        "an interval too narrow",
        |it| it.layout[0].twins[4].ratio = certain(1.05),
        "layout",
    ),
    ("no twins of layouts", |it| it.layout.clear(), "layout"),
    (
        "two contenders change places",
        |it| {
            let rows = &mut it.runs[1].rankings[0].rows;
            (rows[0].rank, rows[1].rank) = (2, 1);
        },
        "order-kept",
    ),
    (
        "the last becomes the first",
        |it| it.runs[1].rankings[0].rows[4].rank = 0,
        "order-kept",
    ),
    (
        "only one contender in common",
        |it| it.runs[0].rankings[0].rows.truncate(1),
        "order-kept",
    ),
    (
        "ratios 4 % apart",
        |it| {
            scale(&mut it.runs[1].rankings[0].rows[3], 1.04);
        },
        "ratios-agree",
    ),
    (
        "ratios 4 % apart, the first run slower",
        |it| {
            scale(&mut it.runs[0].rankings[0].rows[1], 1.04);
        },
        "ratios-agree",
    ),
    (
        "the faster of two levels is not the same",
        |it| {
            let levels = &mut it.runs[1].rankings[0].rows[2].launch_medians_ns;
            *levels = vec![
                50_000.0, 50_000.0, 50_000.0, 50_000.0, 70_000.0, 70_000.0, 70_000.0, 70_000.0,
            ];
        },
        "ratios-agree",
    ),
    (
        "nothing in common",
        |it| it.runs[1].rankings.clear(),
        "order-kept ratios-agree",
    ),
    (
        "wide intervals",
        |it| {
            for run in &mut it.runs {
                for row in &mut run.rankings[0].rows[1..4] {
                    (row.ratio.low, row.ratio.high) = (row.ratio.estimate * 0.98, row.ratio.estimate * 1.02);
                }
            }
        },
        "half-width",
    ),
    (
        "a contender below its floor",
        |it| it.above_floors[0].negative_rest = true,
        "floors-hold",
    ),
    ("no floors", |it| it.above_floors.clear(), "floors-hold"),
];

#[test]
fn each_thing_that_is_wrong_fails_its_figure_and_no_other() {
    for (what, spoil, expected) in WRONG {
        let mut evidence = sound();
        spoil(&mut evidence);
        assert_eq!(failed(&evidence).join(" "), expected, "{what}");
    }
    let covered = |id: &&str| WRONG.iter().any(|(_, _, figures)| figures.contains(*id));
    assert!(FIGURES.iter().all(covered), "a figure that nothing fails");
}

/// What is not quite right, and how it comes about.
type Bearable = (&'static str, fn(&mut Evidence));

const BEARABLE: [Bearable; 8] = [
    ("the second run is led by a contender of its own", |it| {
        for row in &mut it.runs[1].rankings[0].rows {
            scale(row, 1.3);
        }
    }),
    ("one of twenty twins differs", |it| {
        it.quiet[0].twins[0].ratio = certain(1.5)
    }),
    ("two of twenty not found", |it| {
        declare(&mut it.busy[0].planted[..2], 1.0);
    }),
    ("two of 48 bursts missed", |it| hide_bursts(&mut it.bursts[0], 2)),
    ("two contenders become equal", |it| {
        it.runs[1].rankings[0].rows[1].rank = 1
    }),
    ("ratios 2 % apart", |it| {
        scale(&mut it.runs[1].rankings[0].rows[3], 1.02);
    }),
    ("a contender falls to its slower level", |it| {
        for (run, slow) in it.runs.iter_mut().zip([3, 5]) {
            let row = &mut run.rankings[0].rows[2];
            let by = if slow > 4 { 1.3 } else { 1.0 };
            row.cpu_ns = row.cpu_ns.map(|ns| ns * by);
            scale(row, by);
            row.launch_medians_ns = levels(slow);
        }
    }),
    ("a slower day, and one contender on two levels on both", |it| {
        for (run, pace) in it.runs.iter_mut().zip([1.0, 1.2]) {
            let rows = &mut run.rankings[0].rows;
            rows[2].launch_medians_ns = levels(4);
            for row in rows {
                row.cpu_ns = row.cpu_ns.map(|ns| ns * pace);
                row.launch_medians_ns.iter_mut().for_each(|ns| *ns *= pace);
            }
        }
    }),
];

#[test]
fn what_is_within_the_limits_passes() {
    for (what, change) in BEARABLE {
        let mut evidence = sound();
        change(&mut evidence);
        assert_eq!(failed(&evidence), Vec::<String>::new(), "{what}");
    }
    assert_eq!(ROUNDS / 5 * 8, 48, "what is said of bursts");
}

#[test]
fn a_check_speaks_for_its_machine_and_its_build() {
    let environment = Environment {
        cpu_model: "Invented 1".into(),
        cores: 2,
        rustc: "1.95".into(),
        lock_sha256: "ab".into(),
        ..empty().environment
    };
    let mut check = SelfCheck {
        schema: SELF_CHECK_SCHEMA.into(),
        environment: environment.clone(),
        elapsed_s: 1.0,
        figures: sound().judge(),
    };
    assert!(check.passed());
    check.figures[3].passed = false;
    assert!(!check.passed());

    assert!(check.speaks_for(&environment));
    let others: [fn(&mut Environment); 3] = [
        |other| other.cpu_model = "Invented 2".into(),
        |other| other.rustc = "1.96".into(),
        |other| other.lock_sha256 = "cd".into(),
    ];
    for change in others {
        let mut other = environment.clone();
        change(&mut other);
        assert!(!check.speaks_for(&other), "{other:?}");
    }
}
