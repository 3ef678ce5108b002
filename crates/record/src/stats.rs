//! Statistics as pure functions: medians, a two-level bootstrap, a generator.
//!
//! The unit of replication is the launch (a fresh process), because address
//! space layout alone moves a result by more than the rounds inside one launch
//! vary. The bootstrap therefore draws launches first and rounds within them
//! second; a tight interval from a single process would be a trap.

mod resample;

use resample::ResampledMedian;

/// A point estimate between the ends of its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Point estimate.
    pub estimate: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// An interval of no width, for a quantity that is known exactly.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        Self {
            low: value,
            estimate: value,
            high: value,
        }
    }

    /// Whether `value` lies inside, ends included.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Half of the width, relative to the estimate: 0.01 is "± 1 %".
    #[must_use]
    pub fn relative_half_width(&self) -> f64 {
        (self.high - self.low) / 2.0 / self.estimate
    }

    /// Applies a monotone increasing function to all three numbers.
    #[must_use]
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self {
            low: f(self.low),
            estimate: f(self.estimate),
            high: f(self.high),
        }
    }
}

/// The value below which the share `q` (0 to 1) of `values` lies, interpolated
/// between neighbours. `None` of nothing. Reorders `values`.
#[must_use]
pub fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    #[allow(clippy::cast_precision_loss)] // sample counts are far below 2^52
    let position = q.clamp(0.0, 1.0) * last as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 0..=last
    let below = position.floor() as usize;
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (next - low) * position.fract())
}

/// The middle of `values`. `None` of nothing. Reorders `values`.
#[must_use]
pub fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Median over launches of the median over each launch's rounds, with a 95 %
/// interval from `resamples` draws of a bootstrap over launches, then rounds.
/// Empty launches are ignored; `None` if no launch has a round.
///
/// The rounds of a launch are not drawn one by one: [`ResampledMedian`] draws
/// the median of such a resample directly, which is the same distribution and
/// leaves a page of a hundred contenders a matter of seconds.
#[must_use]
pub fn hierarchical_median(launches: &[Vec<f64>], resamples: u32, seed: u64) -> Option<Interval> {
    let sorted: Vec<Vec<f64>> = launches
        .iter()
        .filter(|rounds| !rounds.is_empty())
        .map(|rounds| {
            let mut rounds = rounds.clone();
            rounds.sort_by(f64::total_cmp);
            rounds
        })
        .collect();
    let mut medians: Vec<f64> = sorted
        .iter()
        .filter_map(|rounds| median_of_sorted(rounds))
        .collect();
    let estimate = median(&mut medians)?;

    let launches: Vec<(&[f64], &ResampledMedian)> = sorted
        .iter()
        .map(|rounds| (rounds.as_slice(), resample::of(rounds.len())))
        .collect();
    let mut random = SplitMix64::new(seed);
    let mut drawn = Vec::with_capacity(launches.len());
    let mut outcomes = Vec::with_capacity(resamples as usize);
    for _ in 0..resamples {
        drawn.clear();
        for _ in 0..launches.len() {
            if let Some((rounds, medians)) = random.choose(&launches) {
                drawn.push(medians.draw(rounds, &mut random));
            }
        }
        outcomes.extend(median(&mut drawn));
    }
    Some(Interval {
        low: quantile(&mut outcomes, 0.025).map_or(estimate, |low| low.min(estimate)),
        estimate,
        high: quantile(&mut outcomes, 0.975).map_or(estimate, |high| high.max(estimate)),
    })
}

fn median_of_sorted(values: &[f64]) -> Option<f64> {
    let below = *values.get(values.len().checked_sub(1)? / 2)?;
    let above = *values.get(values.len() / 2)?;
    Some(f64::midpoint(below, above))
}

