//! PASETO v1 to v4, all of them or those that pasetors ships.

use std::collections::{BTreeMap, BTreeSet};

use tokenlab_harness::contenders;
use tokenlab_harness::vectors::{Outcome, paseto};
use tokenlab_record::catalogue::Family;

use crate::{assert_reviewed, shipped, vectors};

#[test]
fn what_pasetors_ships() {
    let outcomes = paseto::run(&shipped("pasetors", "test_vectors")).unwrap();
    assert_reviewed(&outcomes);
    assert_every_contender_was_asked(&outcomes, &["v2", "v3", "v4"]);
}

#[test]
fn what_the_specification_ships() {
    let Some(folder) = vectors("paseto") else { return };
    let outcomes = paseto::run(&folder).unwrap();
    assert_reviewed(&outcomes);
    assert_every_contender_was_asked(&outcomes, &["v1", "v2", "v3", "v4"]);
}

/// Every contender of these versions, about as much as its scheme has: nine
/// valid local cases or three public ones, and one that is not valid at least.
fn assert_every_contender_was_asked(outcomes: &[Outcome], versions: &[&str]) {
    let mut asked: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for outcome in outcomes {
        let (valid, invalid) = asked.entry(outcome.contender.as_str()).or_default();
        if outcome.valid {
            *valid += 1;
        } else {
            *invalid += 1;
        }
    }
    let contenders: BTreeSet<&str> = contenders::available()
        .map(tokenlab_harness::Contender::card)
        .filter(|card| card.family == Family::Paseto)
        .filter(|card| versions.iter().any(|version| card.algorithm.starts_with(version)))
        .map(|card| card.id.as_str())
        .collect();
    assert_eq!(asked.keys().copied().collect::<BTreeSet<_>>(), contenders);
    for (contender, (valid, invalid)) in asked {
        let least = if contender.contains(".local") { 9 } else { 3 };
        assert!(
            valid >= least && invalid >= 1,
            "{contender}: {valid} valid cases, {invalid} invalid ones"
        );
    }
}
