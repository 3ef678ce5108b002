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
use tokenlab_attacks::weakness::{Effect, Weakness};
use tokenlab_attacks::{
    Attack, AttackerView, Budget, Decision, Given, Notebook, Outcome, Target, catalogue, replay, targets,
    trace,
};
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
        // A twin believes the same honest token, or refuses the very key that
        // is the flaw.
        let honest = hardened.submit(&flawed.exposure().sample_token, Budget::default());
        let lacks = flawed.submit(&flawed.exposure().sample_token, Budget::default());
        let lacks = trace::deciding(&lacks.trace, true).map(|entry| entry.id.clone());
        assert!(
            matches!(honest.outcome, Outcome::Believed(_)) || fired(&honest) == lacks,
            "{} is no twin of {}: {:?}",
            hardened.id(),
            flawed.id(),
            honest.outcome
        );
        if is_broken_in_isolation(flawed.as_ref()) {
            continue; // see the test below: nothing believes, and this process would suffer
        }
        let mut fell = 0;
        // Some attacks succeed against the format and not against the flaw: no
        // twin of the same format stops those.
        let by_flaw = |attack: &dyn Attack, target: &dyn Target| {
            let own = target.profile().own;
            target.id() == flawed.id() && attack.profile().breaks.iter().any(|broken| own.contains(broken))
        };
        for replay in replay::matrix(by_flaw) {
            // What leaks is in the answers and not in the last token: the twin
            // makes the check, and the matrix shows that it leaks nothing.
            if matches!(replay.cell.verdict, Verdict::Leaked { .. }) {
                fell += 1;
                let made = honest.trace.iter().map(|entry| Some(entry.id.clone()));
                assert!(
                    made.into_iter().any(|id| id == replay.cell.decided_by),
                    "{}",
                    flawed.id()
                );
            }
            let succeeded = replay.transcripts.iter().filter(|transcript| {
                matches!(
                    transcript.verdict,
                    Verdict::Accepted { .. } | Verdict::Panicked { .. }
                )
            });
            for transcript in succeeded {
                fell += 1;
                if flawed
                    .profile()
                    .own
                    .iter()
                    .any(|weakness| weakness.is_of_issuer())
                {
                    // The flaw is in the token itself: the twin has another
                    // issuer, and refuses what that one makes of the same draft.
                    let attack = catalogue::named(&transcript.attack).unwrap();
                    let verdict = replay::cell(attack, hardened).cell.verdict;
                    assert!(
                        matches!(verdict, Verdict::Rejected { .. }),
                        "{}: {verdict:?}",
                        hardened.id()
                    );
                    continue;
                }
                let decision = hardened.submit(&transcript.token, Budget::default());
                let fired = fired(&decision).unwrap_or_else(|| {
                    panic!(
                        "{} does not refuse {}/{}",
                        hardened.id(),
                        transcript.attack,
                        transcript.variant
                    )
                });
                // A library does not say by which check of its own it refused.
                if hardened.without("").is_some() {
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
        assert!(fell > 0, "{} falls to nothing", flawed.id());
    }
}

/// Whether all attacks on its own weaknesses need a process of their own.
fn is_broken_in_isolation(flawed: &dyn Target) -> bool {
    let own = flawed.profile().own;
    let mut attacks = catalogue::all()
        .iter()
        .filter(|attack| attack.profile().breaks.iter().any(|broken| own.contains(broken)));
    attacks.all(|attack| attack.profile().isolated)
}

/// Of an attack on time, memory or the stack only the twin is asked here: it
/// refuses by the check that the flawed one lacks, at no cost to speak of.
#[test]
fn the_hardened_twin_refuses_what_the_flawed_one_would_not_survive() {
    let mut bombs = 0;
    for flawed in targets::all() {
        let own = flawed.profile().own;
        let Some(hardened) = flawed.profile().hardened.and_then(targets::named) else {
            continue;
        };
        for attack in catalogue::all() {
            let profile = attack.profile();
            let is_dear = |broken: &Weakness| broken.effect() != Effect::Belief && own.contains(broken);
            let is_meant = profile.breaks.iter().any(is_dear);
            let asks = profile.given.iter().any(|given| given.is_like(Given::Answers));
            if !profile.isolated || !is_meant || asks {
                continue;
            }
            let view = AttackerView::given(flawed.as_ref(), profile.given);
            let forgeries = attack.forge(&view, &mut Notebook::default()).unwrap();
            let honest = flawed.submit(view.sample(), Budget::default());
            let lacks = trace::deciding(&honest.trace, true).map(|entry| entry.id.clone());
            assert!(lacks.is_some(), "{} lacks nothing", flawed.id());
            let stopped_by: Vec<Option<String>> = forgeries
                .iter()
                .map(|forgery| fired(&hardened.submit(&forgery.token, Budget::default())))
                .collect();
            assert!(
                stopped_by.iter().all(Option::is_some),
                "{}: {stopped_by:?}",
                hardened.id()
            );
            if !targets::is_contender(hardened) {
                assert!(
                    stopped_by.contains(&lacks),
                    "{}: {stopped_by:?}, not {lacks:?}",
                    hardened.id()
                );
            }
            bombs += 1;
        }
    }
    assert!(bombs > 0);
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
