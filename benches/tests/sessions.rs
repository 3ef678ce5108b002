//! Cases of contenders whose tokens exist in one store alone: every model that
//! applies to them goes well from a pool that another service issued, and what
//! the clock covers is what the model says.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use tokenlab_benches::case::{Case, Outcome, PoolSeed, Timed, pool_size};
use tokenlab_benches::check::check;
use tokenlab_harness::{Contender, Corpus, KeyRing, Policy, contenders};
use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::Model;

static RING: KeyRing = KeyRing::from_seed(1);

fn stores() -> impl Iterator<Item = &'static dyn Contender> {
    contenders::available().filter(|contender| contender.card().class == Class::Session)
}

fn pool_of_another_service(contender: &dyn Contender) -> PoolSeed {
    let service = contender.load(&RING, &Policy::lab()).unwrap();
    let typical = Corpus::named("typical").unwrap();
    PoolSeed::issue(service.as_ref(), typical, pool_size(contender.card())).unwrap()
}

#[test]
fn every_model_that_applies_goes_well_in_every_store() {
    let mut seen = 0;
    for contender in stores() {
        let pool = pool_of_another_service(contender).grow().unwrap();
        for model in Model::ALL
            .into_iter()
            .filter(|model| model.applies_to(Class::Session))
        {
            let mut case = Case::new(contender, model, &RING, &pool).unwrap();
            for iterations in [1, 20, 3] {
                assert!(
                    case.block(iterations, true).is_some(),
                    "{} {} × {iterations}",
                    contender.id(),
                    model.slug()
                );
            }
            seen += 1;
        }
    }
    assert!(seen >= 7, "{seen} cases");
}

/// A revocation needs a session, which is begun before the clock: without one
/// there is nothing to revoke, and that is no result.
#[test]
fn a_revocation_of_nothing_is_no_result() {
    for contender in stores() {
        let pool = pool_of_another_service(contender).grow().unwrap();
        let mut case = Case::new(contender, Model::Revoke, &RING, &pool).unwrap();
        let outcome = case.operate();
        assert!(matches!(outcome, Outcome::Kept(Err(_))), "{}", contender.id());
        assert!(!case.plausible(&outcome), "{}", contender.id());
    }
}

#[test]
fn the_check_before_a_run_finds_every_store_right() {
    let all: Vec<_> = stores().collect();
    let typical = Corpus::named("typical").unwrap();
    let checked = check("test", &all, &[typical], &Model::ALL, &RING);
    assert!(checked.failed.is_empty(), "{:?}", checked.failed);
    for size in &checked.sizes {
        assert_eq!(size.token_bytes, 43, "{}", size.contender);
        assert_eq!(size.anatomy.authentication_bytes, 32, "{}", size.contender);
    }
    let reasons: Vec<_> = checked
        .refusals
        .iter()
        .map(|refusal| (refusal.model, refusal.reason.as_str()))
        .collect();
    for wanted in [
        (Model::RejectSignature, "unknown-key"),
        (Model::RejectExpired, "expired"),
    ] {
        assert_eq!(
            reasons.iter().filter(|seen| **seen == wanted).count(),
            all.len(),
            "{reasons:?}"
        );
    }
}
