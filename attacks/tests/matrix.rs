//! The matrix as a whole: what the weaknesses say and what happens agree, and
//! every attack and every weakness has been seen to work.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use tokenlab_attacks::replay::{self, Replay};
use tokenlab_attacks::{Attack, Weakness, catalogue, targets, trace};
use tokenlab_harness::contenders;
use tokenlab_record::catalogue::{Family, TargetKind};
use tokenlab_record::transcript::{CheckResult, Expected, TRANSCRIPT_SCHEMA, Transcript, Verdict};

/// The whole matrix, replayed once for all tests of this file.
fn matrix() -> &'static [Replay] {
    static MATRIX: OnceLock<Vec<Replay>> = OnceLock::new();
    MATRIX.get_or_init(|| replay::matrix(|_, _| true))
}

/// The attacks that the matrix holds: the others need a process of their own.
fn in_process() -> impl Iterator<Item = &'static dyn Attack> {
    let all = catalogue::all().iter().copied();
    all.filter(|attack| !attack.profile().isolated)
}

/// Whether the attacker got what she wanted.
const fn succeeded(verdict: &Verdict) -> bool {
    !matches!(verdict, Verdict::Rejected { .. } | Verdict::Inapplicable { .. })
}

fn name(replay: &Replay) -> String {
    format!("{} against {}", replay.cell.attack, replay.cell.target)
}

#[test]
fn every_attack_meets_every_target() {
    assert_eq!(matrix().len(), in_process().count() * targets::all().len());
    for replay in matrix() {
        assert!(!replay.transcripts.is_empty(), "{}", name(replay));
    }
}

#[test]
fn every_cell_comes_out_as_the_weaknesses_say() {
    for replay in matrix() {
        assert!(
            replay.cell.agrees,
            "{}: expected {:?}\n{}",
            name(replay),
            replay.cell.expected,
            serde_json::to_string_pretty(&replay.deciding()).unwrap()
        );
    }
}

#[test]
fn every_attack_succeeds_somewhere_and_against_hardened_targets_only_by_their_format() {
    for attack in in_process() {
        let successes: Vec<&Replay> = matrix()
            .iter()
            .filter(|replay| replay.cell.attack == attack.id() && succeeded(&replay.cell.verdict))
            .collect();
        for replay in &successes {
            let target = targets::named(&replay.cell.target).unwrap();
            if target.profile().kind == TargetKind::Hardened {
                let by_format = |weakness: &Weakness| {
                    weakness.is_inherent() && target.profile().weaknesses().contains(weakness)
                };
                assert!(attack.profile().breaks.iter().any(by_format), "{}", name(replay));
            }
        }
        assert!(
            !successes.is_empty(),
            "{} proves something only if it works somewhere",
            attack.id()
        );
    }
}

#[test]
fn every_weakness_of_every_target_is_broken_by_an_attack() {
    for target in targets::all() {
        for weakness in &target.profile().weaknesses() {
            let by_isolated = |attack: &&dyn Attack| {
                attack.profile().isolated && attack.profile().breaks.contains(weakness)
            };
            if catalogue::all().iter().any(by_isolated) {
                continue;
            }
            let broken = matrix().iter().any(|replay| {
                replay.cell.target == target.id()
                    && succeeded(&replay.cell.verdict)
                    && catalogue::named(&replay.cell.attack)
                        .unwrap()
                        .profile()
                        .breaks
                        .contains(weakness)
            });
            assert!(broken, "{}: nothing breaks {}", target.id(), weakness.id());
        }
    }
}

#[test]
fn every_answer_names_the_check_that_gave_it() {
    for replay in matrix() {
        for transcript in replay
            .transcripts
            .iter()
            .filter(|transcript| !transcript.token.is_empty())
        {
            let wanted = if succeeded(&transcript.verdict) {
                CheckResult::Absent
            } else {
                CheckResult::Fired
            };
            let decided_by = transcript.decided_by.as_deref();
            assert!(
                transcript
                    .trace
                    .iter()
                    .any(|entry| Some(entry.id.as_str()) == decided_by && entry.result == wanted),
                "{}, {}: nothing {wanted:?} decided, {decided_by:?}",
                name(replay),
                transcript.variant
            );
        }
    }
}

#[test]
fn the_forgery_that_got_furthest_decides_a_refused_cell() {
    let fired = |transcript: &Transcript| trace::deciding(&transcript.trace, false).unwrap().stage;
    for replay in matrix() {
        if matches!(replay.cell.verdict, Verdict::Rejected { .. }) {
            let furthest = replay.transcripts.iter().map(fired).max();
            assert_eq!(replay.deciding().map(fired), furthest, "{}", name(replay));
        }
    }
}

