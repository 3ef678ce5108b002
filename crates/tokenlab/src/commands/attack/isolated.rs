//! Cells that run in a child process of this program, under hard limits.
//!
//! The child is `tokenlab attack cell`, a hidden verb: it limits itself before it
//! reads any token, replays the cells it is told to, and writes a line before
//! each token and after each cell. What it was busy with when it died, was
//! stopped or talked nonsense is a cell as well, and the others go on.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, setrlimit};
use tokenlab_attacks::isolation::{self, Batch, Line, Listener};
use tokenlab_attacks::target::in_words;
use tokenlab_attacks::{Attack, Replay, Target};
use tokenlab_record::transcript::Verdict;

use super::{attack_named, targets_matching};
use crate::cli::AttackCell;
use crate::output::{Failure, Output};

/// Memory that a child may fill.
const MEMORY_MIB: u64 = 512;

/// Processor time that a child may use, seconds.
const CPU_SECONDS: u64 = 40;

/// Stack of the thread that replays: as much as a worker of a server has.
const STACK_BYTES: usize = 2 << 20;

/// What a parent puts up with.
#[derive(Clone, Copy)]
struct Patience {
    wall: Duration,
    output_bytes: u64,
}

const PATIENCE: Patience = Patience {
    wall: Duration::from_secs(60),
    output_bytes: 32 << 20,
};

/// Replays the cells of isolated attacks that `keep` keeps, in report order.
///
/// # Errors
/// [`Failure`] if no child can be started.
pub(super) fn replay(
    keep: impl Fn(&dyn Attack, &dyn Target) -> bool,
    output: &Output,
) -> Result<Vec<Replay>, Failure> {
    let mut replays = Vec::new();
    let (beside, alone): (Vec<Batch>, Vec<Batch>) = isolation::batches(&keep)
        .into_iter()
        .partition(|batch| !batch.alone);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    replays.extend(by_workers(&beside, workers, output)?);
    for batch in &alone {
        for replay in by_workers(std::slice::from_ref(batch), 1, output)? {
            replays.push(confirmed(batch, replay)?);
        }
    }
    let order = isolation::pairs(keep);
    replays.sort_by_key(|replay| {
        order.iter().position(|(attack, target)| {
            attack.id() == replay.cell.attack && target.id() == replay.cell.target
        })
    });
    Ok(replays)
}

fn by_workers(batches: &[Batch], workers: usize, output: &Output) -> Result<Vec<Replay>, Failure> {
    let waiting = Mutex::new(batches.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut replays = Vec::new();
        while let Some(batch) = next() {
            let cells = batch.targets.len();
            let started = Instant::now();
            replays.extend(replay_batch(batch)?);
            output.note(&format!(
                "{}: {cells} {} in a process of {} own, {}",
                batch.attack.id(),
                if cells == 1 { "cell" } else { "cells" },
                if cells == 1 { "its" } else { "their" },
                in_words(started.elapsed())
            ));
        }
        Ok(replays)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut replays = Vec::new();
        for thread in threads {
            let joined = thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            replays.extend(joined?);
        }
        Ok(replays)
    })
}

/// One child after the other, until every cell has an outcome: what a child of
/// many cells was busy with when it ended gets a child of its own.
fn replay_batch(batch: &Batch) -> Result<Vec<Replay>, Failure> {
    let mut replays = Vec::new();
    let mut left = batch.targets.as_slice();
    let mut together = left.len();
    while let Some((first, _)) = left.split_at_checked(together.min(left.len())) {
        if first.is_empty() {
            return Ok(replays);
        }
        let ended = watch(command(batch.attack, first)?, PATIENCE)?;
        let done = ended.listener.count().min(first.len());
        let culprit = first.get(done).copied();
        let is_settled = first.len() == 1 || culprit.is_none();
        let broken_off = culprit
            .filter(|_| is_settled)
            .map(|target| (target, ended.verdict()));
        let settled = done + usize::from(broken_off.is_some());
        replays.extend(ended.listener.conclude(batch.attack, broken_off));
        left = left.get(settled..).unwrap_or_default();
        together = if is_settled { left.len() } else { 1 };
    }
    Ok(replays)
}

/// What measures time is believed only if other processes find the same: how a
/// process lies in memory is the same for all that it measures, and may favour
/// one token over another.
fn confirmed(batch: &Batch, replay: Replay) -> Result<Replay, Failure> {
    const CONFIRMATIONS: usize = 2;
    let is_leak = |replay: &Replay| matches!(replay.cell.verdict, Verdict::Leaked { .. });
    let target = batch
        .targets
        .iter()
        .find(|target| target.id() == replay.cell.target);
    let Some(target) = target.filter(|_| is_leak(&replay)) else {
        return Ok(replay);
    };
    for _ in 0..CONFIRMATIONS {
        let again = replay_batch(&Batch {
            targets: vec![*target],
            ..batch.clone()
        })?;
        if let Some(other) = again.into_iter().find(|again| !is_leak(again)) {
            return Ok(other);
        }
    }
    Ok(replay)
}

