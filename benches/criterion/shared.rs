//! The body of every criterion target: one model over the whole registry, under
//! ids `model/contender/corpus`.
#![allow(clippy::expect_used)] // a benchmark of something broken should stop, and loudly

use std::cell::OnceCell;

use criterion::{BenchmarkId, Criterion};
use tokenlab_benches::case::{Case, PoolSeed, pool_size};
use tokenlab_harness::{Corpus, KeyRing, Policy, contenders};
use tokenlab_record::measurement::Model;

/// Any seed would do; this one is the command line's default.
const SEED: u64 = 1;

pub(crate) fn bench(model: Model, corpora: &[&str]) {
    let mut criterion = Criterion::default().configure_from_args();
    let ring = KeyRing::from_seed(SEED);
    let mut group = criterion.benchmark_group(model.slug());
    for contender in contenders::available() {
        let service = contender
            .load(&ring, &Policy::lab())
            .expect("keys of the ring fit");
        for corpus in corpora {
            let id = BenchmarkId::new(contender.id().as_str(), corpus);
            // Criterion calls the closure once a sample. Tokens are made in the
            // first call, so that a case that is filtered out costs nothing.
            let pool = OnceCell::new();
            group.bench_function(id, |bencher| {
                let pool = pool.get_or_init(|| {
                    let corpus = Corpus::named(corpus).expect("a corpus of that name");
                    let seed = PoolSeed::issue(service.as_ref(), corpus, pool_size(contender.card()))
                        .expect("honest claims are issued");
                    seed.grow().expect("an honest token is long enough")
                });
                let mut case = Case::new(contender, model, &ring, pool).expect("keys of the ring fit");
                let outcome = case.operate();
                assert!(case.right(&outcome), "{} gives a wrong result", contender.id());
                bencher.iter(|| case.operate());
            });
        }
    }
    group.finish();
    criterion.final_summary();
}
