//! From two invented runs with a known difference to the comparison.
#![allow(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic
)] // invented runs are small and known

mod invented;

use std::collections::BTreeMap;

use invented::{ITERATIONS, canary, empty, measurement};
use tokenlab_record::catalogue::{
    CATALOGUE_SCHEMA, Catalogue, Class, ContenderCard, ContenderId, Family, Primitive,
};
use tokenlab_record::compare::{Case, Comparison, Finding, Which, by_model, by_movement};
use tokenlab_record::environment::{ENVIRONMENT_SCHEMA, Environment};
use tokenlab_record::measurement::{Measurement, Model, Role};
use tokenlab_record::run::{RunRecord, Status};
use tokenlab_record::stats::SplitMix64;

const LAUNCHES: u32 = 12;
const ROUNDS: usize = 7;

fn card(id: &str) -> ContenderCard {
    ContenderCard {
        id: ContenderId::new(id),
        family: Family::Paseto,
        class: Class::Signature128,
        scheme: "paseto.v4.public".into(),
        algorithm: "v4.public".into(),
        library: "pasetors".into(),
        package: "pasetors".into(),
        library_version: "0.8.1".into(),
        backend: "invented".into(),
        primitive: Primitive::default(),
        footnote: None,
    }
}

/// A run of verifying in which each contender takes the given nanoseconds an
/// operation; launches differ by ± 1 %, rounds by ± 0.5 %, and what differs
/// follows `seed`.
fn run(seed: u64, cases: &[(&str, f64)]) -> RunRecord {
    let mut random = SplitMix64::new(seed);
    let mut noise =
        |scale: f64| 1.0 + scale * 2.0 * ((random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64 - 0.5);
    let mut measurements = Vec::new();
    let mut canaries = Vec::new();
    for launch in 0..LAUNCHES {
        canaries.push(canary(launch, ROUNDS));
        for (id, ns) in cases {
            let layout = noise(0.01);
            let cpu_ns: Vec<u64> = (0..ROUNDS)
                .map(|_| (ns * f64::from(ITERATIONS) * layout * noise(0.005)).round() as u64)
                .collect();
            measurements.push(measurement(id, Role::Contender, launch, cpu_ns));
        }
    }
    RunRecord {
        environment: Environment {
            schema: ENVIRONMENT_SCHEMA.into(),
            cpu_model: "Invented 1".into(),
            cores: 2,
            ..Environment::default()
        },
        catalogue: Catalogue {
            schema: CATALOGUE_SCHEMA.into(),
            contenders: cases.iter().map(|(id, _)| card(id)).collect(),
            ..Catalogue::default()
        },
        measurements,
        canaries,
        ..empty()
    }
}

fn findings(comparison: &Comparison) -> BTreeMap<String, Finding> {
    comparison
        .cases
        .iter()
        .map(|case| (case.name(), case.finding))
        .collect()
}

fn case_of<'a>(comparison: &'a Comparison, contender: &str) -> &'a Case {
    comparison
        .cases
        .iter()
        .find(|case| case.contender.as_str() == contender)
        .unwrap_or_else(|| panic!("no {contender}"))
}

#[test]
fn a_planted_regression_is_found_and_nothing_else() {
    let old = run(
        1,
        &[("steady", 40_000.0), ("slowed", 40_000.0), ("sped-up", 40_000.0)],
    );
    let new = run(
        2,
        &[("steady", 40_000.0), ("slowed", 44_000.0), ("sped-up", 37_000.0)],
    );
    let comparison = Comparison::of(&old, &new);
    for (contender, truth, finding) in [
        ("steady", 1.0, Finding::NoChange),
        ("slowed", 1.1, Finding::Slower),
        ("sped-up", 0.925, Finding::Faster),
    ] {
        let case = case_of(&comparison, contender);
        assert_eq!(case.finding, finding, "{case:?}");
        assert!(case.ratio.holds(truth), "{case:?}");
        assert!((case.ratio.estimate / truth - 1.0).abs() < 0.01, "{case:?}");
    }
    let slowed = case_of(&comparison, "slowed");
    assert!(
        slowed.is_slower_by(0.05) && !slowed.is_slower_by(0.15),
        "{slowed:?}"
    );
    assert!(
        !case_of(&comparison, "sped-up").is_slower_by(0.0),
        "faster is not slower"
    );
    assert_eq!(slowed.name(), "verify/slowed/typical");
    let models: Vec<(Model, usize)> = by_model(&comparison)
        .iter()
        .map(|(model, cases)| (*model, cases.len()))
        .collect();
    assert_eq!(models, [(Model::Verify, 3)], "a model without a case is left out");
    let first = by_movement(&comparison.cases);
    let order: Vec<&str> = first.iter().map(|case| case.contender.as_str()).collect();
    assert_eq!(order, ["slowed", "sped-up", "steady"]);
}

