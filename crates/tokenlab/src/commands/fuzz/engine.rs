//! libFuzzer as a tool: building the targets, running one for a while, and reading
//! what it says of itself.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokenlab_fuzz::Target;

use super::CORPUS;
use crate::output::{Failure, Output};

/// The targets as programs.
pub(super) struct Engine {
    folder: PathBuf,
}

/// What libFuzzer says at the end of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Run {
    /// Inputs tried.
    pub(super) executions: u64,
    /// Edges covered before the first new input, and at the end.
    pub(super) edges: (u64, u64),
    /// Inputs in the corpus at the end.
    pub(super) corpus: u64,
    /// Whether it stopped at a finding.
    pub(super) is_finding: bool,
    /// Wall time of the hunting, without the start.
    pub(super) seconds: f64,
}

impl Run {
    /// Executions a second.
    pub(super) fn rate(&self) -> f64 {
        self.executions as f64 / self.seconds.max(f64::EPSILON)
    }

    /// Edges that this run found.
    pub(super) const fn new_edges(&self) -> u64 {
        self.edges.1.saturating_sub(self.edges.0)
    }
}

impl Engine {
    /// Builds every target, as `fuzz/run` does.
    ///
    /// # Errors
    /// [`Failure`] if this is no checkout, or cargo-fuzz is missing or fails.
    pub(super) fn build(output: &Output) -> Result<Self, Failure> {
        if !Path::new("fuzz/fuzz_targets").is_dir() {
            return Err(Failure::environment(
                "there is no fuzz/fuzz_targets here; run this where tokenlab's source is",
            ));
        }
        output.note(&"building the targets; the first time this takes some minutes");
        let built = Command::new("fuzz/run")
            .arg("build")
            .stdout(Stdio::null())
            .status();
        match built {
            Ok(status) if status.success() => Ok(Self { folder: folder()? }),
            Ok(_) => Err(Failure::environment(
                "`fuzz/run build` failed; without cargo-fuzz: cargo install --locked cargo-fuzz --version 0.13.2",
            )),
            Err(error) => Err(Failure::environment(format!("cannot start fuzz/run: {error}"))),
        }
    }

    /// Runs `target` on its corpus for a while.
    ///
    /// # Errors
    /// [`Failure`] if it can't be started.
    pub(super) fn hunt(&self, target: &Target, time: Duration) -> Result<Run, Failure> {
        let artifacts = format!("fuzz/artifacts/{}/", target.name);
        let corpus = format!("{CORPUS}/{}", target.name);
        for folder in [&artifacts, &corpus] {
            fs::create_dir_all(folder).map_err(Failure::environment)?;
        }
        let mut arguments = vec![
            corpus,
            format!("-artifact_prefix={artifacts}"),
            format!("-max_total_time={}", time.as_secs().max(1)),
            "-timeout=25".into(),
        ];
        arguments.extend(
            target
                .dictionary
                .map(|name| format!("-dict=fuzz/dictionaries/{name}.dict")),
        );
        self.run(target.name, &arguments)
    }

    /// Runs the program called `name` with these arguments.
    ///
    /// # Errors
    /// [`Failure`] if it can't be started.
    pub(super) fn run(&self, name: &str, arguments: &[String]) -> Result<Run, Failure> {
        read_run(name, Command::new(self.folder.join(name)).args(arguments))
    }

    /// The same with an environment variable of that name and value.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(super) fn run_with(
        &self,
        variable: (&str, &str),
        name: &str,
        arguments: &[String],
    ) -> Result<Run, Failure> {
        let mut program = Command::new(self.folder.join(name));
        read_run(name, program.args(arguments).env(variable.0, variable.1))
    }
}

fn read_run(name: &str, program: &mut Command) -> Result<Run, Failure> {
    let started = Instant::now();
    let ran = program
        .arg("-print_final_stats=1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::environment(format!("cannot run {name}: {error}")))?;
    let report = String::from_utf8_lossy(&ran.stderr);
    let mut run = read(&report);
    if !run.is_finding && !report.contains("Done ") && !report.contains("run interrupted") {
        let last = report.lines().last().unwrap_or("without a word");
        return Err(Failure::environment(format!(
            "{name} ends without having run: {last}"
        )));
    }
    if run.seconds == 0.0 {
        run.seconds = started.elapsed().as_secs_f64();
    }
    Ok(run)
}

/// Where `cargo fuzz build` puts programs.
fn folder() -> Result<PathBuf, Failure> {
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .map_err(Failure::environment)?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failure::environment("rustc -vV names no host"))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    Ok(target.join(host).join("release"))
}

/// Reads libFuzzer's report.
fn read(report: &str) -> Run {
    let mut run = Run::default();
    for line in report.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let after = |word: &str| {
            let at = words.iter().position(|found| *found == word)?;
            let number = words.get(at + 1)?.split('/').next()?;
            number.parse::<u64>().ok()
        };
        if line.starts_with('#') {
            if let Some(edges) = after("cov:") {
                if words.get(1) == Some(&"INITED") {
                    run.edges.0 = edges;
                }
                run.edges.1 = edges;
            }
            run.corpus = after("corp:").unwrap_or(run.corpus);
        } else if let Some(executions) = after("stat::number_of_executed_units:") {
            run.executions = executions;
        } else if line.starts_with("Done ") {
            run.seconds = after("in").map_or(run.seconds, |seconds| seconds as f64);
        }
        run.is_finding |= line.contains("SUMMARY: libFuzzer:") || line.contains("SUMMARY: AddressSanitizer:");
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_says_is_read() {
        let report = "INFO: Running with entropic power schedule (0xFF, 100).\n\
            #2\tINITED cov: 100 ft: 200 corp: 3/40b exec/s: 0 rss: 40Mb\n\
            #9\tNEW    cov: 120 ft: 230 corp: 5/70b lim: 4 exec/s: 0 rss: 40Mb L: 3/4 MS: 1 ChangeBit-\n\
            #5000\tDONE   cov: 121 ft: 231 corp: 6/80b lim: 4 exec/s: 2500 rss: 40Mb\n\
            Done 5000 runs in 2 second(s)\n\
            stat::number_of_executed_units: 5000\n";
        let run = read(report);
        let expected = Run {
            executions: 5000,
            edges: (100, 121),
            corpus: 6,
            is_finding: false,
            seconds: 2.0,
        };
        assert_eq!(run, expected);
        assert_eq!(run.new_edges(), 21);
        assert!((run.rate() - 2500.0).abs() < 1e-9);
        assert!(read("SUMMARY: libFuzzer: deadly signal\n").is_finding);
        assert_eq!(read(""), Run::default());
    }
}
