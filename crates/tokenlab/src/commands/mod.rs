//! One file a verb.

pub(crate) mod attack;
pub(crate) mod bench;
pub(crate) mod bench_launch;
pub(crate) mod class;
pub(crate) mod compare;
pub(crate) mod doctor;
pub(crate) mod fuzz;
pub(crate) mod learn;
pub(crate) mod list;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod study;
pub(crate) mod token;