/// This program, told to replay these cells.
fn command(attack: &dyn Attack, targets: &[&dyn Target]) -> Result<Command, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::environment(format!("cannot find this program: {error}")))?;
    let mut command = Command::new(program);
    command.args(["attack", "cell", "--attack", attack.id()]);
    for target in targets {
        command.args(["--target", target.id()]);
    }
    Ok(command)
}

/// A child that has ended.
struct Ended {
    listener: Listener,
    end: End,
    last_words: String,
}

/// How a child ended.
enum End {
    /// By itself, or by a limit that it had set itself.
    Exited(ExitStatus),
    /// It took too long.
    Wall(Duration),
    /// It said too much.
    Flood(u64),
    /// It said something that is no line.
    Nonsense,
}

enum Heard {
    Line(String),
    Flood,
}

/// Starts a child and listens to it until it ends, or is ended.
fn watch(mut command: Command, patience: Patience) -> Result<Ended, Failure> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::environment(format!("cannot start a child process: {error}")))?;
    let (sender, heard) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || read_lines(stdout, patience.output_bytes, &sender));
    }
    let (last_words, words) = mpsc::channel();
    if let Some(stderr) = child.stderr.take() {
        thread::spawn(move || last_words.send(read_some(stderr)));
    }
    let deadline = Instant::now() + patience.wall;
    let mut listener = Listener::default();
    let end = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match heard.recv_timeout(left) {
            Ok(Heard::Line(line)) if listener.hear(&line).is_ok() => {}
            Ok(Heard::Line(_)) => break stop(&mut child, End::Nonsense),
            Ok(Heard::Flood) => break stop(&mut child, End::Flood(patience.output_bytes)),
            Err(RecvTimeoutError::Timeout) => break stop(&mut child, End::Wall(patience.wall)),
            Err(RecvTimeoutError::Disconnected) => break exited(&mut child, deadline, patience.wall),
        }
    };
    // Whoever the child had started may hold its standard error open.
    let last_words = words.recv_timeout(Duration::from_millis(500)).unwrap_or_default();
    Ok(Ended {
        listener,
        end,
        last_words,
    })
}

fn stop(child: &mut Child, end: End) -> End {
    // One that is gone already can't be killed, and needn't.
    let _gone = child.kill();
    let _status = child.wait();
    end
}

/// Waits for a child that has closed its output: it has ended, or is about to.
fn exited(child: &mut Child, deadline: Instant, wall: Duration) -> End {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return End::Exited(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
            _ => return stop(child, End::Wall(wall)),
        }
    }
}

fn read_lines(stdout: impl Read, most: u64, sender: &Sender<Heard>) {
    let mut reader = BufReader::new(stdout.take(most));
    let mut line = String::new();
    loop {
        line.clear();
        let read = reader.read_line(&mut line);
        if reader.get_ref().limit() == 0 {
            let _gone = sender.send(Heard::Flood);
            return;
        }
        match read {
            Ok(0) => return,
            // Bytes that are no text are no line either.
            Err(_) => line.clear(),
            Ok(_) => {}
        }
        if sender.send(Heard::Line(line.trim_end().to_owned())).is_err() {
            return;
        }
    }
}

/// The start of what is said, and the rest read and forgotten, so that a child
/// that talks is not held up.
fn read_some(mut stderr: impl Read) -> String {
    const MOST: u64 = 16 * 1024;
    let mut text = Vec::new();
    let _end = stderr.by_ref().take(MOST).read_to_end(&mut text);
    let _rest = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&text).into_owned()
}

impl Ended {
    /// What its end says of the cell that it was busy with.
    fn verdict(&self) -> Verdict {
        const SIGKILL: i32 = 9;
        const SIGXCPU: i32 = 24;
        let (exhausted, mut detail) = match &self.end {
            End::Wall(wall) => (true, format!("was stopped after {}", in_words(*wall))),
            End::Flood(bytes) => (true, format!("was stopped after {bytes} bytes of output")),
            End::Nonsense => (false, "said something that is no line of a replay".to_owned()),
            End::Exited(_) if self.last_words.contains("memory allocation of") => (
                true,
                format!("asked for more memory than the {MEMORY_MIB} MiB that it may have"),
            ),
            End::Exited(status) => match status.signal() {
                Some(SIGXCPU) => (true, format!("used up its {CPU_SECONDS} s of processor time")),
                Some(SIGKILL) => (true, "was killed from outside".to_owned()),
                _ => (false, format!("died: {}", self.cause(*status))),
            },
        };
        if let Some((elapsed, honest)) = self.listener.busy() {
            detail.push_str(&format!(
                ", {} after it got the token; an honest one takes {}",
                in_words(elapsed),
                in_words(honest)
            ));
        }
        if exhausted {
            Verdict::Exhausted { detail }
        } else {
            Verdict::Panicked { detail }
        }
    }

