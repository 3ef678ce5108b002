//! What a request has in its address and its form, or a page that says why not.
//!
//! axum's own extractors answer a broken address with a line of plain text; these have
//! its words as a [`Problem`].

use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::{Form as AxumForm, extract};

use super::Problem;

/// The parts of the address.
pub(super) struct Path<T>(pub(super) T);

/// What follows the question mark.
pub(super) struct Query<T>(pub(super) T);

/// A form that was sent.
pub(super) struct Form<T>(pub(super) T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    extract::Path<T>: FromRequestParts<S, Rejection = PathRejection>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = extract::Path::from_request_parts(parts, state).await;
        found
            .map(|extract::Path(found)| Self(found))
            .map_err(|rejection| Problem {
                status: rejection.status(),
                sentence: format!("there is no such page in the lab: {}", rejection.body_text()),
            })
    }
}

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    extract::Query<T>: FromRequestParts<S, Rejection = QueryRejection>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = extract::Query::from_request_parts(parts, state).await;
        found
            .map(|extract::Query(found)| Self(found))
            .map_err(|rejection| Problem {
                status: StatusCode::BAD_REQUEST,
                sentence: format!(
                    "the address lacks something behind its question mark: {}",
                    rejection.body_text()
                ),
            })
    }
}

impl<S, T> FromRequest<S> for Form<T>
where
    S: Send + Sync,
    AxumForm<T>: FromRequest<S, Rejection = FormRejection>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let found = AxumForm::from_request(request, state).await;
        found
            .map(|AxumForm(found)| Self(found))
            .map_err(|rejection| Problem {
                status: rejection.status(),
                sentence: format!("the form did not arrive as one: {}", rejection.body_text()),
            })
    }
}
