//! The scripts around `cargo fuzz`: which crates `fuzz/rustc` leaves without coverage,
//! and with which dictionary `fuzz/run` runs a target.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn uncovered() -> Vec<String> {
    let text = fs::read_to_string(here().join("uncovered-crates")).unwrap();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_uncovered_crate_is_somebody_elses_and_stands_once() {
    let lock = fs::read_to_string(here().join("../Cargo.lock")).unwrap();
    let foreign = lock
        .split("[[package]]")
        .filter(|package| package.contains("\nsource = "));
    let crates: BTreeSet<String> = foreign
        .filter_map(|package| package.lines().find_map(|line| line.strip_prefix("name = ")))
        .map(|name| name.trim_matches('"').replace('-', "_"))
        .collect();
    let uncovered = uncovered();
    assert!(uncovered.len() > 20, "{uncovered:?}");
    for name in &uncovered {
        assert!(crates.contains(name), "{name}: nothing depends on it");
    }
    let once: BTreeSet<&String> = uncovered.iter().collect();
    assert_eq!(once.len(), uncovered.len(), "a crate stands twice");
}

#[cfg(unix)]
#[test]
fn the_wrapper_takes_coverage_from_those_crates_and_nothing_from_others() {
    let flags = [
        "-Cpasses=sancov-module",
        "-Cllvm-args=-sanitizer-coverage-level=4",
        "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
        "-Zsanitizer=address",
    ];
    let passed_on = |name: &str| -> String {
        let wrapped = Command::new(here().join("rustc"))
            .args(["echo", "--crate-name", name])
            .args(flags)
            .output()
            .unwrap();
        assert!(wrapped.status.success(), "{wrapped:?}");
        String::from_utf8(wrapped.stdout).unwrap().trim().to_owned()
    };
    for name in uncovered() {
        let left = format!("--crate-name {name} {} {}", flags[2], flags[3]);
        assert_eq!(passed_on(&name), left);
    }
    for name in [
        "base64",
        "serde_json",
        "pasetors",
        "tokenlab_harness",
        "aes_gcm",
        "sha",
    ] {
        assert_eq!(
            passed_on(name),
            format!("--crate-name {name} {}", flags.join(" "))
        );
    }
    let asked = Command::new(here().join("rustc"))
        .args(["echo", "-vV"])
        .output()
        .unwrap();
    assert_eq!(asked.stdout, b"-vV\n", "without a crate");
}

#[cfg(unix)]
#[test]
fn a_target_is_run_with_the_dictionary_that_its_code_names() {
    for target in tokenlab_fuzz::targets() {
        let asked = Command::new(here().join("run"))
            .args(["dictionary", target.name])
            .output()
            .unwrap();
        assert!(asked.status.success(), "{asked:?}");
        let said = String::from_utf8(asked.stdout).unwrap();
        let path = |name: &str| {
            here()
                .join(format!("dictionaries/{name}.dict"))
                .display()
                .to_string()
        };
        assert_eq!(
            said.trim(),
            target.dictionary.map_or_else(String::new, path),
            "{}",
            target.name
        );
    }
}
