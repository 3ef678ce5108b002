//! A service of this process on a port of 127.0.0.1, until it is dropped.

use std::net::{Ipv4Addr, SocketAddr};
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
}

impl Service {
    /// Serves `site` with one thread on any free port.
    ///
    /// # Errors
    /// [`StudyError::Service`] if there is no port or no thread.
    pub fn start(site: Router) -> Result<Self, StudyError> {
        Self::start_at(0, site)
    }

    /// Serves `site` with one thread on a port.
    ///
    /// # Errors
    /// [`StudyError::Service`] if somebody has the port, or there is no thread.
    pub fn start_at(port: u16, site: Router) -> Result<Self, StudyError> {
        let failed = |error: std::io::Error| StudyError::Service(error.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(failed)?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        runtime.spawn(async move { axum::serve(listener, site).await });
        Ok(Self {
            address,
            runtime: Some(runtime),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
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
