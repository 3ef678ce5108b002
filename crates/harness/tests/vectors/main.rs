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

use tokenlab_harness::vectors::{Outcome, audit, package_folder, summarize};

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

/// The folder of vectors that the source of a linked package has.
fn shipped(package: &str, folder: &str) -> PathBuf {
    let source = package_folder(package).unwrap_or_else(|| panic!("no package {package} is linked"));
    source.join(folder)
}
