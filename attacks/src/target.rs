//! The target seam: a verifier, seen from where tokens are submitted.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokenlab_harness::exchange::PublicKey;
use tokenlab_harness::{ClaimSet, PublicKeys, Rejection};
use tokenlab_record::catalogue::TargetCard;
use tokenlab_record::transcript::TraceEntry;

use crate::card::TargetProfile;
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
        let decision = catch_unwind(AssertUnwindSafe(|| self.decide(token)));
        let elapsed = start.elapsed();
        let mut decision = decision.unwrap_or_else(|payload| Decision {
            outcome: Outcome::Panicked(panic_message(payload.as_ref())),
            trace: Vec::new(),
            elapsed,
        });
        decision.elapsed = elapsed;
        if elapsed > budget.wall && !matches!(decision.outcome, Outcome::Panicked(_)) {
            decision.outcome = Outcome::Exhausted(format!(
                "took {} ms of a budget of {} ms",
                elapsed.as_millis(),
                budget.wall.as_millis()
            ));
        }
        decision
    }
}

/// Everything that an outsider can know of a target: no secret is in here, so
/// none can reach an attack.
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
}

/// What one decision may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Wall time. It is looked at when the decision is made: nothing in this
    /// process is interrupted.
    pub wall: Duration,
}

impl Default for Budget {
    /// Five seconds: a thousand times what the slowest honest verification
    /// takes, so that a busy machine is not mistaken for an exhausted target.
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(5),
        }
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

fn panic_message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
