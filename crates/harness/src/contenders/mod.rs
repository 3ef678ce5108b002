//! The registry: every contender, in report order.
//!
//! To add a library, add its file and its line in [`all`]; to add an algorithm
//! to a library, add a line to the table in its file. Nothing else lists
//! contenders by hand.

mod jsonwebtoken;
mod pasetors;
mod rusty_paseto;

use std::sync::OnceLock;

use crate::contender::Contender;
use crate::rejection::Rejection;

/// Every contender that this build holds.
pub fn all() -> &'static [Box<dyn Contender>] {
    static ALL: OnceLock<Vec<Box<dyn Contender>>> = OnceLock::new();
    ALL.get_or_init(|| {
        [
            jsonwebtoken::contenders(),
            pasetors::contenders(),
            rusty_paseto::contenders(),
        ]
        .into_iter()
        .flatten()
        .collect()
    })
}

/// Puts the JWT library's process-wide cryptographic provider in place, for
/// callers that use `jsonwebtoken` directly. Loading one of its contenders
/// does the same; a call too many is harmless.
pub fn install_jwt_provider() {
    jsonwebtoken::install_provider();
}

/// The JWT library's errors about `token` in the shared vocabulary, for the
/// same callers.
#[must_use]
pub fn jwt_rejection(error: &::jsonwebtoken::errors::Error, token: &str) -> Rejection {
    jsonwebtoken::rejection(error, token)
}

/// The contender of that name.
#[must_use]
pub fn named(id: &str) -> Option<&'static dyn Contender> {
    all()
        .iter()
        .find(|contender| contender.id().as_str() == id)
        .map(AsRef::as_ref)
}
