//! What studies are made of: contenders by id, their keys, everyday claims, and what a
//! verifier believes at a time that is given.

use tokenlab_harness::claims::TimeFormat;
use tokenlab_harness::{
    ClaimSet, Contender, Key, KeyRing, Policy, RejectReason, Rejection, contenders, corpus, policy,
};

use crate::study::StudyError;

/// The contender of that id.
///
/// # Errors
/// [`StudyError::Service`] if the registry has none.
pub fn contender(id: &str) -> Result<&'static dyn Contender, StudyError> {
    contenders::named(id).ok_or_else(|| StudyError::Service(format!("there is no contender {id}")))
}

/// The key of a contender's scheme.
///
/// # Errors
/// [`StudyError::Service`] if the ring has none.
pub fn key_of(contender: &dyn Contender, ring: &KeyRing) -> Result<Key, StudyError> {
    let scheme = &contender.card().scheme;
    ring.key(scheme)
        .ok_or_else(|| StudyError::Service(format!("there is no key for {scheme}")))
}

/// The claims of an everyday token that is valid now.
#[must_use]
pub fn claims() -> ClaimSet {
    let claims = corpus::CORPORA
        .first()
        .map(|corpus| corpus.claims(0, policy::now()));
    claims.unwrap_or_default()
}

/// The claims of somebody's token that is issued at the second `now` and lives for `lives`
/// seconds.
#[must_use]
pub fn issued(subject: &str, now: i64, lives: i64) -> ClaimSet {
    let policy = Policy::lab();
    ClaimSet {
        iss: Some(policy.issuer),
        sub: Some(subject.into()),
        aud: vec![policy.audience],
        iat: Some(now),
        exp: Some(now + lives),
        ..ClaimSet::default()
    }
}

/// Holds authentic claims against the lab's policy at the second `now`, forgiving
/// `leeway_s` seconds.
///
/// # Errors
/// [`RejectReason::InvalidClaims`], and as [`Policy::check`] has it.
pub fn believed<T: TimeFormat>(payload: &[u8], now: i64, leeway_s: u32) -> Result<(), Rejection> {
    let claims = ClaimSet::from_json::<T>(payload)
        .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
    let policy = Policy {
        leeway_s,
        ..Policy::lab()
    };
    policy.check(&claims, now)
}
