//! One contender doing one thing on one corpus: what both instruments time.
//!
//! [`Case::operate`] is the whole timed section. Its outcome is judged outside
//! the clock, because a benchmark that ignores its result times anything,
//! failures included.
#![allow(clippy::indexing_slicing)] // `at` stays below the length of the pool, and a bounds check is not what is timed

use std::hint::black_box;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokenlab_harness::floor::{Floor, FloorWork};
use tokenlab_harness::policy;
use tokenlab_harness::{
    ClaimSet, Contender, Corpus, IssueError, KeyRing, Policy, RejectReason, Rejection, SetupError,
    TokenService,
};
use tokenlab_record::catalogue::{Class, ContenderCard};
use tokenlab_record::measurement::Model;

use crate::capability;
use crate::paired::clock::{Elapsed, Stopwatch, spin};
use crate::refusal::{self, Special};

/// Distinct tokens that a case rotates, so that neither a cache nor the branch
/// predictor learns one by heart.
pub const POOL: u32 = 64;

/// The same of contenders whose every token waits for a disk.
const STORED_POOL: u32 = 16;

/// How many tokens a pool of this contender holds.
#[must_use]
pub const fn pool_size(card: &ContenderCard) -> u32 {
    if card.class.waits() { STORED_POOL } else { POOL }
}

/// Honest claims and their tokens, for one contender and corpus.
#[derive(Clone, Debug)]
pub struct Pool {
    claims: Vec<ClaimSet>,
    tokens: Vec<String>,
}

impl Pool {
    /// Issues a token for each of `claims`.
    ///
    /// # Errors
    /// As [`TokenService::issue`].
    pub fn issue(service: &dyn TokenService, claims: Vec<ClaimSet>) -> Result<Self, IssueError> {
        Ok(Self {
            tokens: claims
                .iter()
                .map(|claims| service.issue(claims))
                .collect::<Result<_, _>>()?,
            claims,
        })
    }

    /// Length of its longest token, bytes.
    #[must_use]
    pub fn token_bytes(&self) -> usize {
        self.tokens.iter().map(String::len).max().unwrap_or(0)
    }
}

/// The part of a [`Pool`] that travels to a fresh process: the claims follow
/// from the corpus and `issued_at`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PoolSeed {
    /// Corpus, by name.
    pub corpus: String,
    /// Time of issue, seconds since 1970.
    pub issued_at: i64,
    /// Tokens in the order of the corpus's members.
    pub tokens: Vec<String>,
}

