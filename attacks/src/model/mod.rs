//! Verifiers of our own: ordered lists of named checks over a parsed token.
//!
//! A flawed model is the hardened one with exactly one check removed or
//! replaced. Because both are the same list, the trace, the deciding line, the
//! fix and the proof that a check matters all follow from it: nothing is told
//! twice.
//!
//! * [`check`]: checks, verifiers, and [`ModelTarget`].
//! * [`jws`], [`jwe`], [`paseto`] and `session`: the parsed tokens, and the
//!   checks that all models of a family share.
//! * [`named_key`]: keys found by name, `key_table` in SQL and [`key_folder`] in
//!   files.

pub mod check;
pub mod jwe;
pub mod jws;
pub mod key_folder;
#[cfg(feature = "sqlite")]
pub mod key_table;
pub mod named_key;
pub mod paseto;
#[cfg(feature = "sqlite")]
pub mod session;

pub use check::{Check, ModelTarget, Parsed, Verifier};
