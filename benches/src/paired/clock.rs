//! The two clocks of a block: what this thread computed, and what passed.

use std::ops::Add;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// A running block.
pub struct Stopwatch {
    wall: Instant,
    cpu: u64,
}

/// A finished block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// Thread CPU time, nanoseconds.
    pub cpu_ns: u64,
    /// Wall time, nanoseconds. Encloses the CPU reading, so it is never less
    /// but for the resolution of the clocks.
    pub wall_ns: u64,
}

impl Add for Elapsed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            cpu_ns: self.cpu_ns + other.cpu_ns,
            wall_ns: self.wall_ns + other.wall_ns,
        }
    }
}

impl Stopwatch {
    /// Starts both clocks.
    #[must_use]
    pub fn start() -> Self {
        let wall = Instant::now();
        Self {
            wall,
            cpu: thread_cpu_ns(),
        }
    }

    /// Stops both clocks.
    #[must_use]
    pub fn stop(&self) -> Elapsed {
        let cpu_ns = thread_cpu_ns().saturating_sub(self.cpu);
        Elapsed {
            cpu_ns,
            wall_ns: u64::try_from(self.wall.elapsed().as_nanos()).unwrap_or(u64::MAX),
        }
    }
}

/// Keeps the processor busy for about `duration`, and says for how long.
#[must_use]
pub fn spin(duration: Duration) -> Elapsed {
    let watch = Stopwatch::start();
    while watch.wall.elapsed() < duration {
        std::hint::spin_loop();
    }
    watch.stop()
}

/// CPU time this thread has used, nanoseconds (CLOCK_THREAD_CPUTIME_ID).
fn thread_cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_cpu_time_and_no_more_of_it_than_wall_time() {
        let watch = Stopwatch::start();
        let mut sum = 0_u64;
        for n in 0..2_000_000 {
            sum = std::hint::black_box(sum.wrapping_add(n));
        }
        let elapsed = watch.stop();
        assert!(elapsed.cpu_ns > 100_000, "{elapsed:?}");
        assert!(elapsed.wall_ns + 100_000 > elapsed.cpu_ns, "{elapsed:?}");
    }
}
