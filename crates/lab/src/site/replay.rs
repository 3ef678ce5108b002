//! Attacks: the replays, and the pages that the report draws.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, Response};
use axum::routing::get;
use serde::Deserialize;
use tokenlab_attacks::{Attack, catalogue};

use super::extract::{Path, Query};
use super::{Lent, Page, Problem, page, see_other};
use crate::{pages, replay};

pub(super) fn routes() -> Router<Lent> {
    Router::new()
        .route("/a", get(|| async { page(pages::replay::list()) }))
        .route("/a/{attack}", get(replay_start))
        .route("/a/{attack}/{step}", get(replay_step))
        .route("/attacks/{page}", get(report_page))
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

async fn report_page(State(shared): State<Lent>, Path(name): Path<String>) -> Page {
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
