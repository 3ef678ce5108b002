//! Proof that the checks of our own verifiers do what their traces say, over
//! every forgery of every cell.
//!
//! Two proofs. A flawed model and its hardened twin get the same forgery: one
//! believes it, the other refuses it by the very check that the first lacks.
//! And each check that fired is removed: either the forgery is believed then,
//! or a later check refuses it, which is defence in depth, found here and
//! listed nowhere.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml exempts test functions, not their helpers

use std::collections::{BTreeMap, BTreeSet};

use tokenlab_attacks::scheme::{Purpose, Scheme};
use tokenlab_attacks::{Budget, Decision, Outcome, Target, replay, targets, trace};
use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Verdict};

#[test]
fn the_hardened_twin_refuses_by_the_check_that_the_flawed_one_lacks() {
    for flawed in targets::all() {
        let Some(hardened) = flawed.profile().hardened else {
            // A contender falls to nothing that another configuration of it
            // would stop: its weakness, if it has one, is the format's.
            let is_sound = flawed.profile().kind == TargetKind::Hardened;
            let is_contender = targets::is_contender(flawed.as_ref());
            assert!(is_sound || is_contender, "{} has no twin", flawed.id());
            continue;
        };
        let hardened = targets::named(hardened).unwrap_or_else(|| panic!("{hardened} is no target"));
        assert_eq!(hardened.profile().kind, TargetKind::Hardened, "{}", hardened.id());
        let honest = hardened.submit(&flawed.exposure().sample_token, Budget::default());
        assert!(
            matches!(honest.outcome, Outcome::Believed(_)),
            "{} is no twin of {}: {:?}",
            hardened.id(),
            flawed.id(),
            honest.outcome
        );
        let mut believed = 0;
        for replay in replay::matrix(|_, target| target.id() == flawed.id()) {
            let accepted = replay
                .transcripts
                .iter()
                .filter(|transcript| matches!(transcript.verdict, Verdict::Accepted { .. }));
            for transcript in accepted {
                believed += 1;
                let decision = hardened.submit(&transcript.token, Budget::default());
                let fired = fired(&decision).unwrap_or_else(|| {
                    panic!(
                        "{} believes {}/{}",
                        hardened.id(),
                        transcript.attack,
                        transcript.variant
                    )
                });
                if !targets::is_contender(hardened) {
                    assert_eq!(
                        Some(fired),
                        transcript.decided_by,
                        "{} and {} disagree on what stops {}/{}",
                        flawed.id(),
                        hardened.id(),
                        transcript.attack,
                        transcript.variant
                    );
                }
            }
        }
        assert!(believed > 0, "{} falls to nothing", flawed.id());
    }
}

#[test]
fn removing_the_check_that_fired_changes_the_outcome() {
    // (target, check) to what came next: a later check, or belief.
    let mut behind: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut peeled = 0;
    for replay in replay::matrix(|_, target| target.without("").is_some()) {
        let target = targets::named(&replay.cell.target).unwrap();
        for transcript in &replay.transcripts {
            let Some(first) = transcript.decided_by.clone() else {
                continue;
            };
            if !matches!(transcript.verdict, Verdict::Rejected { .. }) {
                continue;
            }
            let order: Vec<&str> = transcript.trace.iter().map(|entry| entry.id.as_str()).collect();
            let layers = peel(target, &transcript.token, first);
            for pair in layers.windows(2) {
                let [removed, next] = pair else { unreachable!() };
                let key = (target.id().to_owned(), removed.clone());
                behind.entry(key).or_default().insert(next.clone());
                let (at, then) = (position(&order, removed), position(&order, next));
                assert!(
                    at < then,
                    "{}, {}: {removed} is removed, and then {next} refuses, which stands before it",
                    target.id(),
                    transcript.variant
                );
            }
            peeled += 1;
        }
    }
    assert!(peeled > 0, "no forgery was refused by a model");
    for ((target, check), next) in &behind {
        println!(
            "{target}: without {check}: {}",
            Vec::from_iter(next.iter().cloned()).join(", ")
        );
    }
    for target in targets::all()
        .iter()
        .filter(|target| target.without("").is_some())
    {
        // Without its key an encrypted token gives nothing to believe, nor does
        // an id without its store.
        let ends: &[&str] = match target.profile().scheme {
            Scheme::Paseto(_, Purpose::Local) | Scheme::Session(_) => &[UNREADABLE],
            Scheme::Jwe(..) => &[BELIEVED, UNREADABLE],
            _ => &[BELIEVED],
        };
        assert!(
            behind
                .iter()
                .any(|((id, _), next)| id == target.id() && ends.iter().any(|end| next.contains(*end))),
            "{}: no forgery got past all of its checks",
            target.id()
        );
    }
}

/// Removes the check that refuses, again and again, until the forgery is
/// believed. Returns what refused, in order, and how it ended.
fn peel(target: &dyn Target, token: &str, first: String) -> Vec<String> {
    let mut layers = vec![first];
    let mut mutant: Option<Box<dyn Target>> = None;
    loop {
        let weakest: &dyn Target = mutant.as_deref().unwrap_or(target);
        let removed = layers.last().unwrap().clone();
        let next = weakest.without(&removed).unwrap();
        let decision = next.submit(token, Budget::default());
        let is_absent = |decision: &Decision| {
            let mut entries = decision.trace.iter().filter(|entry| entry.id == removed);
            entries.all(|entry| entry.result == CheckResult::Absent)
        };
        assert!(is_absent(&decision), "{}: {removed} is still there", target.id());
        match (&decision.outcome, fired(&decision)) {
            (Outcome::Believed(_), _) => {
                layers.push(BELIEVED.to_owned());
                return layers;
            }
            (Outcome::Rejected(_), Some(check)) => layers.push(check),
            // Nothing refuses any more, and there is nothing to believe: a
            // payload that is encrypted, or cut off.
            (Outcome::Rejected(rejection), None) => {
                assert_eq!(rejection.reason, RejectReason::InvalidClaims, "{}", target.id());
                layers.push(UNREADABLE.to_owned());
                return layers;
            }
            other => panic!("{}: {other:?}", target.id()),
        }
        mutant = Some(next);
    }
}

fn fired(decision: &Decision) -> Option<String> {
    trace::deciding(&decision.trace, false).map(|entry| entry.id.clone())
}

/// Where a check stands; what is no check stands behind all of them.
fn position(order: &[&str], check: &str) -> usize {
    order.iter().position(|id| *id == check).unwrap_or(order.len())
}

const BELIEVED: &str = "believed";
const UNREADABLE: &str = "nothing to believe";
