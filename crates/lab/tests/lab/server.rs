//! A lab on a free port, with a journal of its own, until it is dropped.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tempfile::TempDir;
use tokenlab_lab::progress::Progress;
use tokenlab_lab::{Lab, Pages, serve, service};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// A running lab.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
    folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let drawn = BTreeMap::from([("index.html".to_owned(), "<p>matrix".to_owned())]);
        Self::with(OnceLock::from(drawn))
    }

    pub(crate) fn with(report: OnceLock<Pages>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (progress, _) = Progress::open(&folder.path().join("progress.jsonl")).unwrap();
        let report = Arc::new(report);
        let site = service(Lab { progress, report });
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(serve::listen(0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(serve::serve(listener, site, async {
            let _ended = stopped.await;
        }));
        Self {
            address,
            stop: Some(stop),
            runtime: Some(runtime),
            folder,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder.path().join("progress.jsonl")
    }

    /// Sends `method path` with these headers and body as they are, and reads the
    /// answer: status, head, body.
    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.send(request.as_bytes())
    }

    /// Sends bytes and reads whatever comes back.
    pub(crate) fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // A server that has refused already may have closed before all was sent.
        let _sent = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _read = stream.read_to_end(&mut answer);
        Answer::of(&String::from_utf8_lossy(&answer))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[], "")
    }

    pub(crate) fn with_token(&self, path: &str, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.ask(&format!("GET {path}"), &[("Authorization", &bearer)], "")
    }

    pub(crate) fn post(&self, path: &str, form: &str) -> Answer {
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        self.ask(&format!("POST {path}"), &[kind], form)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _gone = stop.send(());
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What a server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or_default(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn location(&self) -> &str {
        let mut lines = self.head.lines();
        lines
            .find_map(|line| line.strip_prefix("location: "))
            .unwrap_or_default()
    }
}

/// The folder of exercises.
pub(crate) fn exercises() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("exercises")
}

/// Whether the scripts of the exercises can run here; says so if not, and fails where
/// everything is required.
pub(crate) fn has_shell_tools() -> bool {
    let runs = |tool: &str, argument: &str| Command::new(tool).arg(argument).output().is_ok();
    if runs("openssl", "version") && runs("curl", "-V") {
        return true;
    }
    let required = std::env::var_os("TOKENLAB_REQUIRE").is_some();
    assert!(!required, "curl and openssl are required here");
    eprintln!("not run: the solutions need curl and openssl");
    false
}
