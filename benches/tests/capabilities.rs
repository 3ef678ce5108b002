//! What the holder of a capability does, as cases: every model goes well, has
//! the blocks that its name says, and takes nothing else for a result.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use tokenlab_benches::case::{Case, Outcome, Pool, PoolSeed, Timed};
use tokenlab_benches::refusal;
use tokenlab_harness::decode::decode;
use tokenlab_harness::{Contender, Corpus, IssueError, KeyRing, Policy, contenders};
use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::Model;

static RING: KeyRing = KeyRing::from_seed(1);

const HOLDER: [Model; 3] = [Model::Attenuate, Model::AttenuateThirdParty, Model::Seal];

fn capabilities() -> Vec<&'static dyn Contender> {
    let capabilities: Vec<_> = contenders::available()
        .filter(|contender| contender.card().class == Class::Capability)
        .collect();
    assert!(!capabilities.is_empty(), "no capability in the registry");
    capabilities
}

fn pool(contender: &dyn Contender) -> Pool {
    let service = contender.load(&RING, &Policy::lab()).unwrap();
    let typical = Corpus::named("typical").unwrap();
    let seed = PoolSeed::issue(service.as_ref(), typical, 3).unwrap();
    seed.grow().unwrap()
}

/// Blocks of a token, by the lab's own decoder.
fn blocks(token: &str) -> usize {
    let decoded = decode(token);
    let is_block = |name: &str| matches!(name, "authority" | "block" | "third-party block");
    decoded.parts.iter().filter(|part| is_block(part.name)).count()
}

#[test]
fn every_model_that_applies_goes_well() {
    for contender in capabilities() {
        let pool = pool(contender);
        let models = Model::ALL
            .into_iter()
            .filter(|model| model.applies_to(Class::Capability));
        for model in models {
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

#[test]
fn tokens_have_the_blocks_that_the_model_says() {
    for contender in capabilities() {
        let service = contender.load(&RING, &Policy::lab()).unwrap();
        let typical = Corpus::named("typical").unwrap();
        let honest = PoolSeed::issue(service.as_ref(), typical, 3).unwrap().tokens;
        for (model, wanted) in [
            (Model::Verify, 0),
            (Model::VerifyThreeBlocks, 3),
            (Model::VerifyTenBlocks, 10),
        ] {
            let special = refusal::special(model, contender, service.as_ref(), &RING, &honest).unwrap();
            // Verifying one block takes the pool as it is.
            assert_eq!(special.tokens.is_empty(), wanted == 0, "{}", model.slug());
            for token in &special.tokens {
                assert_eq!(blocks(token), wanted, "{} {}", contender.id(), model.slug());
            }
        }
        for (model, wanted, last) in [
            (Model::Attenuate, 2, "next secret"),
            (Model::AttenuateThirdParty, 2, "next secret"),
            (Model::Seal, 1, "final signature"),
        ] {
            let pool = pool(contender);
            let mut case = Case::new(contender, model, &RING, &pool).unwrap();
            let outcome = case.operate();
            assert!(case.right(&outcome), "{} {}", contender.id(), model.slug());
            let Outcome::Attenuated(Ok(made)) = outcome else {
                panic!("{} {} made no token", contender.id(), model.slug());
            };
            assert_eq!(blocks(&made), wanted, "{}", model.slug());
            assert_eq!(decode(&made).parts.last().unwrap().name, last, "{}", model.slug());
        }
    }
}

#[test]
fn what_a_holder_did_not_make_is_no_result() {
    for contender in capabilities() {
        let pool = pool(contender);
        let service = contender.load(&RING, &Policy::lab()).unwrap();
        let holder = service.attenuation().unwrap();
        for model in HOLDER {
            let mut case = Case::new(contender, model, &RING, &pool).unwrap();
            let Outcome::Attenuated(Ok(made)) = case.operate() else {
                panic!("{} {} made no token", contender.id(), model.slug());
            };
            let spoilt = tokenlab_harness::tamper::signature(&made).unwrap();
            let other = match model {
                Model::Seal => holder.attenuate(&spoilt),
                _ => holder.seal(&made),
            };
            for (wrong, what) in [
                (Ok(spoilt), "a token that does not verify"),
                (other, "what another model makes"),
                (Ok(String::new()), "nothing"),
            ] {
                let outcome = Outcome::Attenuated(wrong);
                assert!(!case.right(&outcome), "{} takes {what}", model.slug());
            }
            let refused = Outcome::Attenuated(Err(IssueError::new("no")));
            assert!(!case.plausible(&refused), "{}", model.slug());
        }
    }
}

#[test]
fn a_token_that_nobody_holds_can_not_be_narrowed() {
    let others = contenders::available().find(|contender| contender.card().class != Class::Capability);
    let contender = others.unwrap();
    let pool = pool(contender);
    for model in HOLDER {
        let mut case = Case::new(contender, model, &RING, &pool).unwrap();
        let outcome = case.operate();
        assert!(!case.plausible(&outcome), "{} {}", contender.id(), model.slug());
        assert!(matches!(&outcome, Outcome::Attenuated(Err(error))
            if error.to_string().contains("only the holder of a capability")));
    }
    let ten = Case::new(contender, Model::VerifyTenBlocks, &RING, &pool).map(|_| ());
    assert!(ten.unwrap_err().contains("only the holder of a capability"));
}
