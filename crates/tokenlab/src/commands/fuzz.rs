//! `tokenlab fuzz list`: what is fuzzed, and what a crash would mean.

use std::path::Path;

use serde_json::json;

use crate::cli::{Fuzz, FuzzVerb};
use crate::output::{Failure, Output, table};

/// Lists the fuzz targets with the number of committed seeds.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(crate) fn run(arguments: &Fuzz, output: &Output) -> Result<(), Failure> {
    let FuzzVerb::List = arguments.verb;
    let targets = tokenlab_fuzz::targets();
    if output.is_json() {
        let cards: Vec<_> = targets
            .iter()
            .map(|target| {
                json!({
                    "id": target.name, "summary": target.summary,
                    "crash_means": target.crash_means, "inputs": inputs(target.name),
                })
            })
            .collect();
        return output.envelope("fuzz-targets", &cards);
    }
    let rows = targets
        .iter()
        .map(|target| {
            vec![
                target.name.to_owned(),
                inputs(target.name).to_string(),
                target.summary.to_owned(),
                target.crash_means.to_owned(),
            ]
        })
        .collect();
    output.line(&table(
        &["target", "inputs", "what it feeds", "what a crash would mean"],
        &[1],
        rows,
    ))?;
    output.note(&"next: just fuzz jwt · cargo +nightly fuzz run jwt");
    Ok(())
}

/// Files in the target's corpus, below the current folder: the committed seeds
/// and whatever fuzzing has added.
fn inputs(target: &str) -> usize {
    Path::new("fuzz/corpus")
        .join(target)
        .read_dir()
        .map_or(0, |entries| entries.flatten().count())
}