#[test]
fn what_a_comparison_is_asked_of_itself() {
    let mut old = run(
        1,
        &[("steady", 40_000.0), ("slowed", 40_000.0), ("gone", 40_000.0)],
    );
    let new = run(
        2,
        &[("steady", 40_000.0), ("slowed", 44_000.0), ("come", 40_000.0)],
    );
    old.measurements
        .retain(|measurement| measurement.contender.as_str() != "slowed" || measurement.launch < 5);
    old.manifest.status = Status::Partial;
    let mut comparison = Comparison::of(&old, &new);
    let counts =
        [Finding::Slower, Finding::Faster, Finding::NoChange].map(|finding| comparison.count(finding));
    assert_eq!(counts, [1, 0, 1]);
    assert_eq!(comparison.fewest_launches(), Some(5));
    let [before, after] = comparison.sides();
    assert!(before.is_partial() && !after.is_partial());
    comparison.retain(|contender| ["slowed", "gone"].contains(&contender.as_str()));
    let kept: Vec<&str> = comparison
        .cases
        .iter()
        .map(|case| case.contender.as_str())
        .collect();
    let lone: Vec<&str> = comparison
        .lone
        .iter()
        .map(|lone| lone.contender.as_str())
        .collect();
    assert_eq!((kept, lone), (vec!["slowed"], vec!["gone"]));
    let mut elsewhere = new;
    elsewhere.environment.cpu_model = "Invented 2".into();
    assert!(!Comparison::of(&old, &elsewhere).same_machine());
    // By exactly as much is not by more.
    let mut case = comparison.cases.remove(0);
    case.ratio.estimate = 1.5;
    case.ratio.low = 1.25;
    case.ratio.high = 1.75;
    assert!(case.is_slower_by(0.49) && !case.is_slower_by(0.5));
}

#[test]
fn a_run_whose_launches_keep_to_two_levels_says_so_whichever_it_is() {
    let steady = run(1, &[("a", 40_000.0)]);
    let mut jumping = run(2, &[("a", 40_000.0)]);
    for measurement in &mut jumping.measurements {
        if measurement.launch % 2 == 1 {
            for ns in measurement.cpu_ns.iter_mut().chain(&mut measurement.wall_ns) {
                *ns = *ns * 13 / 10;
            }
        }
    }
    let says = |old: &RunRecord, new: &RunRecord| {
        let comparison = Comparison::of(old, new);
        let case = case_of(&comparison, "a");
        assert_eq!(case.family, Some(Family::Paseto));
        case.two_levels
    };
    assert!(says(&steady, &jumping) && says(&jumping, &steady));
    assert!(!says(&steady, &steady));
}

#[test]
fn the_other_way_round_slower_is_faster() {
    let old = run(1, &[("a", 40_000.0), ("b", 40_000.0)]);
    let new = run(2, &[("a", 44_000.0), ("b", 40_000.0)]);
    let (there, back) = (Comparison::of(&old, &new), Comparison::of(&new, &old));
    for there in &there.cases {
        let back = case_of(&back, there.contender.as_str());
        assert!(
            (there.ratio.estimate * back.ratio.estimate - 1.0).abs() < 1e-9,
            "{there:?} {back:?}"
        );
    }
    assert_eq!(case_of(&there, "a").finding, Finding::Slower);
    assert_eq!(case_of(&back, "a").finding, Finding::Faster);
    assert_eq!(case_of(&back, "b").finding, Finding::NoChange);
}

