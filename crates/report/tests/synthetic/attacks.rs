//! Invented attacks, targets and transcripts.

use tokenlab_record::catalogue::{AttackCard, AttackClass, Family, Reference, TargetCard, TargetKind};
use tokenlab_record::run::RunRecord;
use tokenlab_record::source::Excerpt;
use tokenlab_record::transcript::{
    CheckResult, Expected, Goal, PartDiff, Stage, Step, TRANSCRIPT_SCHEMA, TraceEntry, Transcript, Verdict,
};

/// The source that the invented traces point into.
const SOURCE: &str = "fn verifier() {\n    shape();\n    without(\"algorithm-allow-list\");\n}\n\n\
                      fn hardened() {\n    shape();\n    allow_list(&[\"RS256\"]);\n}\n";

/// File of [`SOURCE`].
const FILE: &str = "attacks/src/invented.rs";

/// Where a check is missing, and where it stands.
const LINES: [u32; 2] = [3, 8];

/// The attack that no check of a format stops.
const THEFT: &str = "token-theft-replay";

const LESSON: &str = "# Invented (`alg-none`)\n\n## Story\n\nMallory & a `jwt-hardened` verifier.\n\n\
                      ## Predict\n\nWho believes <b>her</b>?\n\n## The forged token\n\n```\nbefore\nafter\n```\n\n\
                      ## Which check stops it\n\n`algorithm-allow-list`; see also `kid-path-traversal`.\n\n\
                      ## The fix\n\n```diff\n-believe(<all>)\n+believe(some)\n```\n\n\
                      ## Elsewhere\n\n- **PASETO: holds.**\n\n## History\n\n- 2015.\n\n## Check question\n\nWhy?\n";

/// Adds three attacks on a mistake and one on the format, a target that falls to
/// each mistake, a model with every check, every contender as a hardened target,
/// and the transcripts of all cells.
pub(super) fn add(record: &mut RunRecord) {
    let attack = |id: &str, class, title: &str, assumption: &str, label: &str| AttackCard {
        id: id.into(),
        title: title.into(),
        assumption: assumption.into(),
        class,
        given: vec!["A token of the victim's.".into()],
        isolated: false,
        breaks: vec![id.into()],
        references: vec![Reference {
            label: label.into(),
            note: "says that this must not work".into(),
        }],
        lesson: LESSON.into(),
    };
    record.catalogue.attacks = vec![
        attack(
            "alg-none",
            AttackClass::Algorithm,
            "Unsigned token",
            "the token may say how it is checked",
            "RFC 8725 §3.1",
        ),
        attack(
            "alg-confusion-rs-hs",
            AttackClass::Algorithm,
            "Public key as HMAC secret",
            "one key serves every algorithm",
            "CVE-2015-9235",
        ),
        attack(
            "kid-path-traversal",
            AttackClass::KeySource,
            "Key id as a path",
            "a key id is a file name",
            "CWE-22",
        ),
        attack(
            THEFT,
            AttackClass::Life,
            "Stolen token",
            "whoever has it is whom it names",
            "RFC 6750",
        ),
    ];
    let target = |id: &str, family, kind, weaknesses: &[&str]| TargetCard {
        id: id.into(),
        family,
        kind,
        scheme: "jwt.RS256".into(),
        summary: "invented".into(),
        weaknesses: weaknesses.iter().map(|weakness| (*weakness).to_owned()).collect(),
        provenance: "invented".into(),
        hardened: (kind == TargetKind::Flawed && family == Family::Jwt).then(|| "jwt-hardened".to_owned()),
    };
    record.catalogue.targets = vec![
        target("jwt-hardened", Family::Jwt, TargetKind::Hardened, &[THEFT]),
        target("jwt-believes-alg", Family::Jwt, TargetKind::Flawed, &["alg-none"]),
        target(
            "jwt-one-key",
            Family::Jwt,
            TargetKind::Flawed,
            &["alg-confusion-rs-hs"],
        ),
        target(
            "paseto-kid-folder",
            Family::Paseto,
            TargetKind::Flawed,
            &["kid-path-traversal"],
        ),
    ];
    for contender in &record.catalogue.contenders {
        let id = contender.id.as_str();
        let hardened = target(id, contender.family, TargetKind::Hardened, &[THEFT]);
        record.catalogue.targets.push(hardened);
    }
    record.sources = LINES
        .into_iter()
        .filter_map(|line| Excerpt::of(super::RUN, FILE, line, SOURCE))
        .collect();
    let catalogue = record.catalogue.clone();
    for attack in &catalogue.attacks {
        for target in &catalogue.targets {
            for variant in ["first", "second"] {
                record.transcripts.push(transcript(attack, target, variant));
            }
        }
    }
}

