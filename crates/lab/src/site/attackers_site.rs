//! A learner's own web site, for verifiers that fetch keys from wherever a token says.

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokenlab_attacks::model::own_site;

use super::extract::{Form, Path};
use super::{Lent, Page, Problem, host, learner, page, see_other, text};
use crate::learner::Learner;
use crate::pages;

pub(super) fn routes() -> Router<Lent> {
    Router::new()
        .route("/s/{learner}/site", get(list).post(by_form))
        .route("/s/{learner}/site/{file}", get(document).put(by_put))
        .layer(DefaultBodyLimit::max(4 * own_site::MOST_BYTES)) // a form writes most bytes as three
}

/// Where a learner's document is on that site.
fn path(learner: &Learner, file: &str) -> Result<String, Problem> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if file.is_empty() || file.len() > 40 || file.starts_with('.') || !file.chars().all(is_plain) {
        return Err(Problem::bad(
            "a document's name has up to 40 letters, digits, hyphens and dots: try `keys.json`",
        ));
    }
    Ok(format!("/{learner}/{file}"))
}

fn publish(learner: &Learner, file: &str, content: Vec<u8>) -> Result<String, Problem> {
    let path = path(learner, file)?;
    own_site::publish(&path, content).map_err(Problem::bad)?;
    Ok(format!("http://{}{path}\n", own_site::HOST))
}

async fn list(Path(name): Path<String>, headers: HeaderMap) -> Page {
    let learner = learner(name)?;
    let documents = own_site::below(&format!("/{learner}/"));
    page(pages::attackers_site::html(&learner, &documents, host(&headers)))
}

#[derive(Deserialize)]
struct Sent {
    file: String,
    content: String,
}

async fn by_form(Path(name): Path<String>, Form(sent): Form<Sent>) -> Result<Response, Problem> {
    let learner = learner(name)?;
    publish(&learner, sent.file.trim(), sent.content.into_bytes())?;
    Ok(see_other(&pages::attackers_site::address(&learner)))
}

/// Answers with the address under which verifiers find the document.
async fn by_put(Path((name, file)): Path<(String, String)>, content: Bytes) -> Result<Response, Problem> {
    let address = publish(&learner(name)?, &file, content.to_vec())?;
    Ok((StatusCode::CREATED, text(address)).into_response())
}

async fn document(Path((name, file)): Path<(String, String)>) -> Result<Response, Problem> {
    let learner = learner(name)?;
    let path = path(&learner, &file)?;
    let found = own_site::below(&path).remove(&path);
    let found = found.ok_or_else(|| Problem::not_found(format!("{learner} has published no {file}")))?;
    Ok(text(String::from_utf8_lossy(&found.content).into_owned()))
}
