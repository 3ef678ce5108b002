//! The life of a token: what revocation and delegation cost in systems that run.
//!
//! A study is one claim of the articles, run: real stores, real sockets on loopback, and a
//! conclusion that quotes only numbers that were measured. It says on which machine, and a
//! short form says that its numbers are rough.
//!
//! * [`study`]: what a study is, and what it may need.
//! * [`subject`]: contenders, keys and claims that studies are made of.
//! * [`studies`]: the registry.
//! * [`clock`]: timing by slices that take turns.
//! * [`load`]: requests that are sent when they are due.
//! * [`loopback`]: a service of this process on 127.0.0.1, until it is dropped.
//! * [`deployment`]: a service in processes of its own, with balancer and store.

pub mod clock;
pub mod deployment;
pub mod load;
pub mod loopback;
pub mod studies;
pub mod study;
pub mod subject;

pub use studies::{all, named};
pub use study::{Findings, Stage, StudyCard, StudyError};
