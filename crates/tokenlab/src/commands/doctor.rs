//! `tokenlab doctor`: what this machine has of all that tokenlab can use, and
//! one line to paste for whatever it lacks.
//!
//! Only what `bench` can't do without decides the exit code. A busy machine or
//! a governor that saves power is said and forgiven: the instrument drops what
//! was disturbed and counts it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;
use tokenlab_benches::environment;
use tokenlab_report::format::significant;

use crate::output::{Failure, Output, table};
use crate::runs::REPORTS;

/// Below this a full run's raw lines and a build may find no room.
const LEAST_FREE_BYTES: u64 = 2 << 30;

const GOVERNOR: &str = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";

/// One thing that was looked for.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    found: String,
    needed_by: &'static str,
    /// Empty if nothing is to be done.
    fix: &'static str,
}

/// Looks for everything and says what is missing.
///
/// # Errors
/// [`Failure::environment`] naming what `bench` lacks.
pub(crate) fn run(output: &Output) -> Result<(), Failure> {
    let findings = look();
    let missing: Vec<&str> = findings
        .iter()
        .filter(|finding| !finding.ok && finding.needed_by == BENCH)
        .map(|finding| finding.what)
        .collect();
    if output.is_json() {
        output.envelope("doctor", &findings)?;
    } else {
        let rows = findings
            .iter()
            .map(|finding| {
                vec![
                    if finding.ok { "ok" } else { "missing" }.to_owned(),
                    finding.what.to_owned(),
                    finding.found.clone(),
                    finding.needed_by.to_owned(),
                    if finding.ok { "" } else { finding.fix }.to_owned(),
                ]
            })
            .collect();
        output.line(&table(&["", "what", "found", "for", "fix"], &[], rows))?;
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failure::environment(format!(
            "bench can't do without: {}",
            missing.join(", ")
        )))
    }
}

/// Whose lack decides the exit code.
const BENCH: &str = "bench";
/// What makes its numbers better.
const QUIET: &str = "quiet numbers";

fn look() -> Vec<Finding> {
    let machine = environment::describe(String::new());
    let cores = f64::from(machine.cores);
    vec![
        tool(
            "toolchain",
            &["cargo", "--version"],
            BENCH,
            "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
        ),
        free_space(),
        Finding {
            what: "optimised build",
            ok: !cfg!(debug_assertions),
            found: machine.build_profile.clone(),
            needed_by: QUIET,
            fix: "cargo run --release -p tokenlab -- doctor",
        },
        Finding {
            what: "two cores",
            ok: machine.cores >= 2,
            found: format!("{}, {}", machine.cores, machine.cpu_model),
            needed_by: QUIET,
            fix: "nproc # give the machine a second core: the system then has one beside the runner",
        },
        Finding {
            what: "low load",
            ok: machine.load <= cores / 2.0,
            found: format!("{:.1} on {} cores", machine.load, machine.cores),
            needed_by: QUIET,
            fix: "uptime # and stop what else is running",
        },
        governor(),
        tool(
            "redis-server",
            &["redis-server", "--version"],
            "session/redis",
            "apt-get install redis-server",
        ),
        tool(
            "valgrind",
            &["valgrind", "--version"],
            "just overhead",
            "apt-get install valgrind",
        ),
        tool(
            "nightly",
            &["rustup", "run", "nightly", "rustc", "--version"],
            "fuzzing with a sanitizer",
            "rustup toolchain install nightly",
        ),
        tool(
            "cargo-fuzz",
            &["cargo", "fuzz", "--version"],
            "fuzzing",
            "cargo install cargo-fuzz",
        ),
        tool("just", &["just", "--version"], "recipes", "cargo install just"),
        tool(
            "chromium",
            &["chromium", "--version"],
            "looking at pages without a screen",
            "apt-get install chromium",
        ),
    ]
}

/// A program that answers to `command` with its version.
fn tool(what: &'static str, command: &[&str], needed_by: &'static str, fix: &'static str) -> Finding {
    let version = command
        .split_first()
        .and_then(|(program, arguments)| answer(program, arguments))
        .map(|text| text.lines().next().unwrap_or_default().trim().to_owned());
    Finding {
        what,
        ok: version.is_some(),
        found: version.unwrap_or_else(|| "not found".to_owned()),
        needed_by,
        fix,
    }
}

/// A governor that can't be read, as in most virtual machines, is the host's
/// business and no fault of this one.
fn governor() -> Finding {
    let read = fs::read_to_string(GOVERNOR).map(|text| text.trim().to_owned());
    Finding {
        what: "governor",
        ok: read.as_ref().map_or(true, |governor| governor == "performance"),
        found: read.unwrap_or_else(|_| "not readable here".to_owned()),
        needed_by: QUIET,
        fix: "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor",
    }
}

/// Room where runs are written, as POSIX `df` tells it.
fn free_space() -> Finding {
    let folder = [REPORTS, "."]
        .into_iter()
        .find(|folder| Path::new(folder).is_dir())
        .unwrap_or(".");
    let free = answer("df", &["-Pk", folder]).and_then(|text| {
        let kibibytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
        Some(kibibytes * 1024)
    });
    #[allow(clippy::cast_precision_loss)] // shown to three figures
    let shown = |bytes: u64| format!("{} GiB free", significant(bytes as f64 / f64::from(1 << 30)));
    Finding {
        what: "disk",
        ok: free.is_none_or(|bytes| bytes >= LEAST_FREE_BYTES),
        found: free.map_or_else(|| "not readable here".to_owned(), shown),
        needed_by: BENCH,
        fix: "cargo clean",
    }
}

/// What a program writes to standard output, if it is there and content.
fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let answer = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    answer
        .status
        .success()
        .then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}
