//! Live verifiers: each as an endpoint, with the honest token and the published key.

use axum::Json;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

use super::extract::Path;
use super::{Lent, Page, Problem, host, key_of, page, pem_of, target, text, token_of, unauthorized};
use crate::{live, pages};

pub(super) fn routes() -> Router<Lent> {
    Router::new()
        .route("/targets", get(target_list))
        .route("/t/{target}", get(target_page))
        .route("/t/{target}/token", get(target_token))
        .route("/t/{target}/key", get(target_key))
        .route("/t/{target}/key.pem", get(target_pem))
        .route("/t/{target}/whoami", get(target_whoami))
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
