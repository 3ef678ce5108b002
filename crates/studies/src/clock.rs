//! Timing by slices that take turns: whatever the machine does, it does to all.

use std::time::Instant;

use tokenlab_record::stats::{Interval, SplitMix64, hierarchical_median};

/// Resamples of an interval.
const RESAMPLES: u32 = 2000;

/// Seed of shuffles and resamples.
const SEED: u64 = 0x5354_5544;

/// Something to be timed.
pub struct Case<'a, E> {
    /// One operation.
    operate: Box<dyn FnMut() -> Result<(), E> + 'a>,
    /// Nanoseconds of every operation, by slice.
    slices: Vec<Vec<f64>>,
}

impl<'a, E> Case<'a, E> {
    /// A case that does `operate` for an operation.
    pub fn new(operate: impl FnMut() -> Result<(), E> + 'a) -> Self {
        Self {
            operate: Box::new(operate),
            slices: Vec::new(),
        }
    }

    /// Wall time of an operation, nanoseconds: the median over slices, with its 95 %
    /// interval; `None` before anything was timed.
    #[must_use]
    pub fn time_ns(&self) -> Option<Interval> {
        hierarchical_median(&self.slices, RESAMPLES, SEED)
    }
}

/// Times every case in `slices` slices of `operations` operations, the cases in another
/// order in each slice. A slice that is not kept goes before.
///
/// # Errors
/// The first error of an operation.
pub fn in_turns<E>(cases: &mut [Case<'_, E>], slices: usize, operations: usize) -> Result<(), E> {
    let mut random = SplitMix64::new(SEED);
    let mut order: Vec<usize> = (0..cases.len()).collect();
    for slice in 0..=slices {
        random.shuffle(&mut order);
        for place in &order {
            let Some(case) = cases.get_mut(*place) else {
                continue;
            };
            let mut times = Vec::with_capacity(operations);
            for _ in 0..operations {
                let start = Instant::now();
                (case.operate)()?;
                #[allow(clippy::cast_precision_loss)] // an operation takes less than a month
                times.push(start.elapsed().as_nanos() as f64);
            }
            if slice > 0 {
                case.slices.push(times);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_takes_longer_is_seen_to_and_an_error_ends_it() {
        let mut cases: Vec<Case<'_, ()>> = [1, 3]
            .map(|millis| {
                Case::new(move || {
                    thread::sleep(Duration::from_millis(millis));
                    Ok(())
                })
            })
            .into();
        assert!(cases[0].time_ns().is_none());
        in_turns(&mut cases, 4, 3).unwrap();
        let [short, long] = [0, 1].map(|place| cases[place].time_ns().unwrap());
        assert!(short.low >= 1e6 && long.low >= 3e6, "{short:?} {long:?}");
        assert!(short.estimate < long.estimate, "{short:?} {long:?}");
        let mut failing = [Case::new(|| Err("no"))];
        assert_eq!(in_turns(&mut failing, 1, 1), Err("no"));
    }
}
