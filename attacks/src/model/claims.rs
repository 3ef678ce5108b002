//! The lab's policy, held against claims less strictly than it should be.
//!
//! What libraries leave out differs by a word: a claim is looked at if it is
//! there, a name is compared in part. A model of one such word is the policy
//! with that word changed and everything else as it was.

use tokenlab_harness::{ClaimSet, Policy};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed};

/// Name of the check that holds claims against the whole policy.
pub const CLAIMS_POLICY: &str = "claims-policy";

/// Holds the claims against what `weaken` leaves of the policy and of them.
#[must_use]
#[track_caller]
pub fn weaker_policy<P: Parsed>(
    id: &'static str,
    demand: &'static str,
    weaken: fn(&mut Policy, &mut ClaimSet),
) -> Check<P> {
    Check::new(id, Stage::Claims, demand, move |token: &mut P| {
        let (mut policy, mut claims) = (Policy::lab(), token.claims()?);
        weaken(&mut policy, &mut claims);
        policy.check_now(&claims)
    })
}
