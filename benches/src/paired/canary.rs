//! The canary: the same small work, again and again, on nobody's side.
//!
//! A hash over a fixed buffer feels the processor's frequency; a walk through
//! shuffled cache lines feels a busy sibling thread. Both keep to what the
//! second-level cache holds and are walked once before the clock starts:
//! measured on an undisturbed machine, a walk through a megabyte that the
//! contenders had just evicted varied by 10 % and more on its own account, and
//! a canary that always sings tells nothing. About 55 microseconds in all.

use std::hint::black_box;

use sha2::{Digest, Sha256};
use tokenlab_record::stats::SplitMix64;

use super::clock::{Elapsed, Stopwatch};

const BUFFER_BYTES: usize = 32 * 1024;
const LINES: u32 = 128 * 1024 / 64;
const WALKS: u32 = 4;

/// Buffers of the canary.
pub struct Canary {
    buffer: Vec<u8>,
    /// A single cycle through all cache lines: entry `16 * n` is the next line.
    chain: Vec<u32>,
}

impl Canary {
    /// Fills the buffers; the same in every process.
    #[must_use]
    pub fn new() -> Self {
        let mut random = SplitMix64::new(0x00ca_5a27);
        let mut order: Vec<u32> = (0..LINES).collect();
        random.shuffle(&mut order);
        let mut chain = vec![0_u32; order.len() * 16];
        for (from, to) in order.iter().zip(order.iter().cycle().skip(1)) {
            if let Some(entry) = chain.get_mut(*from as usize * 16) {
                *entry = *to * 16;
            }
        }
        Self {
            buffer: (0..=250).cycle().take(BUFFER_BYTES).collect(),
            chain,
        }
    }

    /// One timed block of the fixed work.
    pub fn sing(&mut self) -> Elapsed {
        black_box(self.walk());
        let watch = Stopwatch::start();
        black_box(Sha256::digest(black_box(&self.buffer)));
        for _ in 0..WALKS {
            black_box(self.walk());
        }
        watch.stop()
    }

    /// Visits every line once, each where the one before says.
    fn walk(&self) -> u32 {
        let mut position = 0;
        for _ in 0..LINES {
            position = self.chain.get(position as usize).copied().unwrap_or(0);
        }
        position
    }
}

impl Default for Canary {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_visits_every_line_once_before_it_repeats() {
        let canary = Canary::new();
        let mut position = 0_usize;
        for step in 1..=LINES {
            position = canary.chain[position] as usize;
            assert_eq!(position == 0, step == LINES, "step {step}");
        }
    }
}
