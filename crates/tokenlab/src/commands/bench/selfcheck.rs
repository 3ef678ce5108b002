//! `tokenlab bench selfcheck`: the instrument proves itself, or says where it fails.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use jiff::Timestamp;
use tokenlab_benches::environment;
use tokenlab_benches::selfcheck::{SelfCheckError, SelfChecker};
use tokenlab_record::run::write_document;
use tokenlab_record::selfcheck::{SELF_CHECK_SCHEMA, SelfCheck};

use super::{own_program, stop_on_signal};
use crate::cli::{Progress as ProgressMode, SelfCheck as Arguments};
use crate::output::{Failure, Output, table};
use crate::progress::Progress;
use crate::runs;

/// What all its runs take on an undisturbed machine of two cores.
const EXPECTED: Duration = Duration::from_secs(140);

/// Gathers the evidence, prints each figure against its limit and keeps the
/// verdict for the reports of later runs.
///
/// # Errors
/// [`Failure`]: an expectation, if a figure misses its limit; the environment,
/// if a run could not be made.
pub(super) fn run(arguments: &Arguments, mode: ProgressMode, output: &Output) -> Result<(), Failure> {
    let interrupt = Arc::new(AtomicBool::new(false));
    stop_on_signal(&interrupt)?;
    let parent = arguments.out.parent().unwrap_or(&arguments.out);
    runs::make_writable(parent)?;
    let environment = environment::describe(Timestamp::now().to_string());
    let scratch = env::temp_dir().join(format!("tokenlab-selfcheck-{}", process::id()));
    let checker = SelfChecker {
        scratch: &scratch,
        launcher: (own_program(), vec!["bench-launch".to_owned()]),
        seed: arguments.seed,
        interrupt: &interrupt,
    };
    output.note(&format!("{} small runs with a known answer", SelfChecker::runs()));
    let started = Instant::now();
    let mut progress = Progress::start(mode, EXPECTED, output);
    let share = EXPECTED / u32::try_from(SelfChecker::runs()).unwrap_or(1);
    let evidence = checker.gather(|what| {
        progress.advance(share, what);
        progress.milestone(what);
    });
    progress.finish();
    // Trials are evidence for this verdict alone; nothing is lost with them.
    let _ = fs::remove_dir_all(&scratch);
    let evidence = evidence.map_err(|error| match error {
        SelfCheckError::Interrupted => Failure::interrupted("interrupted; no verdict was reached"),
        error => Failure::environment(error),
    })?;
    let verdict = SelfCheck {
        schema: SELF_CHECK_SCHEMA.into(),
        environment,
        elapsed_s: started.elapsed().as_secs_f64(),
        figures: evidence.judge(),
    };
    write_document(&arguments.out, &verdict).map_err(Failure::environment)?;
    print(&verdict, output)?;
    output.note(&format!(
        "wrote {}; reports of this build on this machine will show it",
        arguments.out.display()
    ));
    if verdict.passed() {
        return Ok(());
    }
    let missed: Vec<&str> = verdict
        .figures
        .iter()
        .filter(|figure| !figure.passed)
        .map(|figure| figure.id.as_str())
        .collect();
    Err(Failure::expectation(format!("missed: {}", missed.join(", "))))
}

fn print(verdict: &SelfCheck, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.envelope("self-check", verdict);
    }
    let rows = verdict
        .figures
        .iter()
        .map(|figure| {
            vec![
                if figure.passed { "ok" } else { "MISSED" }.to_owned(),
                figure.id.clone(),
                figure.measured.clone(),
                figure.limit.clone(),
                figure.shows.clone(),
            ]
        })
        .collect();
    output.line(&table(
        &["", "figure", "measured", "limit", "what it shows"],
        &[],
        rows,
    ))
}
