//! The web lab: a teacher opens a browser and teaches, a learner opens a terminal
//! and attacks.
//!
//! * [`site`]: everything the lab serves, as one service.
//! * [`guard`]: what keeps a server that is vulnerable on purpose to its own machine.
//! * [`serve`]: the sockets, on loopback, with limits.
//! * [`live`]: every verifier of the attack range behind an HTTP endpoint.
//! * [`replay`]: an attack before a class, from the same transcripts as everywhere.
//! * [`editor`]: tokens taken apart and built, whole or broken.
//! * [`exercise`]: what learners solve; [`exercises`] is the registry.
//! * [`class`]: plans for 45 and 90 minutes.
//! * [`judge`]: whether a token that got in did so by what the exercise teaches.
//! * [`mend`]: whether a verifier that a learner has edited is mended.
//! * [`progress`]: who did what, kept through a `kill -9`.
//! * [`portable`]: the same as a file that travels.
//! * `pages`: HTML without a script.
//!
//! The verifiers are those of `tokenlab-attacks`, and so are the traces: terminal,
//! report and lab show the same decision by the same line of source.

pub mod bearer;
pub mod class;
pub mod editor;
pub mod exercise;
pub mod exercises;
pub mod guard;
pub mod judge;
pub mod learner;
pub mod live;
pub mod mend;
mod pages;
pub mod portable;
pub mod progress;
pub mod replay;
pub mod serve;
pub mod site;
pub mod traces;

pub use pages::board::csv;
pub use pages::learner::standing;
pub use pages::slides::html as slides;
pub use site::{Lab, Pages, service};
