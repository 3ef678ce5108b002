//! The committed tokens and seeds are the ones that this code makes.
//!
//! `BLESS=1 cargo test -p tokenlab-fuzz --test seeds` writes them anew: what
//! still verifies in `issued.jsonl` stays, since most schemes are randomised
//! and fuzzing corpora point at those very tokens.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tokenlab_attacks::catalogue;
use tokenlab_fuzz::forgeries::seeds_from;
use tokenlab_fuzz::issued::{self, CORPORA, Issued, RING};
use tokenlab_fuzz::{Target, decoder, diff_jws, diff_paseto, exchange, jwks, keys, record, targets};
use tokenlab_harness::{Contender, Policy};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blessed() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// The committed token of a contender over a corpus, if it still is what it
/// should be, else a new one.
fn kept_or_new(contender: &dyn Contender, corpus: &str) -> Issued {
    let service = contender.load(&RING, &Policy::lab()).unwrap();
    let claims = issued::claims(corpus).unwrap();
    let kept = issued::all().iter().find(|issued| {
        issued.contender == contender.id().as_str()
            && issued.corpus == corpus
            && service.verify(&issued.token) == Ok(claims.clone())
    });
    kept.cloned().unwrap_or_else(|| Issued {
        contender: contender.id().to_string(),
        corpus: corpus.to_owned(),
        token: service.issue(&claims).unwrap(),
    })
}

#[test]
fn every_fuzzed_contender_has_issued_a_token_of_each_corpus() {
    let lines: String = issued::fuzzed()
        .flat_map(|contender| CORPORA.map(|corpus| kept_or_new(contender, corpus)))
        .map(|issued| serde_json::to_string(&issued).unwrap() + "\n")
        .collect();
    let path = here().join("issued.jsonl");
    if blessed() {
        fs::write(&path, &lines).unwrap();
    }
    assert!(!lines.is_empty());
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        lines,
        "run this test with BLESS=1"
    );
}

fn folder(target: &Target) -> PathBuf {
    here().join("corpus").join(target.name)
}

/// Committed seeds by file name; what fuzzing itself found lies beside them.
fn on_disk(target: &Target) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder(target)) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            name.starts_with("seed-")
                .then(|| (name, fs::read_to_string(path).unwrap()))
        })
        .collect()
}

/// What should be on disk. Some forgeries are randomised, like the schemes
/// they are made for: a committed one of the same length stays.
fn wanted(target: &Target) -> BTreeMap<String, String> {
    let (once, again) = ((target.seeds)(), (target.seeds)());
    let disk = on_disk(target);
    let count = once.len();
    let wanted: BTreeMap<String, String> = once
        .into_iter()
        .zip(again)
        .map(|(once, again)| match disk.get(&once.name) {
            Some(kept) if once.text != again.text && kept.len() == once.text.len() => {
                (once.name, kept.clone())
            }
            _ => (once.name, once.text),
        })
        .collect();
    assert_eq!(wanted.len(), count, "{}: two seeds of one name", target.name);
    wanted
}

#[test]
fn the_committed_seeds_are_the_ones_that_follow_from_the_issued_tokens() {
    for target in targets() {
        let wanted = wanted(target);
        if blessed() {
            fs::create_dir_all(folder(target)).unwrap();
            for name in on_disk(target)
                .into_keys()
                .filter(|name| !wanted.contains_key(name))
            {
                fs::remove_file(folder(target).join(name)).unwrap();
            }
            for (name, text) in &wanted {
                fs::write(folder(target).join(name), text).unwrap();
            }
        }
        let disk = on_disk(target);
        let hint = format!("{}: run this test with BLESS=1", target.name);
        assert_eq!(
            disk.keys().collect::<Vec<_>>(),
            wanted.keys().collect::<Vec<_>>(),
            "{hint}"
        );
        for (name, text) in &wanted {
            assert_eq!(disk.get(name), Some(text), "{name}, {hint}");
        }
    }
}

#[test]
fn every_attack_that_seeds_does_so_for_a_verifier_and_most_do_for_each() {
    // These verify nothing, or what they verify they were given keys for or signed
    // themselves; and to targets without a dictionary an input is no token.
    const NO_TOKENS: [&str; 7] = [
        decoder::TARGET.name,
        exchange::TARGET.name,
        keys::TARGET.name,
        jwks::TARGET.name,
        record::TARGET.name,
        diff_jws::TARGET.name,
        diff_paseto::TARGET.name,
    ];
    let bears_tokens = |target: &&Target| target.dictionary.is_some() && !NO_TOKENS.contains(&target.name);
    let mut unseeded: Vec<&str> = catalogue::all()
        .iter()
        .filter(|attack| seeds_from(**attack))
        .map(|attack| attack.id())
        .collect();
    for target in targets().iter().filter(bears_tokens) {
        let seeds = (target.seeds)();
        let seeding: Vec<&str> = catalogue::all()
            .iter()
            .filter(|attack| seeds_from(**attack))
            .map(|attack| attack.id())
            .collect();
        let seeded: BTreeSet<&str> = seeding
            .iter()
            .copied()
            .filter(|id| {
                let prefix = format!("seed-{id}-");
                seeds.iter().any(|seed| seed.name.starts_with(&prefix))
            })
            .collect();
        // A few have nothing to send that should be refused in one family.
        assert!(
            seeded.len() * 4 >= seeding.len() * 3,
            "{}: {seeded:?}",
            target.name
        );
        unseeded.retain(|id| !seeded.contains(id));
    }
    assert!(unseeded.is_empty(), "no verifier starts from {unseeded:?}");
}
