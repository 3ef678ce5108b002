//! The conversation between a parent and the child that replays what a process
//! may not survive, and the cells that any process survives.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;

use tokenlab_attacks::isolation::{self, Line, Listener};
use tokenlab_attacks::{Attack, Given, Replay, Target, Weakness, catalogue, targets};
use tokenlab_record::transcript::{CheckResult, Expected, Transcript, Verdict};

/// Isolated attacks that measure nothing, and so cost little where they fail.
fn bombs() -> impl Iterator<Item = &'static dyn Attack> {
    let all = catalogue::all().iter().copied();
    all.filter(|attack| attack.profile().isolated && !measures(*attack))
}

fn measures(attack: &dyn Attack) -> bool {
    attack
        .profile()
        .given
        .iter()
        .any(|given| given.is_like(Given::Answers))
}

/// What a child says of these cells, as text.
fn said(attack: &dyn Attack, targets: &[&dyn Target]) -> Vec<String> {
    let mut lines = Vec::new();
    isolation::replay(attack, targets, &mut |line: &Line| {
        lines.push(serde_json::to_string(line).unwrap());
        Ok(())
    })
    .unwrap();
    lines
}

fn heard(attack: &dyn Attack, lines: &[String]) -> Vec<Replay> {
    let mut listener = Listener::default();
    for line in lines {
        listener.hear(line).unwrap();
    }
    assert_eq!(listener.busy(), None);
    let done = listener.count();
    let replays = listener.conclude(attack, None);
    assert_eq!(replays.len(), done);
    replays
}

#[test]
fn whoever_should_hold_holds_and_says_why() {
    for attack in bombs() {
        let sound: Vec<&dyn Target> = targets::all()
            .iter()
            .map(AsRef::as_ref)
            .filter(|target| !isolation::is_to_fall(attack, *target))
            // Whoever verifies nothing believes what the others refuse.
            .filter(|target| !target.profile().own.contains(&Weakness::DecodedOnly))
            .collect();
        let replays = heard(attack, &said(attack, &sound));
        assert_eq!(replays.len(), sound.len());
        for replay in &replays {
            let name = format!("{} against {}", replay.cell.attack, replay.cell.target);
            assert!(replay.cell.agrees, "{name}: {:?}", replay.cell.verdict);
            assert!(!replay.transcripts.is_empty(), "{name}");
            let mut variants = BTreeSet::new();
            for transcript in &replay.transcripts {
                let named = format!("{name}, {}", transcript.variant);
                assert!(variants.insert(&transcript.variant), "{named} occurs twice");
                if transcript.token.is_empty() {
                    assert_eq!(transcript.expected, Expected::Inapplicable, "{named}");
                    continue;
                }
                assert!(matches!(transcript.verdict, Verdict::Rejected { .. }), "{named}");
                let decided_by = transcript.decided_by.as_deref();
                let fired = |id: &str, result| Some(id) == decided_by && result == CheckResult::Fired;
                assert!(
                    transcript
                        .trace
                        .iter()
                        .any(|entry| fired(&entry.id, entry.result)),
                    "{named}"
                );
                assert!(transcript.honest_ns.is_some_and(|honest| honest > 0), "{named}");
                assert_eq!(
                    transcript.steps.last().unwrap().artefact,
                    transcript.token,
                    "{named}"
                );
                assert!(
                    transcript.diff.iter().any(|part| part.before != part.after),
                    "{named} changes nothing"
                );
                assert!(
                    serde_json::to_string(transcript).unwrap().len() < 64 * 1024,
                    "{named} is not abridged"
                );
            }
        }
    }
}

#[test]
fn every_isolated_cell_is_in_one_batch_and_what_may_die_is_alone_in_its() {
    let batches = isolation::batches(|_, _| true);
    let mut cells = BTreeSet::new();
    let mut shared = BTreeSet::new();
    for batch in &batches {
        assert_eq!(batch.alone, measures(batch.attack));
        let falls = |target: &&dyn Target| isolation::is_to_fall(batch.attack, *target);
        if batch.alone || !batch.targets.iter().any(falls) {
            let id = batch.attack.id();
            assert!(shared.insert(id), "{id}: two children for what one could replay");
        }
        for target in &batch.targets {
            assert!(cells.insert((batch.attack.id(), target.id())));
            assert!(!falls(target) || batch.alone || batch.targets.len() == 1);
        }
    }
    let pairs = isolation::pairs(|_, _| true).into_iter();
    let wanted: BTreeSet<_> = pairs.map(|(attack, target)| (attack.id(), target.id())).collect();
    assert_eq!(cells, wanted);
    let isolated = catalogue::all().iter().filter(|attack| attack.profile().isolated);
    assert!(isolated.count() > 0 && !cells.is_empty());
    assert!(batches.is_sorted_by_key(|batch| batch.alone));
    assert!(isolation::batches(|_, _| false).is_empty());
}

#[test]
fn a_child_that_falls_silent_died_of_what_it_was_about_to_do() {
    let attack = catalogue::named("jwe-p2c-dos").unwrap();
    let [fallen, sound] = ["jwe-password-unlimited", "jwe-password"].map(|id| targets::named(id).unwrap());
    // What it says of the sound one, as if it had been the other: nobody has to
    // do the work for that.
    let lines: Vec<String> = said(attack, &[sound])
        .iter()
        .map(|line| line.replace("\"expected\":\"rejected\"", "\"expected\":\"exhausted\""))
        .collect();
    let verdict = || Verdict::Exhausted {
        detail: "was stopped".into(),
    };
    let mut listener = Listener::default();
    listener.hear(&lines[0]).unwrap();
    assert!(listener.busy().is_some());
    let replays = listener.conclude(attack, Some((fallen, verdict())));
    let [replay] = replays.as_slice() else {
        panic!("{replays:?}")
    };
    assert!(replay.cell.agrees);
    assert_eq!(replay.cell.verdict, verdict());
    let deciding: &Transcript = replay.deciding().unwrap();
    assert_eq!((&deciding.verdict, deciding.agrees), (&verdict(), true));
    assert!(deciding.elapsed_ns > 0);

    // Dying before a token was tried proves nothing.
    let replays = Listener::default().conclude(attack, Some((fallen, verdict())));
    assert_eq!((replays.len(), replays[0].cell.agrees), (1, false));
    assert_eq!(replays[0].cell.expected, Expected::Exhausted);
    assert!(replays[0].deciding().is_none());
}

#[test]
fn nonsense_is_no_line() {
    let mut listener = Listener::default();
    for line in ["", "{}", "[]", "hello", "{\"line\":\"done\",\"data\":{}}"] {
        assert!(listener.hear(line).is_err(), "{line}");
    }
    assert_eq!(listener.count(), 0);
}
