//! Everything the lab serves, as one service: addresses, and what stands behind each.

mod attackers_site;
mod class;
mod exercise;
mod extract;
mod live;
mod replay;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use maud::Markup;
use serde::Deserialize;
use serde_json::Value;
use tokenlab_attacks::{Target, known_secrets};
use tokenlab_record::catalogue::Family;
use tokenlab_report::web;

use crate::learner::Learner;
use crate::progress::{Progress, ProgressError};
use crate::traces::Traces;
use crate::{bearer, exercises, guard, live as verifiers, pages};
use extract::Query;

/// How long one answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Most bytes of a form.
const MOST_FORM: usize = 64 * 1024;

/// What the lab needs to be set up.
pub struct Lab {
    /// Who did what.
    pub progress: Progress,
    /// The pages that the report draws of the attack matrix, once they are drawn.
    pub report: Arc<OnceLock<Pages>>,
}

/// Pages by file name.
pub type Pages = BTreeMap<String, String>;

struct Shared {
    progress: Progress,
    report: Arc<OnceLock<Pages>>,
    traces: Traces,
    style: String,
}

type Lent = Arc<Shared>;

/// The lab as a service.
pub fn service(lab: Lab) -> Router {
    let shared = Arc::new(Shared {
        progress: lab.progress,
        report: lab.report,
        traces: Traces::default(),
        style: web::stylesheet() + pages::CSS,
    });
    Router::new()
        .route("/", get(home))
        .route("/enter", get(enter))
        .route("/style.css", get(style))
        .route("/words.txt", get(words))
        .route("/tools.sh", get(|| async { text(exercises::TOOLS.to_owned()) }))
        .route("/index.html", get(|| async { see_other("/") }))
        .merge(attackers_site::routes())
        .merge(class::routes())
        .merge(exercise::routes())
        .merge(live::routes())
        .merge(replay::routes())
        .merge(token::routes())
        .fallback(|| async { Problem::not_found("there is no such page in the lab") })
        .layer(DefaultBodyLimit::max(MOST_FORM))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn(guard::guard))
        .with_state(shared)
}

/// Cuts off an answer that takes too long.
async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            sentence: "that took the lab more than ten seconds; try again".into(),
        }
        .into_response(),
    }
}

/// What can't be done, in a sentence.
struct Problem {
    status: StatusCode,
    sentence: String,
}

impl Problem {
    fn not_found(sentence: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            sentence: sentence.into(),
        }
    }

    fn bad(sentence: impl ToString) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            sentence: sentence.to_string(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let page = pages::problem(&self.sentence);
        (self.status, Html(page.into_string())).into_response()
    }
}

impl From<ProgressError> for Problem {
    fn from(error: ProgressError) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            sentence: error.to_string(),
        }
    }
}

type Page = Result<Html<String>, Problem>;

fn page(markup: Markup) -> Page {
    Ok(Html(markup.into_string()))
}

fn see_other(place: &str) -> Response {
    match HeaderValue::from_str(place) {
        Ok(place) => (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response(),
        Err(_) => Problem::bad("that leads nowhere").into_response(),
    }
}

fn text(text: String) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn learner(name: String) -> Result<Learner, Problem> {
    Learner::try_from(name).map_err(Problem::bad)
}

/// A target by its place in addresses, where a contender's slash is a tilde.
fn target(place: &str) -> Result<&'static dyn Target, Problem> {
    verifiers::named(&place.replace('~', "/")).ok_or_else(|| {
        Problem::not_found(format!(
            "there is no live verifier {place:?}; /targets lists them"
        ))
    })
}

async fn home() -> Page {
    page(pages::home::html())
}

#[derive(Deserialize)]
struct Entry {
    name: String,
}

async fn enter(Query(entry): Query<Entry>) -> Result<Response, Problem> {
    let learner = learner(entry.name.trim().to_owned())?;
    Ok(see_other(&format!("/s/{}", pages::in_address(learner.as_str()))))
}

async fn style(State(shared): State<Lent>) -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], shared.style.clone()).into_response()
}

async fn words() -> Response {
    text(known_secrets::words().map(|word| format!("{word}\n")).collect())
}

/// The lab by the name that the request has for it; the guard has looked at it.
fn host(headers: &HeaderMap) -> &str {
    let given = headers.get(HOST).and_then(|host| host.to_str().ok());
    given.unwrap_or("127.0.0.1")
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

/// The token of a request to `target`, or why there is none, in a sentence.
fn token_of(target: &dyn Target, headers: &HeaderMap) -> Result<String, String> {
    let token = bearer::token(headers).map_err(|problem| problem.to_string())?;
    pages::wrong_family(target, &token).map_or(Ok(()), Err)?;
    if target.profile().scheme.family() != Family::Session {
        bearer::without_blanks(&token).map_err(|problem| problem.to_string())?;
    }
    Ok(token)
}

/// 401, as RFC 6750 §3 has it.
fn unauthorized(body: Value) -> Response {
    let challenge = [(
        WWW_AUTHENTICATE,
        "Bearer realm=\"tokenlab\", error=\"invalid_token\"",
    )];
    (StatusCode::UNAUTHORIZED, challenge, Json(body)).into_response()
}

fn key_of(target: &dyn Target) -> Result<Response, Problem> {
    Ok(Json(verifiers::published(target).ok_or_else(nothing_published)?).into_response())
}

fn pem_of(target: &dyn Target) -> Result<Response, Problem> {
    Ok(text(verifiers::pem(target).ok_or_else(nothing_published)?))
}

fn nothing_published() -> Problem {
    Problem::not_found("there is nothing to publish: issuer and verifier share a secret or a store")
}