fn transcript(attack: &AttackCard, target: &TargetCard, variant: &str) -> Transcript {
    let falls = target.weaknesses.contains(&attack.id);
    let is_foreign = target.family == Family::Paseto && attack.id == "alg-none";
    let (verdict, expected) = match (falls, is_foreign, variant) {
        (true, _, "first") => (
            Verdict::Accepted {
                claims: serde_json::json!({"sub": "admin"}),
            },
            Expected::Accepted,
        ),
        (_, true, _) => (
            Verdict::Inapplicable {
                why: "a PASETO has no algorithm field".into(),
            },
            Expected::Inapplicable,
        ),
        _ => (
            Verdict::Rejected {
                reason: "wrong-scheme".into(),
                detail: "not the algorithm that was configured".into(),
            },
            if falls {
                Expected::Accepted
            } else {
                Expected::Rejected
            },
        ),
    };
    let fired = matches!(verdict, Verdict::Rejected { .. });
    let [missing, standing] = LINES;
    let decided_by = if attack.id == THEFT {
        "proof-of-possession"
    } else {
        "algorithm-allow-list"
    };
    let trace = vec![
        entry("three-parts", Stage::Shape, CheckResult::Passed, 2),
        if fired {
            entry(decided_by, Stage::Header, CheckResult::Fired, standing)
        } else {
            entry(decided_by, Stage::Header, CheckResult::Absent, missing)
        },
    ];
    Transcript {
        schema: TRANSCRIPT_SCHEMA.into(),
        run: super::RUN.into(),
        attack: attack.id.clone(),
        target: target.id.clone(),
        variant: variant.into(),
        analogue: (target.family == Family::Paseto && !is_foreign).then(|| "the version relabelled".into()),
        sample_token: "a.b.c".into(),
        token: "a.b.".into(),
        steps: vec![
            Step {
                action: "Takes the signature away.".into(),
                artefact: "a.b.".into(),
            },
            Step {
                action: format!("Sends it to {}.", target.id),
                artefact: "</pre><script>alert(1)</script>".into(),
            },
        ],
        diff: vec![
            part("header", "{\"alg\":\"RS256\"}", "{\"alg\":\"none\"}"),
            part("payload", "{\"sub\":\"mallory\"}", "{\"sub\":\"<admin>\"}"),
            part("signature", "c", ""),
        ],
        trace: if is_foreign { Vec::new() } else { trace },
        decided_by: (!is_foreign).then(|| decided_by.to_owned()),
        verdict,
        expected,
        agrees: true,
        elapsed_ns: 12_000,
        honest_ns: (attack.id == THEFT).then_some(6_000),
        goal: Goal::Victim,
    }
}

fn entry(id: &str, stage: Stage, result: CheckResult, line: u32) -> TraceEntry {
    TraceEntry {
        id: id.into(),
        stage,
        result,
        detail: "alg is what the caller <wants>".into(),
        file: FILE.into(),
        line,
    }
}

fn part(part: &str, before: &str, after: &str) -> PartDiff {
    PartDiff {
        part: part.into(),
        before: before.into(),
        after: after.into(),
    }
}
