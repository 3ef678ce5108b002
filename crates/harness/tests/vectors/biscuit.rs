//! The Biscuit samples, from the specification and as biscuit-auth ships them.

use tokenlab_harness::vectors::{Outcome, biscuit};

use crate::{assert_reviewed, shipped, vectors};

#[test]
fn what_biscuit_auth_ships() {
    let outcomes = biscuit::run(&shipped("biscuit-auth", "samples")).unwrap();
    assert_reviewed(&outcomes);
    assert_both_answers_were_asked_for(&outcomes);
}

#[test]
fn what_the_specification_ships() {
    let Some(folder) = vectors("biscuit") else { return };
    let outcomes = biscuit::run(&folder).unwrap();
    assert_reviewed(&outcomes);
    assert_both_answers_were_asked_for(&outcomes);
}

/// 50 validations of 38 samples, 22 of which are accepted.
fn assert_both_answers_were_asked_for(outcomes: &[Outcome]) {
    let valid = outcomes.iter().filter(|outcome| outcome.valid).count();
    assert!(
        valid >= 22 && outcomes.len() - valid >= 28,
        "{valid} of {} are valid",
        outcomes.len()
    );
}
