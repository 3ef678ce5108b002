//! `tokenlab fuzz promote FILE`: an input becomes a test, and a seed.
//!
//! One file does both: `fuzz/tests/found.rs` replays on stable whatever is called
//! `found-…` in a corpus and fails at a finding, and libFuzzer starts from it. So an
//! input is promoted before the mistake behind it is mended: the test fails first.

use std::fs;
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{CORPUS, input};
use crate::cli::FuzzInput;
use crate::output::{Failure, Output};

/// Copies the input into its target's corpus, under a name that follows from its bytes.
///
/// # Errors
/// [`Failure`]: usage if it can't be read; environment if this is no checkout of
/// tokenlab, or can't be written.
pub(super) fn run(arguments: &FuzzInput, output: &Output) -> Result<(), Failure> {
    let (target, data) = input(&arguments.file, arguments.target.as_deref())?;
    let folder = Path::new(CORPUS).join(target.name);
    if !folder.is_dir() {
        return Err(Failure::environment(format!(
            "there is no {} here; run this where tokenlab's source is",
            folder.display()
        )));
    }
    let digest = Sha256::digest(&data);
    let name = digest
        .iter()
        .take(8)
        .fold("found-".to_owned(), |name, byte| name + &format!("{byte:02x}"));
    let path = folder.join(name);
    fs::write(&path, &data)
        .map_err(|error| Failure::environment(format!("cannot write {}: {error}", path.display())))?;
    if output.is_json() {
        return output.envelope("fuzz-promoted", &json!({"target": target.name, "path": path}));
    }
    output.line(&path.display())?;
    output.note(&"next: cargo test -p tokenlab-fuzz --test found; then git add it, with what mends it");
    Ok(())
}
