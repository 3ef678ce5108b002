//! A service on a free port of 127.0.0.1, until it is dropped.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use ureq::Agent;

use crate::study::StudyError;

/// How long a service may take to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(2);

/// A running service.
pub struct Service {
    address: SocketAddr,
    runtime: Option<Runtime>,
    /// What its threads are called, so that their processor time can be told from others'.
    threads: String,
}

impl Service {
    /// Serves `site` with one thread.
    ///
    /// # Errors
    /// [`StudyError::Service`] if there is no port or no thread.
    pub fn start(site: Router) -> Result<Self, StudyError> {
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let threads = format!("serve-{}", STARTED.fetch_add(1, Ordering::Relaxed));
        let failed = |error: std::io::Error| StudyError::Service(error.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(threads.clone())
            .enable_all()
            .build()
            .map_err(failed)?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        runtime.spawn(async move { axum::serve(listener, site).await });
        Ok(Self {
            address,
            runtime: Some(runtime),
            threads,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Processor time that its threads have taken, nanoseconds; `None` where the system
    /// does not tell (it is read from Linux's `/proc/self/task`).
    #[must_use]
    pub fn cpu_ns(&self) -> Option<u64> {
        let mut total = None;
        for task in fs::read_dir("/proc/self/task").ok()?.flatten() {
            let read = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
            if read("comm").trim() == self.threads {
                let spent = read("schedstat").split(' ').next()?.parse::<u64>().ok()?;
                *total.get_or_insert(0) += spent;
            }
        }
        total
    }

    /// The address of a path on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A client that uses no proxy and gives up after `timeout`.
#[must_use]
pub fn client(timeout: Duration) -> Agent {
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .proxy(None)
        .build()
        .into()
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waited for, so that nobody is answered by a service that is gone.
            runtime.shutdown_timeout(GONE_WITHIN);
        }
    }
}
