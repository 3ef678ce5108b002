//! The record: everything tokenlab measures or observes, as plain data on disk.
//!
//! Measuring is slow and bound to one machine; rendering is fast and repeatable.
//! This crate is the only thing the two sides share. It knows no token library,
//! opens no file on its own account beyond the paths it is handed, and depends
//! on serde alone, so a page can be redrawn in ten years from committed lines.
//!
//! * [`catalogue`]: who takes part (contender, attack and target cards).
//! * [`measurement`]: what one launch of the paired runner observed.
//! * [`transcript`]: one attack against one target, step by step.
//! * [`source`]: the lines of source that a transcript points at.
//! * [`study`]: a claim about systems that was run.
//! * [`vectors`]: what official test vectors said.
//! * [`environment`] and [`run`]: on what machine, by which plan.
//! * [`jsonl`]: lines that survive a crash, read back with damage reported.
//! * [`stats`], [`analysis`], [`floors`], [`format_tax`], [`support`] and
//!   [`compare`]: pure functions from lines to answers.

pub mod analysis;
pub mod catalogue;
pub mod compare;
pub mod environment;
pub mod floors;
pub mod format_tax;
pub mod jsonl;
pub mod measurement;
pub mod run;
pub mod selfcheck;
mod series;
pub mod source;
pub mod stats;
pub mod study;
pub mod support;
pub mod transcript;
pub mod vectors;
