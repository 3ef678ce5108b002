//! From invented floors and contenders with a known answer to the answer.
#![allow(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing
)] // invented runs are small and known

mod invented;

use invented::{ITERATIONS, LAUNCHES, ROUNDS, canary, empty, group, measurement};
use tokenlab_record::analysis::analyse;
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};
use tokenlab_record::floors::above_floors;
use tokenlab_record::format_tax::{Change, Comparison, comparisons};
use tokenlab_record::measurement::{FLOOR_SCHEMA, FloorMeasurement, FloorPart, Measurement, Model, Role};
use tokenlab_record::run::RunRecord;
use tokenlab_record::stats::{Interval, SplitMix64};

/// Id, scheme, library, implementation of the primitive, nanoseconds.
type Who = (&'static str, &'static str, &'static str, &'static str, f64);

/// Scheme, part, implementation, nanoseconds.
type Least = (&'static str, FloorPart, &'static str, f64);

/// A run whose rounds are disturbed by ± 5 % that everything in a round shares.
fn run(contenders: &[Who], floors: &[Least]) -> RunRecord {
    let mut random = SplitMix64::new(5);
    let mut record = empty();
    for (id, scheme, library, implementation, _) in contenders {
        let is_jwt = scheme.starts_with("jwt.");
        record.catalogue.contenders.push(ContenderCard {
            id: ContenderId::new(*id),
            family: if is_jwt { Family::Jwt } else { Family::Paseto },
            class: Class::Signature128,
            scheme: (*scheme).into(),
            algorithm: (*scheme).into(),
            library: (*library).into(),
            package: (*library).into(),
            library_version: "1".into(),
            backend: (*implementation).into(),
            primitive: Primitive::new("Ed25519", *implementation),
            footnote: None,
        });
    }
    for launch in 0..LAUNCHES {
        let mut factors = || -> Vec<f64> {
            let factor = |random: &mut SplitMix64| 0.95 + random.below(1001) as f64 / 10_000.0;
            (0..ROUNDS).map(|_| factor(&mut random)).collect()
        };
        let shared = factors();
        let blocks = |ns: f64| -> Vec<u64> {
            let block = |round: &f64| (ns * f64::from(ITERATIONS) * round).round() as u64;
            shared.iter().map(block).collect()
        };
        record.canaries.push(canary(launch, ROUNDS));
        record.measurements.extend(
            contenders
                .iter()
                .map(|(id, _, _, _, ns)| measurement(id, Role::Contender, launch, blocks(*ns))),
        );
        record.floors.extend(
            floors
                .iter()
                .map(|(scheme, part, implementation, ns)| FloorMeasurement {
                    schema: FLOOR_SCHEMA.into(),
                    run: "test".into(),
                    scheme: (*scheme).into(),
                    part: *part,
                    implementation: (*implementation).into(),
                    group: group(),
                    launch,
                    iterations: ITERATIONS,
                    cpu_ns: blocks(*ns),
                    wall_ns: blocks(*ns),
                    verified: true,
                    error: None,
                }),
        );
    }
    record
}

const FLOOR: [Least; 4] = [
    ("jwt.EdDSA", FloorPart::Crypto, "another", 45_000.0),
    ("jwt.EdDSA", FloorPart::Crypto, "fast", 35_000.0),
    ("jwt.EdDSA", FloorPart::Base64, "only", 100.0),
    ("jwt.EdDSA", FloorPart::Json, "only", 900.0),
];

fn jwt(ns: f64) -> Who {
    ("lib/EdDSA", "jwt.EdDSA", "lib", "dalek", ns)
}

#[test]
fn a_floor_is_the_sum_of_its_fastest_parts() {
    let found = above_floors(&run(&[jwt(54_000.0)], &FLOOR));
    let [above] = found.as_slice() else {
        panic!("{found:?}")
    };
    let names: Vec<(FloorPart, &str)> = above
        .parts
        .iter()
        .map(|part| (part.part, part.implementation.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (FloorPart::Crypto, "fast"),
            (FloorPart::Base64, "only"),
            (FloorPart::Json, "only")
        ]
    );
    assert!(
        (above.floor_ns.estimate / 36_000.0 - 1.0).abs() < 0.02,
        "{above:?}"
    );
    // Paired within rounds, so what disturbs a round does not disturb the ratio.
    assert!((above.ratio.estimate - 1.5).abs() < 1e-4, "{above:?}");
    assert!(above.ratio.relative_half_width() < 1e-4, "{above:?}");
    assert!(
        (above.rest_ns.estimate / 18_000.0 - 1.0).abs() < 0.02,
        "{above:?}"
    );
    assert!(!above.negative_rest);
    assert_eq!(above.launches.len(), LAUNCHES as usize);
    for (floor, measured) in &above.launches {
        let near = |figure: f64, truth: f64| (figure / truth - 1.0).abs() < 0.03;
        assert!(near(*floor, 36_000.0) && near(*measured, 54_000.0), "{above:?}");
    }
}