#[test]
fn two_runs_of_the_same_seldom_differ() {
    let cases = ["a", "b", "c", "d", "e", "f"].map(|id| (id, 40_000.0));
    let false_alarms: Vec<Case> = (0..4)
        .flat_map(|seed| Comparison::of(&run(2 * seed, &cases), &run(2 * seed + 1, &cases)).cases)
        .filter(|case| case.finding != Finding::NoChange)
        .collect();
    // 24 cases at 95 % and a least effect of 1 %.
    assert!(false_alarms.len() <= 2, "{false_alarms:?}");
}

#[test]
fn a_run_against_itself_is_no_change_to_the_digit() {
    let run = run(5, &[("a", 40_000.0)]);
    let comparison = Comparison::of(&run, &run);
    let case = &comparison.cases[0];
    assert!(
        (case.ratio.estimate - 1.0).abs() < f64::EPSILON && case.ratio.holds(1.0),
        "{case:?}"
    );
    assert_eq!((case.finding, case.ranks), (Finding::NoChange, Some((1, 1))));
    assert!(comparison.lone.is_empty() && comparison.same_machine());
    let differences = [&comparison.build, &comparison.libraries, &comparison.plan];
    assert!(
        differences.iter().all(|differences| differences.is_empty()),
        "{differences:?}"
    );
}

#[test]
fn neither_the_unit_nor_the_order_of_the_lines_matters() {
    let cases = [("a", 40_000.0), ("b", 41_000.0), ("c", 90_000.0)];
    let changed = [("a", 44_000.0), ("b", 41_000.0), ("c", 80_000.0)];
    let (old, new) = (run(1, &cases), run(2, &changed));
    let plain = Comparison::of(&old, &new);

    let mut random = SplitMix64::new(3);
    let (mut shuffled_old, mut shuffled_new) = (old.clone(), new.clone());
    for run in [&mut shuffled_old, &mut shuffled_new] {
        random.shuffle(&mut run.measurements);
        random.shuffle(&mut run.canaries);
        random.shuffle(&mut run.catalogue.contenders);
    }
    assert_eq!(Comparison::of(&shuffled_old, &shuffled_new), plain);

    let (mut slow_old, mut slow_new) = (old, new);
    for measurement in slow_old.measurements.iter_mut().chain(&mut slow_new.measurements) {
        for ns in measurement.cpu_ns.iter_mut().chain(&mut measurement.wall_ns) {
            *ns *= 64;
        }
    }
    let slow = Comparison::of(&slow_old, &slow_new);
    assert_eq!(findings(&slow), findings(&plain));
    for (slow, plain) in slow.cases.iter().zip(&plain.cases) {
        assert!(
            (slow.ratio.estimate - plain.ratio.estimate).abs() < 1e-9,
            "{slow:?} {plain:?}"
        );
        assert!(
            (slow.ratio.low - plain.ratio.low).abs() < 1e-9,
            "{slow:?} {plain:?}"
        );
    }
}

#[test]
fn a_change_below_the_error_of_the_controls_is_none() {
    let old = run(1, &[("a", 40_000.0)]);
    let mut new = run(2, &[("a", 42_000.0)]);
    assert_eq!(
        Comparison::of(&old, &new).cases[0].finding,
        Finding::Slower,
        "without controls"
    );
    let mut twins: Vec<Measurement> = new.measurements.clone();
    for twin in &mut twins {
        twin.role = Role::Twin;
        for ns in twin.cpu_ns.iter_mut().chain(&mut twin.wall_ns) {
            *ns = *ns * 104 / 100;
        }
    }
    new.measurements.extend(twins);
    let comparison = Comparison::of(&old, &new);
    assert!(comparison.least_effect > 0.07, "{}", comparison.least_effect);
    assert_eq!(
        comparison.cases[0].finding,
        Finding::NoChange,
        "beside a control that is 4 % off"
    );
    assert!(!comparison.cases[0].ratio.holds(1.0), "it was the least effect");
}

