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
        // A JWE is named by its key management and its content encryption,
        // joined by a plus, and each library has one backend for it.
        let (algorithm, backend) = match rest.split_once('+') {
            Some((algorithm, backend)) if card.family != Family::Jwe => (algorithm, Some(backend)),
            Some(_) => (rest, None),
            None => {
                assert_ne!(card.family, Family::Jwe, "{}: no content encryption", card.id);
                (rest, None)
            }
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
        let prefix = card.family.scheme_prefix();
        assert!(
            card.scheme.starts_with(&format!("{prefix}.")),
            "{}: scheme {}",
            card.id,
            card.scheme
        );
        if matches!(card.family, Family::Jwt | Family::Jwe | Family::Paseto) {
            assert_eq!(card.scheme, format!("{prefix}.{algorithm}"), "{}", card.id);
        }
    }
}

/// Versions by package name of everything that tokenlab-harness links, and of
/// itself, as Cargo.lock resolved them. A name that occurs there in several
/// versions is written `name version` in the dependencies of a package.
fn linked_versions(lock: &str) -> BTreeMap<String, BTreeSet<String>> {
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
    let mut linked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for dependency in dependencies
        .lines()
        .map(|line| line.trim().trim_matches([',', '"']))
        .filter(|dependency| !dependency.is_empty() && *dependency != "]")
        .chain(["tokenlab-harness"])
    {
        let (name, version) = match dependency.split_once(' ') {
            Some((name, version)) => (name, version.to_owned()),
            None => {
                let package = packages
                    .iter()
                    .find(|package| field(package, "name").as_deref() == Some(dependency))
                    .unwrap();
                (dependency, field(package, "version").unwrap())
            }
        };
        linked.entry(name.to_owned()).or_default().insert(version);
    }
    linked
}

#[test]
fn a_card_names_the_package_and_version_that_are_linked() {
    let linked = linked_versions(&fs::read_to_string(here().join("../../Cargo.lock")).unwrap());
    for card in cards() {
        let versions = linked.get(&card.package);
        assert!(
            versions.is_some_and(|versions| versions.contains(&card.library_version)),
            "{}: {} {}, where the lock file has {versions:?}",
            card.id,
            card.package,
            card.library_version
        );
    }
}

#[test]
fn versions_are_read_from_either_form_of_the_lock_file() {
    let lock = "[[package]]\nname = \"sha2\"\nversion = \"0.8.0\"\n\n[[package]]\nname = \"sha2\"\n\
                version = \"0.9.0\"\n\n[[package]]\nname = \"sha2\"\nversion = \"0.10.0\"\n\n\
                [[package]]\nname = \"rsa\"\nversion = \"0.9.1\"\n\n[[package]]\n\
                name = \"tokenlab-harness\"\nversion = \"0.1.0\"\ndependencies = [\n \"rsa\",\n \
                \"sha2 0.9.0\",\n \"sha2 0.10.0\",\n]\n";
    let versions = |all: &[&str]| all.iter().map(|version| (*version).to_owned()).collect();
    assert_eq!(
        linked_versions(lock),
        BTreeMap::from([
            ("rsa".to_owned(), versions(&["0.9.1"])),
            ("sha2".to_owned(), versions(&["0.9.0", "0.10.0"])),
            ("tokenlab-harness".to_owned(), versions(&["0.1.0"])),
        ])
    );
}

/// A library has a file or a folder of its name, with `_` for `-`; what has no
/// contenders is shared by those that have.
#[test]
fn every_file_in_the_folder_is_a_library_of_the_registry() {
    let folder = here().join("src/contenders");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let source = if path.is_dir() {
                path.join("mod.rs")
            } else {
                path.clone()
            };
            fs::read_to_string(source)
                .unwrap()
                .contains("pub(super) fn contenders()")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|stem| cfg!(feature = "openssl") || stem != "josekit")
        .collect();
    // A library may bear a hyphen, its file can't.
    let libraries: BTreeSet<String> = cards()
        .iter()
        .map(|card| card.library.replace('-', "_"))
        .collect();
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
