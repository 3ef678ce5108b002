//! Attacks that a process may not survive: what a child says, and what its
//! parent makes of it.
//!
//! A bomb takes memory, time or the stack, and neither can be taken back within
//! one process. So the cells of an attack that is `isolated` are replayed by a
//! child, under limits, which says before each token what it is about to submit
//! and after each cell what came of it. If it falls silent, the last thing that
//! it was about to do is what it died of. Starting processes and limiting them is
//! the business of the command line; this file is the conversation.

use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokenlab_record::transcript::{Transcript, Verdict};

use crate::attack::Attack;
use crate::replay::{self, Replay};
use crate::target::Target;
use crate::weakness::Effect;

/// One line of what a child says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", content = "data", rename_all = "kebab-case")]
pub enum Line {
    /// It is about to submit a token: the transcript so far.
    Trying(Box<Transcript>),
    /// A cell is done.
    Done(Box<Replay>),
}

/// Cells that one child may replay, one after the other.
#[derive(Clone)]
pub struct Batch {
    /// The attack.
    pub attack: &'static dyn Attack,
    /// Its targets, in report order.
    pub targets: Vec<&'static dyn Target>,
    /// Whether nothing else may run beside it, since it measures time.
    pub alone: bool,
}

/// The cells of every isolated attack that `keep` keeps: a child for all that
/// should hold, and one for each that should not survive. What measures time
/// comes last.
pub fn batches(keep: impl Fn(&dyn Attack, &dyn Target) -> bool) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for (attack, target) in pairs(keep) {
        let alone = attack
            .profile()
            .breaks
            .iter()
            .any(|broken| broken.effect() == Effect::Leak);
        let dies = !alone && replay::is_to_fall(attack, target);
        let open = batches.iter_mut().find(|batch| {
            let falls = |target: &&dyn Target| replay::is_to_fall(batch.attack, *target);
            batch.attack.id() == attack.id() && (batch.alone || !batch.targets.iter().any(falls))
        });
        match open {
            Some(batch) if !dies => batch.targets.push(target),
            _ => batches.push(Batch {
                attack,
                targets: vec![target],
                alone,
            }),
        }
    }
    batches.sort_by_key(|batch| batch.alone);
    batches
}

/// Every pair of an isolated attack and a target that `keep` keeps, in report
/// order.
pub fn pairs(
    keep: impl Fn(&dyn Attack, &dyn Target) -> bool,
) -> Vec<(&'static dyn Attack, &'static dyn Target)> {
    replay::pairs(|attack, target| attack.profile().isolated && keep(attack, target))
}

/// Whether the theory says that the target falls to the attack.
#[must_use]
pub fn is_to_fall(attack: &dyn Attack, target: &dyn Target) -> bool {
    replay::is_to_fall(attack, target)
}

/// The child's part: replays the cells of one attack, and tells `say` of each
/// step.
///
/// # Errors
/// If nobody listens.
pub fn replay(
    attack: &dyn Attack,
    targets: &[&dyn Target],
    say: &mut dyn FnMut(&Line) -> io::Result<()>,
) -> io::Result<()> {
    for target in targets {
        let mut heard = Ok(());
        let replay = replay::watched_cell(attack, *target, &mut |transcript| {
            if heard.is_ok() {
                heard = say(&Line::Trying(Box::new(transcript.clone())));
            }
        });
        heard?;
        say(&Line::Done(Box::new(replay)))?;
    }
    Ok(())
}

/// The parent's part: what has been heard of one child.
#[derive(Debug, Default)]
pub struct Listener {
    done: Vec<Replay>,
    tried: Vec<Transcript>,
    since: Option<Instant>,
}

impl Listener {
    /// Hears one line.
    ///
    /// # Errors
    /// If it is none that a child says.
    pub fn hear(&mut self, line: &str) -> Result<(), serde_json::Error> {
        match serde_json::from_str(line)? {
            Line::Trying(transcript) => {
                self.tried.push(*transcript);
                self.since = Some(Instant::now());
            }
            Line::Done(replay) => {
                self.done.push(*replay);
                self.tried.clear();
                self.since = None;
            }
        }
        Ok(())
    }

    /// How many cells are done.
    #[must_use]
    pub fn count(&self) -> usize {
        self.done.len()
    }

    /// For how long it has been busy with a token, and how long an honest one
    /// takes; `None` if it is busy with none.
    #[must_use]
    pub fn busy(&self) -> Option<(Duration, Duration)> {
        let honest = self.tried.last()?.honest_ns?;
        Some((self.since?.elapsed(), Duration::from_nanos(honest)))
    }

    /// The cells that are done, and the one that ended with the child if
    /// `target` was that one: with `verdict`, and the tokens that were tried.
    #[must_use]
    pub fn conclude(self, attack: &dyn Attack, broken_off: Option<(&dyn Target, Verdict)>) -> Vec<Replay> {
        let elapsed = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        let mut replays = self.done;
        if let Some((target, verdict)) = broken_off {
            replays.push(replay::broken_off(attack, target, self.tried, verdict, elapsed));
        }
        replays
    }
}
