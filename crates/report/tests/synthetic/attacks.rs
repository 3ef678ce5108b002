//! Invented attacks, targets and transcripts.

use tokenlab_record::catalogue::{AttackCard, Family, Reference, TargetCard, TargetKind};
use tokenlab_record::run::RunRecord;
use tokenlab_record::transcript::{Expected, TRANSCRIPT_SCHEMA, Transcript, Verdict};

/// Adds three attacks, a target that falls to each, every contender as a
/// hardened target, and the transcripts of all cells.
pub(super) fn add(record: &mut RunRecord) {
    let attack = |id: &str, title: &str, assumption: &str, label: &str| AttackCard {
        id: id.into(),
        title: title.into(),
        assumption: assumption.into(),
        breaks: vec![id.into()],
        references: vec![Reference {
            label: label.into(),
            note: "says that this must not work".into(),
        }],
    };
    record.catalogue.attacks = vec![
        attack(
            "alg-none",
            "Unsigned token",
            "the token may say how it is checked",
            "RFC 8725 §3.1",
        ),
        attack(
            "alg-confusion-rs-hs",
            "Public key as HMAC secret",
            "one key serves every algorithm",
            "CVE-2015-9235",
        ),
        attack(
            "kid-path-traversal",
            "Key id as a path",
            "a key id is a file name",
            "CWE-22",
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
    };
    record.catalogue.targets = vec![
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
        let hardened = target(contender.id.as_str(), contender.family, TargetKind::Hardened, &[]);
        record.catalogue.targets.push(hardened);
    }
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
    Transcript {
        schema: TRANSCRIPT_SCHEMA.into(),
        run: super::RUN.into(),
        attack: attack.id.clone(),
        target: target.id.clone(),
        variant: variant.into(),
        analogue: (target.family == Family::Paseto && !is_foreign).then(|| "the version relabelled".into()),
        sample_token: "a.b.c".into(),
        token: "a.b.".into(),
        steps: Vec::new(),
        diff: Vec::new(),
        trace: Vec::new(),
        decided_by: (!is_foreign).then(|| "algorithm-allow-list".into()),
        verdict,
        expected,
        agrees: true,
        elapsed_ns: 12_000,
    }
}
