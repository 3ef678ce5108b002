//! Learners: their exercises, what they send, and the traces of it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use tokenlab_attacks::Target;

use super::extract::{Form, Path};
use super::token::Pasted;
use super::{
    Lent, Page, Problem, host, key_of, learner, now, page, pem_of, see_other, target, text, token_of,
    unauthorized,
};
use crate::bearer::NoToken;
use crate::exercise::{Break, Exercise, HINTS, Task};
use crate::judge::{self, Verdict};
use crate::learner::Learner;
use crate::progress::Event;
use crate::traces::Trace;
use crate::{exercises, live, pages};

pub(super) fn routes() -> Router<Lent> {
    Router::new()
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
        .route("/mend/{file}", get(program))
}

async fn learner_page(State(shared): State<Lent>, Path(name): Path<String>) -> Page {
    let learner = learner(name)?;
    page(pages::learner::html(&learner, &shared.progress.of(&learner)))
}

async fn exercise_page(
    State(shared): State<Lent>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Page {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let standing = shared
        .progress
        .of(&learner)
        .remove(exercise.id)
        .unwrap_or_default();
    page(match exercise.task {
        Task::Break(task) => {
            let target = target(task.target)?;
            pages::exercise::to_break(&learner, exercise, target, &standing, host(&headers))
        }
        Task::Mend(task) => pages::exercise::to_mend(&learner, exercise, &task, &standing),
    })
}

async fn open_hint(
    State(shared): State<Lent>,
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

async fn reset(
    State(shared): State<Lent>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let place = pages::exercise::address(&learner, exercise);
    record(&shared, learner, exercise, Event::Reset).await?;
    Ok(see_other(&place))
}

async fn send_form(
    State(shared): State<Lent>,
    Path((name, id)): Path<(String, String)>,
    Form(pasted): Form<Pasted>,
) -> Result<Response, Problem> {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
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
    let token = token_of(to_break(exercise)?.1, &headers).map_err(Problem::bad)?;
    let (number, _) = attempt(&shared, &learner, exercise, token).await?;
    Ok(see_other(&pages::trace::address(&learner, number)))
}

async fn exercise_token(Path((name, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (_, exercise) = (learner(name)?, exercise(&id)?);
    Ok(text(to_break(exercise)?.1.exposure().sample_token.clone() + "\n"))
}

async fn exercise_key(Path((name, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (_, exercise) = (learner(name)?, exercise(&id)?);
    key_of(to_break(exercise)?.1)
}

async fn exercise_pem(Path((name, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let (_, exercise) = (learner(name)?, exercise(&id)?);
    pem_of(to_break(exercise)?.1)
}

async fn exercise_whoami(
    State(shared): State<Lent>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (learner, exercise) = (learner(name)?, exercise(&id)?);
    let (task, target) = to_break(exercise)?;
    let token = match token_of(target, &headers) {
        Ok(token) => token,
        Err(problem) => return Ok(unauthorized(json!({ "problem": problem }))),
    };
    let (number, trace) = attempt(&shared, &learner, exercise, token).await?;
    let mut body = live::body(target, &trace.decision);
    if let Some(members) = body.as_object_mut() {
        members.insert("message".into(), trace.verdict.sentence(task).into());
        members.insert("solved".into(), (trace.verdict == Verdict::Solved).into());
        members.insert("trace".into(), pages::trace::address(&learner, number).into());
    }
    Ok(match trace.verdict {
        Verdict::Refused(_) => unauthorized(body),
        _ => Json(body).into_response(),
    })
}

async fn trace_page(State(shared): State<Lent>, Path((name, number)): Path<(String, u64)>) -> Page {
    let learner = learner(name)?;
    let trace: Arc<Trace> = shared.traces.get(&learner, number).ok_or_else(|| {
        Problem::not_found("there is no such trace of yours, or none any more: the last 32 are kept")
    })?;
    page(pages::trace::html(&learner, &trace))
}

/// Sends a token to an exercise and writes down what came of it.
async fn attempt(
    shared: &Lent,
    learner: &Learner,
    exercise: &'static Exercise,
    token: String,
) -> Result<(u64, judge::Attempt), Problem> {
    let sent = token.clone();
    let (task, _) = to_break(exercise)?;
    let judged = tokio::task::spawn_blocking(move || judge::attempt(task, &sent)).await;
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
    shared: &Lent,
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

fn exercise(id: &str) -> Result<&'static Exercise, Problem> {
    exercises::named(id).ok_or_else(|| {
        let known: Vec<&str> = exercises::all().iter().map(|exercise| exercise.id).collect();
        Problem::not_found(format!(
            "there is no exercise {id:?}; there are {}",
            known.join(", ")
        ))
    })
}

/// What a live verifier is to be broken by, and that verifier.
fn to_break(exercise: &Exercise) -> Result<(&Break, &'static dyn Target), Problem> {
    let task = exercise.to_break().ok_or_else(|| {
        Problem::not_found(format!(
            "{id} is a program to mend and takes no tokens here: tokenlab learn start {id}",
            id = exercise.id
        ))
    })?;
    Ok((task, target(task.target)?))
}

/// The program of an exercise that is mended, as a file.
async fn program(Path(file): Path<String>) -> Result<Response, Problem> {
    let exercise = exercise(file.trim_end_matches(".py"))?;
    let task = exercise
        .to_mend()
        .ok_or_else(|| Problem::not_found(format!("{} has no program to edit", exercise.id)))?;
    Ok(text(task.program.to_owned()))
}
