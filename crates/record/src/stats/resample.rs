//! The median of a bootstrap resample, drawn without drawing the resample.
//!
//! A resample of `n` values is `n` of them, drawn with replacement. Its median
//! is a value of the original, or the middle of two, and which ones follows a
//! distribution that depends on `n` alone: with the values in order, the place
//! of the median is an order statistic of `n` even draws from `n` places. The
//! distribution is written down once for each `n` and drawn from in one step
//! (the alias method; M. D. Vose, IEEE TSE 17:9, 1991), where drawing `n`
//! values and finding their median would take `n` steps and more.

use std::sync::OnceLock;

use super::{SplitMix64, median};

/// Sample sizes whose distribution is written down. The tables grow with the
/// square of the size, and no profile has half as many rounds.
const LARGEST: usize = 128;

/// How the median of a resample is distributed.
#[derive(Debug)]
pub(super) enum ResampledMedian {
    /// Written down.
    Table(Alias),
    /// Too large for that: drawn value by value.
    OneByOne,
}

impl ResampledMedian {
    /// The median of a resample of `sorted`, which has as many values as this
    /// distribution is for.
    pub(super) fn draw(&self, sorted: &[f64], random: &mut SplitMix64) -> f64 {
        let at = |place: u16| sorted.get(usize::from(place)).copied().unwrap_or(f64::NAN);
        match self {
            Self::Table(alias) => {
                let (below, above) = alias.draw(random);
                f64::midpoint(at(below), at(above))
            }
            Self::OneByOne => {
                let mut drawn: Vec<f64> = sorted.iter().filter_map(|_| random.choose(sorted)).collect();
                median(&mut drawn).unwrap_or(f64::NAN)
            }
        }
    }
}

/// The distribution for samples of `size` values.
pub(super) fn of(size: usize) -> &'static ResampledMedian {
    static TABLES: [OnceLock<ResampledMedian>; LARGEST + 1] = [const { OnceLock::new() }; LARGEST + 1];
    TABLES.get(size).map_or(&ResampledMedian::OneByOne, |table| {
        table.get_or_init(|| ResampledMedian::Table(Alias::new(&places(size))))
    })
}

/// The two places, counted from 0 among the values in order, between which the
/// median of a resample lies (the same twice where the size is odd), with the
/// probability of each pair.
fn places(size: usize) -> Vec<((u16, u16), f64)> {
    // The median is the `rank`-th smallest draw, or the middle of it and the next.
    let rank = size.div_ceil(2);
    let is_odd = !size.is_multiple_of(2);
    let lower: Vec<f64> = (0..size)
        .map(|place| at_least(size, rank, place + 1) - at_least(size, rank, place))
        .map(|probability| probability.max(0.0)) // a tail is less than rounding
        .collect();
    let mut places = Vec::new();
    for (low, probability) in lower.into_iter().enumerate() {
        if is_odd {
            places.push((pair(low, low), probability));
            continue;
        }
        // The next draw lies higher: `rank` draws are at `low` or below it, not
        // all of them below, and the others are at `high` or above, not all above.
        let mut here = probability;
        let ways =
            choices(size, rank) + ln(power(share(low + 1, size), rank) - power(share(low, size), rank));
        for high in low + 1..size {
            let others = size - rank;
            let above = power(share(size - high, size), others) - power(share(size - high - 1, size), others);
            let apart = (ways + ln(above)).exp();
            here -= apart;
            places.push((pair(low, high), apart));
        }
        places.push((pair(low, low), here.max(0.0)));
    }
    places
}

#[allow(clippy::cast_possible_truncation)] // at most LARGEST
const fn pair(low: usize, high: usize) -> (u16, u16) {
    (low as u16, high as u16)
}

/// The probability that at least `rank` of `size` draws fall into the first
/// `places` of `size` places: a tail of the binomial distribution.
fn at_least(size: usize, rank: usize, places: usize) -> f64 {
    if places == 0 || places >= size {
        return if places == 0 { 0.0 } else { 1.0 };
    }
    let (inside, outside) = (ln(share(places, size)), ln(share(size - places, size)));
    (rank..=size)
        .map(|count| (choices(size, count) + real(count) * inside + real(size - count) * outside).exp())
        .sum()
}

/// Logarithm of the number of ways to choose `count` out of `size`.
fn choices(size: usize, count: usize) -> f64 {
    (1..=count).map(|step| ln(share(size - count + step, step))).sum()
}

fn share(part: usize, whole: usize) -> f64 {
    real(part) / real(whole)
}

fn power(base: f64, exponent: usize) -> f64 {
    base.powf(real(exponent))
}

fn ln(value: f64) -> f64 {
    value.ln()
}

#[allow(clippy::cast_precision_loss)] // at most LARGEST
const fn real(value: usize) -> f64 {
    value as f64
}

/// A finite distribution that is drawn from in one step.
#[derive(Debug)]
pub(super) struct Alias(Vec<Column>);