    /// What a child that died said of it, else its status.
    fn cause(&self, status: ExitStatus) -> String {
        let mut lines = self.last_words.lines().map(str::trim);
        let telling = |line: &&str| {
            ["overflowed", "panicked", "error"]
                .iter()
                .any(|word| line.contains(word))
        };
        lines
            .find(telling)
            .map_or_else(|| status.to_string(), str::to_owned)
    }
}

/// `tokenlab attack cell`: limits itself, then replays.
///
/// # Errors
/// [`Failure`]: a limit that can't be set, a name that matches nothing, nobody
/// who listens.
pub(super) fn run_cells(arguments: &AttackCell) -> Result<(), Failure> {
    limit_this_process()?;
    let attack = attack_named(&arguments.attack)?;
    let mut targets = Vec::new();
    for id in &arguments.target {
        targets.extend(targets_matching(Some(id))?);
    }
    let replay = || {
        let mut stdout = io::stdout().lock();
        isolation::replay(attack, &targets, &mut |line: &Line| {
            serde_json::to_writer(&mut stdout, line)?;
            stdout.write_all(b"\n")?;
            stdout.flush()
        })
    };
    let replayed = thread::scope(|scope| {
        let worker = thread::Builder::new()
            .name("cell".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, replay)?;
        worker
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    replayed
        .map_err(|error| Failure::environment(format!("this verb is for `tokenlab attack` alone: {error}")))
}

/// Memory and processor time, for this process and whatever it starts.
fn limit_this_process() -> Result<(), Failure> {
    let limits = [
        (Resource::Data, MEMORY_MIB << 20),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0), // no picture of the memory of what is meant to die
    ];
    for (resource, most) in limits {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit)
            .map_err(|error| Failure::environment(format!("cannot limit a child process: {error}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Patience = Patience {
        wall: Duration::from_millis(300),
        output_bytes: 1 << 16,
    };

    const LONG: Patience = Patience {
        wall: Duration::from_secs(60),
        ..SHORT
    };

    fn ended(script: &str, patience: Patience) -> Ended {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        watch(shell, patience).unwrap()
    }

    fn exhausted(ended: &Ended) -> String {
        match ended.verdict() {
            Verdict::Exhausted { detail } => detail,
            other => panic!("{other:?}"),
        }
    }

    fn panicked(ended: &Ended) -> String {
        match ended.verdict() {
            Verdict::Panicked { detail } => detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_child_that_hangs_is_stopped() {
        assert_eq!(
            exhausted(&ended("exec sleep 1000", SHORT)),
            "was stopped after 300.0 ms"
        );
        let silent = "exec sleep 1000 >/dev/null 2>/dev/null";
        assert_eq!(exhausted(&ended(silent, SHORT)), "was stopped after 300.0 ms");
    }

    #[test]
    fn a_child_that_spins_uses_up_its_processor_time() {
        let detail = exhausted(&ended("ulimit -S -t 1; while :; do :; done", LONG));
        assert!(detail.contains("processor time"), "{detail}");
    }

    #[test]
    fn a_child_that_floods_is_stopped() {
        for flood in ["yes ''", "cat /dev/zero"] {
            let ended = ended(flood, LONG);
            assert!(matches!(ended.end, End::Flood(_) | End::Nonsense), "{flood}");
        }
        let detail = exhausted(&ended("exec head -c 65536 /dev/zero", LONG));
        assert!(detail.contains("65536 bytes of output"), "{detail}");
        let talkative = ended("exec head -c 1000000 /dev/zero >&2", LONG);
        assert!(matches!(talkative.end, End::Exited(status) if status.success()));
    }

    #[test]
    fn a_child_that_dies_or_talks_nonsense_has_crashed() {
        assert!(panicked(&ended("kill -SEGV $$", LONG)).contains("signal: 11"));
        assert!(panicked(&ended("exit 0", LONG)).contains("exit status: 0"));
        assert!(panicked(&ended("echo hello; exec sleep 1000", LONG)).contains("no line"));
        let overflow = "echo \"thread 'cell' has overflowed its stack\" >&2; kill -ABRT $$";
        assert_eq!(
            panicked(&ended(overflow, LONG)),
            "died: thread 'cell' has overflowed its stack"
        );
    }

    #[test]
    fn a_child_without_memory_is_exhausted() {
        let aborted = "echo 'memory allocation of 536870912 bytes failed' >&2; kill -ABRT $$";
        assert!(exhausted(&ended(aborted, LONG)).contains("512 MiB"));
    }
}