impl PoolSeed {
    /// Issues the tokens of a pool.
    ///
    /// # Errors
    /// As [`TokenService::issue`].
    pub fn issue(service: &dyn TokenService, corpus: &Corpus, size: u32) -> Result<Self, IssueError> {
        let issued_at = policy::now();
        Ok(Self {
            corpus: corpus.name.to_owned(),
            issued_at,
            tokens: (0..size)
                .map(|index| service.issue(&corpus.claims(index, issued_at)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The pool with claims. `None` if the corpus is unknown.
    #[must_use]
    pub fn grow(&self) -> Option<Pool> {
        let corpus = Corpus::named(&self.corpus)?;
        Some(Pool {
            claims: (0..)
                .map(|index| corpus.claims(index, self.issued_at))
                .take(self.tokens.len())
                .collect(),
            tokens: self.tokens.clone(),
        })
    }
}

/// Anything that can be timed a block at a time.
pub trait Timed {
    /// Performs `iterations` operations under the clock and judges the result
    /// outside it, in every detail if `thorough`. `None` if it was wrong.
    fn block(&mut self, iterations: u32, thorough: bool) -> Option<Elapsed>;
}

/// A case, ready to be timed.
pub struct Case<'a> {
    contender: &'static dyn Contender,
    service: Box<dyn TokenService>,
    ring: &'a KeyRing,
    policy: Policy,
    model: Model,
    pool: &'a Pool,
    special: Special,
    next: usize,
    keeping: Keeping,
}

/// What is done to sessions, which must be there to be refreshed or ended.
#[derive(Default)]
struct Keeping {
    /// The `exp` of the latest refresh.
    exp: i64,
    /// Sessions to be revoked, begun before the clock starts.
    doomed: Vec<String>,
    /// The session that was revoked last.
    revoked: String,
}

/// What one operation came to.
pub enum Outcome {
    /// Of [`Model::Load`].
    Loaded(Result<Box<dyn TokenService>, SetupError>),
    /// Of [`Model::Issue`].
    Issued(Result<String, IssueError>),
    /// Of every model in which a token is judged.
    Verified(Result<ClaimSet, Rejection>),
    /// Of [`Model::Refresh`] and [`Model::Revoke`].
    Kept(Result<(), Rejection>),
    /// Of every model in which the holder of a capability makes another of it.
    Attenuated(Result<String, IssueError>),
}

impl<'a> Case<'a> {
    /// Loads the contender under [`Policy::lab`] and prepares what the model
    /// gives it.
    ///
    /// # Errors
    /// In words, as [`Contender::load`] and [`refusal::special`].
    pub fn new(
        contender: &'static dyn Contender,
        model: Model,
        ring: &'a KeyRing,
        pool: &'a Pool,
    ) -> Result<Self, String> {
        let policy = Policy::lab();
        let service = contender.load(ring, &policy).map_err(|error| error.to_string())?;
        let own = own_pool(contender.card(), model, service.as_ref(), pool)?;
        let honest = own.as_ref().map_or(&pool.tokens, |own| &own.tokens);
        let special = refusal::special(model, contender, service.as_ref(), ring, honest)?;
        let special = match own {
            Some(own) if special.tokens.is_empty() => own,
            _ => special,
        };
        Ok(Self {
            service,
            special,
            contender,
            ring,
            policy,
            model,
            pool,
            next: 0,
            keeping: Keeping {
                exp: policy::now(),
                ..Keeping::default()
            },
        })
    }

    /// Makes ready for `iterations` operations what each of them uses up. Not timed.
    fn prepare(&mut self, iterations: u32) {
        if self.model == Model::Revoke {
            let claims = self.pool.claims.iter().cycle().take(iterations as usize);
            let begun = claims.map_while(|claims| self.service.issue(claims).ok());
            self.keeping.doomed = begun.collect();
        }
    }

    /// The timed section: one operation on the next member of the pool.
    pub fn operate(&mut self) -> Outcome {
        let at = self.next;
        self.next = if at + 1 < self.tokens().len() { at + 1 } else { 0 };
        match self.model {
            Model::Issue => Outcome::Issued(self.service.issue(black_box(&self.pool.claims[at]))),
            Model::Load => Outcome::Loaded(self.contender.load(black_box(self.ring), &self.policy)),
            Model::Refresh => Outcome::Kept(self.refresh(at)),
            Model::Revoke => Outcome::Kept(self.revoke()),
            Model::Attenuate | Model::AttenuateThirdParty | Model::Seal => {
                let token = black_box(&self.tokens()[at]);
                Outcome::Attenuated(capability::attenuate(self.model, self.service.as_ref(), token))
            }
            _ => Outcome::Verified(self.service.verify(black_box(&self.tokens()[at]))),
        }
    }

    /// Moves the end of a session by a second more each time: a store might
    /// spare itself a change that is none.
    fn refresh(&mut self, at: usize) -> Result<(), Rejection> {
        self.keeping.exp += 1;
        let control = self.service.session().ok_or_else(no_session)?;
        control.refresh(black_box(&self.tokens()[at]), self.keeping.exp)
    }

    fn revoke(&mut self) -> Result<(), Rejection> {
        self.keeping.revoked = self.keeping.doomed.pop().ok_or_else(no_session)?;
        let control = self.service.session().ok_or_else(no_session)?;
        control.revoke(black_box(&self.keeping.revoked))
    }

    /// Whether the store says of the latest session what was done to it.
    fn kept(&self, at: usize) -> bool {
        if self.model == Model::Refresh {
            let found = self.service.verify(&self.tokens()[at]);
            found.is_ok_and(|claims| claims.exp == Some(self.keeping.exp))
        } else {
            let found = self.service.verify(&self.keeping.revoked);
            found.is_err_and(|rejection| rejection.reason == RejectReason::UnknownKey)
        }
    }

    /// What is rotated: the pool, or what the model puts in its place.
    fn tokens(&self) -> &[String] {
        if self.special.tokens.is_empty() {
            &self.pool.tokens
        } else {
            &self.special.tokens
        }
    }

    /// The claims that the tokens in rotation verify to.
    fn claims(&self) -> &[ClaimSet] {
        if self.special.claims.is_empty() {
            &self.pool.claims
        } else {
            &self.special.claims
        }
    }

    /// Whether an outcome is of the right kind: cheap enough for every block.
    #[must_use]
    pub fn plausible(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Loaded(loaded) => loaded.is_ok(),
            Outcome::Issued(issued) => issued.is_ok(),
            Outcome::Attenuated(made) => made.is_ok(),
            Outcome::Verified(Ok(_)) => self.model.acceptance().is_none(),
            Outcome::Kept(kept) => kept.is_ok(),
            Outcome::Verified(Err(rejection)) => {
                refusal::is_right(self.model, self.contender.card().family, rejection)
            }
        }
    }

    /// Whether the outcome of the latest operation is right in every detail:
    /// equal claims, a token that verifies, a service that works.
    #[must_use]
    pub fn right(&self, outcome: &Outcome) -> bool {
        let at = self
            .next
            .checked_sub(1)
            .unwrap_or_else(|| self.tokens().len() - 1);
        let right = |claims: &ClaimSet| *claims == self.claims()[at];
        match outcome {
            Outcome::Loaded(Ok(service)) if is_stateful(self.contender.card()) => service
                .issue(&self.pool.claims[at])
                .is_ok_and(|id| service.verify(&id).as_ref().is_ok_and(right)),
            Outcome::Loaded(Ok(service)) => service.verify(&self.tokens()[at]).as_ref().is_ok_and(right),
            Outcome::Kept(Ok(())) => self.kept(at),
            Outcome::Issued(Ok(token)) => self.service.verify(token).as_ref().is_ok_and(right),
            Outcome::Attenuated(Ok(token)) => {
                capability::is_right(self.model, self.service.as_ref(), &self.tokens()[at], token)
                    && self.service.verify(token).as_ref().is_ok_and(right)
            }
            Outcome::Verified(Ok(claims)) => self.plausible(outcome) && right(claims),
            _ => self.plausible(outcome),
        }
    }
}

/// Whether tokens of this contender exist in one store alone, so that none
/// that was issued elsewhere is any good.
const fn is_stateful(card: &ContenderCard) -> bool {
    matches!(card.class, Class::Session)
}

fn no_session() -> Rejection {
    Rejection::new(RejectReason::UnknownKey, "there is no session to do this to")
}

/// The tokens of a stateful contender that `service` itself knows, for the
/// models that use any: those of the pool were issued by another service, in
/// another process even.
fn own_pool(
    card: &ContenderCard,
    model: Model,
    service: &dyn TokenService,
    pool: &Pool,
) -> Result<Option<Special>, String> {
    if !is_stateful(card) || matches!(model, Model::Issue | Model::Load | Model::Revoke) {
        return Ok(None);
    }
    let own = Pool::issue(service, pool.claims.clone()).map_err(|error| error.to_string())?;
    Ok(Some(Special {
        tokens: own.tokens,
        claims: own.claims,
    }))
}

impl Timed for Case<'_> {
    fn block(&mut self, iterations: u32, thorough: bool) -> Option<Elapsed> {
        let mut plausible = 0;
        let mut last: Option<Outcome> = None;
        self.prepare(iterations);
        let watch = Stopwatch::start();
        for _ in 0..iterations {
            let outcome = self.operate();
            plausible += u32::from(self.plausible(&outcome));
            last = Some(outcome);
        }
        let elapsed = watch.stop();
        let right = plausible == iterations && last.is_some_and(|last| !thorough || self.right(&last));
        right.then_some(elapsed)
    }
}

/// A case made slower by a known share, to test the instrument: after each
/// block it spins for that share of what the block took.
pub struct Slowed<T> {
    inner: T,
    share: f64,
}

impl<T: Timed> Slowed<T> {
    /// `inner`, slower by `share` (0.03 is 3 %).
    pub const fn new(inner: T, share: f64) -> Self {
        Self { inner, share }
    }
}

impl<T: Timed> Timed for Slowed<T> {
    fn block(&mut self, iterations: u32, thorough: bool) -> Option<Elapsed> {
        let honest = self.inner.block(iterations, thorough)?;
        Some(honest + spin(Duration::from_nanos(honest.cpu_ns).mul_f64(self.share)))
    }
}

/// A floor as a case.
pub struct FloorCase<'a> {
    work: Box<dyn FloorWork>,
    pool: &'a Pool,
    next: usize,
}

impl<'a> FloorCase<'a> {
    /// Prepares a floor on the tokens of `pool`.
    ///
    /// # Errors
    /// As [`Floor::load`].
    pub fn new(floor: &dyn Floor, ring: &KeyRing, pool: &'a Pool) -> Result<Self, SetupError> {
        Ok(Self {
            work: floor.load(ring, &pool.tokens, &pool.claims)?,
            pool,
            next: 0,
        })
    }
}

impl Timed for FloorCase<'_> {
    fn block(&mut self, iterations: u32, thorough: bool) -> Option<Elapsed> {
        let pool = self.pool.tokens.len();
        let mut well = 0;
        let watch = Stopwatch::start();
        for _ in 0..iterations {
            self.next = if self.next + 1 < pool { self.next + 1 } else { 0 };
            well += u32::from(self.work.operate(black_box(self.next)));
        }
        let elapsed = watch.stop();
        (well == iterations && (!thorough || self.work.right(self.next))).then_some(elapsed)
    }
}
