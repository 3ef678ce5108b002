//! One suite that every contender passes: what it accepts, and for which
//! reason it refuses what it refuses.
//!
//! A refusal for another reason than the one that was provoked proves nothing
//! about the check under test, so every assertion compares the
//! [`RejectReason`], and names the contender and the library's own words.
//!
//! * `forgery`: who signed, and under which scheme.
//! * `jwe`: what is true of encrypted JWTs alone.
//! * `claims`: the policy, claim by claim.
//! * `payload`: authentic tokens that hold no claims set.
//! * `biscuit`: the same in Datalog, and what a holder can do to a capability.
//! * `biscuit_codec`: Biscuits under a key from outside.
//! * `shape`: text that is no token.
//! * `paseto`: what is bound to a PASETO, and which keys open one.
//!
//! A session's id has no payload and no parts: `payload` passes it by, and an
//! altered id is an unknown one. What sessions do beyond this is in
//! `tests/session`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

mod biscuit;
mod biscuit_codec;
mod claims;
mod forgery;
mod jwe;
mod mint;
mod paseto;
mod payload;
mod shape;
mod signature;

use std::sync::LazyLock;

use tokenlab_harness::corpus::Corpus;
use tokenlab_harness::policy::now;
use tokenlab_harness::{ClaimSet, Contender, KeyRing, Policy, RejectReason, TokenService, contenders};
use tokenlab_record::catalogue::{ContenderCard, Family};

static RING: KeyRing = KeyRing::from_seed(1);
static LAB: LazyLock<Vec<Loaded>> = LazyLock::new(|| load_all(&RING, &Policy::lab()));

struct Loaded {
    contender: &'static dyn Contender,
    service: Box<dyn TokenService>,
}

fn load_all(ring: &KeyRing, policy: &Policy) -> Vec<Loaded> {
    let loaded: Vec<Loaded> = contenders::available()
        .map(|contender| Loaded {
            contender,
            service: contender
                .load(ring, policy)
                .unwrap_or_else(|error| panic!("{error}")),
        })
        .collect();
    assert!(!loaded.is_empty(), "the registry is empty");
    loaded
}

impl Loaded {
    fn card(&self) -> &ContenderCard {
        self.contender.card()
    }

    /// Whether its token is an id, which holds neither claims nor a signature.
    fn is_opaque(&self) -> bool {
        self.card().family == Family::Session
    }

    /// Why it refuses what it did not issue: a signature does not match, or
    /// there is no such session.
    fn refusal_of_strangers(&self) -> RejectReason {
        if self.is_opaque() {
            RejectReason::UnknownKey
        } else {
            RejectReason::BadSignature
        }
    }

    fn issue(&self, claims: &ClaimSet) -> String {
        self.service
            .issue(claims)
            .unwrap_or_else(|error| panic!("{}: {error}", self.card().id))
    }

    fn assert_accepts(&self, token: &str, claims: &ClaimSet, what: &str) {
        match self.service.verify(token) {
            Ok(returned) => assert_eq!(returned, *claims, "{}: {what}", self.card().id),
            Err(rejection) => panic!("{} refused {what}: {rejection}", self.card().id),
        }
    }

    fn assert_refuses(&self, token: &str, reasons: &[RejectReason], what: &str) {
        match self.service.verify(token) {
            Ok(claims) => panic!("{} accepted {what}: {claims:?}", self.card().id),
            Err(rejection) => assert!(
                reasons.contains(&rejection.reason),
                "{} refused {what} as {rejection}, want {reasons:?}",
                self.card().id
            ),
        }
    }
}

fn typical() -> ClaimSet {
    Corpus::named("typical").unwrap().claims(7, now())
}
