//! Counts what single operations ask of the allocator.
//!
//! The global allocator must be [`dhat::Alloc`]; whoever includes this file
//! puts it in place. It counts a whole process, so nothing else may run
//! meanwhile.

use tokenlab_benches::case::{Case, Pool};
use tokenlab_benches::refusal;
use tokenlab_harness::{Contender, Corpus, KeyRing, Policy, TokenService, policy};
use tokenlab_record::measurement::{ALLOCATION_COUNT_SCHEMA, Allocated, AllocationCount, Model};

/// Operations that are counted one by one. A library that draws random numbers
/// of varying length shows it within these, more often than not.
const OPERATIONS: u32 = 8;

const TYPICAL: &str = "typical";
const EIGHT_KIB: &str = "8-kib";

/// What is counted, where it applies: the models on everyday claims, and
/// verifying a long token.
const CASES: [(Model, &str); 10] = [
    (Model::Verify, TYPICAL),
    (Model::Verify, EIGHT_KIB),
    (Model::Issue, TYPICAL),
    (Model::RejectSignature, TYPICAL),
    (Model::Load, TYPICAL),
    (Model::VerifyThreeBlocks, TYPICAL),
    (Model::VerifyTenBlocks, TYPICAL),
    (Model::Attenuate, TYPICAL),
    (Model::AttenuateThirdParty, TYPICAL),
    (Model::Seal, TYPICAL),
];

/// Counts every case of one contender.
///
/// # Errors
/// In words, if a case can't be prepared or gives a wrong result.
pub(crate) fn count(
    run: &str,
    contender: &'static dyn Contender,
    ring: &KeyRing,
) -> Result<Vec<AllocationCount>, String> {
    let service = contender
        .load(ring, &Policy::lab())
        .map_err(|error| error.to_string())?;
    CASES
        .into_iter()
        .filter(|(model, _)| model.applies_to(contender.card().class))
        .map(|(model, corpus)| {
            let pool = pool(service.as_ref(), corpus)?;
            let mut case = Case::new(contender, model, ring, &pool)?;
            let (least, most) = count_case(&mut case)?;
            Ok(AllocationCount {
                schema: ALLOCATION_COUNT_SCHEMA.into(),
                run: run.to_owned(),
                contender: contender.id().clone(),
                class: contender.card().class,
                model,
                corpus: corpus.to_owned(),
                token_bytes: u32::try_from(pool.token_bytes()).unwrap_or(u32::MAX),
                operations: OPERATIONS,
                least,
                most,
            })
        })
        .collect()
}

fn pool(service: &dyn TokenService, corpus: &str) -> Result<Pool, String> {
    let claims = if corpus == EIGHT_KIB {
        refusal::padded(OPERATIONS, refusal::EIGHT_KIB_CLAIMS_BYTES)?
    } else {
        let corpus = Corpus::named(corpus).ok_or_else(|| format!("no claims are called {corpus}"))?;
        let now = policy::now();
        (0..OPERATIONS).map(|index| corpus.claims(index, now)).collect()
    };
    Pool::issue(service, claims).map_err(|error| error.to_string())
}

/// The least and the most of each figure among the operations.
fn count_case(case: &mut Case<'_>) -> Result<(Allocated, Allocated), String> {
    // The first operation pays for tables that are made once in a process.
    let warm_up = case.operate();
    if !case.right(&warm_up) {
        return Err("a result was wrong while it was counted".to_owned());
    }
    drop(warm_up);
    let mut range: Option<(Allocated, Allocated)> = None;
    for _ in 0..OPERATIONS {
        let profiler = dhat::Profiler::builder().testing().build();
        let outcome = case.operate();
        let seen = dhat::HeapStats::get();
        drop(profiler);
        if !case.right(&outcome) {
            return Err("a result was wrong while it was counted".to_owned());
        }
        let seen = Allocated {
            blocks: seen.total_blocks,
            bytes: seen.total_bytes,
            peak_bytes: u64::try_from(seen.max_bytes).unwrap_or(u64::MAX),
        };
        let (least, most) = range.unwrap_or((seen, seen));
        range = Some((pick(least, seen, u64::min), pick(most, seen, u64::max)));
    }
    range.ok_or_else(|| "nothing was counted".to_owned())
}

fn pick(a: Allocated, b: Allocated, one: fn(u64, u64) -> u64) -> Allocated {
    Allocated {
        blocks: one(a.blocks, b.blocks),
        bytes: one(a.bytes, b.bytes),
        peak_bytes: one(a.peak_bytes, b.peak_bytes),
    }
}
