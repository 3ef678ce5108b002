//! Verifiers of our own: ordered lists of named checks over a parsed token.
//!
//! A flawed model is the hardened one with exactly one check removed or
//! replaced. Because both are the same list, the trace, the deciding line, the
//! fix and the proof that a check matters all follow from it: nothing is told
//! twice.
//!
//! * [`check`]: checks, verifiers, and [`ModelTarget`].
//! * [`jws`] and [`paseto`]: the parsed tokens, and the checks that all models
//!   of a family share.
//! * `key_table` and [`key_folder`]: keys found by name, in SQL and in files.

pub mod check;
pub mod jws;
pub mod key_folder;
#[cfg(feature = "sqlite")]
pub mod key_table;
pub mod paseto;

pub use check::{Check, ModelTarget, Parsed, Verifier};
