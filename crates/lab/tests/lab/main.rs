//! The lab as learners, browsers and strangers meet it: over a socket of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr
)] // clippy.toml exempts test functions, not their helpers

mod class;
mod exercises;
mod load;
mod pages;
mod safety;
mod server;
