//! `tokenlab fuzz planted`: does fuzzing find a bug that is certainly there?
//!
//! One bug is planted in each layer of a verifier ([`Plant`]), and the target that
//! should find it hunts from an empty corpus for a minute at most: the seeds of the
//! attack catalogue would give it away.

use std::time::Instant;

use serde::Serialize;
use tokenlab_fuzz::plant::{self, Plant};

use super::engine::Engine;
use crate::output::{Failure, Output, table};

/// What came of one plant.
#[derive(Serialize)]
struct Hunt {
    layer: &'static str,
    target: &'static str,
    is_found: bool,
    /// Wall time until it was found or the minute was over.
    seconds: f64,
    executions: u64,
}

/// Plants each bug and hunts it.
///
/// # Errors
/// [`Failure`]: environment if the targets can't be built or run; an expectation if a
/// bug was not found.
pub(super) fn run(output: &Output) -> Result<(), Failure> {
    let engine = Engine::build(output)?;
    let mut hunts = Vec::new();
    for plant in Plant::ALL {
        output.note(&format!("{}: a minute at most", plant.name()));
        let scratch = tempfile::tempdir().map_err(Failure::environment)?;
        let arguments = [
            format!("-max_total_time={SECONDS}"),
            format!("-artifact_prefix={}/", scratch.path().display()),
        ];
        let started = Instant::now();
        let run = engine.run_with((plant::VARIABLE, plant.name()), plant.target(), &arguments)?;
        hunts.push(Hunt {
            layer: plant.name(),
            target: plant.target(),
            is_found: run.is_finding,
            seconds: started.elapsed().as_secs_f64(),
            executions: run.executions,
        });
    }
    let missed = hunts.iter().filter(|hunt| !hunt.is_found).count();
    if output.is_json() {
        output.envelope("fuzz-planted", &hunts)?;
    } else {
        let rows = hunts.iter().map(|hunt| {
            vec![
                hunt.layer.to_owned(),
                hunt.target.to_owned(),
                if hunt.is_found { "found" } else { "NOT FOUND" }.to_owned(),
                format!("{:.1}", hunt.seconds),
                hunt.executions.to_string(),
            ]
        });
        output.line(&table(
            &["layer", "target", "", "seconds", "inputs"],
            &[3, 4],
            rows.collect(),
        ))?;
    }
    match missed {
        0 => Ok(()),
        missed => Err(Failure::expectation(format!(
            "{missed} of {} planted bugs were not found within {SECONDS} s",
            hunts.len()
        ))),
    }
}

const SECONDS: u64 = 60;
