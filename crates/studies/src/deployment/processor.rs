//! What processes have taken of processors.

use std::fs;

/// Processor time, nanoseconds, by who took it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// The nodes of a service.
    pub nodes: u64,
    /// Their balancer.
    pub balancer: u64,
    /// Their store.
    pub store: u64,
}

impl Spent {
    /// What was taken since `before`.
    #[must_use]
    pub const fn since(self, before: Self) -> Self {
        Self {
            nodes: self.nodes.saturating_sub(before.nodes),
            balancer: self.balancer.saturating_sub(before.balancer),
            store: self.store.saturating_sub(before.store),
        }
    }

    /// All of it together.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.nodes + self.balancer + self.store
    }
}

/// Processor time of all threads of a process that are alive, nanoseconds; `None` where the
/// system does not tell (it is read from Linux's `/proc/PID/task/TID/schedstat`).
#[must_use]
pub fn spent_ns(process_id: u32) -> Option<u64> {
    let tasks = fs::read_dir(format!("/proc/{process_id}/task")).ok()?.flatten();
    tasks
        .map(|task| {
            let spent = fs::read_to_string(task.path().join("schedstat")).ok()?;
            spent.split(' ').next()?.parse::<u64>().ok()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn work_is_seen_and_a_process_that_is_none_is_not() {
        let own = std::process::id();
        let before = spent_ns(own).unwrap();
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(50) {
            std::hint::spin_loop();
        }
        let spent = spent_ns(own).unwrap() - before;
        assert!(spent > 5_000_000, "{spent} ns in 50 ms of work");
        assert_eq!(spent_ns(u32::MAX), None);
    }
}