/// Ratio of the median of `new` to the median of `old`, with a 95 % interval
/// from `resamples` draws of a bootstrap over both. The two are drawn
/// independently: nothing pairs them. `None` if either is empty.
#[must_use]
pub fn ratio_of_medians(new: &[f64], old: &[f64], resamples: u32, seed: u64) -> Option<Interval> {
    let estimate = median(&mut new.to_vec())? / median(&mut old.to_vec())?;
    let mut random = SplitMix64::new(seed);
    let mut drawn = Vec::new();
    let mut draw = |values: &[f64]| {
        drawn.clear();
        drawn.extend((0..values.len()).filter_map(|_| random.choose(values)));
        median(&mut drawn)
    };
    let mut outcomes: Vec<f64> = (0..resamples)
        .filter_map(|_| Some(draw(new)? / draw(old)?))
        .collect();
    Some(Interval {
        low: quantile(&mut outcomes, 0.025).map_or(estimate, |low| low.min(estimate)),
        estimate,
        high: quantile(&mut outcomes, 0.975).map_or(estimate, |high| high.max(estimate)),
    })
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, seeded, the same on
/// every machine. For shuffles and resampling, never for keys.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator whose whole sequence follows from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, or 0 if `bound` is 0. The bias is below
    /// `bound / 2^64`.
    #[allow(clippy::cast_possible_truncation)] // the product's upper half is below `bound`
    pub const fn below(&mut self, bound: usize) -> usize {
        ((self.next_u64() as u128 * bound as u128) >> 64) as usize
    }

    /// One of `items`, or `None` of nothing.
    pub fn choose<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        items.get(self.below(items.len())).copied()
    }

    /// Puts `items` in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_as_likely_as_any_other() {
        let mut random = SplitMix64::new(5);
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..6000 {
            let mut items = [0, 1, 2];
            random.shuffle(&mut items);
            *seen.entry(items).or_insert(0_u32) += 1;
        }
        assert_eq!(seen.len(), 6, "{seen:?}");
        // Five standard deviations of a binomial with n = 6000 and p = 1/6.
        assert!(seen.values().all(|count| count.abs_diff(1000) < 145), "{seen:?}");
    }

    #[test]
    fn half_of_a_width_is_told_beside_the_estimate() {
        let interval = Interval {
            low: 8.0,
            estimate: 20.0,
            high: 14.0,
        };
        assert!((interval.relative_half_width() - 0.15).abs() < 1e-12);
        assert!(Interval::exact(3.0).relative_half_width().abs() < 1e-12);
    }

    #[test]
    fn quantiles_interpolate_and_ignore_order() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(quantile(&mut [10.0, 0.0], 0.1), Some(1.0));
        assert_eq!(median(&mut []), None);
    }

    #[test]
    fn a_shuffle_keeps_every_item_and_follows_its_seed() {
        let shuffled = |seed| {
            let mut items: Vec<u32> = (0..50).collect();
            SplitMix64::new(seed).shuffle(&mut items);
            items
        };
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        let mut sorted = shuffled(1);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn every_place_is_drawn_about_equally_often() {
        let mut random = SplitMix64::new(3);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[random.below(7)] += 1;
        }
        assert!(
            counts.iter().all(|count| (9_600..10_400).contains(count)),
            "{counts:?}"
        );
    }

    /// Launches whose own level varies by `between`, with rounds that vary by `within`.
    fn sample(
        random: &mut SplitMix64,
        launches: usize,
        rounds: usize,
        between: f64,
        within: f64,
    ) -> Vec<Vec<f64>> {
        let mut centred = |scale: f64| {
            #[allow(clippy::cast_precision_loss)]
            let unit = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            (unit - 0.5) * scale
        };
        (0..launches)
            .map(|_| {
                let level = 100.0 + centred(between);
                (0..rounds).map(|_| level + centred(within)).collect()
            })
            .collect()
    }

    #[test]
    fn the_interval_covers_the_truth_about_as_often_as_it_says() {
        let mut random = SplitMix64::new(7);
        let covered = (0..300)
            .filter(|trial| {
                let data = sample(&mut random, 12, 20, 4.0, 1.0);
                hierarchical_median(&data, 400, *trial).unwrap().holds(100.0)
            })
            .count();
        // 95 % nominal; a bootstrap over 12 launches is known to be a little short of it.
        assert!((262..=300).contains(&covered), "{covered} of 300");
    }

    #[test]
    fn launches_that_differ_widen_the_interval_and_rounds_do_not_hide_it() {
        let mut random = SplitMix64::new(9);
        let same = hierarchical_median(&sample(&mut random, 12, 200, 0.0, 1.0), 500, 1).unwrap();
        let differ = hierarchical_median(&sample(&mut random, 12, 200, 10.0, 1.0), 500, 1).unwrap();
        assert!(
            differ.relative_half_width() > 4.0 * same.relative_half_width(),
            "{differ:?} {same:?}"
        );
    }

    #[test]
    fn an_unpaired_ratio_covers_the_truth_about_as_often_as_it_says() {
        let mut random = SplitMix64::new(13);
        let mut launches = |level: f64| -> Vec<f64> {
            let launches = sample(&mut random, 12, 1, 4.0, 0.0);
            launches.into_iter().flatten().map(|ns| ns * level).collect()
        };
        let covered = (0..300)
            .filter(|trial| {
                let ratio = ratio_of_medians(&launches(1.1), &launches(1.0), 400, *trial);
                ratio.unwrap().holds(1.1)
            })
            .count();
        assert!((270..=300).contains(&covered), "{covered} of 300");
    }

    #[test]
    fn nothing_in_gives_nothing_out() {
        assert_eq!(ratio_of_medians(&[], &[1.0], 100, 1), None);
        assert_eq!(ratio_of_medians(&[1.0], &[], 100, 1), None);
        assert_eq!(hierarchical_median(&[], 100, 1), None);
        assert_eq!(hierarchical_median(&[vec![], vec![]], 100, 1), None);
        assert_eq!(
            hierarchical_median(&[vec![], vec![2.0]], 100, 1),
            Some(Interval::exact(2.0))
        );
    }
}
