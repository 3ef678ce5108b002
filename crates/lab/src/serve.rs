//! The sockets: loopback, a bound on everything that a client can keep us busy with.
//!
//! axum's own `serve` has no limit to connections and to the time that headers may
//! take; hyper, below it, has both.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Connections at a time; further ones wait.
const MOST_CONNECTIONS: usize = 512;

/// How long a client may take to send its headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);

/// Most bytes of a request's head.
const MOST_HEAD: usize = 32 * 1024;

/// How long a connection may last, so that 512 idle ones keep nobody out for long.
const CONNECTION_WITHIN: Duration = Duration::from_secs(60);

/// A listener on 127.0.0.1, and only there. Port 0 is any free one.
///
/// # Errors
/// If the port is taken.
pub async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// The next port after `port` that is free now.
#[must_use]
pub fn next_free(port: u16) -> Option<u16> {
    (port.checked_add(1)?..=port.saturating_add(100))
        .find(|port| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
}

/// Answers until `stop` comes.
pub async fn serve(listener: TcpListener, site: Router, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    tokio::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of files: the connections that are open have to end first.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let service = TowerToHyperService::new(site.clone());
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS_WITHIN)
                .max_buf_size(MOST_HEAD)
                .serve_connection(TokioIo::new(stream), service);
            // A client that breaks off or breaks the protocol has had its answer.
            let _ended = tokio::time::timeout(CONNECTION_WITHIN, connection).await;
            drop(place);
        });
    }
}
