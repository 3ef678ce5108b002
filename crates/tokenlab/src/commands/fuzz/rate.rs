//! `tokenlab fuzz rate`: how fast each target is, against one that does nothing.
//!
//! libFuzzer itself takes time for every input, more on a slow machine. A target's
//! rate means something only beside that of an empty one, taken in the same minutes:
//! before each target and after it. It also takes more the more code is instrumented,
//! since it looks at every counter after every input: that shows in the same program
//! when it does nothing.

use serde::Serialize;
use tokenlab_fuzz::{IDLE, targets};

use super::CORPUS;
use super::engine::Engine;
use crate::output::{Failure, Output, table};

/// One target's rate.
#[derive(Serialize)]
struct Rate {
    id: &'static str,
    /// Executions a second.
    rate: f64,
    /// The same of this target's program, doing nothing.
    idle: f64,
    /// The same of the empty target, whose program has hardly any code.
    empty: f64,
}

impl Rate {
    fn ratio_to_idle(&self) -> f64 {
        self.rate / self.idle.max(f64::EPSILON)
    }

    fn ratio_to_empty(&self) -> f64 {
        self.rate / self.empty.max(f64::EPSILON)
    }
}

/// Runs every target for `seconds`, then without its work, and the empty one around both.
///
/// # Errors
/// [`Failure`]: environment if the targets can't be built or run.
pub(super) fn run(seconds: u64, output: &Output) -> Result<(), Failure> {
    let engine = Engine::build(output)?;
    let mut rates = Vec::new();
    for (number, target) in targets().iter().enumerate() {
        output.note(&format!(
            "{} ({} of {}; about {} s left)",
            target.name,
            number + 1,
            targets().len(),
            (targets().len() - number) as u64 * 4 * seconds
        ));
        // What is new goes into a folder that is gone afterwards.
        let scratch = tempfile::tempdir().map_err(Failure::environment)?;
        let folder = scratch.path().display();
        let arguments = [
            folder.to_string(),
            format!("{CORPUS}/{}", target.name),
            format!("-artifact_prefix={folder}/"),
            format!("-max_total_time={seconds}"),
        ];
        let before = engine.run(EMPTY, &arguments)?;
        let ran = engine.run(target.name, &arguments)?;
        let idle = engine.run_with((IDLE, "1"), target.name, &arguments)?;
        let after = engine.run(EMPTY, &arguments)?;
        rates.push(Rate {
            id: target.name,
            rate: ran.rate(),
            idle: idle.rate(),
            empty: f64::midpoint(before.rate(), after.rate()),
        });
    }
    if output.is_json() {
        return output.envelope("fuzz-rates", &rates);
    }
    let rows = rates.iter().map(|rate| {
        vec![
            rate.id.to_owned(),
            format!("{:.0}", rate.rate),
            format!("{:.0}", rate.idle),
            format!("{:.3}", rate.ratio_to_idle()),
            format!("{:.0}", rate.empty),
            format!("{:.3}", rate.ratio_to_empty()),
            if rate.ratio_to_empty() >= ENOUGH {
                "yes"
            } else {
                "no"
            }
            .to_owned(),
        ]
    });
    output.line(&table(
        &[
            "target",
            "inputs a second",
            "doing nothing",
            "ratio",
            "empty target",
            "ratio",
            "0.25 or more",
        ],
        &[1, 2, 3, 4, 5],
        rows.collect(),
    ))
}

/// The program that does nothing with its input.
const EMPTY: &str = "empty";

/// What a target for parsers should reach.
const ENOUGH: f64 = 0.25;
