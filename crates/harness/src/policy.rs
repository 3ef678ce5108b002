//! What a verifier demands of authentic claims, stated once for all contenders.
//!
//! Library defaults differ (leeway 60 s or none, `exp` required or not, `nbf`
//! looked at or not), so comparing defaults compares policies. Every contender
//! is loaded with one explicit policy instead: through the library's own
//! validation where that can express all of it, through [`Policy::check`]
//! where it can't. The conformance suite holds both to the same reasons.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::claims::{ClaimSet, RegisteredClaim};
use crate::rejection::{RejectReason, Rejection};

/// Demands on the claims of a token whose signature is already verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The one `iss` that is believed, compared byte for byte (RFC 8725 §3.8).
    pub issuer: String,
    /// The one `aud` this verifier answers to (RFC 8725 §3.9).
    pub audience: String,
    /// Clock difference that `exp` and `nbf` forgive, seconds.
    pub leeway_s: u32,
    /// Claims that must be there at all.
    pub required: Vec<RegisteredClaim>,
}

impl Policy {
    /// The policy of the whole lab: `iss`, `aud` and `exp` required, 5 seconds
    /// of leeway. It accepts every [`crate::Corpus`].
    #[must_use]
    pub fn lab() -> Self {
        Self {
            issuer: "https://issuer.example".into(),
            audience: "api.example".into(),
            leeway_s: 5,
            required: vec![RegisteredClaim::Iss, RegisteredClaim::Aud, RegisteredClaim::Exp],
        }
    }

    /// Holds `claims` against this policy at time `now`, seconds since 1970.
    ///
    /// # Errors
    /// In this order: [`RejectReason::MissingClaim`], [`RejectReason::Expired`]
    /// (from `exp + leeway` on), [`RejectReason::NotYetValid`],
    /// [`RejectReason::WrongIssuer`], [`RejectReason::WrongAudience`].
    pub fn check(&self, claims: &ClaimSet, now: i64) -> Result<(), Rejection> {
        if let Some(missing) = self.required.iter().find(|claim| !claims.has(**claim)) {
            return Err(Rejection::new(
                RejectReason::MissingClaim(*missing),
                "the policy requires this claim",
            ));
        }
        self.check_times(claims, now)?;
        if claims.iss.as_ref().is_some_and(|iss| *iss != self.issuer) {
            return Err(Rejection::new(
                RejectReason::WrongIssuer,
                "iss is not the expected issuer",
            ));
        }
        if !claims.aud.is_empty() && !claims.aud.contains(&self.audience) {
            return Err(Rejection::new(
                RejectReason::WrongAudience,
                "aud does not hold the expected audience",
            ));
        }
        Ok(())
    }

    /// Like [`Policy::check`], by the clock of this machine.
    ///
    /// # Errors
    /// As [`Policy::check`].
    pub fn check_now(&self, claims: &ClaimSet) -> Result<(), Rejection> {
        self.check(claims, now())
    }

    fn check_times(&self, claims: &ClaimSet, now: i64) -> Result<(), Rejection> {
        let leeway = i64::from(self.leeway_s);
        if claims.exp.is_some_and(|exp| exp.saturating_add(leeway) <= now) {
            return Err(Rejection::new(RejectReason::Expired, "exp has passed"));
        }
        if claims.nbf.is_some_and(|nbf| nbf.saturating_sub(leeway) > now) {
            return Err(Rejection::new(RejectReason::NotYetValid, "nbf has not come"));
        }
        Ok(())
    }
}

/// The time by the clock of this machine, seconds since 1970.
#[must_use]
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}