#[test]
fn controls_and_failures_are_held_against_no_floor_and_verifying_comes_first() {
    let mut record = run(&[jwt(54_000.0)], &FLOOR);
    let mut others = Vec::new();
    for measurement in &mut record.measurements {
        let spoilt = |change: fn(&mut Measurement)| {
            let mut other = measurement.clone();
            other.cpu_ns.iter_mut().for_each(|ns| *ns *= 2);
            change(&mut other);
            other
        };
        others.push(spoilt(|other| other.role = Role::Slowed));
        others.push(spoilt(|other| other.error = Some("gave a wrong result".into())));
        others.push(spoilt(|other| other.group.model = Model::Issue));
    }
    record.measurements.extend(others);
    for mut floor in record.floors.clone() {
        floor.group.model = Model::Issue;
        record.floors.push(floor);
    }
    for mut canary in record.canaries.clone() {
        canary.group.model = Model::Issue;
        record.canaries.push(canary);
    }
    let found = above_floors(&record);
    let ratios: Vec<(Model, f64)> = found
        .iter()
        .map(|above| (above.group.model, (above.ratio.estimate * 100.0).round() / 100.0))
        .collect();
    assert_eq!(ratios, [(Model::Verify, 1.5), (Model::Issue, 3.0)]);
}

#[test]
fn a_rest_below_nothing_is_flagged_and_one_about_nothing_is_not() {
    for (measured, negative) in [
        (35_000.0, true),
        (35_900.0, true),
        (36_100.0, false),
        (40_000.0, false),
    ] {
        let found = above_floors(&run(&[jwt(measured)], &FLOOR));
        assert_eq!(
            found[0].negative_rest, negative,
            "{measured}: {:?}",
            found[0].rest_ns
        );
    }
    let exact = [
        ("jwt.EdDSA", FloorPart::Crypto, "only", 34_000.0),
        ("jwt.EdDSA", FloorPart::Base64, "only", 1_000.0),
        ("jwt.EdDSA", FloorPart::Json, "only", 1_000.0),
    ];
    let found = above_floors(&run(&[jwt(36_000.0)], &exact));
    assert_eq!(found[0].rest_ns, Interval::exact(0.0));
    assert!(!found[0].negative_rest, "nothing is not below nothing");
}

#[test]
fn a_floor_without_all_its_parts_is_none() {
    for left_out in 0..FLOOR.len() {
        let mut floors = FLOOR.to_vec();
        let gone = floors.remove(left_out);
        let is_only = gone.2 == "only";
        let found = above_floors(&run(&[jwt(54_000.0)], &floors));
        assert_eq!(found.is_empty(), is_only, "without {gone:?}: {found:?}");
    }
    let mut other = run(&[jwt(54_000.0)], &FLOOR);
    for floor in &mut other.floors {
        floor.error = Some("gave a wrong result".into());
    }
    assert_eq!(above_floors(&other), []);
}

fn whole<'a>(found: &'a [Comparison], from: &str, to: &str) -> &'a Comparison {
    found
        .iter()
        .find(|comparison| comparison.whole.from.as_str() == from && comparison.whole.to.as_str() == to)
        .expect("the pair is compared")
}

/// Two JWT backends and two PASETO libraries, one of which shares a backend.
const FIELD: [Who; 4] = [
    ("jwt/aws", "jwt.EdDSA", "jwt", "aws", 40_000.0),
    ("jwt/dalek", "jwt.EdDSA", "jwt", "dalek", 36_000.0),
    ("rusty/v4", "paseto.v4.public", "rusty", "dalek", 36_010.0),
    ("setors/v4", "paseto.v4.public", "setors", "compact", 54_000.0),
];

