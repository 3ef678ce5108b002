//! Measuring: the paired runner, and what it shares with criterion.
//!
//! One [`case`] is one contender doing one thing on one corpus; both
//! instruments time the same case through the same function. The paired runner
//! ([`paired`]) is where published comparisons come from; criterion
//! ([`second`]) is the second, familiar instrument that must roughly agree.

pub mod allocations;
mod capability;
pub mod case;
pub mod check;
pub mod environment;
pub mod paired;
pub mod profile;
pub mod refusal;
pub mod second;
pub mod selfcheck;
