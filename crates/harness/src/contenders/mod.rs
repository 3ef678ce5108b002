//! The registry: every contender, in report order.
//!
//! To add a library, add its file and its line in [`all`]; to add an algorithm
//! to a library, add a line to the table in its file. Nothing else lists
//! contenders by hand.

mod biscuit_auth;
#[cfg(feature = "openssl")]
mod josekit;
mod jsonwebtoken;
mod jws;
mod jwt_compact;
mod jwt_simple;
mod members;
mod paseto_rs;
mod pasetors;
mod rusty_paseto;
mod session;

use std::sync::OnceLock;

use crate::contender::Contender;
use crate::rejection::Rejection;

/// Every contender that this build holds.
pub fn all() -> &'static [Box<dyn Contender>] {
    static ALL: OnceLock<Vec<Box<dyn Contender>>> = OnceLock::new();
    ALL.get_or_init(|| {
        [
            jsonwebtoken::contenders(),
            jwt_simple::contenders(),
            jwt_compact::contenders(),
            #[cfg(feature = "openssl")]
            josekit::contenders(),
            pasetors::contenders(),
            rusty_paseto::contenders(),
            paseto_rs::contenders(),
            biscuit_auth::contenders(),
            session::contenders(),
        ]
        .into_iter()
        .flatten()
        .collect()
    })
}

/// Every contender that can run on this machine.
pub fn available() -> impl Iterator<Item = &'static dyn Contender> {
    all()
        .iter()
        .map(AsRef::as_ref)
        .filter(|contender| contender.missing().is_none())
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
