//! `tokenlab bench`: plan, check, measure, draw, rank.

mod selfcheck;
mod sitting;
pub(crate) mod summary;
mod vectors;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokenlab_benches::allocations;
use tokenlab_benches::paired::conduct::{ConductError, Ending};
use tokenlab_benches::second::{self, SecondInstrument};
use tokenlab_record::analysis::{analyse, noisy_groups};
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::jsonl::Appender;
use tokenlab_record::run::{RunRecord, Status, files, write_document};

use self::sitting::Sitting;
use crate::cli::{Bench, BenchRun, BenchVerb, Progress as ProgressMode};
use crate::commands::attack;
use crate::commands::attack::record::Detail;
use crate::output::{Failure, Output};
use crate::progress::{Progress, clock};
use crate::runs;

/// Measures, or proves the instrument.
///
/// # Errors
/// [`Failure`]: usage and environment before measuring starts; interrupted
/// after a partial report was written; an expectation, of a self-check that
/// failed.
pub(crate) fn run(arguments: &Bench, mode: ProgressMode, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        Some(BenchVerb::Selfcheck(arguments)) => selfcheck::run(arguments, mode, output),
        None => measure(&arguments.run, mode, output),
    }
}

/// Measures, or goes on measuring, and draws the report.
fn measure(arguments: &BenchRun, mode: ProgressMode, output: &Output) -> Result<(), Failure> {
    let interrupt = Arc::new(AtomicBool::new(false));
    stop_on_signal(&interrupt)?;
    if cfg!(debug_assertions) {
        output.note(&"warning: this is a debug build, its numbers are worthless; use --release");
    }
    let mut sitting = Sitting::begin(arguments, output)?;
    sitting.recall_self_check(output);
    let criterion = !arguments.no_criterion && built_criterion(output);
    let second_ids: Vec<ContenderId> = if criterion {
        sitting.second_opinions_missing()?
    } else {
        Vec::new()
    };
    let second_expected = second::expected(sitting.profile, second_ids.len());
    let paired_expected = sitting.paired_expected()?;
    announce(&sitting, paired_expected, second_expected, output);

    let started = Instant::now();
    let mut progress = Progress::start(mode, paired_expected + second_expected, output);
    let ending = measure_pairs(&sitting, &interrupt, &mut progress);
    let whole = matches!(ending, Ok(Ending::Complete));
    if whole && !second_ids.is_empty() {
        ask_criterion(
            &sitting,
            &second_ids,
            second_expected,
            &interrupt,
            &mut progress,
            output,
        );
    }
    progress.finish();
    if whole && criterion && !interrupt.load(Ordering::Relaxed) {
        count_allocations(&sitting, output);
    }
    if whole && !interrupt.load(Ordering::Relaxed) {
        // Noise that stays is marked on the page; it costs no run its report.
        if let Err(failure) = give_second_chances(&sitting, &interrupt, output) {
            output.note(&format!(
                "note: noisy groups stay as they are: {}",
                failure.message
            ));
        }
    }

    sitting.manifest.elapsed_s += started.elapsed().as_secs_f64();
    let stopped = interrupt.load(Ordering::Relaxed);
    if whole && !stopped {
        sitting.manifest.status = Status::Complete;
    }
    write_document(&sitting.folder.join(files::MANIFEST), &sitting.manifest).map_err(Failure::environment)?;
    attack_as_well(&sitting.folder)?;
    vectors::run(&sitting.manifest.run, &sitting.folder, output);
    draw(&sitting.folder, output)?;

    let resume = format!(
        "`tokenlab bench --resume --out {}` goes on",
        sitting.folder.display()
    );
    match ending {
        Err(error) => Err(Failure::environment(format!(
            "{error}; what was measured is drawn; {resume}"
        ))),
        Ok(_) if stopped => Err(Failure::interrupted(format!(
            "interrupted; the report is partial; {resume}"
        ))),
        Ok(_) => Ok(()),
    }
}

/// The first Ctrl-C ends the run after the group being timed, the second at once.
fn stop_on_signal(interrupt: &Arc<AtomicBool>) -> Result<(), Failure> {
    let flag = Arc::clone(interrupt);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        anstream::eprintln!("\nstopping after this group; once more to stop at once");
    })
    .map_err(|error| Failure::environment(format!("cannot catch Ctrl-C: {error}")))
}

/// Whether criterion is there to be run. It is a second opinion: its absence
/// is said and survived.
fn built_criterion(output: &Output) -> bool {
    output.note(&"building the criterion targets (a minute or two the first time)");
    match second::build() {
        Ok(()) => true,
        Err(error) => {
            output.note(&format!("note: no second instrument: {error}"));
            false
        }
    }
}

fn announce(sitting: &Sitting, paired: Duration, second: Duration, output: &Output) {
    let plan = &sitting.plan;
    output.note(&format!(
        "plan: {} contenders and twins in {} groups × {} launches × {} rounds, seed {}: about {}",
        plan.cases(),
        plan.groups.len(),
        plan.launches,
        plan.rounds,
        sitting.manifest.seed,
        clock(paired),
    ));
    if !second.is_zero() {
        output.note(&format!(
            "      then criterion on the same cases: about {}",
            clock(second)
        ));
    }
    output.note(&format!("      into {}", sitting.folder.display()));
    let environment = &sitting.environment;
    if environment.load > f64::from(environment.cores) / 2.0 {
        output.note(&format!(
            "note: load average {:.1} on {} cores; disturbed rounds will be dropped and counted",
            environment.load, environment.cores
        ));
    }
}

