//! Floors are right on honest tokens, wrong on damaged ones, and complete.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // clippy.toml exempts test functions, not their helpers

use std::collections::{BTreeMap, BTreeSet};

use tokenlab_harness::contender::Contender;
use tokenlab_harness::floor::{self, Floor};
use tokenlab_harness::{ClaimSet, Corpus, KeyRing, Policy, contenders, tamper};
use tokenlab_record::measurement::{FloorPart, Model};

const MODELS: [Model; 2] = [Model::Verify, Model::Issue];

/// Honest tokens and their claims.
struct Honest {
    tokens: Vec<String>,
    claims: Vec<ClaimSet>,
}

/// Three tokens by every contender, with the scheme of each.
fn honest(ring: &KeyRing, corpus: &str) -> Vec<(&'static dyn Contender, Honest)> {
    let corpus = Corpus::named(corpus).expect("a corpus of this name");
    let issued_at = tokenlab_harness::policy::now();
    contenders::available()
        .map(|contender| {
            let service = contender.load(ring, &Policy::lab()).expect("keys of the ring");
            let claims: Vec<ClaimSet> = (0..3).map(|index| corpus.claims(index, issued_at)).collect();
            let issue = |claims| service.issue(claims).expect("a token");
            let tokens = claims.iter().map(issue).collect();
            (contender, Honest { tokens, claims })
        })
        .collect()
}

fn name(floor: &dyn Floor, contender: &dyn Contender) -> String {
    let model = MODELS.into_iter().find(|model| floor.serves(*model));
    format!(
        "{:?} {} {} by {} on tokens of {}",
        model,
        floor.scheme(),
        floor.part().slug(),
        floor.implementation(),
        contender.id()
    )
}

/// Calls `check` with every floor and the tokens of every contender of its scheme.
fn for_every_floor(ring: &KeyRing, corpus: &str, mut check: impl FnMut(&dyn Floor, &str, &Honest)) {
    let honest = honest(ring, corpus);
    let mut checked = 0;
    let floors: Vec<_> = floor::all()
        .iter()
        .filter(|floor| is_here(floor.scheme()))
        .collect();
    for floor in &floors {
        for (contender, honest) in &honest {
            if contender.card().scheme == floor.scheme() {
                check(floor.as_ref(), &name(floor.as_ref(), *contender), honest);
                checked += 1;
            }
        }
    }
    assert!(checked >= floors.len(), "{checked} checks");
}

/// Whether a contender of that scheme can run on this machine.
fn is_here(scheme: &str) -> bool {
    contenders::available().any(|contender| contender.card().scheme == scheme)
}

/// A session's id holds neither a signature nor claims. Its floor takes an
/// altered id for another id, knows no key, and reads what the store keeps:
/// what is wrong about a token shows in no floor but base64url. This is the one
/// exception from the tests below, and `sessions_hash_an_id_and_no_more` holds
/// the family to it.
fn is_opaque(floor: &dyn Floor) -> bool {
    floor.scheme().starts_with("session.")
}

#[test]
fn sessions_hash_an_id_and_no_more() {
    let ring = KeyRing::from_seed(47);
    let mut seen = 0;
    for_every_floor(&ring, "typical", |floor, name, honest| {
        if !is_opaque(floor) || floor.part() != FloorPart::Crypto {
            return;
        }
        let altered = honest.tokens.iter().filter_map(|id| tamper::signature(id));
        for tokens in [honest.tokens.clone(), altered.collect()] {
            let mut work = floor
                .load(&KeyRing::from_seed(48), &tokens, &honest.claims)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(work.operate(0) && work.right(0), "{name}");
        }
        let none = floor.load(&ring, &["no id".to_owned()], &honest.claims);
        assert!(none.is_err(), "{name}");
        seen += 1;
    });
    assert!(seen >= 2, "{seen} floors");
}

#[test]
fn every_scheme_has_every_part_for_verifying_and_for_issuing() {
    let schemes: BTreeSet<&str> = contenders::all()
        .iter()
        .map(|contender| contender.card().scheme.as_str())
        .collect();
    let known: BTreeSet<&str> = floor::all().iter().map(|floor| floor.scheme()).collect();
    assert_eq!(known, schemes);
    for scheme in schemes {
        for model in MODELS {
            for part in FloorPart::ALL {
                let found = floor::all()
                    .iter()
                    .any(|floor| floor.scheme() == scheme && floor.part() == part && floor.serves(model));
                assert!(found, "{scheme} has no {} floor of {}", part.slug(), model.slug());
            }
        }
    }
}

