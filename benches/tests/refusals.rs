//! Every contender refuses what the models give it, for the right reason, and
//! accepts what it must: held here for every profile's models at once, since a
//! smoke run times only some of them.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;

use tokenlab_benches::case::{Case, Outcome, POOL, PoolSeed, Timed};
use tokenlab_benches::check::check;
use tokenlab_benches::profile::Profile;
use tokenlab_benches::refusal;
use tokenlab_harness::{Contender, Corpus, KeyRing, Policy, RejectReason, Rejection, contenders};
use tokenlab_record::catalogue::{Class, Family};
use tokenlab_record::measurement::Model;

static RING: KeyRing = KeyRing::from_seed(1);

fn typical() -> &'static Corpus {
    Corpus::named("typical").unwrap()
}

#[test]
fn every_contender_is_checked_against_every_refusal() {
    let all: Vec<_> = contenders::available().collect();
    let checked = check("test", &all, &[typical()], &Model::ALL, &RING);
    assert!(checked.failed.is_empty(), "{:?}", checked.failed);
    let seen: BTreeSet<_> = checked
        .refusals
        .iter()
        .map(|refusal| (refusal.contender.clone(), refusal.model))
        .collect();
    assert_eq!(seen.len(), checked.refusals.len(), "a refusal stands there twice");
    for contender in &all {
        for model in refusals_of(*contender) {
            assert!(
                seen.contains(&(contender.id().clone(), model)),
                "{} was not given {}",
                contender.id(),
                model.slug()
            );
        }
    }
}

/// The refusals that can be asked of a contender's kind.
fn refusals_of(contender: &dyn Contender) -> impl Iterator<Item = Model> {
    let class = contender.card().class;
    Model::REFUSALS
        .into_iter()
        .filter(move |model| model.applies_to(class))
}

#[test]
fn a_block_of_every_refusal_goes_well_for_every_contender() {
    for contender in contenders::available() {
        let service = contender.load(&RING, &Policy::lab()).unwrap();
        let pool = PoolSeed::issue(service.as_ref(), typical(), 3)
            .unwrap()
            .grow()
            .unwrap();
        for model in refusals_of(contender) {
            let mut case = Case::new(contender, model, &RING, &pool)
                .unwrap_or_else(|problem| panic!("{} {}: {problem}", contender.id(), model.slug()));
            assert!(
                case.block(4, true).is_some(),
                "{} {}",
                contender.id(),
                model.slug()
            );
        }
    }
}

/// What the report says of the columns "another version" and "another purpose".
#[test]
fn a_foreign_token_is_of_another_scheme_and_of_the_purpose_that_the_model_says() {
    for contender in contenders::available() {
        let card = contender.card();
        if !Model::RejectVersion.applies_to(card.class) {
            continue;
        }
        let service = contender.load(&RING, &Policy::lab()).unwrap();
        for (model, same_purpose) in [(Model::RejectVersion, true), (Model::RejectPurpose, false)] {
            let special = refusal::special(model, contender, service.as_ref(), &RING, &[]).unwrap();
            let token = special.tokens.first().unwrap();
            let issuer = contenders::available()
                .find(|issuer| issuer.load(&RING, &Policy::lab()).unwrap().verify(token).is_ok())
                .unwrap()
                .card();
            assert_eq!(issuer.family, card.family, "{} {}", card.id, model.slug());
            assert_ne!(issuer.scheme, card.scheme, "{} {}", card.id, model.slug());
            assert_eq!(
                refusal::same_purpose(issuer, card),
                same_purpose,
                "{} {}",
                card.id,
                model.slug()
            );
            if card.scheme == "paseto.v4.public" {
                let given = if same_purpose {
                    "paseto.v3.public"
                } else {
                    "paseto.v4.local"
                };
                assert_eq!(issuer.scheme, given, "{}", card.id);
            }
        }
    }
}

#[test]
fn long_tokens_are_as_long_as_they_say_and_accepted_or_refused_for_their_size() {
    const KIB: usize = 1024;
    for contender in contenders::available() {
        if !Model::VerifyLong.applies_to(contender.card().class) {
            continue;
        }
        let service = contender.load(&RING, &Policy::lab()).unwrap();
        for (bytes, limit) in [
            (refusal::EIGHT_KIB_CLAIMS_BYTES, 8 * KIB),
            (refusal::LONG_CLAIMS_BYTES, 64 * KIB),
            (refusal::HUGE_CLAIMS_BYTES, KIB * KIB),
        ] {
            let claims = refusal::padded(1, bytes).unwrap();
            let token = service.issue(&claims[0]).unwrap();
            // A post-quantum signature comes on top of what is long by its claims.
            let length = match contender.card().class {
                Class::PostQuantum => token.rfind('.').unwrap(),
                _ => token.len(),
            };
            assert!(
                (limit * 9 / 10..limit).contains(&length),
                "{}: {length} bytes for {limit}",
                contender.id()
            );
            match service.verify(&token) {
                Ok(returned) => assert_eq!(returned, claims[0], "{}", contender.id()),
                Err(rejection) => {
                    assert_eq!(rejection.reason, RejectReason::Oversized, "{}", contender.id());
                }
            }
        }
    }
}

#[test]
fn a_refusal_for_another_reason_is_no_result() {
    for model in Model::REFUSALS {
        for family in Family::ALL {
            for wrong in [RejectReason::Internal, RejectReason::WrongAudience] {
                let rejection = Rejection::new(wrong, "");
                assert!(
                    !refusal::is_right(model, family, &rejection),
                    "{} {wrong}",
                    model.slug()
                );
            }
        }
    }
    let contender = contenders::all().first().unwrap();
    let service = contender.load(&RING, &Policy::lab()).unwrap();
    let pool = PoolSeed::issue(service.as_ref(), typical(), POOL)
        .unwrap()
        .grow()
        .unwrap();
    let mut accepting = Case::new(contender.as_ref(), Model::Verify, &RING, &pool).unwrap();
    let accepted = accepting.operate();
    assert!(accepting.right(&accepted), "an honest token is accepted");
    let refused = Outcome::Verified(Err(Rejection::new(RejectReason::BadSignature, "")));
    assert!(!accepting.plausible(&refused), "a refusal where a token is good");
    let refusing = Case::new(contender.as_ref(), Model::RejectExpired, &RING, &pool).unwrap();
    assert!(
        !refusing.plausible(&accepted),
        "an acceptance where a token is bad"
    );
    assert!(
        !refusing.plausible(&refused),
        "the right answer to another question"
    );
}

#[test]
fn longer_profiles_leave_no_model_out() {
    for pair in Profile::ALL.windows(2) {
        let [shorter, longer] = pair else { unreachable!() };
        for model in shorter.models() {
            assert!(
                longer.models().contains(&model),
                "{} loses {}",
                longer.name(),
                model.slug()
            );
        }
    }
    assert_eq!(Profile::Default.models(), Model::ALL);
}
