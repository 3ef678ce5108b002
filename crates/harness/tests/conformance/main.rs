//! One suite that every contender passes: what it accepts, and for which
//! reason it refuses what it refuses.
//!
//! A refusal for another reason than the one that was provoked proves nothing
//! about the check under test, so every assertion compares the
//! [`RejectReason`], and names the contender and the library's own words.
//!
//! * `forgery`: who signed, and under which scheme.
//! * `claims`: the policy, claim by claim.
//! * `payload`: authentic tokens that hold no claims set.
//! * `shape`: text that is no token.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

mod claims;
mod forgery;
mod mint;
mod payload;
mod shape;

use std::sync::LazyLock;

use tokenlab_harness::corpus::Corpus;
use tokenlab_harness::policy::now;
use tokenlab_harness::{ClaimSet, Contender, KeyRing, Policy, RejectReason, TokenService, contenders};
use tokenlab_record::catalogue::ContenderCard;

static RING: KeyRing = KeyRing::from_seed(1);
static LAB: LazyLock<Vec<Loaded>> = LazyLock::new(|| load_all(&RING, &Policy::lab()));

struct Loaded {
    contender: &'static dyn Contender,
    service: Box<dyn TokenService>,
}

fn load_all(ring: &KeyRing, policy: &Policy) -> Vec<Loaded> {
    let loaded: Vec<Loaded> = contenders::all()
        .iter()
        .map(|contender| Loaded {
            contender: contender.as_ref(),
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
