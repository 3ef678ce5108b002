//! A service on a free port of 127.0.0.1, until it is dropped.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::study::StudyError;

/// A running service.
pub struct Service {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Service {
    /// Serves `site` with one thread.
    ///
    /// # Errors
    /// [`StudyError::Service`] if there is no port or no thread.
    pub fn start(site: Router) -> Result<Self, StudyError> {
        let failed = |error: std::io::Error| StudyError::Service(error.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
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
        })
    }

    /// The address of a path on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
