//! `tokenlab fuzz list`: what is fuzzed, and what a crash would mean.

use std::path::Path;

use serde_json::json;

use super::{CORPUS, all};
use crate::output::{Failure, Output, table};

/// Lists the fuzz targets with their inputs, and what `fuzz all` has said of them here.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(super) fn run(output: &Output) -> Result<(), Failure> {
    let targets = tokenlab_fuzz::targets();
    let slices = all::slices()?;
    let minutes = |name: &str| {
        let own = slices.iter().filter(|slice| slice.target == name);
        own.fold(0.0, |sum, slice| sum + slice.seconds) / 60.0
    };
    let edges = |name: &str| {
        let last = slices.iter().rfind(|slice| slice.target == name);
        last.map(|slice| slice.edges)
    };
    if output.is_json() {
        let cards: Vec<_> = targets
            .iter()
            .map(|target| {
                json!({
                    "id": target.name, "summary": target.summary,
                    "crash_means": target.crash_means, "dictionary": target.dictionary, "inputs": inputs(target.name),
                    "minutes": minutes(target.name), "edges": edges(target.name),
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
                target.dictionary.unwrap_or("-").to_owned(),
                format!("{:.0}", minutes(target.name)),
                edges(target.name).map_or_else(|| "-".to_owned(), |edges| edges.to_string()),
                target.summary.to_owned(),
                target.crash_means.to_owned(),
            ]
        })
        .collect();
    output.line(&table(
        &[
            "target",
            "inputs",
            "dictionary",
            "minutes",
            "edges",
            "what it feeds",
            "what a crash would mean",
        ],
        &[1, 3, 4],
        rows,
    ))?;
    output.note(&"next: fuzz/run run jwt · tokenlab fuzz explain FILE");
    Ok(())
}

/// Files in the target's corpus, below the current folder: the committed seeds
/// and whatever fuzzing has added.
fn inputs(target: &str) -> usize {
    Path::new(CORPUS)
        .join(target)
        .read_dir()
        .map_or(0, |entries| entries.flatten().count())
}
