//! What refusing costs: no verifier asks for memory out of proportion to a token.
//!
//! One test in this file, since the counter counts for the whole process.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::alloc::System;

use stats_alloc::StatsAlloc;
use tokenlab_fuzz::issued;
use tokenlab_fuzz::work::{INSTRUMENTED_SYSTEM, allocated, bound};
use tokenlab_harness::Policy;

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// An honest token, and the same swollen at its end and in its middle.
fn texts(token: &str) -> Vec<String> {
    let mut texts = vec![token.to_owned()];
    let (head, tail) = token.split_at(token.len() / 2);
    for length in [1 << 12, 1 << 16, 1 << 20] {
        let filling = "A".repeat(length);
        texts.push(format!("{token}{filling}"));
        texts.push(format!("{head}{filling}{tail}"));
        texts.push(format!("{token}{}", ".".repeat(length)));
    }
    texts
}

#[test]
fn no_verifier_asks_for_memory_out_of_proportion() {
    let (text, bytes) = allocated(|| "x".repeat(1 << 20));
    assert!(bytes >= text.len(), "nobody counts");

    for contender in issued::fuzzed() {
        let service = contender.load(&issued::RING, &Policy::lab()).unwrap();
        let own = issued::all().iter();
        for issued in own.filter(|issued| issued.contender == contender.id().as_str()) {
            for text in texts(&issued.token) {
                let (_, bytes) = allocated(|| service.verify(&text));
                assert!(
                    bytes <= bound(text.len()),
                    "{}: {bytes} bytes for a token of {}",
                    contender.id(),
                    text.len()
                );
            }
        }
    }
}
