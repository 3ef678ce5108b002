//! A limit to what one attack may take of a verifier.
//!
//! An attack may ask a million questions, and each may take until the verifier
//! is cut off. With a limit for all of them together, the rest of the matrix
//! gets its turn.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokenlab_attacks::outside::{Reply, Verifier};
use tokenlab_harness::exchange::Request;

use super::seconds;

/// What one attack may take, unless so many answers at their slowest take longer.
const LEAST: Duration = Duration::from_secs(60);
const SLOW_ANSWERS: u32 = 4;

/// A verifier that is asked for a limited time.
pub(super) struct Patience {
    verifier: Box<dyn Verifier>,
    limit: Duration,
    began: Mutex<Instant>,
}

impl Patience {
    pub(super) fn new(verifier: Box<dyn Verifier>, timeout: Duration) -> Self {
        Self {
            verifier,
            limit: LEAST.max(timeout.saturating_mul(SLOW_ANSWERS)),
            began: Mutex::new(Instant::now()),
        }
    }

    /// Another attack begins.
    pub(super) fn begin(&self) {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Verifier for Patience {
    fn name(&self) -> &str {
        self.verifier.name()
    }

    fn verify(&self, line: Request) -> Reply {
        let began = *self.began.lock().unwrap_or_else(PoisonError::into_inner);
        if began.elapsed() > self.limit {
            return Reply::Exhausted(format!(
                "the {} that one attack may take are over",
                seconds(self.limit)
            ));
        }
        self.verifier.verify(line)
    }

    fn renew(&self) {
        self.verifier.renew();
    }

    fn holds_policy(&self) -> bool {
        self.verifier.holds_policy()
    }
}
