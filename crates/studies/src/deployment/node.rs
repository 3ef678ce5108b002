//! A process of the service, started with a clock of its own where that is wanted, and gone
//! when it is dropped.
//!
//! A wrong clock is libfaketime's, so that every library reads it as it reads the right one.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tokenlab_harness::session::redis_given;

use super::service::Settings;
use super::store::SharedStore;
use crate::study::{StudyError, Tool};

/// What gives a process another time.
pub static WRONG_CLOCK: Tool = Tool {
    what: "libfaketime",
    remedy: "apt-get install libfaketime",
    is_here: || wrong_clock().is_some(),
};

/// A program that calls [`super::service::serve`] when it is started with these arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeProgram {
    /// The program.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// A running process.
pub struct Node {
    child: Child,
    address: SocketAddr,
}

impl Node {
    /// Starts a process with a store beside it, if there is one, and a clock that is `clock_s`
    /// seconds fast.
    ///
    /// # Errors
    /// [`StudyError::Service`] if it does not start, in its own words.
    pub fn start(
        program: &NodeProgram,
        settings: &Settings,
        store: Option<&SharedStore>,
        clock_s: i64,
    ) -> Result<Self, StudyError> {
        let failed =
            |problem: &dyn std::fmt::Display| StudyError::Service(format!("a node did not start: {problem}"));
        let mut command = Command::new(&program.path);
        command
            .args(&program.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(store) = store {
            command.env(redis_given::VARIABLE, store.urls());
        }
        if clock_s != 0 {
            let library = wrong_clock().ok_or_else(|| failed(&WRONG_CLOCK.remedy))?;
            command
                .env("LD_PRELOAD", library)
                .env("FAKETIME", format!("{clock_s:+}s"))
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        // From here on the child is killed when this is dropped.
        let mut node = Self {
            child: command.spawn().map_err(|error| failed(&error))?,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let line = serde_json::to_string(settings).map_err(|error| failed(&error))? + "\n";
        if let Some(input) = &mut node.child.stdin {
            input.write_all(line.as_bytes()).map_err(|error| failed(&error))?;
        }
        let mut answer = String::new();
        if let Some(output) = node.child.stdout.take() {
            BufReader::new(output)
                .read_line(&mut answer)
                .map_err(|error| failed(&error))?;
        }
        node.address = answer
            .trim()
            .parse()
            .map_err(|_| failed(&format!("it says {answer:?} and not where it listens")))?;
        Ok(node)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Without an answer it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where Debian puts libfaketime for programs with threads, whatever the architecture.
fn wrong_clock() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|path| path.is_file())
}
