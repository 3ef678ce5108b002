//! The fuzz bodies on stable: every seed comes exactly as far as it should,
//! and a body that is handed a lie says so.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use cargo_metadata::MetadataCommand;
use tokenlab_fuzz::issued::{self, CORPORA};
use tokenlab_fuzz::seeds::Seed;
use tokenlab_fuzz::verifier::Verifier;
use tokenlab_fuzz::{Finding, Reach, Target, decoder, exchange, session, targets};
use tokenlab_harness::decode::{Format, decode};
use tokenlab_harness::exchange::{Answer, Verdict};
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};

/// The seeds of every target, made once: forging them takes its time.
static SEEDS: LazyLock<Vec<(&Target, Vec<Seed>)>> = LazyLock::new(|| {
    targets()
        .iter()
        .map(|target| (target, (target.seeds)()))
        .collect()
});

#[test]
fn every_seed_comes_as_far_as_it_should() {
    for (target, seeds) in SEEDS.iter() {
        for reach in [Reach::Refused, Reach::Accepted] {
            let some = seeds.iter().any(|seed| seed.reach == reach);
            assert!(some, "{}: no seed is {reach:?}", target.name);
        }
        for seed in seeds {
            let outcome = (target.body)(seed.text.as_bytes());
            assert_eq!(outcome, Ok(seed.reach), "{}/{}", target.name, seed.name);
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    // To targets without a dictionary bytes are edits, whatever they are.
    let takes_text = |target: &&Target| target.dictionary.is_some();
    for target in targets().iter().filter(takes_text) {
        for data in [&b"\xff"[..], b"v4.local.\xc3\x28", b"eyJ.\x80.AAAA"] {
            assert_eq!(
                (target.body)(data),
                Ok(Reach::Refused),
                "{}: {data:?}",
                target.name
            );
        }
    }
}

/// A verifier and a token of its own, with the claims it was issued with.
fn verifier_and_token() -> (Verifier, &'static str, ClaimSet) {
    let contender = issued::fuzzed().next().unwrap();
    let own = issued::all()
        .iter()
        .find(|issued| issued.contender == contender.id().as_str())
        .unwrap();
    let claims = own.claims().unwrap();
    (Verifier::load(contender).unwrap(), &own.token, claims)
}

#[test]
fn a_verifier_that_accepts_a_strangers_token_is_a_finding() {
    let (verifier, token, claims) = verifier_and_token();
    assert_eq!(verifier.judge(token, Ok(claims.clone())), Ok(Reach::Accepted));
    for stranger in ["", "a.b.c", &format!("{token}A"), &token[1..]] {
        let outcome = verifier.judge(stranger, Ok(claims.clone()));
        assert!(
            matches!(&outcome, Err(Finding::Forgery { token, .. }) if token == stranger),
            "{stranger}: {outcome:?}"
        );
    }
}

#[test]
fn a_verifier_that_changes_claims_is_a_finding() {
    let (verifier, token, claims) = verifier_and_token();
    let promoted = ClaimSet {
        sub: Some("admin".into()),
        ..claims
    };
    let outcome = verifier.judge(token, Ok(promoted.clone()));
    assert!(
        matches!(&outcome, Err(Finding::ChangedClaims { returned, .. }) if **returned == promoted),
        "{outcome:?}"
    );
}

#[test]
fn a_verifier_that_breaks_down_is_a_finding_and_one_that_refuses_is_not() {
    let (verifier, token, _) = verifier_and_token();
    let internal = Rejection::new(RejectReason::Internal, "out of luck");
    let outcome = verifier.judge(token, Err(internal));
    assert!(
        matches!(&outcome, Err(Finding::Internal { detail, .. }) if detail == "out of luck"),
        "{outcome:?}"
    );
    let refused = Rejection::new(RejectReason::BadSignature, "no");
    assert_eq!(verifier.judge("a.b.c", Err(refused)), Ok(Reach::Refused));
}

#[test]
fn a_store_that_knows_a_strangers_id_or_forgets_its_own_is_a_finding() {
    let claims = issued::claims(CORPORA[0]).unwrap();
    let judge = |text, answer| session::judge(text, "id", &claims, answer);
    assert_eq!(judge("id", Ok(claims.clone())), Ok(Reach::Accepted));
    let unknown = Rejection::new(RejectReason::UnknownKey, "no such session");
    assert_eq!(judge("ID", Err(unknown.clone())), Ok(Reach::Refused));
    assert!(matches!(
        judge("ID", Ok(claims.clone())),
        Err(Finding::Forgery { token, .. }) if token == "ID"
    ));
    assert!(matches!(
        judge("id", Ok(ClaimSet::default())),
        Err(Finding::ChangedClaims { .. })
    ));
    assert!(matches!(judge("id", Err(unknown)), Err(Finding::Internal { .. })));
    let broken = Rejection::new(RejectReason::Internal, "the store is gone");
    assert!(matches!(judge("ID", Err(broken)), Err(Finding::Internal { .. })));
}

#[test]
fn an_answer_that_contradicts_itself_is_a_finding() {
    let verdict = |ok: bool| Verdict {
        contender: "some/one".into(),
        ok,
        claims: ok.then(serde_json::Map::new),
        error: (!ok).then(|| "no".into()),
    };
    let answer = |ok: Option<bool>, results: Vec<Verdict>| Answer {
        id: 1.into(),
        ok,
        claims: (ok == Some(true)).then(serde_json::Map::new),
        error: (ok != Some(true)).then(|| "no".into()),
        results,
        disagree: ok.is_none(),
    };
    for (ok, results, reach) in [
        (Some(true), vec![verdict(true), verdict(true)], Reach::Accepted),
        (Some(false), vec![verdict(false)], Reach::Refused),
        (None, vec![verdict(true), verdict(false)], Reach::Refused),
    ] {
        assert_eq!(exchange::judge("{}", &answer(ok, results)), Ok(reach), "{ok:?}");
    }
    let problem = |answer: &Answer| match exchange::judge("{}", answer) {
        Err(Finding::WrongAnswer { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    let accepted = answer(Some(true), vec![verdict(true)]);
    let silent = Answer {
        disagree: true,
        ..accepted.clone()
    };
    assert_eq!(problem(&silent), "is disagreed on and answered all the same");
    let with_error = Answer {
        error: Some("no".into()),
        ..accepted.clone()
    };
    assert_eq!(
        problem(&with_error),
        "is accepted with an error, or refused without one"
    );
    for results in [vec![], vec![verdict(false)], vec![verdict(true), verdict(false)]] {
        let one_sided = Answer {
            results,
            ..accepted.clone()
        };
        assert_eq!(
            problem(&one_sided),
            "is accepted although somebody refuses, or nobody was asked"
        );
    }
    let wordless = answer(
        Some(false),
        vec![Verdict {
            error: None,
            ..verdict(false)
        }],
    );
    assert_eq!(
        problem(&wordless),
        "has a verdict without its claims or its reason"
    );
    let words = "internal: the library panicked instead of refusing: out of range";
    let panicked = answer(
        Some(false),
        vec![Verdict {
            error: Some(words.into()),
            ..verdict(false)
        }],
    );
    assert_eq!(problem(&panicked), "makes a library panic");
}

#[test]
fn a_decoder_that_lies_is_a_finding() {
    let text = "eyJhbGciOiJub25lIn0.e30.AAAA";
    let length = u32::try_from(text.len()).unwrap();
    let honest = decode(text);
    assert_eq!(decoder::judge(text, &honest, Some(length)), Ok(Reach::Accepted));

    let problem = |decoded, total| match decoder::judge(text, decoded, total) {
        Err(Finding::WrongDecoding { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    let mut other_bytes = honest.clone();
    other_bytes.parts[2].bytes[0] = 1;
    assert_eq!(
        problem(&other_bytes, Some(length)),
        "shows other bytes than the text holds"
    );
    let mut a_part_gone = honest.clone();
    a_part_gone.parts.pop();
    assert_eq!(
        problem(&a_part_gone, Some(length)),
        "shows other bytes than the text holds"
    );
    let mut invented = honest.clone();
    invented.parts[1].bytes = vec![0; 100];
    assert_eq!(
        problem(&invented, Some(length)),
        "shows more bytes than there are"
    );
    let mut unknown = honest.clone();
    unknown.format = Format::Unknown;
    assert_eq!(
        problem(&unknown, Some(length)),
        "has an anatomy of a broken token"
    );
    assert_eq!(problem(&honest, None), "has no anatomy of a sound token");
    assert_eq!(problem(&honest, Some(length - 1)), "loses count of the bytes");
}

#[test]
fn every_fuzzed_contender_is_driven_by_a_target() {
    for contender in issued::fuzzed() {
        let honest: Vec<_> = issued::all()
            .iter()
            .filter(|issued| issued.contender == contender.id().as_str())
            .collect();
        assert_eq!(honest.len(), CORPORA.len(), "{}", contender.id());
        for issued in honest {
            let seeded = SEEDS
                .iter()
                .filter(|(target, _)| target.name != decoder::TARGET.name)
                .flat_map(|(_, seeds)| seeds)
                .any(|seed| seed.text == issued.token && seed.reach == Reach::Accepted);
            assert!(
                seeded,
                "{}: no target accepts its {} token",
                issued.contender, issued.corpus
            );
        }
    }
}

/// The program that does nothing, against which rates are held.
const EMPTY: &str = "empty";

#[test]
fn registry_manifest_shims_and_bodies_name_the_same_targets() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let registry: BTreeSet<String> = targets().iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(registry.len(), targets().len(), "a name occurs twice");

    let metadata = MetadataCommand::new()
        .manifest_path(here.join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let package = metadata
        .packages
        .iter()
        .find(|package| package.name == env!("CARGO_PKG_NAME"))
        .unwrap();
    let bins: BTreeSet<String> = package
        .targets
        .iter()
        .filter(|target| target.is_bin())
        .map(|target| target.name.clone())
        .collect();
    let nothing = BTreeSet::from([EMPTY.to_owned()]);
    assert_eq!(
        &bins - &nothing,
        registry,
        "[[bin]] on the left, registry on the right"
    );

    let shims: BTreeSet<String> = fs::read_dir(here.join("fuzz_targets"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        &shims - &nothing,
        registry,
        "fuzz_targets/ on the left, registry on the right"
    );
    for name in &registry {
        assert!(
            here.join("src").join(name).with_extension("rs").exists(),
            "src/{name}.rs"
        );
        let shim = fs::read_to_string(here.join("fuzz_targets").join(name).with_extension("rs")).unwrap();
        let driven = format!("tokenlab_fuzz::{name}::TARGET");
        assert!(
            shim.contains(&driven),
            "fuzz_targets/{name}.rs drives another target"
        );
    }
}
