//! Makes lines: a contender's token over given claims, with the key that verifies it.

use super::claims;
use super::form::KeyError;
use super::line::{Request, takes_assertion, takes_footer};
use crate::claims::ClaimSet;
use crate::contender::{Bound, Contender, IssueError, SetupError};
use crate::keys::KeyRing;

/// A line that can't be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// The ring has no key for the scheme.
    #[error("the key ring has no key for {0}")]
    NoKey(String),
    /// The contender refuses the key.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The contender refuses the claims.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The key has no standard form.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A line with a token of `contender` over `claims`, under `ring`'s key for its
/// scheme. Footer and implicit assertion go where the scheme has a place for
/// them, and nowhere else. Its id is the contender's.
///
/// # Errors
/// [`MintError`], always of a session, whose ids do not travel.
pub fn mint(
    contender: &dyn Contender,
    ring: &KeyRing,
    claims: &ClaimSet,
    footer: Option<&str>,
    implicit_assertion: Option<&str>,
) -> Result<Request, MintError> {
    let card = contender.card();
    let key = ring
        .key(&card.scheme)
        .ok_or_else(|| MintError::NoKey(card.scheme.clone()))?;
    let footer = footer.filter(|_| takes_footer(&card.scheme));
    let implicit_assertion = implicit_assertion.filter(|_| takes_assertion(&card.scheme));
    let bound = Bound {
        footer: footer.map(|text| text.as_bytes().to_vec()),
        implicit_assertion: implicit_assertion.unwrap_or_default().as_bytes().to_vec(),
        authorizer: None,
    };
    let payload = claims::to_payload(card.family, claims)?;
    let token = contender.codec(&key)?.seal(payload.as_bytes(), &bound)?;
    Ok(Request {
        id: card.id.as_str().into(),
        scheme: card.scheme.clone(),
        token,
        key: key.to_exchange(&card.scheme)?,
        expected_claims: Some(claims::object(payload.as_bytes()).map_err(IssueError::new)?),
        footer: footer.map(str::to_owned),
        implicit_assertion: implicit_assertion.map(str::to_owned),
        check_time: false,
        authorizer: None,
    })
}
