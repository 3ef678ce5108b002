//! PASERK of plain keys and ids, all of them or those that pasetors ships.

use std::collections::BTreeSet;

use tokenlab_harness::exchange::paserk::PaserkError;
use tokenlab_harness::vectors::paserk;

use crate::{assert_reviewed, shipped, vectors};

#[test]
fn what_pasetors_ships() {
    let folder = shipped("pasetors", "test_vectors/PASERK");
    let outcomes = paserk::run(&folder).unwrap();
    assert_reviewed(&outcomes);
    let suites: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome.suite.as_str()).collect();
    assert_eq!(suites.len(), 16, "{suites:?}");
}

#[test]
fn what_the_specification_ships() {
    let Some(folder) = vectors("paseto/PASERK") else {
        return;
    };
    let outcomes = paserk::run(&folder).unwrap();
    assert_reviewed(&outcomes);
    let suites: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome.suite.as_str()).collect();
    assert_eq!(suites.len(), 24, "{suites:?}");

    let wrapped = paserk::wrapped(&folder).unwrap();
    assert!(!wrapped.is_empty(), "no wrapped key was tried");
    for (case, answer) in wrapped {
        let error = answer.expect_err(&case);
        assert!(matches!(error, PaserkError::Type { .. }), "{case}: {error}");
    }
}
