//! `tokenlab serve`: the web lab, until it is stopped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;

use tokenlab_attacks::targets;
use tokenlab_lab::progress::Progress;
use tokenlab_lab::{Lab, Pages, exercises, serve, service};
use tokenlab_record::analysis::analyse;
use tokenlab_record::run::RunRecord;

use super::attack;
use super::attack::record::{self, Detail};
use super::learn::journal;
use crate::cli::Serve;
use crate::output::{Failure, Output};
use crate::runs;

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// [`Failure`]: environment if the port is taken or the state can't be kept.
pub(crate) fn run(arguments: &Serve, output: &Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::environment)?;
    // First of all, so that a taken port is said before anything takes time.
    let listener = runtime
        .block_on(serve::listen(arguments.port))
        .map_err(|error| busy(arguments.port, &error))?;
    let address = listener.local_addr().map_err(Failure::environment)?;
    let seed = match arguments.seed {
        Some(seed) => seed,
        None => seed_of(&arguments.state.folder)?,
    };
    targets::choose_seed(seed).map_err(Failure::environment)?;
    let journal = journal(&arguments.state);
    let (progress, damaged) = Progress::open(&journal).map_err(Failure::environment)?;
    if damaged > 0 {
        output.note(&format!(
            "{damaged} lines of {} could not be read and were left where they are",
            journal.display()
        ));
    }
    let stopped = {
        let _context = runtime.enter();
        stop().map_err(Failure::environment)?
    };
    let report = Arc::new(OnceLock::new());
    let url = format!("http://{address}/");
    if output.is_json() {
        output.envelope(
            "serving",
            &serde_json::json!({ "url": url, "state": arguments.state.folder }),
        )?;
    } else {
        output.line(&url)?;
    }
    output.note(&format!(
        "{} exercises; what is solved is kept in {}; Ctrl-C ends it",
        exercises::all().len(),
        journal.display()
    ));
    let site = service(Lab {
        progress,
        report: Arc::clone(&report),
    });
    let folder = arguments.state.folder.join("attacks");
    let drawing = *output;
    // Whoever is still replaying attacks at the end is not waited for.
    thread::spawn(move || match pages(&folder, &drawing) {
        Ok(pages) => {
            report.get_or_init(|| pages);
        }
        Err(failure) => drawing.note(&format!("no pages about attacks: {}", failure.message)),
    });
    runtime.block_on(serve::serve(listener, site, stopped));
    output.note(&"the lab is closed; what was solved is kept");
    Ok(())
}

/// Ends when the user or the machine wants an end. Signals are caught from the call
/// on, and not only once somebody waits.
#[cfg(unix)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ends when the user wants an end.
#[cfg(windows)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}

fn busy(port: u16, error: &io::Error) -> Failure {
    if error.kind() != io::ErrorKind::AddrInUse {
        return Failure::environment(format!("cannot listen on 127.0.0.1:{port}: {error}"));
    }
    let advice = serve::next_free(port).map_or_else(String::new, |free| {
        format!("; the next free one is {free}: tokenlab serve --port {free}")
    });
    Failure::environment(format!("port {port} is taken{advice}"))
}

/// The seed of this installation's keys, made the first time.
fn seed_of(state: &Path) -> Result<u64, Failure> {
    let path = state.join("seed");
    let failed = |error: io::Error| {
        Failure::environment(format!(
            "cannot keep the lab's keys in {}: {error}",
            path.display()
        ))
    };
    match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            Failure::environment(format!(
                "{} holds no seed; delete it, and keys are made anew",
                path.display()
            ))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seed = getrandom::u64().map_err(Failure::environment)?;
            fs::create_dir_all(state).map_err(failed)?;
            fs::write(&path, format!("{seed}\n")).map_err(failed)?;
            Ok(seed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// The report's pages of every attack against every target, drawn from a run that
/// stays in `folder` until the next time.
fn pages(folder: &Path, output: &Output) -> Result<Pages, Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Failure::environment(error)),
        _ => runs::make_writable(folder)?,
    }
    let replays = attack::replays(|_, _| true, output)?;
    record::write(folder, &replays, Detail::Telling, "tokenlab serve")?;
    let record = RunRecord::read(folder).map_err(Failure::environment)?;
    let drawn = tokenlab_report::attack_pages(&record, &analyse(&record));
    let by_name = drawn.into_iter().filter_map(|(path, page)| {
        let name = PathBuf::from(path).file_name()?.to_str()?.to_owned();
        Some((name, page))
    });
    Ok(by_name.collect())
}
