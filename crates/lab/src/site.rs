//! Everything the lab serves, as one service: addresses, and what stands behind each.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, Form, Path, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use maud::Markup;
use serde::Deserialize;
use serde_json::{Value, json};
use tokenlab_attacks::{Attack, Target, catalogue, known_secrets};
use tokenlab_record::catalogue::Family;
use tokenlab_report::web;

use crate::bearer::{self, NoToken};
use crate::editor::Draft;
use crate::exercise::{Exercise, HINTS};
use crate::judge::{self, Verdict};
use crate::learner::Learner;
use crate::progress::{Event, Progress, ProgressError};
use crate::traces::{Trace, Traces};
use crate::{class, exercises, guard, live, pages, replay};

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

type Lent = State<Arc<Shared>>;

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
        .route("/board", get(board))
        .route("/board.csv", get(board_csv))
        .route("/class/{plan}", get(class_page))
        .route("/decode", get(decode))
        .route("/editor", get(editor).post(build))
        .route("/targets", get(target_list))
        .route("/t/{target}", get(target_page))
        .route("/t/{target}/token", get(target_token))
        .route("/t/{target}/key", get(target_key))
        .route("/t/{target}/key.pem", get(target_pem))
        .route("/t/{target}/whoami", get(target_whoami))
        .route("/s/{learner}", get(learner_page))
        .route("/s/{learner}/ex/{exercise}", get(exercise_page))
        .route("/s/{learner}/ex/{exercise}/hint", post(open_hint))
        .route("/s/{learner}/ex/{exercise}/reset", post(reset))
        .route("/s/{learner}/ex/{exercise}/send", post(send_form))
        .route("/s/{learner}/t/{exercise}/token", get(exercise_token))
        .route("/s/{learner}/t/{exercise}/key", get(exercise_key))
        .route("/s/{learner}/t/{exercise}/key.pem", get(exercise_pem))
        .route("/s/{learner}/t/{exercise}/whoami", get(exercise_whoami))
        .route("/s/{learner}/trace/{number}", get(trace_page))
        .route("/a", get(|| async { page(pages::replay::list()) }))
        .route("/a/{attack}", get(replay_start))
        .route("/a/{attack}/{step}", get(replay_step))
        .route("/attacks/{page}", get(report_page))
        .route("/index.html", get(|| async { see_other("/") }))
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

impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Self {
        Self {
            status: rejection.status(),
            sentence: format!("the form did not arrive as one: {}", rejection.body_text()),
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

fn exercise(id: &str) -> Result<&'static Exercise, Problem> {
    exercises::named(id).ok_or_else(|| {
        let known: Vec<&str> = exercises::all().iter().map(|exercise| exercise.id).collect();
        Problem::not_found(format!(
            "there is no exercise {id:?}; there are {}",
            known.join(", ")
        ))
    })
}

/// A target by its place in addresses, where a contender's slash is a tilde.
fn target(place: &str) -> Result<&'static dyn Target, Problem> {
    live::named(&place.replace('~', "/")).ok_or_else(|| {
        Problem::not_found(format!(
            "there is no live verifier {place:?}; /targets lists them"
        ))
    })
}

fn target_of(exercise: &Exercise) -> Result<&'static dyn Target, Problem> {
    target(exercise.target)
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

async fn style(State(shared): Lent) -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], shared.style.clone()).into_response()
}

async fn words() -> Response {
    text(known_secrets::words().map(|word| format!("{word}\n")).collect())
}

async fn board(State(shared): Lent) -> Page {
    page(pages::board::html(&shared.progress.board(), now()))
}

