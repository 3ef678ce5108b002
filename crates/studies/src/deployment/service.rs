//! What one process of the service does: logs users in and out, and answers whoever has a
//! token that its verifier believes.
//!
//! A token that is refused is 401; a verifier that can't tell, because its store is away, is
//! 503. So a balancer may ask another node, and nobody is sent to log in again for a
//! failure of ours. A node that is told to can also hold its clock against the balancer's,
//! and serves nobody while it is further off than the policy's leeway.

use std::io::{BufRead, Read, Write};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use tokenlab_harness::{KeyRing, Policy, RejectReason, Rejection, TokenService, policy};

use super::denylist::{Denylist, Lookup};
use crate::loopback::Service;
use crate::study::StudyError;
use crate::subject::{contender, issued};

/// The header in which the balancer says its time, in seconds of the epoch.
pub const BALANCER_TIME: &str = "x-balancer-time";

/// What a process is told on its standard input, as a line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Who verifies, by contender id; nobody, and everybody is let in.
    pub contender: Option<String>,
    /// Seed of the keys, which all nodes of a deployment have.
    pub seed: u64,
    /// Where to listen on 127.0.0.1; 0 for any free port.
    pub port: u16,
    /// Whether it holds its clock against the balancer's.
    pub checks_clock: bool,
    /// Where it looks up whether a token was called back.
    pub denylist: Denylist,
}

impl Settings {
    /// A node for that contender, with keys of that seed.
    #[must_use]
    pub fn of(contender: Option<&str>, seed: u64) -> Self {
        Self {
            contender: contender.map(str::to_owned),
            seed,
            port: 0,
            checks_clock: false,
            denylist: Denylist::Nowhere,
        }
    }
}

/// What a token is held against.
struct Gate {
    tokens: Box<dyn TokenService>,
    denylist: Lookup,
}

type SharedGate = Arc<Gate>;

/// Reads [`Settings`] from a line of standard input, says where it listens on a line of
/// standard output, and serves until standard input ends: a node outlives nobody.
///
/// # Errors
/// [`StudyError`] if it can't start.
pub fn serve() -> Result<(), StudyError> {
    let failed = |error: std::io::Error| StudyError::Service(error.to_string());
    let mut input = std::io::stdin().lock();
    let mut line = String::new();
    input.read_line(&mut line).map_err(failed)?;
    let settings: Settings = serde_json::from_str(&line)
        .map_err(|error| StudyError::Service(format!("the settings of a node do not read: {error}")))?;
    let service = Service::start_at(settings.port, site(&settings)?)?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", service.address())
        .and_then(|()| output.flush())
        .map_err(failed)?;
    let mut rest = Vec::new();
    input.read_to_end(&mut rest).map_err(failed)?;
    Ok(())
}

fn site(settings: &Settings) -> Result<Router, StudyError> {
    let hello = Router::new().route("/", get(|| async { "hello" }));
    let site = match settings.contender.as_deref() {
        None => hello,
        Some(id) => {
            let keys = KeyRing::from_seed(settings.seed);
            let gate = Arc::new(Gate {
                tokens: contender(id)?.load(&keys, &Policy::lab())?,
                denylist: Lookup::open(&settings.denylist)?,
            });
            let users = Router::new()
                .route("/login/{lives}", post(log_in))
                .route("/logout", post(log_out))
                .with_state(Arc::clone(&gate));
            hello
                .layer(middleware::from_fn_with_state(gate, guard))
                .merge(users)
        }
    };
    let site = site.route("/health", get(|| async { "ok" }));
    Ok(if settings.checks_clock {
        let leeway_s = u64::from(Policy::lab().leeway_s);
        site.layer(middleware::from_fn_with_state(leeway_s, check_clock))
    } else {
        site
    })
}

async fn log_in(State(gate): State<SharedGate>, Path(lives): Path<i64>) -> Response {
    match gate.tokens.issue(&issued("ada", policy::now(), lives)) {
        Ok(token) => token.into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

async fn log_out(State(gate): State<SharedGate>, headers: HeaderMap) -> Response {
    let Some(token) = bearer(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if let Some(sessions) = gate.tokens.session() {
        return match sessions.revoke(token) {
            Ok(()) => "ended".into_response(),
            Err(rejection) => refusal(&rejection),
        };
    }
    match gate.denylist.revoke(token) {
        Ok(true) => "called back".into_response(),
        Ok(false) => (StatusCode::NOT_FOUND, "nobody keeps what was called back").into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

async fn guard(State(gate): State<SharedGate>, request: Request, next: Next) -> Response {
    let Some(token) = bearer(request.headers()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if let Err(rejection) = gate.tokens.verify(token) {
        return refusal(&rejection);
    }
    match gate.denylist.is_revoked(token) {
        Ok(false) => next.run(request).await,
        Ok(true) => StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

/// The token of RFC 6750 in its shortest form.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn refusal(rejection: &Rejection) -> Response {
    match rejection.reason {
        RejectReason::Internal => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNAUTHORIZED,
    }
    .into_response()
}

async fn check_clock(State(leeway_s): State<u64>, request: Request, next: Next) -> Response {
    let theirs = request.headers().get(BALANCER_TIME);
    let theirs = theirs.and_then(|time| time.to_str().ok()?.parse::<i64>().ok());
    let is_right = theirs.is_some_and(|theirs| theirs.abs_diff(policy::now()) <= leeway_s);
    if is_right {
        next.run(request).await
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the clock of this node is not the balancer's",
        )
            .into_response()
    }
}