#[test]
fn a_floor_serves_one_model_and_has_a_name_of_its_own() {
    let mut seen = BTreeMap::new();
    for floor in floor::all() {
        let models: Vec<&str> = Model::ALL
            .into_iter()
            .filter(|model| floor.serves(*model))
            .map(Model::slug)
            .collect();
        let key = (
            floor.scheme(),
            floor.part(),
            floor.implementation(),
            models.clone(),
        );
        assert_eq!(models.len(), 1, "{key:?}");
        assert!(MODELS.iter().any(|model| floor.serves(*model)), "{key:?}");
        assert_eq!(seen.insert(key.clone(), ()), None, "{key:?} is there twice");
    }
}

#[test]
fn every_floor_is_right_on_honest_tokens() {
    let ring = KeyRing::from_seed(41);
    for corpus in ["tiny", "typical", "unicode"] {
        for_every_floor(&ring, corpus, |floor, name, honest| {
            let mut work = floor
                .load(&ring, &honest.tokens, &honest.claims)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            for index in 0..honest.tokens.len() {
                assert!(work.operate(index), "{name}, {corpus} {index}");
                assert!(work.right(index), "{name}, {corpus} {index}");
            }
            assert!(
                !work.operate(honest.tokens.len()),
                "{name}: there is no such token"
            );
            assert!(!work.right(honest.tokens.len()), "{name}: there is no such token");
        });
    }
}

/// A floor of cryptography refuses what was altered: when verifying in the
/// work itself, when issuing before there is any, because a wrong key would
/// sign just as fast.
#[test]
fn cryptography_is_wrong_on_altered_tokens() {
    let ring = KeyRing::from_seed(42);
    for_every_floor(&ring, "typical", |floor, name, honest| {
        if floor.part() != FloorPart::Crypto || is_opaque(floor) {
            return;
        }
        for alter in [tamper::signature, tamper::payload] {
            let altered: Vec<String> = honest
                .tokens
                .iter()
                .map(|token| alter(token).expect("long enough"))
                .collect();
            let loaded = floor.load(&ring, &altered, &honest.claims);
            match (floor.serves(Model::Verify), loaded) {
                (true, Ok(mut work)) => {
                    assert!(!work.operate(0), "{name} believes {}", altered[0]);
                    assert!(!work.right(0), "{name} believes {}", altered[0]);
                }
                (true, Err(error)) => panic!("{name}: {error}"),
                (false, Ok(_)) => panic!("{name} signs what was never issued"),
                (false, Err(error)) => assert!(!error.problem.is_empty(), "{name}"),
            }
        }
    });
}

#[test]
fn cryptography_is_wrong_under_another_key() {
    let (ring, other) = (KeyRing::from_seed(43), KeyRing::from_seed(44));
    for_every_floor(&ring, "tiny", |floor, name, honest| {
        if floor.part() == FloorPart::Crypto && !is_opaque(floor) {
            let right = floor
                .load(&other, &honest.tokens, &honest.claims)
                .is_ok_and(|mut work| work.operate(0) || work.right(0));
            assert!(!right, "{name}");
        }
    });
}

#[test]
fn base64_is_wrong_on_text_outside_the_alphabet() {
    let ring = KeyRing::from_seed(45);
    for_every_floor(&ring, "typical", |floor, name, honest| {
        if floor.part() != FloorPart::Base64 {
            return;
        }
        let broken: Vec<String> = honest
            .tokens
            .iter()
            .map(|token| {
                let at = token.len() - 10;
                format!("{}*{}", &token[..at], &token[at + 1..])
            })
            .collect();
        let right = floor
            .load(&ring, &broken, &honest.claims)
            .is_ok_and(|mut work| work.operate(0) || work.right(0));
        assert!(!right, "{name}");
    });
}

#[test]
fn json_is_wrong_about_the_claims_of_another_token() {
    let ring = KeyRing::from_seed(46);
    for_every_floor(&ring, "typical", |floor, name, honest| {
        if floor.part() != FloorPart::Json || is_opaque(floor) {
            return;
        }
        let mut claims = honest.claims.clone();
        claims.rotate_left(1);
        let mut work = floor
            .load(&ring, &honest.tokens, &claims)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!work.right(0), "{name}");
    });
}