#[test]
fn what_cannot_be_expressed_is_tried_in_its_nearest_form() {
    let mut inapplicable = 0;
    for replay in matrix()
        .iter()
        .filter(|replay| replay.cell.expected == Expected::Inapplicable)
    {
        inapplicable += 1;
        let (last, tried) = replay.transcripts.split_last().unwrap();
        assert!(
            matches!(&last.verdict, Verdict::Inapplicable { why } if !why.is_empty()),
            "{}",
            name(replay)
        );
        assert_eq!(last.token, "", "{}", name(replay));
        assert!(!tried.is_empty(), "{}: excused, not tried", name(replay));
        for transcript in tried {
            assert!(
                transcript.analogue.is_some(),
                "{}, {}",
                name(replay),
                transcript.variant
            );
            assert!(
                matches!(transcript.verdict, Verdict::Rejected { .. }),
                "{}, {}",
                name(replay),
                transcript.variant
            );
        }
    }
    assert!(
        inapplicable > 0,
        "no cell shows the difference between impossible and blocked"
    );
}

/// Every attack meets every family, and either it is refused there, or it is
/// said why it has no place; somewhere in the matrix both are seen.
#[test]
fn every_family_is_attacked() {
    let families: BTreeSet<Family> = targets::all()
        .iter()
        .map(|target| target.profile().scheme.family())
        .collect();
    for contender in contenders::available() {
        let family = contender.card().family;
        assert!(families.contains(&family), "no target of {}", family.title());
    }
    for attack in in_process() {
        for family in &families {
            let cells: Vec<_> = matrix()
                .iter()
                .filter(|replay| replay.cell.attack == attack.id() && replay.cell.family == *family)
                .collect();
            let count = |kind: &str| {
                cells
                    .iter()
                    .filter(|replay| replay.cell.verdict.kind() == kind)
                    .count()
            };
            println!(
                "{} against {}: {} accepted, {} rejected, {} inapplicable",
                attack.id(),
                family.title(),
                count("accepted"),
                count("rejected"),
                count("inapplicable"),
            );
            assert!(!cells.is_empty(), "{} against {}", attack.id(), family.title());
        }
    }
}

#[test]
fn transcripts_are_whole() {
    for replay in matrix() {
        let mut variants = BTreeSet::new();
        let mut tokens = BTreeSet::new();
        for transcript in &replay.transcripts {
            let named = format!("{}, {}", name(replay), transcript.variant);
            assert_eq!(transcript.schema, TRANSCRIPT_SCHEMA, "{named}");
            assert!(variants.insert(&transcript.variant), "{named} occurs twice");
            assert!(!transcript.sample_token.is_empty(), "{named}");
            assert_eq!(transcript.steps[0].artefact, transcript.sample_token, "{named}");
            for step in &transcript.steps {
                assert!(step.action.ends_with(['.', ':']), "{named}: {:?}", step.action);
            }
            let line = serde_json::to_string(transcript).unwrap();
            assert_eq!(
                &serde_json::from_str::<Transcript>(&line).unwrap(),
                transcript,
                "{named}"
            );
            if transcript.token.is_empty() {
                continue;
            }
            assert!(tokens.insert(&transcript.token), "{named} is another variant's");
            assert!(
                transcript.steps.len() > 2,
                "{named}: nothing is said between the honest token and the forged one"
            );
            assert_ne!(
                transcript.token, transcript.sample_token,
                "{named} forges nothing"
            );
            assert_eq!(
                transcript.steps.last().unwrap().artefact,
                transcript.token,
                "{named}"
            );
            assert!(
                transcript.diff.iter().any(|part| part.before != part.after),
                "{named} changes nothing"
            );
        }
    }
}

#[test]
fn a_second_replay_says_the_same() {
    let again = replay::matrix(|_, _| true);
    for (first, second) in matrix().iter().zip(&again) {
        assert_eq!(first.cell.attack, second.cell.attack);
        assert_eq!(first.cell.target, second.cell.target);
        assert_eq!(
            first.cell.verdict.kind(),
            second.cell.verdict.kind(),
            "{}",
            name(first)
        );
        assert_eq!(first.cell.decided_by, second.cell.decided_by, "{}", name(first));
        for (one, other) in first.transcripts.iter().zip(&second.transcripts) {
            assert_eq!(one.variant, other.variant, "{}", name(first));
            assert_eq!(one.verdict, other.verdict, "{}, {}", name(first), one.variant);
            assert_eq!(one.trace, other.trace, "{}, {}", name(first), one.variant);
        }
    }
}

#[test]
fn the_filter_keeps_what_it_names() {
    let kept = replay::matrix(|attack, target| attack.id() == "alg-none" && target.id() == "jwt-rs256");
    let cells: Vec<_> = kept
        .iter()
        .map(|replay| (&*replay.cell.attack, &*replay.cell.target))
        .collect();
    assert_eq!(cells, [("alg-none", "jwt-rs256")]);
    assert!(replay::matrix(|_, _| false).is_empty());
}
