//! The target seam: a verifier, seen from where tokens are submitted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokenlab_harness::exchange::PublicKey;
use tokenlab_harness::{ClaimSet, PublicKeys, Rejection};
use tokenlab_record::catalogue::TargetCard;
use tokenlab_record::transcript::TraceEntry;

use crate::card::TargetProfile;
use crate::caught::caught;
use crate::desk::Desk;
use crate::scheme::Scheme;

/// One verifier under attack, together with the issuer whose tokens it takes.
pub trait Target: Send + Sync {
    /// What it is, where it comes from, which weaknesses it has.
    fn profile(&self) -> &TargetProfile;

    /// What an outsider can know of it.
    fn exposure(&self) -> &Exposure;

    /// Decides about a token. Tokens are submitted through
    /// [`submit`](#method.submit), which guards this.
    fn decide(&self, token: &str) -> Decision;

    /// Whether it ends a decision that takes too long by itself, so that no
    /// budget of wall time is held against it.
    fn keeps_time(&self) -> bool {
        false
    }

    /// The same verifier with one more check removed, for the proof that the
    /// check does what its trace says. `None` if the check can't be reached,
    /// as in a library.
    fn without(&self, _check: &str) -> Option<Box<dyn Target>> {
        None
    }
}

impl<'a> dyn Target + 'a {
    /// Stable name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.profile().id
    }

    /// The card for records.
    #[must_use]
    pub fn card(&self) -> TargetCard {
        self.profile().card()
    }

    /// Submits a token. A panic becomes [`Outcome::Panicked`], and a decision
    /// that took longer than the budget becomes [`Outcome::Exhausted`]; a
    /// method of the trait object and not of the trait, so that no target can
    /// do without the guard.
    #[must_use]
    pub fn submit(&self, token: &str, budget: Budget) -> Decision {
        let start = Instant::now();
        let decision = caught(|| self.decide(token));
        let elapsed = start.elapsed();
        let budget = if self.keeps_time() {
            budget.without_wall()
        } else {
            budget
        };
        let mut decision =
            decision.unwrap_or_else(|message| Decision::new(Outcome::Panicked(message), Vec::new()));
        decision.elapsed = elapsed;
        if let Some(how) = budget.exceeded_by(elapsed)
            && !matches!(decision.outcome, Outcome::Panicked(_))
        {
            decision.outcome = Outcome::Exhausted(how);
        }
        decision
    }
}

/// A target as the world sees it: everything that an outsider can know, and
/// the desk of its issuer, which hands out tokens and no keys. No secret is in
/// here, so none can reach an attack.
#[derive(Clone)]
pub struct Exposure {
    /// What the issuer issues.
    pub scheme: Scheme,
    /// The attacker's own honest token, for an account without privileges.
    pub sample_token: String,
    /// What that token says.
    pub sample_claims: ClaimSet,
    /// The public key of this scheme; `None` where issuer and verifier share a
    /// secret or a store.
    pub public_key: Option<PublicKey>,
    /// The public keys that the issuer publishes.
    pub issuer: Arc<PublicKeys>,
    /// Where its tokens are handed out.
    pub desk: Arc<dyn Desk>,
}

/// What one decision may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Wall time. It is looked at when the decision is made: nothing in this
    /// process is interrupted.
    pub wall: Duration,
    /// What an honest token costs at the same target, where cost is the point:
    /// a forgery may cost [`MOST_TIMES_HONEST`] of them.
    pub honest: Option<Duration>,
}

/// What a refusal may cost, in honest tokens. A verifier does about the same
/// work for both; a hundred times as much is no accident of a busy machine.
pub const MOST_TIMES_HONEST: u32 = 100;

/// Less than this exhausts nobody, however cheap an honest token is.
pub const LEAST_EXHAUSTING: Duration = Duration::from_millis(500);

impl Budget {
    /// A budget beside the cost of an honest token.
    #[must_use]
    pub fn beside(honest: Duration) -> Self {
        Self {
            honest: Some(honest),
            ..Self::default()
        }
    }

    /// The same for a target that keeps time itself.
    const fn without_wall(self) -> Self {
        Self {
            wall: Duration::MAX,
            ..self
        }
    }

    /// How `elapsed` is more than was allowed, in words.
    fn exceeded_by(self, elapsed: Duration) -> Option<String> {
        if let Some(honest) = self.honest
            && elapsed > LEAST_EXHAUSTING
            && elapsed > honest * MOST_TIMES_HONEST
        {
            let times = elapsed.as_secs_f64() / honest.as_secs_f64();
            return Some(format!(
                "took {times:.0} times an honest token ({} against {})",
                in_words(elapsed),
                in_words(honest)
            ));
        }
        (elapsed > self.wall).then(|| {
            format!(
                "took {} of a budget of {}",
                in_words(elapsed),
                in_words(self.wall)
            )
        })
    }
}

impl Default for Budget {
    /// Five seconds: a thousand times what the slowest honest verification
    /// takes, so that a busy machine is not mistaken for an exhausted target.
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(5),
            honest: None,
        }
    }
}

/// A duration with two digits or so and the unit that suits it.
#[must_use]
pub fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds >= 1.0 {
        format!("{seconds:.1} s")
    } else if seconds >= 1e-3 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{:.1} µs", seconds * 1e6)
    }
}

/// What a target made of a token.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Claims, or why not.
    pub outcome: Outcome,
    /// The checks behind it, in the order in which they were made.
    pub trace: Vec<TraceEntry>,
    /// Wall time, filled in on submission.
    pub elapsed: Duration,
}

impl Decision {
    /// A decision, not yet timed.
    #[must_use]
    pub const fn new(outcome: Outcome, trace: Vec<TraceEntry>) -> Self {
        Self {
            outcome,
            trace,
            elapsed: Duration::ZERO,
        }
    }
}

/// How a submission ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The target believes these claims.
    Believed(ClaimSet),
    /// The target refused.
    Rejected(Rejection),
    /// It took more than its budget: which, and how much.
    Exhausted(String),
    /// It crashed, with this message.
    Panicked(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dear_beside_an_honest_token_exhausts_and_what_is_merely_slow_does_not() {
        let budget = Budget::beside(Duration::from_micros(2300));
        assert_eq!(
            budget.exceeded_by(Duration::from_millis(1868)).as_deref(),
            Some("took 812 times an honest token (1.9 s against 2.3 ms)")
        );
        assert_eq!(budget.exceeded_by(Duration::from_millis(229)), None);
        let quick = Budget::beside(Duration::from_nanos(900));
        assert_eq!(quick.exceeded_by(LEAST_EXHAUSTING), None);
        assert!(quick.exceeded_by(LEAST_EXHAUSTING * 2).is_some());
        assert!(Budget::default().exceeded_by(Duration::from_secs(4)).is_none());
        assert_eq!(
            Budget::default().exceeded_by(Duration::from_secs(6)).as_deref(),
            Some("took 6.0 s of a budget of 5.0 s")
        );
    }
}
