//! How much work a verifier does: bytes it asks the allocator for, which, unlike
//! time, are the same on every machine and beside every neighbour.
//!
//! Whoever sends a token chooses its length and what is in it, and a verifier that
//! answers with work out of proportion can be kept busy for nothing. Only programs
//! that install [`INSTRUMENTED_SYSTEM`] count: fuzz builds do, and the test of this bound.

pub use stats_alloc::INSTRUMENTED_SYSTEM;
use stats_alloc::Region;

#[cfg(fuzzing)]
#[global_allocator]
static COUNTED: &stats_alloc::StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// Runs `run` and says how many bytes were asked for; none, if nobody counts.
pub fn allocated<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    let returned = run();
    let change = region.change();
    (returned, change.bytes_allocated)
}

/// Bytes that a verifier may ask for to decide about a token of so many bytes.
///
/// The constant is for the numbers of public-key cryptography, which come and go by
/// the kilobyte; the factor for parsers that copy a token a few times over.
#[must_use]
pub const fn bound(token_bytes: usize) -> usize {
    CONSTANT + FACTOR * token_bytes
}

const CONSTANT: usize = 4 << 20;
const FACTOR: usize = 64;
