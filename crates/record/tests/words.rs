//! What a record calls things: on disk, in anchors and before readers.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::Serialize;
use tokenlab_record::catalogue::{AttackClass, Class, ContenderId, Family, TargetKind};
use tokenlab_record::measurement::{FloorPart, Model, TokenAnatomy};
use tokenlab_record::vectors::{VECTORS_SCHEMA, VectorDeviation, VectorSummary};

fn on_disk(value: impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn slugs_are_wire_forms<T: Copy + Serialize>(all: &[T], slug: fn(T) -> &'static str) {
    for value in all {
        assert_eq!(slug(*value), on_disk(value));
    }
}

#[test]
fn a_slug_is_what_stands_on_disk() {
    slugs_are_wire_forms(&Class::ALL, Class::slug);
    slugs_are_wire_forms(&Model::ALL, Model::slug);
    slugs_are_wire_forms(&FloorPart::ALL, FloorPart::slug);
    let kinds = [
        TargetKind::Hardened,
        TargetKind::Misconfigured,
        TargetKind::Flawed,
        TargetKind::Historic,
    ];
    slugs_are_wire_forms(&kinds, TargetKind::slug);
}

fn titles_tell_apart<T: Copy + Debug>(all: &[T], title: fn(T) -> &'static str) {
    let titles: BTreeSet<&str> = all.iter().map(|value| title(*value)).collect();
    assert_eq!(titles.len(), all.len(), "{titles:?}");
    assert!(titles.iter().all(|title| title.len() > 2), "{titles:?}");
}

#[test]
fn titles_tell_apart_what_they_name() {
    titles_tell_apart(&Family::ALL, Family::title);
    titles_tell_apart(&Class::ALL, Class::title);
    titles_tell_apart(&Model::ALL, Model::title);
    titles_tell_apart(&AttackClass::ALL, AttackClass::title);
}

#[test]
fn the_clock_of_a_class_is_the_one_that_sees_it_wait() {
    for class in Class::ALL {
        assert_eq!(class.clock().starts_with("wall"), class.waits(), "{class:?}");
    }
}

#[test]
fn a_refusal_is_held_against_an_acceptance_that_is_timed_wherever_it_is() {
    for model in Model::ALL {
        let Some(acceptance) = model.acceptance() else {
            assert!(!Model::REFUSALS.contains(&model), "{model:?}");
            continue;
        };
        assert!(Model::REFUSALS.contains(&model), "{model:?}");
        assert!(!Model::REFUSALS.contains(&acceptance), "{acceptance:?}");
        for class in Class::ALL {
            assert!(
                !model.applies_to(class) || acceptance.applies_to(class),
                "{model:?} of {class:?}"
            );
        }
    }
}

#[test]
fn every_class_is_verified_and_some_have_more_to_do() {
    let applying = |model: Model| -> Vec<Class> {
        let classes = Class::ALL.into_iter();
        classes.filter(|class| model.applies_to(*class)).collect()
    };
    for model in [
        Model::Load,
        Model::Issue,
        Model::Verify,
        Model::RejectSignature,
        Model::RejectExpired,
    ] {
        assert_eq!(applying(model), Class::ALL, "{model:?}");
    }
    for model in [
        Model::Attenuate,
        Model::AttenuateThirdParty,
        Model::Seal,
        Model::VerifyTenBlocks,
    ] {
        assert_eq!(applying(model), [Class::Capability], "{model:?}");
    }
    for model in [Model::Refresh, Model::Revoke] {
        assert_eq!(applying(model), [Class::Session], "{model:?}");
    }
    // An opaque id can't be longer, nor wrong in many ways.
    for model in [Model::VerifyHuge, Model::RejectHeader, Model::RejectHuge] {
        assert!(!model.applies_to(Class::Session), "{model:?}");
        assert!(
            model.applies_to(Class::Mac) && model.applies_to(Class::PostQuantum),
            "{model:?}"
        );
    }
}

#[test]
fn parts_of_a_token_and_cases_of_a_suite_add_up() {
    let anatomy = TokenAnatomy {
        header_bytes: 1,
        payload_bytes: 20,
        nonce_bytes: 300,
        authentication_bytes: 4_000,
        encoding_bytes: 50_000,
    };
    assert_eq!(anatomy.total_bytes(), 54_321);

    let deviation = |case: &str| VectorDeviation {
        case: case.into(),
        expected: "refused".into(),
        observed: "accepted".into(),
        reason: None,
    };
    let summary = VectorSummary {
        schema: VECTORS_SCHEMA.into(),
        run: "test".into(),
        suite: "PASETO v4".into(),
        scheme: "paseto.v4.local".into(),
        contender: ContenderId::new("a/v4.local"),
        passed: 40,
        deviations: vec![deviation("4-F-1"), deviation("4-F-2"), deviation("4-F-3")],
    };
    assert_eq!(summary.cases(), 43);
}