#[test]
fn a_difference_is_walked_in_the_cleanest_steps_there_are() {
    let record = run(&FIELD, &[]);
    let found = comparisons(&record, &analyse(&record), "typical");
    assert_eq!(found.len(), 4, "{found:?}");
    let farthest = whole(&found, "jwt/aws", "setors/v4");
    let walked: Vec<(&str, Vec<&str>)> = farthest
        .steps
        .iter()
        .map(|step| (step.to.as_str(), step.change.names()))
        .collect();
    assert_eq!(
        walked,
        [
            ("jwt/dalek", vec!["backend"]),
            ("rusty/v4", vec!["format", "library"]),
            ("setors/v4", vec!["library", "backend"])
        ]
    );
    let product: f64 = farthest.steps.iter().map(|step| step.ratio.estimate).product();
    assert!(
        (product / farthest.whole.ratio.estimate - 1.0).abs() < 0.001,
        "{product}"
    );
    assert!(
        (farthest.whole.ratio.estimate - 1.35).abs() < 0.001,
        "{farthest:?}"
    );
    assert!(farthest.steps[1].tied && !farthest.steps[0].tied, "{farthest:?}");
}

#[test]
fn the_format_tax_is_between_those_who_share_their_primitive() {
    let record = run(&FIELD, &[]);
    let found = comparisons(&record, &analyse(&record), "typical");
    let taxes: Vec<&Comparison> = found
        .iter()
        .filter(|comparison| comparison.is_format_tax())
        .collect();
    assert_eq!(taxes, [whole(&found, "jwt/dalek", "rusty/v4")]);
    assert_eq!(taxes, [&found[0]], "it stands first");
    assert_eq!(
        taxes[0].steps,
        std::slice::from_ref(&taxes[0].whole),
        "no detour over others"
    );
    assert!(taxes[0].whole.tied, "{:?}", taxes[0]);
}

#[test]
fn a_chart_shows_the_format_tax_and_then_the_fastest_of_both_sides() {
    let [aws, dalek, rusty, setors] = FIELD;
    let field = [
        aws,
        dalek,
        (rusty.0, rusty.1, rusty.2, "another", rusty.4),
        setors,
    ];
    let record = run(&field, &[]);
    let found = comparisons(&record, &analyse(&record), "typical");
    let of = |shown: bool| -> Vec<(&str, &str)> {
        let pairs = found.iter().filter(|pair| pair.is_shown() == shown);
        pairs
            .map(|pair| (pair.whole.from.as_str(), pair.whole.to.as_str()))
            .collect()
    };
    assert_eq!(of(true), [("jwt/dalek", "rusty/v4")]);
    assert_eq!(of(false).len(), 3);
    assert!(
        found[0].is_shown() && !found[0].is_format_tax(),
        "it stands first"
    );

    let record = run(&FIELD, &[]);
    let with_tax = comparisons(&record, &analyse(&record), "typical");
    assert!(with_tax[0].is_shown() && with_tax[0].is_format_tax());
    let slow_tax = run(&[(dalek.0, dalek.1, dalek.2, dalek.3, 90_000.0), aws, rusty], &[]);
    let found = comparisons(&slow_tax, &analyse(&slow_tax), "typical");
    let tax = whole(&found, "jwt/dalek", "rusty/v4");
    assert!(tax.is_shown() && !tax.fastest_of_both, "{tax:?}");
}

#[test]
fn issuing_is_compared_by_itself_and_after_verifying() {
    let mut record = run(&FIELD, &[]);
    for mut measurement in record.measurements.clone() {
        if measurement.contender.as_str() != "jwt/aws" {
            measurement.group.model = Model::Issue;
            record.measurements.push(measurement);
        }
    }
    let found = comparisons(&record, &analyse(&record), "typical");
    let models: Vec<Model> = found.iter().map(|pair| pair.group.model).collect();
    assert_eq!(
        models,
        [[Model::Verify; 4].as_slice(), &[Model::Issue; 2]].concat()
    );
}

#[test]
fn a_difference_that_nothing_divides_stays_whole() {
    let record = run(&[FIELD[0], FIELD[3]], &[]);
    let found = comparisons(&record, &analyse(&record), "typical");
    let [only] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(only.steps, std::slice::from_ref(&only.whole));
    assert_eq!(
        only.whole.change,
        Change {
            format: true,
            library: true,
            backend: true
        }
    );
}

#[test]
fn cards_that_do_not_name_their_primitive_are_not_compared() {
    let mut record = run(&FIELD, &[]);
    for card in &mut record.catalogue.contenders {
        card.primitive = Primitive::default();
    }
    assert_eq!(comparisons(&record, &analyse(&record), "typical"), []);
    assert_eq!(comparisons(&run(&FIELD, &[]), &analyse(&record), "large"), []);
}
