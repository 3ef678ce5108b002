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

fn name(replay: &Replay) -> String {
    format!("{} against {}", replay.cell.attack, replay.cell.target)
}

/// Whether this build has no target that the attack could break: without the
/// SQL engine there is no query to inject into.
fn is_without_control(attack: &dyn Attack) -> bool {
    cfg!(not(feature = "sqlite")) && attack.profile().breaks == [Weakness::KidInSql]
}

#[test]
fn every_attack_meets_every_target() {
    assert_eq!(matrix().len(), catalogue::all().len() * targets::all().len());
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
fn every_attack_is_accepted_somewhere_and_by_no_hardened_target() {
    for attack in catalogue::all() {
        let accepted_by: BTreeSet<TargetKind> = matrix()
            .iter()
            .filter(|replay| replay.cell.attack == attack.id())
            .filter(|replay| matches!(replay.cell.verdict, Verdict::Accepted { .. }))
            .map(|replay| targets::named(&replay.cell.target).unwrap().profile().kind)
            .collect();
        assert!(!accepted_by.contains(&TargetKind::Hardened), "{}", attack.id());
        assert_eq!(
            accepted_by.is_empty(),
            is_without_control(*attack),
            "{} proves something only if it works somewhere",
            attack.id()
        );
    }
}

#[test]
fn every_weakness_of_every_target_is_broken_by_an_attack() {
    for target in targets::all() {
        for weakness in target.profile().weaknesses {
            let broken = matrix().iter().any(|replay| {
                replay.cell.target == target.id()
                    && matches!(replay.cell.verdict, Verdict::Accepted { .. })
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
            let believed = matches!(transcript.verdict, Verdict::Accepted { .. });
            let wanted = if believed {
                CheckResult::Absent
            } else {
                CheckResult::Fired
            };
            let deciding = trace::deciding(&transcript.trace, believed)
                .unwrap_or_else(|| panic!("{}, {}: nothing decided", name(replay), transcript.variant));
            assert_eq!(deciding.result, wanted, "{}", name(replay));
            assert_eq!(
                transcript.decided_by.as_deref(),
                Some(deciding.id.as_str()),
                "{}, {}",
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

#[test]
fn only_a_jose_token_is_forged_by_the_attack_itself_and_all_others_by_analogy() {
    for replay in matrix() {
        for transcript in replay
            .transcripts
            .iter()
            .filter(|transcript| !transcript.token.is_empty())
        {
            let applies = replay.cell.expected != Expected::Inapplicable;
            let is_jose = matches!(replay.cell.family, Family::Jwt | Family::Jwe);
            let by_analogy = !is_jose || !applies;
            assert_eq!(
                transcript.analogue.is_some(),
                by_analogy,
                "{}, {}",
                name(replay),
                transcript.variant
            );
        }
    }
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
    for attack in catalogue::all() {
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
