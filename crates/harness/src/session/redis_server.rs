//! A Redis server of our own: started from the system's `redis-server` when it
//! is first asked for, stopped when this process ends, however it ends.
//!
//! It listens on a free loopback port alone, under a password that nobody else
//! has, because whoever can ask it can take over sessions. Its promise is that
//! of redb: `appendonly yes` with `appendfsync always` writes a change to disk
//! before it is acknowledged, so that a kill -9 of the server loses nothing of
//! what was. (`everysec`, which most servers run with, may lose a second.)
//!
//! What stops it is a shell that starts it and then waits at the end of a pipe
//! from this process. The pipe closes when the process is gone, by a return, a
//! panic, Ctrl-C or a kill -9; then the shell kills the server and removes its
//! folder. `setpriv --pdeathsig`, where util-linux has it, sees to the one case
//! that is left, the death of the shell itself. It is not used alone, because
//! it follows the thread that started the server and leaves the folder behind.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, fs, io, net, thread};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tempfile::TempDir;

use super::{StoreError, folder_on_disk};

/// The program, as Debian's package of that name installs it.
pub const PROGRAM: &str = "redis-server";

/// The command that installs it.
pub const REMEDY: &str = "apt-get install redis-server";

/// Starts the server, says its process id, and waits. A line means: stop it,
/// and keep what it wrote. The end of the pipe means: stop it and tidy up.
const WATCH: &str = r#"
folder=$1
if command -v setpriv >/dev/null; then
    setpriv --pdeathsig KILL redis-server "$folder/redis.conf" >/dev/null 2>&1 &
else
    redis-server "$folder/redis.conf" >/dev/null 2>&1 &
fi
server=$!
echo "$server"
if read -r line; then folder=; fi
kill -9 "$server"
wait "$server"
if [ -n "$folder" ]; then rm -rf -- "$folder"; fi
"#;

/// How long the server may take until it answers.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// Somebody else may take the free port before the server does.
const ATTEMPTS: u32 = 3;

/// A running server with a folder of its own.
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    password: String,
    watcher: Child,
    process_id: u32,
}

impl RedisServer {
    /// Starts a server with an empty folder.
    ///
    /// # Errors
    /// [`StoreError`] if it is not installed or does not answer.
    pub fn start() -> Result<Self, StoreError> {
        if !is_installed() {
            return Err(failed(format!("it is not installed: {REMEDY}")));
        }
        let mut attempt = 1;
        loop {
            match Self::start_once() {
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                started => return started,
            }
        }
    }

    fn start_once() -> Result<Self, StoreError> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(failed)?;
        let password = URL_SAFE_NO_PAD.encode(random);
        let folder = tempfile::Builder::new()
            .prefix("tokenlab-redis-")
            .tempdir_in(folder_on_disk())
            .map_err(failed)?;
        let port = free_port().map_err(failed)?;
        configure(folder.path(), port, &password).map_err(failed)?;
        let (watcher, process_id) = watch(folder.path()).map_err(failed)?;
        let server = Self {
            folder,
            port,
            password,
            watcher,
            process_id,
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
        self.folder.path()
    }

    /// Its process id.
    #[must_use]
    pub const fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Kills the server, if it still runs, and starts it again on the same
    /// folder and port, as a supervisor would.
    ///
    /// # Errors
    /// As [`RedisServer::start`].
    pub fn restart(&mut self) -> Result<(), StoreError> {
        if let Some(mut pipe) = self.watcher.stdin.take() {
            pipe.write_all(b"stop\n").map_err(failed)?;
        }
        self.watcher.wait().map_err(failed)?;
        (self.watcher, self.process_id) = watch(self.folder.path()).map_err(failed)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&self) -> Result<(), StoreError> {
        const PAUSE: Duration = Duration::from_millis(10);
        let started = Instant::now();
        loop {
            match super::redis::RedisStore::connect(&self.url(), "") {
                Ok(_) => return Ok(()),
                Err(error) if started.elapsed() > READY_WITHIN => {
                    let log = fs::read_to_string(self.folder.path().join("redis.log")).unwrap_or_default();
                    let last = log.lines().last().unwrap_or("it wrote no log");
                    return Err(failed(format!("{}; {last}", error.problem)));
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // Without an answer the shell is gone, and the server with it.
        let _ = self.watcher.wait();
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
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(PROGRAM).is_file()))
}

fn failed(problem: impl std::fmt::Display) -> StoreError {
    StoreError::new(PROGRAM, problem)
}

fn free_port() -> io::Result<u16> {
    Ok(net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// In a file and not on the command line, where everybody could read the
/// password. The folder is its owner's alone.
fn configure(folder: &Path, port: u16, password: &str) -> io::Result<()> {
    let quoted = folder
        .display()
        .to_string()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    fs::write(
        folder.join("redis.conf"),
        format!(
            "bind 127.0.0.1\n\
             port {port}\n\
             protected-mode yes\n\
             requirepass {password}\n\
             dir \"{quoted}\"\n\
             logfile redis.log\n\
             databases 1\n\
             save \"\"\n\
             appendonly yes\n\
             appendfsync always\n\
             # a rewrite in the background would be timed with whatever runs beside it\n\
             auto-aof-rewrite-percentage 0\n"
        ),
    )
}

/// Starts the shell, and the server by it. In a process group of its own, so
/// that Ctrl-C is for this process, which takes its time to end.
fn watch(folder: &Path) -> io::Result<(Child, u32)> {
    let mut watcher = Command::new("sh")
        .args(["-c", WATCH, "sh"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let mut line = String::new();
    if let Some(stdout) = watcher.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let process_id = line.trim().parse().map_err(io::Error::other)?;
    Ok((watcher, process_id))
}
