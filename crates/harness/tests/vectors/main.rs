//! Official test vectors through every contender that implements their scheme.
//!
//! What ships inside the registry packages that are linked anyway is always
//! run. The rest lies in the folder that `TOKENLAB_VECTORS` names, and is run
//! where it does; with `TOKENLAB_REQUIRE=all` its absence is a failure. This
//! file holds what the families share: where the vectors are, and how outcomes
//! are held against the reviewed deviations.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // clippy.toml exempts test functions, not their helpers

mod biscuit;
mod paserk;
mod paseto;
mod wycheproof;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tokenlab_harness::vectors::{Outcome, audit, summarize};

/// Fails if no vector was run, or one has an outcome that nobody has reviewed.
fn assert_reviewed(outcomes: &[Outcome]) {
    assert!(!outcomes.is_empty(), "no vector was run");
    let problems = audit(outcomes);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    for line in summarize("test", outcomes) {
        let cases = line.cases();
        let deviations = line.deviations.len();
        eprintln!(
            "{}: {cases} cases, {deviations} reviewed deviations of {}",
            line.suite, line.contender
        );
    }
}

/// The part of `TOKENLAB_VECTORS` that is called `name`; `None`, with a note, if
/// there is no such folder and none is required.
fn vectors(name: &str) -> Option<PathBuf> {
    let required = std::env::var_os("TOKENLAB_REQUIRE").is_some_and(|value| value == "all");
    let Some(folder) = std::env::var_os("TOKENLAB_VECTORS") else {
        assert!(
            !required,
            "TOKENLAB_REQUIRE is all, and TOKENLAB_VECTORS names no folder"
        );
        eprintln!("not run: TOKENLAB_VECTORS names no folder with {name}");
        return None;
    };
    let folder = Path::new(&folder).join(name);
    assert!(folder.is_dir(), "TOKENLAB_VECTORS has no {}", folder.display());
    Some(folder)
}

/// The folder of a linked package's source, as cargo itself knows it.
fn package_folder(name: &str) -> PathBuf {
    // Other platforms' packages need not be on this machine.
    let version = cargo(&["-vV"]);
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--offline",
        "--filter-platform",
        host,
        "--manifest-path",
        manifest,
    ]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata.get("packages").unwrap().as_array().unwrap();
    let package = packages
        .iter()
        .find(|package| package.get("name").and_then(Value::as_str) == Some(name))
        .unwrap_or_else(|| panic!("no package {name} is linked"));
    let manifest = package.get("manifest_path").unwrap().as_str().unwrap();
    Path::new(manifest).parent().unwrap().to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
