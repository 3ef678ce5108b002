//! The paired runner: pairs, launches, canary.
//!
//! * *Pairs*: in each round every contender of a group runs one block, in
//!   freshly shuffled order, so that contenders are compared within the same
//!   few milliseconds of the machine's life.
//! * *Launches*: many fresh processes, because address space layout moves a
//!   result by more than rounds do; a random piece of environment makes the
//!   layouts differ.
//! * *Canary*: a block of fixed work before and after each round tells a
//!   disturbed machine from a slow contender.
//!
//! [`plan`] decides what is measured and for how long, [`conduct`] starts the
//! processes and writes the record, [`launch`] is what such a process does.

pub mod canary;
pub mod clock;
pub mod conduct;
pub mod disturbance;
pub mod launch;
pub mod plan;
