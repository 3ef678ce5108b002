//! Published token attacks, replayed against real and model verifiers.
//!
//! An [`Attack`] forges tokens from what an outsider knows; a [`Target`]
//! decides about them and says which check decided. [`replay`] brings every
//! attack before every target and writes down what happened. What should
//! happen is computed from the [`Weakness`]es on both sides and compared with
//! what was observed, so a row that says "refused" has been seen to be.
//!
//! * [`catalogue`]: the attacks, one file each, with a lesson beside it.
//! * [`targets`]: the verifiers: every contender of the harness, models with
//!   every check, models of one published bug, libraries used unwisely.
//! * [`model`]: what a verifier of our own is made of.
//!
//! Everything happens in this process: no network, files in a folder of their
//! own that is gone after each decision, SQL in memory. This crate prints
//! nothing.

pub mod attack;
pub mod attacker;
pub mod card;
pub mod catalogue;
pub mod model;
pub mod notebook;
pub mod public_key;
pub mod replay;
pub mod scheme;
pub mod target;
pub mod targets;
pub mod trace;
pub mod weakness;

mod biscuit;
mod hs;
mod jwe;
mod key_name;
mod mint;
mod sign;

pub use attack::{Attack, CannotForge, Forgery};
pub use attacker::AttackerView;
pub use notebook::Notebook;
pub use replay::{Cell, Replay};
pub use scheme::Scheme;
pub use target::{Budget, Decision, Outcome, Target};
pub use weakness::Weakness;