#[test]
fn a_case_of_one_run_is_listed_with_its_run_and_its_failure() {
    let old = run(1, &[("both", 40_000.0), ("gone", 40_000.0), ("broken", 40_000.0)]);
    let mut new = run(2, &[("both", 40_000.0), ("come", 40_000.0), ("broken", 40_000.0)]);
    for measurement in &mut new.measurements {
        if measurement.contender.as_str() == "broken" {
            measurement.error = Some("no such key".into());
        }
    }
    let comparison = Comparison::of(&old, &new);
    let mut lone: Vec<_> = comparison
        .lone
        .iter()
        .map(|lone| (lone.contender.as_str(), lone.only_in, lone.error.as_deref()))
        .collect();
    lone.sort_unstable();
    assert_eq!(
        lone,
        [
            ("broken", Which::Old, Some("no such key")),
            ("come", Which::New, None),
            ("gone", Which::Old, None)
        ]
    );
    assert_eq!(findings(&comparison).len(), 1);
    assert_eq!(
        comparison.cases[0].ranks, None,
        "a rank among other rivals is another rank"
    );
}

#[test]
fn another_machine_and_another_build_are_told_by_the_field() {
    let old = run(1, &[("a", 40_000.0)]);
    let mut new = run(2, &[("a", 40_000.0)]);
    new.environment.rustc = "rustc 2".into();
    new.catalogue.contenders[0].library_version = "0.9.0".into();
    new.catalogue.contenders[0].backend = "other".into();
    new.manifest.seed = 2;
    let comparison = Comparison::of(&old, &new);
    let names = |differences: &[tokenlab_record::environment::Difference]| -> Vec<String> {
        differences
            .iter()
            .map(|difference| format!("{}: {}", difference.what, difference.new))
            .collect()
    };
    assert!(
        comparison.same_machine(),
        "a build is no machine: {:?}",
        comparison.machine
    );
    assert_eq!(names(&comparison.build), ["compiler: rustc 2"]);
    assert_eq!(
        names(&comparison.libraries),
        ["library: pasetors 0.9.0", "backend of a: other"]
    );
    assert_eq!(names(&comparison.plan), ["seed: 2"]);

    for (change, what) in [
        (
            (|environment: &mut Environment| environment.cpu_model = "Invented 2".into())
                as fn(&mut Environment),
            "processor",
        ),
        (|environment| environment.cores = 4, "logical processors"),
        (
            |environment| environment.cpu_features = vec!["sha_ni".into()],
            "instruction sets",
        ),
        (|environment| *environment = Environment::default(), "processor"),
    ] {
        let mut other = new.clone();
        change(&mut other.environment);
        let comparison = Comparison::of(&old, &other);
        let told: Vec<&str> = comparison
            .machine
            .iter()
            .map(|difference| difference.what.as_str())
            .collect();
        assert_eq!(told, [what]);
        assert!(!old.environment.same_machine(&other.environment), "{what}");
        assert_eq!(
            comparison.cases[0].ranks, None,
            "{what}: no ranks across machines"
        );
    }
    let unknown = Environment::default();
    assert!(
        !unknown.same_machine(&unknown),
        "two machines that nothing is known of"
    );
}

#[test]
fn a_machine_that_changed_its_speed_shows_in_the_canary() {
    let old = run(1, &[("a", 40_000.0)]);
    let mut new = run(2, &[("a", 40_000.0)]);
    assert!(!Comparison::of(&old, &new).canary_moved());
    for canary in &mut new.canaries {
        for ns in canary.before_ns.iter_mut().chain(&mut canary.after_ns) {
            *ns = *ns * 21 / 20;
        }
    }
    let comparison = Comparison::of(&old, &new);
    assert!(comparison.canary_moved(), "{:?}", comparison.canary);
    new.canaries.clear();
    assert_eq!(Comparison::of(&old, &new).canary, None);
}

#[test]
fn runs_that_share_nothing_compare_to_nothing() {
    let comparison = Comparison::of(&run(1, &[("a", 40_000.0)]), &run(2, &[]));
    assert!(comparison.cases.is_empty() && comparison.fewest_launches().is_none());
    assert_eq!(comparison.lone.len(), 1);
}
