//! Tokens without a verifier: taken apart, and built.

use axum::Router;
use axum::routing::get;
use serde::Deserialize;

use super::extract::{Form, Query};
use super::{Lent, Page, page};
use crate::editor::Draft;
use crate::pages;

pub(super) fn routes() -> Router<Lent> {
    Router::new()
        .route("/decode", get(decode))
        .route("/editor", get(editor).post(build))
}

#[derive(Deserialize)]
pub(super) struct Pasted {
    #[serde(default)]
    pub(super) token: String,
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

async fn build(Form(draft): Form<Draft>) -> Page {
    page(pages::editor::html(&draft))
}
