//! The list of known disagreements, held against the libraries.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use tokenlab_fuzz::disagreement::{Answer, Panel, Reviewed, Written};
use tokenlab_fuzz::reviewed::REVIEWED;
use tokenlab_fuzz::{Finding, Reach, diff_jws};
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};

fn panel() -> Panel {
    Panel::of("jwt.HS256").unwrap()
}

fn others(than: &Reviewed) -> impl Iterator<Item = &'static Reviewed> + Clone {
    REVIEWED
        .iter()
        .filter(move |entry| entry.witness != than.witness || entry.library != than.library)
}

#[test]
fn each_entry_is_needed_for_its_witness() {
    let panel = panel();
    for entry in REVIEWED {
        let answers = panel.ask(&diff_jws::sign(entry.witness));
        let witness = entry.witness.to_string();
        assert_eq!(
            panel.judge(entry.witness, &answers),
            Ok(Reach::Accepted),
            "{witness}"
        );
        let without = panel.judge_by(others(entry), entry.witness, &answers);
        assert!(
            matches!(without, Err(Finding::Disagreement { .. })),
            "{}: {witness}: {without:?}",
            entry.library
        );
        assert!(!entry.reason.is_empty());
    }
}

#[test]
fn several_libraries_have_a_say() {
    for scheme in [
        "jwt.HS256",
        "paseto.v2.local",
        "paseto.v3.local",
        "paseto.v4.local",
        "paseto.v4.public",
    ] {
        assert!(Panel::of(scheme).unwrap().ask("").len() >= 2, "{scheme}");
    }
}

#[test]
fn a_disagreement_that_nobody_looked_at_is_a_finding() {
    let panel = panel();
    let written = Written {
        header: r#"{"alg":"HS256"}"#,
        payload: "{}",
    };
    let answer = |contender: &str, says: Result<ClaimSet, RejectReason>| Answer {
        contender: contender.into(),
        says: says.map_err(|reason| Rejection::new(reason, "no")),
    };
    let alice = ClaimSet {
        sub: Some("alice".into()),
        ..ClaimSet::default()
    };
    let judge = |one, other| {
        panel.judge(
            written,
            &[
                answer("jwt-compact/HS256", one),
                answer("jwt-simple/HS256", other),
            ],
        )
    };
    assert_eq!(judge(Ok(alice.clone()), Ok(alice.clone())), Ok(Reach::Accepted));
    // For whatever reason.
    assert_eq!(
        judge(Err(RejectReason::Expired), Err(RejectReason::Malformed)),
        Ok(Reach::Refused)
    );
    for other in [Ok(ClaimSet::default()), Err(RejectReason::Expired)] {
        assert!(matches!(
            judge(Ok(alice.clone()), other),
            Err(Finding::Disagreement { .. })
        ));
    }
    assert!(matches!(
        judge(Err(RejectReason::Internal), Err(RejectReason::Internal)),
        Err(Finding::Internal { .. })
    ));
}
