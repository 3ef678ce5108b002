//! The last decisions that each learner caused, so that each has an address.
//!
//! They are in memory and bounded: what has to last is in [`crate::progress`].

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::judge::Attempt;
use crate::learner::Learner;

/// How many are kept of each learner.
const MOST: usize = 32;

/// One token that was sent, and what came of it.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Which of the learner's, from 1.
    pub number: u64,
    /// Id of the exercise.
    pub exercise: &'static str,
    /// The token.
    pub token: String,
    /// Decision and verdict.
    pub attempt: Attempt,
}

/// Traces of everybody.
#[derive(Debug, Default)]
pub struct Traces(Mutex<HashMap<Learner, Kept>>);

#[derive(Debug, Default)]
struct Kept {
    count: u64,
    last: VecDeque<Arc<Trace>>,
}

impl Traces {
    /// Keeps one, and gives its number.
    pub fn keep(&self, learner: &Learner, exercise: &'static str, token: String, attempt: Attempt) -> u64 {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.entry(learner.clone()).or_default();
        kept.count += 1;
        if kept.last.len() == MOST {
            kept.last.pop_front();
        }
        kept.last.push_back(Arc::new(Trace {
            number: kept.count,
            exercise,
            token,
            attempt,
        }));
        kept.count
    }

    /// The one of that number, if it is still kept.
    #[must_use]
    pub fn get(&self, learner: &Learner, number: u64) -> Option<Arc<Trace>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(learner)?;
        kept.last.iter().find(|trace| trace.number == number).cloned()
    }
}
