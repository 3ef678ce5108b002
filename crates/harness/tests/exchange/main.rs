//! The token exchange format: what every contender mints, every other that
//! implements the scheme reads; keys and lines that are wrong are named.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

mod agreement;
mod keys;
mod lines;