async fn board_csv(State(shared): Lent) -> Response {
    let csv = pages::board::csv(&shared.progress.board());
    ([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response()
}

async fn class_page(Path(name): Path<String>) -> Page {
    let plan = class::named(&name).ok_or_else(|| {
        let known: Vec<&str> = class::names().collect();
        Problem::not_found(format!(
            "there is no plan {name:?}; there are {}",
            known.join(" and ")
        ))
    })?;
    page(pages::class::html(&plan))
}

#[derive(Deserialize)]
struct Pasted {
    #[serde(default)]
    token: String,
}

async fn decode(Query(pasted): Query<Pasted>) -> Page {
    page(pages::decode::html(pasted.token.trim()))
}

async fn editor(Query(pasted): Query<Pasted>) -> Page {
    let token = pasted.token.trim();
    let token = if token.is_empty() { UNSIGNED } else { token };
    page(pages::editor::html(&Draft::of(token)))
}

/// What the editor begins with.
const UNSIGNED: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.";

async fn build(form: Result<Form<Draft>, FormRejection>) -> Page {
    let Form(draft) = form?;
    page(pages::editor::html(&draft))
}

async fn target_list() -> Page {
    page(pages::targets::list())
}

async fn target_page(Path(place): Path<String>, headers: HeaderMap) -> Page {
    page(pages::targets::one(target(&place)?, host(&headers)))
}

async fn target_token(Path(place): Path<String>) -> Result<Response, Problem> {
    Ok(text(target(&place)?.exposure().sample_token.clone() + "\n"))
}

async fn target_key(Path(place): Path<String>) -> Result<Response, Problem> {
    key_of(target(&place)?)
}

async fn target_pem(Path(place): Path<String>) -> Result<Response, Problem> {
    pem_of(target(&place)?)
}

async fn target_whoami(Path(place): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let target = target(&place)?;
    let token = match token_of(target, &headers) {
        Ok(token) => token,
        Err(problem) => return Ok(unauthorized(json!({ "problem": problem }))),
    };
    let decision = live::decide(target, token).await;
    let body = live::body(target, &decision);
    Ok(match live::user(&decision) {
        Some(_) => Json(body).into_response(),
        None => unauthorized(body),
    })
}

async fn learner_page(State(shared): Lent, Path(name): Path<String>) -> Page {
    let learner = learner(name)?;
    page(pages::learner::html(&learner, &shared.progress.of(&learner)))
}

async fn exercise_page(
    State(shared): Lent,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Page {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let standing = shared
        .progress
        .of(&learner)
        .remove(exercise.id)
        .unwrap_or_default();
    let target = target_of(exercise)?;
    page(pages::exercise::html(
        &learner,
        exercise,
        target,
        &standing,
        host(&headers),
    ))
}

async fn open_hint(
    State(shared): Lent,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let open = shared
        .progress
        .of(&learner)
        .get(exercise.id)
        .map_or(0, |standing| standing.hints);
    // After the last hint comes the solution.
    let number = open
        .saturating_add(1)
        .min(u8::try_from(HINTS + 1).unwrap_or(u8::MAX));
    let place = pages::exercise::address(&learner, exercise);
    record(&shared, learner, exercise, Event::Hint { number }).await?;
    Ok(see_other(&format!("{place}#hint-{number}")))
}

async fn reset(State(shared): Lent, Path((name, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let place = pages::exercise::address(&learner, exercise);
    record(&shared, learner, exercise, Event::Reset).await?;
    Ok(see_other(&place))
}

async fn send_form(
    State(shared): Lent,
    Path((name, id)): Path<(String, String)>,
    form: Result<Form<Pasted>, FormRejection>,
) -> Result<Response, Problem> {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let Form(pasted) = form?;
    let mut headers = HeaderMap::new();
    let given = pasted.token.trim();
    // What a learner copies may bring the header's word along; here that is no mistake.
    let given = given.strip_prefix("Bearer ").unwrap_or(given);
    if given.contains(['\r', '\n']) {
        return Err(Problem::bad(NoToken::Blank));
    }
    let value =
        HeaderValue::from_str(&format!("Bearer {given}")).map_err(|_| Problem::bad(NoToken::NotAscii))?;
    headers.insert(AUTHORIZATION, value);
    let token = token_of(target_of(exercise)?, &headers).map_err(Problem::bad)?;
    let (number, _) = attempt(&shared, &learner, exercise, token).await?;
    Ok(see_other(&pages::trace::address(&learner, number)))
}

async fn exercise_token(Path((name, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (_, exercise) = (learner(name)?, exercise(&id)?);
    Ok(text(target_of(exercise)?.exposure().sample_token.clone() + "\n"))
}

async fn exercise_key(Path((name, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (_, exercise) = (learner(name)?, exercise(&id)?);
    key_of(target_of(exercise)?)
}

async fn exercise_pem(Path((name, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (_, exercise) = (learner(name)?, exercise(&id)?);
    pem_of(target_of(exercise)?)
}

async fn exercise_whoami(
    State(shared): Lent,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let target = target_of(exercise)?;
    let token = match token_of(target, &headers) {
        Ok(token) => token,
        Err(problem) => return Ok(unauthorized(json!({ "problem": problem }))),
    };
    let (number, trace) = attempt(&shared, &learner, exercise, token).await?;
    let mut body = live::body(target, &trace.decision);
    if let Some(members) = body.as_object_mut() {
        members.insert("message".into(), trace.verdict.sentence(exercise).into());
        members.insert("solved".into(), (trace.verdict == Verdict::Solved).into());
        members.insert("trace".into(), pages::trace::address(&learner, number).into());
    }
    Ok(match trace.verdict {
        Verdict::Refused(_) => unauthorized(body),
        _ => Json(body).into_response(),
    })
}

async fn trace_page(State(shared): Lent, Path((name, number)): Path<(String, u64)>) -> Page {
    let learner = learner(name)?;
    let trace: Arc<Trace> = shared.traces.get(&learner, number).ok_or_else(|| {
        Problem::not_found("there is no such trace of yours, or none any more: the last 32 are kept")
    })?;
    page(pages::trace::html(&learner, &trace))
}

async fn replay_start(Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(see_other(&format!("/a/{}/0", attack(&id)?.id())))
}

#[derive(Deserialize)]
struct Chosen {
    v: Option<String>,
}

async fn replay_step(Path((id, step)): Path<(String, usize)>, Query(chosen): Query<Chosen>) -> Page {
    let attack = attack(&id)?;
    let shown = tokio::task::spawn_blocking(move || replay::show(attack))
        .await
        .ok()
        .flatten();
    let shown = shown.ok_or_else(|| {
        Problem::not_found(format!(
            "this attack needs a process of its own: tokenlab attack replay {id} shows it, and its page is \
             /attacks/{id}.html"
        ))
    })?;
    let markup = pages::replay::step(&shown, step, chosen.v.as_deref())
        .ok_or_else(|| Problem::not_found(format!("a replay has the steps 0 to {}", pages::replay::LAST)))?;
    page(markup)
}

fn attack(id: &str) -> Result<&'static dyn Attack, Problem> {
    catalogue::named(id)
        .ok_or_else(|| Problem::not_found(format!("there is no attack {id:?}; /a lists them")))
}

async fn report_page(State(shared): Lent, Path(name): Path<String>) -> Page {
    let pages = shared.report.get().ok_or_else(|| Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        sentence:
            "every attack is being replayed for this page, which takes the first half minute; reload it"
                .into(),
    })?;
    let page = pages.get(&name);
    page.map(|page| Html(page.clone()))
        .ok_or_else(|| Problem::not_found("there is no attack of that name; /attacks/index.html has all"))
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
    Ok(Json(live::published(target).ok_or_else(nothing_published)?).into_response())
}

fn pem_of(target: &dyn Target) -> Result<Response, Problem> {
    Ok(text(live::pem(target).ok_or_else(nothing_published)?))
}

fn nothing_published() -> Problem {
    Problem::not_found("there is nothing to publish: issuer and verifier share a secret or a store")
}

/// Sends a token to an exercise and writes down what came of it.
async fn attempt(
    shared: &Arc<Shared>,
    learner: &Learner,
    exercise: &'static Exercise,
    token: String,
) -> Result<(u64, judge::Attempt), Problem> {
    let sent = token.clone();
    let judged = tokio::task::spawn_blocking(move || judge::attempt(exercise, &sent)).await;
    let attempt = judged
        .ok()
        .flatten()
        .ok_or_else(|| Problem::not_found("the verifier of this exercise is gone"))?;
    let event = match &attempt.verdict {
        Verdict::Solved => Event::Solved,
        Verdict::Alternative(through) => Event::Alternative {
            through: through.clone().unwrap_or_else(|| "both verifiers".into()),
        },
        Verdict::Refused(_) | Verdict::Somebody(_) => Event::Tried,
    };
    record(shared, learner.clone(), exercise, event).await?;
    let number = shared.traces.keep(learner, exercise.id, token, attempt.clone());
    Ok((number, attempt))
}

/// Writes down what happened, away from the threads that serve requests.
async fn record(
    shared: &Arc<Shared>,
    learner: Learner,
    exercise: &'static Exercise,
    event: Event,
) -> Result<(), Problem> {
    let shared = Arc::clone(shared);
    let writing =
        tokio::task::spawn_blocking(move || shared.progress.record(now(), &learner, exercise.id, event));
    match writing.await {
        Ok(written) => Ok(written.map(|_| ())?),
        Err(_) => Err(Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            sentence: "the lab is shutting down".into(),
        }),
    }
}
