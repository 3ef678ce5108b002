//! Honest tokens and their neighbours: a target that believes nothing, or
//! everything, would make any matrix look good.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokenlab_attacks::scheme::JwsAlgorithm;
use tokenlab_attacks::weakness::Effect;
use tokenlab_attacks::{Budget, Outcome, Target, Weakness, targets};
use tokenlab_harness::{RejectReason, exchange, tamper};
use tokenlab_record::catalogue::{Family, TargetKind};
use tokenlab_record::transcript::CheckResult;

#[test]
fn every_target_believes_an_honest_token_and_returns_its_claims() {
    for target in targets::all() {
        let exposure = target.exposure();
        let decision = target.submit(&exposure.sample_token, Budget::default());
        assert_eq!(
            decision.outcome,
            Outcome::Believed(exposure.sample_claims.clone()),
            "{}: {:?}",
            target.id(),
            decision.trace
        );
        assert!(
            decision
                .trace
                .iter()
                .all(|entry| entry.result != CheckResult::Fired),
            "{}",
            target.id()
        );
    }
}

/// The target's honest token with one letter changed, of its claims where it
/// has any, and the reasons that are right for refusing that. jwt-compact reads
/// the claims before it verifies the signature, so a change that breaks them is
/// noticed there first.
fn changed(target: &dyn Target) -> (String, &'static [RejectReason]) {
    let token = &target.exposure().sample_token;
    if target.exposure().scheme.family() == Family::Session {
        let other = if token.starts_with('A') { "B" } else { "A" };
        return (format!("{other}{}", &token[1..]), &[RejectReason::UnknownKey]);
    }
    let reasons: &[_] = if target.id().starts_with("jwt-compact/") {
        &[RejectReason::BadSignature, RejectReason::InvalidClaims]
    } else {
        &[RejectReason::BadSignature]
    };
    (tamper::payload(token).unwrap(), reasons)
}

/// Whether the target is one that believes claims without a signature.
fn needs_no_signature(target: &dyn Target) -> bool {
    let own = target.profile().own;
    own.contains(&Weakness::DecodedOnly) || own.contains(&Weakness::NullSignature)
}

#[test]
fn every_target_that_verifies_refuses_that_token_with_one_letter_changed() {
    for target in targets::all() {
        if needs_no_signature(target.as_ref()) {
            continue;
        }
        let (changed, reasons) = changed(target.as_ref());
        match target.submit(&changed, Budget::default()).outcome {
            Outcome::Rejected(rejection) => {
                assert!(
                    reasons.contains(&rejection.reason),
                    "{}: {rejection}",
                    target.id()
                );
            }
            other => panic!("{}: {other:?}", target.id()),
        }
    }
}

#[test]
fn every_target_refuses_text_that_is_no_token() {
    for target in targets::all() {
        for text in [
            "",
            ".",
            "..",
            "...",
            "v4.public.",
            "v4.local..",
            "a.b.c",
            "ключ.😀.=",
            &"x".repeat(100_000),
        ] {
            let outcome = target.submit(text, Budget::default()).outcome;
            let mut own = target.profile().own.iter();
            if matches!(outcome, Outcome::Panicked(_))
                && own.any(|weakness| weakness.effect() == Effect::Crash)
            {
                continue;
            }
            let Outcome::Rejected(rejection) = outcome else {
                panic!("{} on {text:.20}: {outcome:?}", target.id());
            };
            assert_ne!(
                rejection.reason,
                RejectReason::Internal,
                "{} on {text:.20}",
                target.id()
            );
        }
    }
}

#[test]
fn every_target_that_verifies_refuses_its_honest_token_cut_short() {
    for target in targets::all() {
        if needs_no_signature(target.as_ref()) {
            continue;
        }
        let token = &target.exposure().sample_token;
        let mut own = target.profile().own.iter();
        let crashes = own.any(|weakness| weakness.effect() == Effect::Crash);
        // The last letter may hold no bit of a signature.
        for length in (0..token.len() - 1).step_by(7) {
            match target.submit(&token[..length], Budget::default()).outcome {
                Outcome::Rejected(rejection) => assert_ne!(
                    rejection.reason,
                    RejectReason::Internal,
                    "{} on {length} letters",
                    target.id()
                ),
                Outcome::Panicked(_) if crashes => {}
                other => panic!("{} on {length} letters: {other:?}", target.id()),
            }
        }
    }
}

#[test]
fn every_jwt_target_refuses_an_algorithm_that_its_key_is_not_for() {
    // Headers {"alg":"..."}, over the payload and signature of an honest token.
    let registered = JwsAlgorithm::ALL.iter().map(|algorithm| algorithm.name());
    for alg in registered.chain(["RS1", ""]) {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}"}}"#));
        for target in targets::all() {
            let exposure = target.exposure();
            if exposure.scheme.family() != Family::Jwt || exposure.scheme.to_string() == format!("jwt.{alg}")
            {
                continue;
            }
            let (_, rest) = exposure.sample_token.split_once('.').unwrap();
            let outcome = target
                .submit(&format!("{header}.{rest}"), Budget::default())
                .outcome;
            let Outcome::Rejected(rejection) = outcome else {
                panic!("{} on {alg}: {outcome:?}", target.id());
            };
            assert!(
                matches!(
                    rejection.reason,
                    RejectReason::WrongScheme | RejectReason::BadSignature
                ),
                "{} on {alg}: {rejection}",
                target.id()
            );
        }
    }
}

#[test]
fn a_flawed_target_lacks_exactly_one_check_and_a_hardened_one_none() {
    for target in targets::all() {
        let decision = target.submit(&target.exposure().sample_token, Budget::default());
        let absent = decision
            .trace
            .iter()
            .filter(|entry| entry.result == CheckResult::Absent)
            .count();
        let weaknesses = target.profile().own.len();
        let wanted = match target.profile().kind {
            TargetKind::Hardened => 0,
            // What is reviewed about a library may come to more than one.
            _ if targets::is_contender(target.as_ref()) => weaknesses,
            _ => 1,
        };
        assert_eq!((absent, weaknesses), (wanted, wanted), "{}", target.id());
    }
}

#[test]
fn every_specimen_is_believed_or_refused_by_the_libraries_as_it_says() {
    let verifier = exchange::Verifier::all();
    let mut seen = 0;
    for scheme in targets::outside_schemes() {
        let setting = targets::outside(scheme).unwrap();
        for specimen in setting.specimens() {
            let answer = verifier.verify(&exchange::Request {
                id: Value::Null,
                scheme: scheme.to_string(),
                token: specimen.token.clone(),
                key: setting.key().clone(),
                expected_claims: None,
                footer: None,
                implicit_assertion: None,
                check_time: true,
                authorizer: None,
            });
            let expected = specimen.subject.is_some();
            for result in &answer.results {
                assert_eq!(
                    result.ok, expected,
                    "{scheme}, a token {}: {result:?}",
                    specimen.what
                );
            }
            seen += answer.results.len();
        }
    }
    assert!(seen > 300, "{seen}");
}
