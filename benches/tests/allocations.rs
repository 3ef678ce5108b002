//! The counting gives the same figures twice, for every contender and exactly,
//! but where randomness in the cryptography itself decides: those cases are
//! named here, with what varies in them and how far.
//!
//! One test and no more: the allocator counts the whole process.
#![allow(clippy::panic)] // clippy.toml exempts test functions, not their helpers

use tokenlab_harness::{KeyRing, contenders};
use tokenlab_record::catalogue::{Class, ContenderCard};
use tokenlab_record::measurement::{Allocated, AllocationCount, Model};

#[path = "../allocations/counting.rs"]
mod counting;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// How much more than the least the most may be, as a share; 0 of a case that
/// is always the same. Measured over 16 operations each: 2 % of the blocks of
/// an RSA signature, 1 byte in 26,681 of a PSS verification, 1 block in 15 of
/// an ECDSA signature.
fn spread_allowed(card: &ContenderCard, model: Model) -> f64 {
    match (card.id.as_str(), model) {
        // A map, a tree or a buffer that is full doubles.
        ("session/memory", Model::Issue)
        | ("session/redb" | "session/redis", Model::Issue | Model::Verify) => return 2.0,
        _ => {}
    }
    let is_portable = !["aws-lc", "OpenSSL"].iter().any(|c| card.backend.starts_with(c));
    let is_rsa = card.primitive.algorithm.starts_with("RSA");
    let is_ecdsa = card.primitive.algorithm.starts_with("ECDSA");
    let opens = model == Model::Verify || model.acceptance().is_some();
    let uses_private_key = match card.class {
        Class::PublicKeyEncryption => opens,
        _ => model == Model::Issue,
    };
    match card.algorithm.get(..2) {
        // The private operation is blinded by a random number, and the big
        // integers on the way have the lengths they happen to have.
        _ if is_rsa && is_portable && uses_private_key => 0.10,
        // What an altered signature opens to is noise, found out sooner or later.
        _ if is_rsa && is_portable && model == Model::RejectSignature => 0.20,
        // The salt makes the number under the signature one of varying length.
        _ if is_rsa && is_portable => 0.01,
        // The signature is found by rejection sampling (FIPS 204 §6.2), which
        // repeats a random number of times.
        Some("ML") if model == Model::Issue => 4.0,
        // An altered one may be found out in its hints or only at its end.
        Some("ML") if model.acceptance().is_some() => 0.50,
        // The backend returns DER, whose integers have varying lengths.
        _ if is_ecdsa && !is_portable && model == Model::Issue => 0.10,
        _ => 0.0,
    }
}

fn figures(allocated: Allocated) -> [u64; 3] {
    [allocated.blocks, allocated.bytes, allocated.peak_bytes]
}

fn assert_within(card: &ContenderCard, count: &AllocationCount, other: &AllocationCount) {
    let allowed = spread_allowed(card, count.model);
    let least = figures(count.least).into_iter().zip(figures(other.least));
    let most = figures(count.most).into_iter().zip(figures(other.most));
    for ((least, other_least), (most, other_most)) in least.zip(most) {
        let (low, high) = (least.min(other_least), most.max(other_most));
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        let spread = (high - low) as f64 / low.max(1) as f64;
        assert!(
            spread <= allowed,
            "{} {} {}: from {low} to {high}, {count:?} {other:?}",
            card.id,
            count.model.slug(),
            count.corpus
        );
    }
}

#[test]
fn counting_twice_gives_the_same_figures() {
    let ring = KeyRing::from_seed(1);
    // The thread that started this one still allocates for a moment, and the
    // allocator counts the whole process: a first count is thrown away.
    if let Some(first) = contenders::available().next() {
        let thrown_away = counting::count("warm-up", first, &ring);
        assert!(thrown_away.is_ok(), "{}: {thrown_away:?}", first.id());
    }
    for contender in contenders::available() {
        let card = contender.card();
        let count = || {
            counting::count("test", contender, &ring)
                .unwrap_or_else(|problem| panic!("{}: {problem}", card.id))
        };
        let (first, second) = (count(), count());
        assert_eq!(first.len(), second.len(), "{}", card.id);
        for (first, second) in first.iter().zip(&second) {
            let figures = figures(first.least);
            // A map that does not hold an id has nothing to copy.
            let nothing_to_copy =
                card.id.as_str() == "session/memory" && first.model == Model::RejectSignature;
            assert!(
                nothing_to_copy || figures.iter().all(|figure| *figure > 0),
                "{} {} counts nothing: {figures:?}",
                card.id,
                first.model.slug()
            );
            assert_within(card, first, second);
            // The claims that are given back are longer than this.
            if (first.model, first.corpus.as_str()) == (Model::Verify, "8-kib") {
                assert!(first.least.peak_bytes > 4096, "{}: {first:?}", card.id);
            }
        }
    }
}
