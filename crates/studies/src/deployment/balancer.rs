//! HAProxy before the nodes, with a configuration of its own in a folder of its own.
//!
//! It asks each node for its health four times a second, tells its time with every
//! request, and asks another node where one can't be connected to, closes the connection
//! or answers 503; of requests that change something only where nothing was sent yet.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use tokenlab_harness::again;
use tokenlab_harness::watched::{Watched, free_port, installed};

use super::service::BALANCER_TIME;
use crate::study::{StudyError, Tool};

/// The program.
pub static HAPROXY: Tool = Tool {
    what: "haproxy",
    remedy: "apt-get install haproxy",
    is_here: || installed("haproxy").is_some(),
};

/// How long it may take until it answers.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// And how long it is left alone between two questions.
const PAUSE: Duration = Duration::from_millis(10);

/// Somebody else may take the free port before it does.
const ATTEMPTS: u32 = 3;

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// To one node after the other.
    Any,
    /// To the node that its user was first sent to, by a cookie of the balancer.
    Sticky,
}

/// A running balancer.
pub struct Balancer {
    haproxy: Watched,
    address: SocketAddr,
}

impl Balancer {
    /// Starts it before `nodes`.
    ///
    /// # Errors
    /// [`StudyError::Service`] if it is not installed or does not answer.
    pub fn start(nodes: &[SocketAddr], routing: Routing) -> Result<Self, StudyError> {
        again::times(ATTEMPTS, || Self::start_once(nodes, routing))
    }

    fn start_once(nodes: &[SocketAddr], routing: Routing) -> Result<Self, StudyError> {
        let Some(program) = installed(HAPROXY.what) else {
            return Err(failed(HAPROXY.remedy));
        };
        let folder = tempfile::Builder::new()
            .prefix("tokenlab-haproxy-")
            .tempdir()
            .map_err(failed)?;
        let port = free_port().map_err(failed)?;
        let file = folder.path().join("haproxy.cfg");
        fs::write(&file, configuration(folder.path(), port, nodes, routing)).map_err(failed)?;
        let command = [
            program.display().to_string(),
            "-db".into(),
            "-f".into(),
            file.display().to_string(),
        ];
        let balancer = Self {
            haproxy: Watched::start(folder, command.into()).map_err(failed)?,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        };
        again::until(READY_WITHIN, PAUSE, || balancer.nodes_in_use())
            .map_err(|error| failed(format!("{error}; {}", balancer.haproxy.last_words())))?;
        Ok(balancer)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    #[must_use]
    pub const fn process_id(&self) -> u32 {
        self.haproxy.process_id()
    }

    /// How many nodes it sends requests to at this moment.
    ///
    /// # Errors
    /// [`StudyError::Service`] if it does not answer.
    pub fn nodes_in_use(&self) -> Result<usize, StudyError> {
        let mut admin = UnixStream::connect(socket(self.haproxy.folder())).map_err(failed)?;
        admin.write_all(b"show stat\n").map_err(failed)?;
        let mut table = String::new();
        admin.read_to_string(&mut table).map_err(failed)?;
        let rows = table.lines().filter(|row| row.starts_with("nodes,node-"));
        Ok(rows.filter(|row| row.contains(",UP,")).count())
    }
}

fn failed(problem: impl std::fmt::Display) -> StudyError {
    StudyError::Service(format!("haproxy: {problem}"))
}

fn socket(folder: &Path) -> std::path::PathBuf {
    folder.join("admin.sock")
}

fn configuration(folder: &Path, port: u16, nodes: &[SocketAddr], routing: Routing) -> String {
    let mut text = format!(
        "global\n\
         \tmaxconn 512\n\
         \tnbthread 1\n\
         \tstats socket {} mode 600\n\
         defaults\n\
         \tmode http\n\
         \ttimeout connect 500ms\n\
         \ttimeout queue 500ms\n\
         \ttimeout client 30s\n\
         \ttimeout server 5s\n\
         \tretries 3\n\
         \toption redispatch 1\n\
         \tretry-on conn-failure empty-response 503\n\
         frontend lab\n\
         \tbind 127.0.0.1:{port}\n\
         \tdefault_backend nodes\n\
         backend nodes\n\
         \tbalance roundrobin\n\
         \toption httpchk\n\
         \thttp-check send meth GET uri /health hdr {BALANCER_TIME} %[date]\n\
         \thttp-request set-header {BALANCER_TIME} %[date]\n\
         \thttp-request disable-l7-retry unless METH_GET\n",
        socket(folder).display()
    );
    if routing == Routing::Sticky {
        text.push_str("\tcookie NODE insert indirect nocache\n");
    }
    for (place, node) in nodes.iter().enumerate() {
        let cookie = match routing {
            Routing::Sticky => format!(" cookie {place}"),
            Routing::Any => String::new(),
        };
        let _ = writeln!(
            text,
            "\tserver node-{place} {node} check inter 250ms fall 1 rise 1{cookie}"
        );
    }
    text
}