fn measure_pairs(
    sitting: &Sitting,
    interrupt: &AtomicBool,
    progress: &mut Progress<'_>,
) -> Result<Ending, ConductError> {
    let conductor = sitting.conductor(interrupt);
    let launches = sitting.plan.launches;
    let mut current = None;
    let ending = conductor.conduct(conductor.remaining()?, |news| {
        let of = |launch: u32| format!("launch {} of {launches}", launch + 1);
        if let Some(previous) = current.replace(news.launch)
            && previous != news.launch
        {
            progress.milestone(&format!("{} done", of(previous)));
        }
        let group = news.group;
        progress.advance(
            news.expected,
            &format!("{}: {} {}", of(news.launch), group.model.slug(), group.corpus),
        );
    });
    progress.milestone("pairs done");
    ending
}

/// Gives noisy groups a few launches more, once. What was disturbed stays on
/// record and stays dropped; the additional launches are counted with the rest.
fn give_second_chances(
    sitting: &Sitting,
    interrupt: &AtomicBool,
    output: &Output,
) -> Result<Ending, Failure> {
    let chances = sitting.profile.second_chances();
    if chances == 0 {
        return Ok(Ending::Complete);
    }
    let noisy = {
        let record = RunRecord::read(&sitting.folder).map_err(Failure::environment)?;
        noisy_groups(&record)
    };
    let open: Vec<_> = sitting
        .plan
        .groups
        .iter()
        .filter(|planned| noisy.contains(&planned.group))
        .cloned()
        .collect();
    if open.is_empty() {
        return Ok(Ending::Complete);
    }
    output.note(&format!(
        "{} of {} groups were noisy and are measured again: about {}",
        open.len(),
        sitting.plan.groups.len(),
        clock(
            open.iter()
                .map(|planned| planned.expected(sitting.plan.rounds))
                .sum::<Duration>()
                * chances
        ),
    ));
    let first = sitting.plan.launches;
    let launches = (first..first + chances)
        .map(|launch| (launch, open.clone()))
        .collect();
    sitting
        .conductor(interrupt)
        .conduct(launches, |_| {})
        .map_err(Failure::environment)
}

/// Criterion's pass. Whatever goes wrong with it costs the second opinion and
/// nothing else.
fn ask_criterion(
    sitting: &Sitting,
    contenders: &[ContenderId],
    expected: Duration,
    interrupt: &AtomicBool,
    progress: &mut Progress<'_>,
    output: &Output,
) {
    // Cargo starts a bench target in its own folder, where a relative path leads astray.
    let scratch = match std::path::absolute(sitting.folder.join("criterion.tmp")) {
        Ok(scratch) => scratch,
        Err(error) => {
            output.note(&format!("note: no second opinion: {error}"));
            return;
        }
    };
    let instrument = SecondInstrument {
        run: &sitting.manifest.run,
        profile: sitting.profile,
        contenders,
        scratch: &scratch,
        interrupt,
    };
    let cases = u32::try_from(contenders.len() * sitting.profile.second_opinion_on().len()).unwrap_or(1);
    let share = expected / cases.max(1);
    let opinions = instrument.measure(|| progress.advance(share, "criterion"));
    let written = opinions.map_err(|error| error.to_string()).and_then(|opinions| {
        let mut file = Appender::open(&sitting.folder.join(files::SECOND_OPINIONS))
            .map_err(|error| error.to_string())?;
        opinions
            .iter()
            .try_for_each(|opinion| file.append(opinion))
            .map_err(|error| error.to_string())
    });
    if let Err(problem) = written {
        output.note(&format!("note: no second opinion: {problem}"));
    }
    progress.milestone("criterion done");
}

/// Counts allocations once a run, in a few seconds. They are beside the
/// question of time: their absence is said and survived.
fn count_allocations(sitting: &Sitting, output: &Output) {
    let path = sitting.folder.join(files::ALLOCATIONS);
    if path.exists() {
        return;
    }
    let contenders: Vec<ContenderId> = sitting.pools.keys().cloned().collect();
    let written = allocations::count(&sitting.manifest.run, &contenders)
        .map_err(|error| error.to_string())
        .and_then(|counts| {
            let mut file = Appender::open(&path).map_err(|error| error.to_string())?;
            counts
                .iter()
                .try_for_each(|count| file.append(count))
                .map_err(|error| error.to_string())
        });
    if let Err(problem) = written {
        output.note(&format!("note: allocations are not counted: {problem}"));
    }
}

/// Fast is half an answer; the page shows beside it what each verifier
/// withstands. Takes a second, once a run.
fn attack_as_well(folder: &Path) -> Result<(), Failure> {
    if folder.join(files::TRANSCRIPTS).exists() {
        return Ok(());
    }
    let replays = tokenlab_attacks::replay::matrix(|_, _| true);
    attack::record::write(folder, &replays, Detail::Telling, "")
}

fn draw(folder: &Path, output: &Output) -> Result<(), Failure> {
    let record = RunRecord::read(folder).map_err(Failure::environment)?;
    let analysis = analyse(&record);
    let rendered =
        tokenlab_report::render_analysed(&record, &analysis, folder).map_err(Failure::environment)?;
    match runs::mark_latest(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            output.note(&format!("note: cannot point reports/latest at this run: {error}"));
        }
        _ => {}
    }
    summary::print(&record, &analysis, &rendered, output)
}

fn own_program() -> PathBuf {
    // The path survives a rebuild of the file it names; argv[0] is good enough otherwise.
    fs::canonicalize("/proc/self/exe")
        .or_else(|_| std::env::current_exe())
        .unwrap_or_else(|_| PathBuf::from("tokenlab"))
}
