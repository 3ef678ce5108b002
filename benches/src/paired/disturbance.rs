//! Disturbances on purpose: the weather that the instrument must withstand.
//!
//! A quiet machine would let a poor instrument pass its self-check. So the
//! self-check plants what shared machines really do, in a known amount, and
//! looks whether the part that is there against it does its work. Everything
//! here is spinning; no other process is disturbed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokenlab_record::measurement::Role;

use super::clock::{Elapsed, spin};

/// A planted disturbance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disturbance {
    /// Everything becomes slower and slower within a group, up to half again:
    /// a processor that heats up. Interleaving is there against it.
    Drift,
    /// In every fourth round everything is slower by a fifth: a neighbour that
    /// comes and goes. The canary is there against it.
    Bursts,
    /// In one launch the twins are slower by a twentieth, in the next the
    /// contenders themselves: the lottery of address space layout. The launches
    /// are there against it.
    Layout,
}

/// Every how many rounds a burst comes.
const BURST_EVERY: u32 = 4;

impl Disturbance {
    /// What a block that took `honest` takes under the disturbance.
    #[must_use]
    pub fn apply(self, honest: Elapsed, moment: Moment, role: Option<Role>) -> Elapsed {
        let share = match self {
            Self::Drift => 0.5 * f64::from(moment.block) / f64::from(moment.blocks.max(1)),
            Self::Bursts if is_burst(moment.round) => 0.2,
            Self::Layout if role == Some(unlucky(moment.launch)) => 0.05,
            Self::Bursts | Self::Layout => 0.0,
        };
        if share > 0.0 {
            honest + spin(Duration::from_nanos(honest.cpu_ns).mul_f64(share))
        } else {
            honest
        }
    }
}

/// Who is slower in a launch under [`Disturbance::Layout`].
const fn unlucky(launch: u32) -> Role {
    if launch % 2 == 1 {
        Role::Twin
    } else {
        Role::Contender
    }
}

/// Whether [`Disturbance::Bursts`] strikes in this round.
#[must_use]
pub const fn is_burst(round: u32) -> bool {
    round % BURST_EVERY == BURST_EVERY - 1
}

/// Where in a launch a block stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// Ordinal of the launch.
    pub launch: u32,
    /// Round in the group.
    pub round: u32,
    /// Blocks of the group that were timed before this one.
    pub block: u32,
    /// Blocks of the whole group.
    pub blocks: u32,
}
