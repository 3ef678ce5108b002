//! Correctness before speed: what is wrong is not timed.

use std::collections::BTreeMap;

use tokenlab_harness::{Contender, Corpus, KeyRing, Policy, decode};
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::{Model, REFUSAL_SCHEMA, Refusal, TOKEN_SIZE_SCHEMA, TokenSize};

use crate::case::{PoolSeed, pool_size};
use crate::refusal;

/// What the check leaves behind for the measuring.
#[derive(Debug, Default)]
pub struct Checked {
    /// Tokens of every sound contender, for every corpus.
    pub pools: BTreeMap<ContenderId, Vec<PoolSeed>>,
    /// Their sizes.
    pub sizes: Vec<TokenSize>,
    /// For which reasons every sound contender refuses what it must.
    pub refusals: Vec<Refusal>,
    /// Contenders that gave a wrong answer, and which; or that need what this
    /// machine lacks, and what.
    pub failed: BTreeMap<ContenderId, String>,
}

/// Lets every contender issue a pool of tokens of every corpus and verify one
/// of each, and refuse what the refusals among `models` give it, for the right
/// reason.
#[must_use]
pub fn check(
    run: &str,
    contenders: &[&'static dyn Contender],
    corpora: &[&Corpus],
    models: &[Model],
    ring: &KeyRing,
) -> Checked {
    let mut checked = Checked::default();
    for contender in contenders {
        if let Some(missing) = contender.missing() {
            let problem = format!("it needs {}, which is not here; {}", missing.what, missing.remedy);
            checked.failed.insert(contender.id().clone(), problem);
            continue;
        }
        let one = check_corpora(run, *contender, corpora, ring).and_then(|(pools, sizes)| {
            let refusals = check_refusals(run, *contender, models, &pools, ring)?;
            Ok((pools, sizes, refusals))
        });
        match one {
            Ok((pools, sizes, refusals)) => {
                checked.pools.insert(contender.id().clone(), pools);
                checked.sizes.extend(sizes);
                checked.refusals.extend(refusals);
            }
            Err(problem) => {
                checked.failed.insert(contender.id().clone(), problem);
            }
        }
    }
    checked
}

fn check_corpora(
    run: &str,
    contender: &'static dyn Contender,
    corpora: &[&Corpus],
    ring: &KeyRing,
) -> Result<(Vec<PoolSeed>, Vec<TokenSize>), String> {
    let service = contender
        .load(ring, &Policy::lab())
        .map_err(|error| error.to_string())?;
    let mut pools = Vec::new();
    let mut sizes = Vec::new();
    for corpus in corpora {
        let wrong = |what: &str| format!("{} claims: {what}", corpus.name);
        let pool = PoolSeed::issue(service.as_ref(), corpus, pool_size(contender.card()))
            .map_err(|error| wrong(&error.to_string()))?;
        let token = pool.tokens.first().ok_or_else(|| wrong("no token"))?;
        match service.verify(token) {
            Ok(claims) if claims == corpus.claims(0, pool.issued_at) => {}
            Ok(_) => return Err(wrong("a token verifies to other claims than it was issued for")),
            Err(rejection) => return Err(wrong(&format!("an honest token is refused: {rejection}"))),
        }
        let anatomy = decode::anatomy(token).ok_or_else(|| wrong("the token can't be taken apart"))?;
        sizes.push(TokenSize {
            schema: TOKEN_SIZE_SCHEMA.into(),
            run: run.to_owned(),
            contender: contender.id().clone(),
            class: contender.card().class,
            corpus: corpus.name.to_owned(),
            token_bytes: anatomy.total_bytes(),
            anatomy,
        });
        pools.push(pool);
    }
    Ok((pools, sizes))
}

fn check_refusals(
    run: &str,
    contender: &'static dyn Contender,
    models: &[Model],
    pools: &[PoolSeed],
    ring: &KeyRing,
) -> Result<Vec<Refusal>, String> {
    let card = contender.card();
    let service = contender
        .load(ring, &Policy::lab())
        .map_err(|error| error.to_string())?;
    let mut refusals = Vec::new();
    for model in models
        .iter()
        .filter(|model| model.acceptance().is_some() && model.applies_to(card.class))
    {
        let wrong = |what: &str| format!("{}: {what}", model.title());
        // A signature is the last thing between any claims and the caller.
        let everywhere = *model == Model::RejectSignature;
        for pool in pools.iter().filter(|pool| everywhere || pool.corpus == "typical") {
            let special = refusal::special(*model, contender, service.as_ref(), ring, &pool.tokens)
                .map_err(|problem| wrong(&problem))?;
            let token = special.tokens.first().ok_or_else(|| wrong("no token"))?;
            match service.verify(token) {
                Err(rejection) if refusal::is_right(*model, card.family, &rejection) => {
                    refusals.push(Refusal {
                        schema: REFUSAL_SCHEMA.into(),
                        run: run.to_owned(),
                        contender: card.id.clone(),
                        model: *model,
                        reason: rejection.reason.id().to_owned(),
                        detail: rejection.detail.into_owned(),
                    });
                }
                Err(rejection) => return Err(wrong(&format!("it is refused as {rejection}"))),
                Ok(_) => return Err(wrong("it is accepted")),
            }
        }
        refusals.dedup();
    }
    Ok(refusals)
}
