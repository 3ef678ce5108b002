//! A program of the system that runs as long as this process wants it, and never longer.
//!
//! What stops it is a shell that starts it and then waits at the end of a pipe
//! from this process. The pipe closes when the process is gone, by a return, a
//! panic, Ctrl-C or a kill -9; then the shell kills the program and removes its
//! folder. `setpriv --pdeathsig`, where util-linux has it, sees to the one case
//! that is left, the death of the shell itself. It is not used alone, because
//! it follows the thread that started the program and leaves the folder behind.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs, net};

use tempfile::TempDir;

/// Starts the program, says its process id, and waits. A line means: stop it,
/// and keep what it wrote. The end of the pipe means: stop it and tidy up.
const WATCH: &str = r#"
folder=$1
shift
if command -v setpriv >/dev/null; then
    setpriv --pdeathsig KILL "$@" >>"$folder/output" 2>&1 &
else
    "$@" >>"$folder/output" 2>&1 &
fi
program=$!
echo "$program"
if read -r line; then folder=; fi
kill -9 "$program"
wait "$program"
if [ -n "$folder" ]; then rm -rf -- "$folder"; fi
"#;

/// Where Debian installs what only administrators are thought to start.
const ADMINISTRATORS: &str = "/usr/sbin";

/// A running program with a folder of its own.
pub struct Watched {
    folder: TempDir,
    command: Vec<String>,
    watcher: Child,
    process_id: u32,
}

impl Watched {
    /// Runs `command`, a program and its arguments, until this is dropped. The
    /// folder goes with it.
    ///
    /// # Errors
    /// If no process can be started.
    pub fn start(folder: TempDir, command: Vec<String>) -> io::Result<Self> {
        let (watcher, process_id) = watch(folder.path(), &command)?;
        Ok(Self {
            folder,
            command,
            watcher,
            process_id,
        })
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

    /// Kills it as by `kill -9`, which the standard library does to children alone.
    ///
    /// # Errors
    /// If it does not run.
    pub fn kill(&self) -> io::Result<()> {
        let killed = Command::new("kill")
            .args(["-KILL", &self.process_id.to_string()])
            .stderr(Stdio::null())
            .status()?;
        if killed.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!(
                "process {} does not run",
                self.process_id
            )))
        }
    }

    /// Kills it, if it still runs, and starts it again on the same folder, as a
    /// supervisor would.
    ///
    /// # Errors
    /// As [`Watched::start`].
    pub fn restart(&mut self) -> io::Result<()> {
        if let Some(mut pipe) = self.watcher.stdin.take() {
            pipe.write_all(b"stop\n")?;
        }
        self.watcher.wait()?;
        (self.watcher, self.process_id) = watch(self.folder.path(), &self.command)?;
        Ok(())
    }

    /// The last line that it wrote.
    #[must_use]
    pub fn last_words(&self) -> String {
        let output = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
        output.lines().last().unwrap_or("it wrote nothing").to_owned()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // Without an answer the shell is gone, and the program with it.
        let _ = self.watcher.wait();
    }
}

/// Where the system has a program.
#[must_use]
pub fn installed(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([PathBuf::from(ADMINISTRATORS)])
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// A loopback port that nobody listens on. Somebody else may take it before it is used.
///
/// # Errors
/// If there is none.
pub fn free_port() -> io::Result<u16> {
    Ok(net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Starts the shell, and the program by it. In a process group of its own, so
/// that Ctrl-C is for this process, which takes its time to end.
fn watch(folder: &Path, command: &[String]) -> io::Result<(Child, u32)> {
    let mut watcher = Command::new("sh")
        .args(["-c", WATCH, "sh"])
        .arg(folder)
        .args(command)
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
