//! Correctness before speed: what is wrong is not timed.

use std::collections::BTreeMap;

use tokenlab_harness::{Contender, Corpus, KeyRing, Policy, RejectReason, decode, tamper};
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::{TOKEN_SIZE_SCHEMA, TokenSize};

use crate::case::{POOL, PoolSeed};

/// What the check leaves behind for the measuring.
#[derive(Debug, Default)]
pub struct Checked {
    /// Tokens of every sound contender, for every corpus.
    pub pools: BTreeMap<ContenderId, Vec<PoolSeed>>,
    /// Their sizes.
    pub sizes: Vec<TokenSize>,
    /// Contenders that gave a wrong answer, and which.
    pub failed: BTreeMap<ContenderId, String>,
}

/// Lets every contender issue a pool of tokens of every corpus and verify one
/// of each, and refuse it when its signature is altered.
#[must_use]
pub fn check(
    run: &str,
    contenders: &[&'static dyn Contender],
    corpora: &[&Corpus],
    ring: &KeyRing,
) -> Checked {
    let mut checked = Checked::default();
    for contender in contenders {
        match check_one(run, *contender, corpora, ring) {
            Ok((pools, sizes)) => {
                checked.pools.insert(contender.id().clone(), pools);
                checked.sizes.extend(sizes);
            }
            Err(problem) => {
                checked.failed.insert(contender.id().clone(), problem);
            }
        }
    }
    checked
}

fn check_one(
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
        let pool =
            PoolSeed::issue(service.as_ref(), corpus, POOL).map_err(|error| wrong(&error.to_string()))?;
        let token = pool.tokens.first().ok_or_else(|| wrong("no token"))?;
        match service.verify(token) {
            Ok(claims) if claims == corpus.claims(0, pool.issued_at) => {}
            Ok(_) => return Err(wrong("a token verifies to other claims than it was issued for")),
            Err(rejection) => return Err(wrong(&format!("an honest token is refused: {rejection}"))),
        }
        let tampered = tamper::signature(token).ok_or_else(|| wrong("the token is too short"))?;
        match service.verify(&tampered) {
            Err(rejection) if rejection.reason == RejectReason::BadSignature => {}
            Err(rejection) => return Err(wrong(&format!("a bad signature is refused as {rejection}"))),
            Ok(_) => return Err(wrong("a bad signature is accepted")),
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
