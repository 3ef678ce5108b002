//! What forgeries are made of, where no verifier's answer tells: those that are refused
//! everywhere would be refused as well if they were nonsense.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeMap;

use serde_json::Value;
use tokenlab_attacks::scheme::{Purpose, Scheme};
use tokenlab_attacks::{catalogue, replay, targets};
use tokenlab_harness::decode::{Part, decode};
use tokenlab_record::transcript::Transcript;

/// The forgeries of an attack, each with its target's scheme.
fn forgeries(attack: &str) -> Vec<(Scheme, Transcript)> {
    let replays = replay::matrix(|candidate, _| candidate.id() == attack);
    replays
        .into_iter()
        .flat_map(|replay| {
            let scheme = targets::named(replay.cell.target.as_str())
                .unwrap()
                .profile()
                .scheme;
            replay
                .transcripts
                .into_iter()
                .map(move |transcript| (scheme, transcript))
        })
        .filter(|(_, transcript)| !transcript.token.is_empty())
        .collect()
}

fn parts(token: &str) -> BTreeMap<String, Vec<u8>> {
    let parts = decode(token).parts.into_iter();
    parts
        .map(|Part { name, bytes, .. }| (name.to_owned(), bytes))
        .collect()
}

/// The claims and what authenticates them, of a PASETO whose claims stand in the open.
fn opened(token: &str) -> (Value, usize) {
    let body = token.split('.').nth(2).unwrap();
    let body = decode(&format!("{body}.")).parts[0].bytes.clone();
    let mut values = serde_json::Deserializer::from_slice(&body).into_iter::<Value>();
    let claims = values.next().unwrap().unwrap();
    (claims, body.len() - values.byte_offset())
}

#[test]
fn a_tag_takes_the_place_of_a_signature_byte_for_byte() {
    let mut seen = 0;
    for (scheme, forgery) in forgeries("alg-confusion-rs-hs") {
        if let Scheme::Paseto(_, Purpose::Public) = scheme {
            let (honest, signature) = opened(&forgery.sample_token);
            let (forged, tag) = opened(&forgery.token);
            assert_eq!(tag, signature, "{}, {}", forgery.target, forgery.variant);
            assert_ne!(forged, honest, "{}, {}", forgery.target, forgery.variant);
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn a_footer_is_kept_where_the_attack_is_elsewhere() {
    let mut with_footer = 0;
    for attack in ["alg-none", "alg-confusion-rs-hs"] {
        for (scheme, forgery) in forgeries(attack) {
            if let Scheme::Paseto(..) = scheme {
                let footer = |token: &str| token.split('.').nth(3).map(str::to_owned);
                let (honest, forged) = (footer(&forgery.sample_token), footer(&forgery.token));
                assert_eq!(
                    forged, honest,
                    "{attack}, {}, {}",
                    forgery.target, forgery.variant
                );
                with_footer += usize::from(honest.is_some());
            }
        }
    }
    assert!(with_footer > 0, "no target has a footer");
}

#[test]
fn every_spelling_of_a_public_key_is_tried_for_a_content_key_too() {
    let mut by_target: BTreeMap<String, [Vec<String>; 2]> = BTreeMap::new();
    for (scheme, forgery) in forgeries("alg-confusion-rs-hs") {
        if !matches!(scheme, Scheme::Jwe(..)) || forgery.analogue.is_some() {
            continue;
        }
        let [as_secrets, as_content_keys] = by_target.entry(forgery.target.clone()).or_default();
        if let Some(spelling) = forgery.variant.strip_suffix("-dir") {
            let header: Value = serde_json::from_slice(&parts(&forgery.token)["header"]).unwrap();
            assert_eq!(header["alg"], "dir", "{}", forgery.variant);
            assert_eq!(forgery.token.split('.').count(), 5, "{}", forgery.variant);
            as_content_keys.push(spelling.to_owned());
        } else if let Some(spelling) = forgery.variant.strip_suffix("-hs256") {
            as_secrets.push(spelling.to_owned());
        }
    }
    assert!(!by_target.is_empty(), "no target has a public key to encrypt to");
    for (target, [as_secrets, as_content_keys]) in by_target {
        assert!(!as_secrets.is_empty(), "{target}");
        assert_eq!(as_content_keys, as_secrets, "{target}");
    }
}

#[test]
fn an_entry_of_a_key_set_that_is_taken_for_a_secret_is_one() {
    let mut seen = 0;
    for (_, forgery) in forgeries("alg-confusion-jwk") {
        if forgery.variant != "jwk-text" {
            continue;
        }
        let entries = forgery.steps.iter().filter_map(|step| {
            let entry: Value = serde_json::from_str(&step.artefact).ok()?;
            entry.get("kty").is_some().then_some(entry)
        });
        let entries: Vec<Value> = entries.collect();
        assert!(!entries.is_empty(), "{}: no key is shown", forgery.target);
        for entry in entries {
            // What a key set publishes, and nothing of the private half.
            assert!(entry.get("d").is_none() && entry.get("k").is_none(), "{entry}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn what_is_said_to_be_encrypted_to_a_public_key_is() {
    for (attack, alg) in [
        ("jwe-public-key-mint", "RSA-OAEP-256"),
        ("jwe-rsa15-oracle", "RSA1_5"),
    ] {
        let mut seen = 0;
        for (_, forgery) in forgeries(attack) {
            if forgery.analogue.is_none() {
                continue;
            }
            // In the token's place, or where a signed token has its claims.
            let token = match forgery.token.split('.').count() {
                5 => forgery.token.clone(),
                _ => String::from_utf8(parts(&forgery.token)["payload"].clone()).unwrap(),
            };
            assert_eq!(token.split('.').count(), 5, "{attack}, {}", forgery.target);
            let header: Value = serde_json::from_slice(&parts(&token)["header"]).unwrap();
            assert_eq!(header["alg"], alg, "{attack}, {}", forgery.target);
            assert!(header["enc"].is_string(), "{attack}, {}", forgery.target);
            seen += 1;
        }
        assert!(seen > 10, "{attack}: {seen}");
    }
}

#[test]
fn a_lesson_is_its_attacks_own() {
    for attack in catalogue::all() {
        let lesson = catalogue::lesson(attack.id()).unwrap();
        assert_eq!(lesson, attack.profile().lesson);
        assert!(lesson.starts_with("# "), "{}", attack.id());
    }
    assert_eq!(catalogue::lesson("no such attack"), None);
}
