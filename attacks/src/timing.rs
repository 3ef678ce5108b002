//! Whether one kind of question takes longer than another: the statistics of a
//! timing attack.
//!
//! A time has a long tail that says nothing about the code: interrupts, other
//! processes, frequency steps. So what is far out is cropped, at one and the
//! same place for both kinds, and the means of what is left are compared by
//! Welch's t, as `dudect` does (Reparaz, Balasch, Verbauwhede, 2017). A
//! difference counts only above a threshold, above a least effect, and in one
//! direction.

/// How many standard errors a difference has to be: `dudect` speaks of a leak
/// beyond 4.5, and by chance alone less than one comparison in a hundred
/// thousand gets there.
pub const THRESHOLD: f64 = 4.5;

/// Nanoseconds below which a difference is the clock's and not the code's.
pub const LEAST_EFFECT: f64 = 5.0;

/// The share of all times that is kept, the shortest ones.
const KEPT: f64 = 0.8;

/// Fewer times of a kind than this are not compared.
const FEWEST: usize = 100;

/// Two kinds of question, compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Times of each kind that were kept.
    pub kept: [usize; 2],
    /// By how much the second kind took longer on average, nanoseconds.
    pub difference: f64,
    /// The same in standard errors.
    pub t: f64,
}

impl Comparison {
    /// Whether the second kind surely takes longer.
    #[must_use]
    pub fn is_leak(&self) -> bool {
        self.t > THRESHOLD && self.difference > LEAST_EFFECT
    }
}

/// Compares the times of two kinds of question, in nanoseconds; `None` if there
/// are too few to say anything.
#[must_use]
pub fn compare(first: &[u64], second: &[u64]) -> Option<Comparison> {
    let mut all: Vec<u64> = first.iter().chain(second).copied().collect();
    all.sort_unstable();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let place = (all.len() as f64 * KEPT) as usize; // a place in a list that fits into memory
    let crop = *all.get(place)?;
    let (first, second) = (Moments::of(first, crop), Moments::of(second, crop));
    if first.count.min(second.count) < FEWEST {
        return None;
    }
    let difference = second.mean - first.mean;
    let error = (first.squared_error() + second.squared_error()).sqrt();
    // Times that are all the same have no error, and differ or don't.
    let t = if error > 0.0 { difference / error } else { 0.0 };
    Some(Comparison {
        kept: [first.count, second.count],
        difference,
        t,
    })
}

/// Count, mean and variance of the times below the crop.
struct Moments {
    count: usize,
    mean: f64,
    variance: f64,
}

impl Moments {
    #[allow(clippy::cast_precision_loss)] // nanoseconds and counts far below 2^52
    fn of(times: &[u64], crop: u64) -> Self {
        let kept: Vec<f64> = times
            .iter()
            .filter(|time| **time <= crop)
            .map(|time| *time as f64)
            .collect();
        let count = kept.len();
        let mean = kept.iter().sum::<f64>() / count.max(1) as f64;
        let squares: f64 = kept.iter().map(|time| (time - mean) * (time - mean)).sum();
        Self {
            count,
            mean,
            variance: squares / count.saturating_sub(1).max(1) as f64,
        }
    }

    #[allow(clippy::cast_precision_loss)] // a count far below 2^52
    fn squared_error(&self) -> f64 {
        self.variance / self.count.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use tokenlab_record::stats::SplitMix64;

    use super::*;

    /// Times of a noisy machine: a base, a spread, and now and then an
    /// interrupt of some hundred microseconds.
    fn times(random: &mut SplitMix64, count: usize, base: u64) -> Vec<u64> {
        (0..count)
            .map(|_| {
                let spread: usize = (0..4).map(|_| random.below(300)).sum();
                let interrupted = random.below(50) == 0;
                let late = if interrupted { random.below(400_000) } else { 0 };
                base + (spread + late) as u64
            })
            .collect()
    }

    #[test]
    fn a_difference_of_a_compare_loop_is_found_beneath_the_noise() {
        let mut random = SplitMix64::new(1);
        for _ in 0..20 {
            let fast = times(&mut random, 5000, 6000);
            let slow = times(&mut random, 5000, 6040);
            let found = compare(&fast, &slow).unwrap();
            assert!(found.is_leak(), "{found:?}");
            // Cropped at one place, the slower kind loses more of its tail.
            assert!((5.0..45.0).contains(&found.difference), "{found:?}");
            let backwards = compare(&slow, &fast).unwrap();
            assert!(
                !backwards.is_leak(),
                "a shared prefix never makes it faster: {backwards:?}"
            );
        }
    }

    #[test]
    fn equal_times_are_no_leak_however_often_one_asks() {
        let mut random = SplitMix64::new(2);
        let mut largest = 0.0_f64;
        for _ in 0..300 {
            let one = times(&mut random, 2000, 6000);
            let other = times(&mut random, 2000, 6000);
            let compared = compare(&one, &other).unwrap();
            largest = largest.max(compared.t.abs());
            assert!(!compared.is_leak(), "{compared:?}");
        }
        assert!(
            largest > 1.0,
            "a statistic that never moves says nothing: {largest}"
        );
    }

    #[test]
    fn a_sure_difference_below_the_least_effect_is_none() {
        let one = vec![100; 1000];
        let other: Vec<u64> = (0..1000).map(|place| 102 + place % 2).collect();
        let compared = compare(&one, &other).unwrap();
        assert!(compared.t > THRESHOLD && !compared.is_leak(), "{compared:?}");
    }

    #[test]
    fn a_handful_of_times_says_nothing() {
        assert_eq!(compare(&[], &[]), None);
        assert_eq!(compare(&[1; 99], &[2; 5000]), None);
    }
}