/// One of equally likely columns, which two outcomes share.
#[derive(Clone, Copy, Debug)]
struct Column {
    /// How much of it the first has, 0 to 1.
    share: f64,
    first: (u16, u16),
    second: (u16, u16),
}

impl Alias {
    fn new(outcomes: &[((u16, u16), f64)]) -> Self {
        let whole: f64 = outcomes.iter().map(|(_, probability)| probability).sum();
        let scale = real(outcomes.len()) / whole;
        let scaled = outcomes
            .iter()
            .map(|(places, probability)| (*places, probability * scale));
        let (mut small, mut large): (Vec<_>, Vec<_>) = scaled.partition(|(_, weight)| *weight < 1.0);
        let mut columns = Vec::with_capacity(outcomes.len());
        while let Some((first, share)) = small.pop() {
            let Some((second, weight)) = large.pop() else {
                small.push((first, share));
                break;
            };
            columns.push(Column { share, first, second });
            let left = weight - (1.0 - share);
            if left < 1.0 { &mut small } else { &mut large }.push((second, left));
        }
        // What is left over is a whole column, up to rounding.
        columns.extend(small.into_iter().chain(large).map(|(places, _)| Column {
            share: 1.0,
            first: places,
            second: places,
        }));
        Self(columns)
    }

    fn draw(&self, random: &mut SplitMix64) -> (u16, u16) {
        let word = random.next_u64();
        // The upper half of the word chooses the column, the lower the outcome.
        #[allow(clippy::cast_possible_truncation)] // below the number of columns
        let column = (((word >> 32) * self.0.len() as u64) >> 32) as usize;
        let within = (word & 0xffff_ffff) as f64 / 4_294_967_296.0;
        self.0.get(column).map_or((0, 0), |column| {
            if within < column.share {
                column.first
            } else {
                column.second
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The same distribution by looking at every resample there is.
    fn enumerated(size: usize) -> BTreeMap<(u16, u16), f64> {
        let resamples = size.pow(u32::try_from(size).unwrap());
        let mut found: BTreeMap<(u16, u16), f64> = BTreeMap::new();
        for mut code in 0..resamples {
            let mut drawn: Vec<usize> = Vec::new();
            for _ in 0..size {
                drawn.push(code % size);
                code /= size;
            }
            drawn.sort_unstable();
            let median = pair(drawn[(size - 1) / 2], drawn[size / 2]);
            *found.entry(median).or_default() += 1.0 / real(resamples);
        }
        found
    }

    #[test]
    fn the_distribution_is_that_of_all_resamples() {
        for size in 1..=7 {
            let wanted = enumerated(size);
            let found: BTreeMap<_, _> = places(size).into_iter().collect();
            for (places, probability) in &found {
                let of_all = wanted.get(places).copied().unwrap_or(0.0);
                assert!(
                    (probability - of_all).abs() < 1e-12,
                    "{places:?} of {size}: {probability}, of all resamples {of_all}"
                );
            }
            assert!(wanted.keys().all(|places| found.contains_key(places)), "{size}");
        }
    }

    #[test]
    fn the_largest_distribution_is_still_one() {
        for size in [35, 36, LARGEST - 1, LARGEST] {
            let places = places(size);
            let whole: f64 = places.iter().map(|(_, probability)| probability).sum();
            assert!((whole - 1.0).abs() < 1e-9, "{size}: {whole}");
            assert!(
                places.iter().all(|(_, probability)| *probability >= 0.0),
                "{size}"
            );
        }
    }

    #[test]
    fn draws_are_as_frequent_as_the_table_says() {
        for size in [5, 6, 36] {
            let places = places(size);
            let ResampledMedian::Table(alias) = of(size) else {
                panic!("{size} is not large");
            };
            let mut random = SplitMix64::new(11);
            let mut counts: BTreeMap<(u16, u16), u32> = BTreeMap::new();
            for _ in 0..200_000 {
                *counts.entry(alias.draw(&mut random)).or_default() += 1;
            }
            for (places, probability) in places {
                let seen = f64::from(counts.get(&places).copied().unwrap_or(0));
                let wanted = 200_000.0 * probability;
                // Five standard deviations, and room for what is too rare to have any.
                let tolerance = 5.0 * wanted.sqrt() + 5.0;
                assert!(
                    (seen - wanted).abs() < tolerance,
                    "{places:?} of {size}: {seen}, wanted {wanted}"
                );
            }
        }
    }

    #[test]
    fn a_sample_beyond_the_tables_has_the_same_spread_as_one_within() {
        let spread = |size: usize| {
            let sorted: Vec<f64> = (0..size).map(|index| real(index) / real(size)).collect();
            let mut random = SplitMix64::new(5);
            let medians = (0..4000).map(|_| of(size).draw(&sorted, &mut random));
            let squares: f64 = medians.map(|median| (median - 0.5).powi(2)).sum();
            (squares / 4000.0).sqrt()
        };
        let (within, beyond) = (spread(LARGEST), spread(LARGEST + 1));
        assert!((within / beyond - 1.0).abs() < 0.1, "{within} and {beyond}");
    }
}
