//! The class: its plans, its board, its table for other programs.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::extract::{Path, Query};
use super::{Lent, Page, Problem, now, page, see_other};
use crate::class::{self, Plan};
use crate::pages;
use crate::pages::board::Mode;

pub(super) fn routes() -> Router<Lent> {
    Router::new()
        .route("/board", get(board))
        .route("/board.csv", get(board_csv))
        .route("/live.js", get(script))
        .route("/class/{plan}", get(class_page))
        .route("/class/{plan}/begin", post(begin))
}

#[derive(Deserialize)]
struct Shown {
    mode: Option<String>,
}

async fn board(State(shared): State<Lent>, Query(shown): Query<Shown>) -> Page {
    let mode = match shown.mode.as_deref() {
        None => Mode::default(),
        Some(name) => Mode::named(name).ok_or_else(|| {
            let known = Mode::ALL.map(Mode::name).join(", ");
            Problem::not_found(format!("the board has no mode {name:?}; there are {known}"))
        })?,
    };
    page(pages::board::html(&shared.progress.board(), mode, now()))
}

async fn board_csv(State(shared): State<Lent>) -> Response {
    let csv = pages::board::csv(&shared.progress.board());
    ([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response()
}

async fn script() -> Response {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], pages::SCRIPT).into_response()
}

fn plan(name: &str) -> Result<Plan, Problem> {
    class::named(name).ok_or_else(|| {
        let known: Vec<&str> = class::names().collect();
        Problem::not_found(format!(
            "there is no plan {name:?}; there are {}",
            known.join(" and ")
        ))
    })
}

#[derive(Deserialize)]
struct Begun {
    /// When the class began, in seconds since 1970.
    begun: Option<i64>,
}

async fn class_page(Path(name): Path<String>, Query(clock): Query<Begun>) -> Page {
    // A clock that began in the future, or in another age, has not begun.
    let begun = clock.begun.filter(|begun| (0..=now()).contains(begun));
    page(pages::class::html(&name, &plan(&name)?, begun, now()))
}

async fn begin(Path(name): Path<String>) -> Result<Response, Problem> {
    plan(&name)?;
    Ok(see_other(&format!("/class/{name}?begun={}", now())))
}
