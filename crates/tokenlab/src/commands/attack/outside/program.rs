//! A verifier that is a program: it reads lines and answers each with a line.
//!
//! The program is somebody's first attempt, before hostile tokens. It may hang,
//! crash, print what is no answer, or print without end. Whatever it does, it is
//! stopped with everything that it started, and started again for the next token.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tokenlab_attacks::outside::{Reply, Verifier, excerpt};
use tokenlab_harness::exchange::Request;
use tokenlab_harness::exchange::line::LINE_BYTES_MAX;

use super::seconds;
use crate::output::Failure;

/// How much of what it wrote to standard error is kept: its last words.
const LAST_WORDS_BYTES: usize = 4096;

/// How long a program that closed its output may take to end by itself.
const ENDING: Duration = Duration::from_millis(500);

/// A verifier that is a program.
pub(super) struct Program {
    command: String,
    words: Vec<String>,
    timeout: Duration,
    running: Mutex<Option<Running>>,
    lines: AtomicU64,
    /// Process group of the one that runs, for the signal handler; 0 for none.
    group: Arc<AtomicI32>,
}

impl Program {
    /// Starts the program. Its command line is split into words as a shell would
    /// do it, and no shell is involved.
    ///
    /// # Errors
    /// [`Failure`] if there is no such program.
    pub(super) fn start(command: &str, timeout: Duration) -> Result<Self, Failure> {
        let words = shell_words::split(command)
            .ok()
            .filter(|words| !words.is_empty())
            .ok_or_else(|| {
                Failure::usage(format!(
                    "{command:?} is no command line: want a program and its arguments, quotes in pairs"
                ))
            })?;
        let program = Self {
            command: command.to_owned(),
            words,
            timeout,
            running: Mutex::new(None),
            lines: AtomicU64::new(0),
            group: Arc::default(),
        };
        let running = program.spawn().map_err(Failure::environment)?;
        *program.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        let group = Arc::clone(&program.group);
        ctrlc::set_handler(move || {
            kill_group(group.load(Ordering::SeqCst));
            std::process::exit(130);
        })
        .map_err(|error| Failure::environment(format!("cannot catch Ctrl-C: {error}")))?;
        Ok(program)
    }

    fn spawn(&self) -> Result<Running, String> {
        let (program, arguments) = self.words.split_first().ok_or("no program")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0) // so that whatever it starts is stopped with it
            .spawn()
            .map_err(|error| format!("cannot start {program:?}: {error}"))?;
        let group = i32::try_from(child.id()).unwrap_or_default();
        self.group.store(group, Ordering::SeqCst);
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(format!("{program:?} has no pipes"));
        };
        // In threads of their own: a full pipe would stop whoever writes to it.
        let (questions, asked) = channel();
        thread::spawn(move || write_lines(stdin, &asked));
        let (answered, answers) = sync_channel(1);
        thread::spawn(move || read_lines(stdout, &answered));
        let (spoken, last_words) = channel();
        thread::spawn(move || read_last_words(stderr, &spoken));
        Ok(Running {
            child,
            group: Arc::clone(&self.group),
            questions,
            answers,
            last_words,
        })
    }

    /// One line there and one back. The program runs on only if it gave an answer.
    fn ask(&self, running: &mut Option<Running>, line: Request) -> Reply {
        let mut asked = match running.take() {
            Some(running) => running,
            None => match self.spawn() {
                Ok(running) => running,
                Err(sentence) => return Reply::Crashed(sentence),
            },
        };
        let id = line.id.clone();
        let text = match serde_json::to_string(&line) {
            Ok(text) => text,
            Err(error) => return Reply::Unclear(format!("no line can be written: {error}")),
        };
        // A program that is gone shows by its answer, or by having none.
        let _ = asked.questions.send(text + "\n");
        match asked.answers.recv_timeout(self.timeout) {
            Ok(Said::Line(answer)) => {
                let reply = Reply::read(&answer, &id);
                if !matches!(reply, Reply::Unclear(_)) {
                    *running = Some(asked);
                }
                reply
            }
            Ok(Said::TooLong) => Reply::Unclear(format!(
                "it answered with a line of more than {LINE_BYTES_MAX} bytes and was stopped"
            )),
            Ok(Said::Nothing) | Err(RecvTimeoutError::Disconnected) => Reply::Crashed(asked.obituary()),
            Err(RecvTimeoutError::Timeout) => Reply::Exhausted(format!(
                "no answer within {}, and it was stopped; an answer must be flushed, line by line",
                seconds(self.timeout)
            )),
        }
    }
}

impl Verifier for Program {
    fn name(&self) -> &str {
        &self.command
    }

    fn verify(&self, line: Request) -> Reply {
        let number = self.lines.fetch_add(1, Ordering::Relaxed) + 1;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        self.ask(
            &mut running,
            Request {
                id: number.into(),
                ..line
            },
        )
    }

    fn renew(&self) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The program while it runs; stopped when dropped.
struct Running {
    child: Child,
    group: Arc<AtomicI32>,
    questions: Sender<String>,
    answers: Receiver<Said>,
    last_words: Receiver<String>,
}

impl Running {
    /// How it ended, and what it said last.
    fn obituary(&mut self) -> String {
        let ending = match self.ended_by_itself() {
            Some(status) => format!("it ended instead of answering ({status})"),
            None => "it closed its output instead of answering".to_owned(),
        };
        self.stop();
        match self.last_words.recv_timeout(ENDING) {
            Ok(words) if !words.is_empty() => format!("{ending}: {words}"),
            _ => ending,
        }
    }

    fn ended_by_itself(&mut self) -> Option<ExitStatus> {
        let closed = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(None) if closed.elapsed() < ENDING => thread::sleep(Duration::from_millis(5)),
                found => return found.ok().flatten(),
            }
        }
    }

    fn stop(&mut self) {
        let group = self.group.swap(0, Ordering::SeqCst);
        kill_group(group);
        // Nothing is left to be done about a child that can't be waited for.
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Stops a process group; one that is gone is as stopped as it can be.
fn kill_group(group: i32) {
    if let Some(group) = Pid::from_raw(group) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// What came out of the program.
enum Said {
    Line(Vec<u8>),
    TooLong,
    Nothing,
}

fn write_lines(mut stdin: ChildStdin, asked: &Receiver<String>) {
    for line in asked {
        if stdin
            .write_all(line.as_bytes())
            .and_then(|()| stdin.flush())
            .is_err()
        {
            return; // it reads no more
        }
    }
}

/// Hands on a line at a time. Nobody takes what is said unasked, and then nothing
/// more is read: a flood stands in the pipe and in no memory of ours.
fn read_lines(stdout: ChildStdout, answered: &SyncSender<Said>) {
    let mut output = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let limit = LINE_BYTES_MAX as u64 + 1;
        let said = match output.by_ref().take(limit).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => Said::Nothing,
            Ok(_) if line.len() > LINE_BYTES_MAX => Said::TooLong,
            Ok(_) => Said::Line(line),
        };
        let is_last = !matches!(said, Said::Line(_));
        if answered.send(said).is_err() || is_last {
            return;
        }
    }
}

/// Reads standard error to its end and hands on the end of it.
fn read_last_words(mut stderr: ChildStderr, spoken: &Sender<String>) {
    let mut kept = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        kept.extend_from_slice(chunk.get(..read).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(LAST_WORDS_BYTES));
    }
    let text = String::from_utf8_lossy(&kept);
    let last_line = text.trim_end().lines().next_back().unwrap_or_default();
    let _ = spoken.send(excerpt(last_line)); // perhaps nobody asks any more
}
