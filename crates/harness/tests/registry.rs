//! What the registry promises to everything that iterates it: unique ids of
//! one shape, versions that are the ones linked, a file for each library, and
//! jsonwebtoken on every backend of this build.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tokenlab_harness::contenders;
use tokenlab_record::catalogue::{ContenderCard, Family};

fn cards() -> Vec<&'static ContenderCard> {
    let cards: Vec<_> = contenders::all()
        .iter()
        .map(|contender| contender.card())
        .collect();
    assert!(!cards.is_empty(), "the registry is empty");
    cards
}

/// The crate's own folder in the source tree.
fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn ids_are_unique_and_found_by_name() {
    let mut seen = BTreeSet::new();
    for card in cards() {
        assert!(seen.insert(card.id.clone()), "{} twice", card.id);
        let named = contenders::named(card.id.as_str()).unwrap();
        assert_eq!(named.card(), card, "{}", card.id);
    }
    assert!(contenders::named("pasetors/v9.public").is_none());
}

#[test]
fn an_id_is_library_slash_algorithm_and_perhaps_plus_backend() {
    for card in cards() {
        let (library, rest) = card.id.as_str().split_once('/').unwrap();
        let (algorithm, backend) = match rest.split_once('+') {
            Some((algorithm, backend)) => (algorithm, Some(backend)),
            None => (rest, None),
        };
        assert_eq!(library, card.library, "{}", card.id);
        assert_eq!(algorithm, card.algorithm, "{}", card.id);
        if let Some(backend) = backend {
            assert!(
                card.backend.starts_with(backend),
                "{}: backend {}",
                card.id,
                card.backend
            );
        }
        let scheme = match card.family {
            Family::Jwt => format!("jwt.{algorithm}"),
            Family::Paseto => format!("paseto.{algorithm}"),
            family => panic!("{}: no scheme prefix for {family:?}", card.id),
        };
        assert_eq!(card.scheme, scheme, "{}", card.id);
    }
}

/// Version by package name of everything that tokenlab-harness links, as
/// Cargo.lock resolved it. A name that occurs there in several versions is
/// written `name version` in the dependencies of a package.
fn linked_versions(lock: &str) -> BTreeMap<String, String> {
    let packages: Vec<&str> = lock.split("[[package]]").collect();
    let field = |package: &str, name: &str| {
        let line = package
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} = ")));
        line.map(|value| value.trim_matches('"').to_owned())
    };
    let harness = packages
        .iter()
        .find(|package| field(package, "name").as_deref() == Some("tokenlab-harness"))
        .unwrap();
    let (_, dependencies) = harness.split_once("dependencies = [").unwrap();
    dependencies
        .lines()
        .map(|line| line.trim().trim_matches([',', '"']))
        .filter(|dependency| !dependency.is_empty() && *dependency != "]")
        .map(|dependency| match dependency.split_once(' ') {
            Some((name, version)) => (name.to_owned(), version.to_owned()),
            None => {
                let package = packages
                    .iter()
                    .find(|package| field(package, "name").as_deref() == Some(dependency))
                    .unwrap();
                (dependency.to_owned(), field(package, "version").unwrap())
            }
        })
        .collect()
}

#[test]
fn a_card_names_the_version_that_is_linked() {
    let linked = linked_versions(&fs::read_to_string(here().join("../../Cargo.lock")).unwrap());
    for card in cards() {
        assert_eq!(
            linked.get(&card.library),
            Some(&card.library_version),
            "{} (the lock file on the left)",
            card.id
        );
    }
}

#[test]
fn a_version_is_read_from_either_form_of_the_lock_file() {
    let lock = "[[package]]\nname = \"sha2\"\nversion = \"0.9.0\"\n\n[[package]]\nname = \"sha2\"\n\
                version = \"0.10.0\"\n\n[[package]]\nname = \"rsa\"\nversion = \"0.9.1\"\n\n[[package]]\n\
                name = \"tokenlab-harness\"\nversion = \"0.1.0\"\ndependencies = [\n \"rsa\",\n \"sha2 0.10.0\",\n]\n";
    let linked = linked_versions(lock);
    assert_eq!(linked["rsa"], "0.9.1");
    assert_eq!(linked["sha2"], "0.10.0");
    assert_eq!(linked.len(), 2);
}

#[test]
fn every_file_in_the_folder_is_a_library_of_the_registry() {
    let files: BTreeSet<String> = fs::read_dir(here().join("src/contenders"))
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
        .filter(|stem| stem != "mod")
        .collect();
    let libraries: BTreeSet<String> = cards().iter().map(|card| card.library.clone()).collect();
    assert_eq!(files, libraries, "files on the left, libraries on the right");
}

#[test]
fn every_algorithm_of_jsonwebtoken_runs_on_every_backend() {
    let mut backends: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for card in cards().iter().filter(|card| card.library == "jsonwebtoken") {
        let (_, backend) = card.id.as_str().split_once('+').unwrap();
        backends.entry(&card.algorithm).or_default().insert(backend);
    }
    let all = if cfg!(feature = "aws-lc") {
        BTreeSet::from(["aws-lc", "rustcrypto"])
    } else {
        BTreeSet::from(["rustcrypto"])
    };
    assert!(!backends.is_empty());
    for (algorithm, backends) in backends {
        assert_eq!(backends, all, "{algorithm}");
    }
}
