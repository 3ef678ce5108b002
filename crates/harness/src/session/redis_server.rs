//! A Redis server of our own: started from the system's `redis-server` when it
//! is first asked for, stopped when this process ends, however it ends
//! ([`Watched`]).
//!
//! It listens on a free loopback port alone, under a password that nobody else
//! has, because whoever can ask it can take over sessions. Its promise is that
//! of redb: `appendonly yes` with `appendfsync always` writes a change to disk
//! before it is acknowledged, so that a kill -9 of the server loses nothing of
//! what was. (`everysec`, which most servers run with, may lose a second.)

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;
use std::{fs, io};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::redis::RedisStore;
use super::{StoreError, folder_on_disk};
use crate::again;
use crate::watched::{Watched, free_port, installed};

/// The program, as Debian's package of that name installs it.
pub const PROGRAM: &str = "redis-server";

/// The command that installs it.
pub const REMEDY: &str = "apt-get install redis-server";

/// How long the server may take until it answers.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// Somebody else may take the free port before the server does.
const ATTEMPTS: u32 = 3;

/// A running server with a folder of its own.
pub struct RedisServer {
    server: Watched,
    port: u16,
    password: String,
}

impl RedisServer {
    /// Starts a server with an empty folder.
    ///
    /// # Errors
    /// [`StoreError`] if it is not installed or does not answer.
    pub fn start() -> Result<Self, StoreError> {
        Self::start_with(&new_password()?, || Ok(String::new()))
    }

    /// [`start`](Self::start), with lines for its configuration that are made
    /// for each attempt.
    pub(super) fn start_with(
        password: &str,
        settings: impl Fn() -> io::Result<String>,
    ) -> Result<Self, StoreError> {
        if !is_installed() {
            return Err(failed(format!("it is not installed: {REMEDY}")));
        }
        again::times(ATTEMPTS, || {
            Self::start_once(password, &settings().map_err(failed)?)
        })
    }

    fn start_once(password: &str, settings: &str) -> Result<Self, StoreError> {
        let folder = tempfile::Builder::new()
            .prefix("tokenlab-redis-")
            .tempdir_in(folder_on_disk())
            .map_err(failed)?;
        let port = free_port().map_err(failed)?;
        let file = folder.path().join("redis.conf");
        fs::write(&file, configuration(folder.path(), port, password, settings)).map_err(failed)?;
        let command = vec![PROGRAM.to_owned(), file.display().to_string()];
        let server = Self {
            server: Watched::start(folder, command).map_err(failed)?,
            port,
            password: password.to_owned(),
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Where it is, with what it takes to be let in.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}/", self.password, self.port)
    }

    /// Where it keeps its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.server.folder()
    }

    /// Its process id.
    #[must_use]
    pub const fn process_id(&self) -> u32 {
        self.server.process_id()
    }

    /// The port that it listens on.
    #[must_use]
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server, as by `kill -9`; its folder stays.
    ///
    /// # Errors
    /// [`StoreError`] if it does not run.
    pub fn kill(&self) -> Result<(), StoreError> {
        self.server.kill().map_err(failed)
    }

    /// Kills the server, if it still runs, and starts it again on the same
    /// folder and port, as a supervisor would.
    ///
    /// # Errors
    /// As [`RedisServer::start`].
    pub fn restart(&mut self) -> Result<(), StoreError> {
        self.server.restart().map_err(failed)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&self) -> Result<(), StoreError> {
        const PAUSE: Duration = Duration::from_millis(10);
        again::until(READY_WITHIN, PAUSE, || RedisStore::connect(&self.url(), ""))
            .map(|_| ())
            .map_err(|error| failed(format!("{}; {}", error.problem, self.server.last_words())))
    }
}

/// The one server of this process, started by the first who asks for it.
///
/// # Errors
/// As [`RedisServer::start`], and the same for everybody who asks again.
pub fn shared() -> Result<&'static RedisServer, StoreError> {
    static SHARED: OnceLock<Result<RedisServer, StoreError>> = OnceLock::new();
    SHARED
        .get_or_init(RedisServer::start)
        .as_ref()
        .map_err(Clone::clone)
}

/// Whether the system has the program.
#[must_use]
pub fn is_installed() -> bool {
    installed(PROGRAM).is_some()
}

pub(super) fn failed(problem: impl std::fmt::Display) -> StoreError {
    StoreError::new(PROGRAM, problem)
}

/// A password that nobody has seen.
pub(super) fn new_password() -> Result<String, StoreError> {
    let mut random = [0; 24];
    getrandom::fill(&mut random).map_err(failed)?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

/// In a file and not on the command line, where everybody could read the
/// password. The folder is its owner's alone.
fn configuration(folder: &Path, port: u16, password: &str, settings: &str) -> String {
    let quoted = folder
        .display()
        .to_string()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    format!(
        "bind 127.0.0.1\n\
         port {port}\n\
         protected-mode yes\n\
         requirepass {password}\n\
         dir \"{quoted}\"\n\
         databases 1\n\
         save \"\"\n\
         appendonly yes\n\
         appendfsync always\n\
         # a rewrite in the background would be timed with whatever runs beside it\n\
         auto-aof-rewrite-percentage 0\n\
         {settings}"
    )
}
