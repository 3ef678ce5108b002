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
//! * [`outside`]: a verifier of somebody's own, wherever it runs, as a target.
//! * [`specimen`]: tokens that tell a verifier that works from one that refuses everything.
//! * [`workbench`]: tokens made by hand, with what an attacker has.
//! * [`source`]: the text of this crate, which traces point into.
//!
//! Everything happens in this process, unless whoever calls brings a verifier from
//! outside: no network, files in a folder of their own that is gone after each
//! decision, SQL in memory. This crate prints nothing.

pub mod attack;
pub mod attacker;
pub mod card;
pub mod catalogue;
pub mod desk;
pub mod given;
#[cfg(feature = "targets")]
pub mod isolation;
pub mod model;
pub mod notebook;
#[cfg(feature = "targets")]
pub mod outside;
pub mod public_key;
#[cfg(feature = "targets")]
pub mod replay;
pub mod scheme;
pub mod source;
#[cfg(feature = "targets")]
pub mod specimen;
pub mod target;
#[cfg(feature = "targets")]
pub mod targets;
pub mod timing;
pub mod trace;
pub mod weakness;
pub mod workbench;

#[cfg(feature = "targets")]
mod answer;
pub mod biscuit;
mod caught;
mod collision;
mod ecdsa;
mod hs;
mod jwe;
mod key_name;
pub mod known_secrets;
mod mint;
mod odd_payload;
mod pbkdf2;
mod public_bytes;
mod sign;
mod stand_in;

pub use attack::{Attack, CannotForge, Forgery, Goal};
pub use attacker::AttackerView;
pub use card::AttackClass;
pub use desk::{Desk, Draft};
pub use given::Given;
pub use notebook::Notebook;
#[cfg(feature = "targets")]
pub use replay::{Cell, Replay};
pub use scheme::Scheme;
pub use target::{Budget, Decision, Outcome, Target};
pub use weakness::Weakness;
