//! Statistics as properties: what holds of every sample, and how often an
//! interval holds the truth where the truth is known.
//!
//! The samples of the coverage test are drawn by SplitMix64 from fixed seeds,
//! through the inverse of each distribution, so that it says the same each time.
#![allow(clippy::float_cmp)] // what is compared with `==` holds to the digit
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::f64::consts::{LN_2, PI, TAU};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use tokenlab_record::stats::{Interval, SplitMix64, hierarchical_median, median, quantile, ratio_of_medians};

/// So many draws that both ends of an interval are draws themselves and lie
/// between no two: places 10 and 390 of 0 to 400.
const WHOLE_PLACES: u32 = 401;

fn nanoseconds() -> impl Strategy<Value = f64> {
    1.0..1e9_f64
}

/// Launches, each with at least one round.
fn launches() -> impl Strategy<Value = Vec<Vec<f64>>> {
    vec(vec(nanoseconds(), 1..12), 1..9)
}

/// An odd number of launches with an odd number of rounds each: every median
/// is one of the values.
fn odd_launches() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let rounds = vec(nanoseconds(), 1..12).prop_filter("odd", |rounds| rounds.len() % 2 == 1);
    vec(rounds, 1..8).prop_filter("odd", |launches| launches.len() % 2 == 1)
}

fn each(launches: &[Vec<f64>], f: impl Fn(f64) -> f64) -> Vec<Vec<f64>> {
    let rounds = |rounds: &Vec<f64>| rounds.iter().map(|ns| f(*ns)).collect();
    launches.iter().map(rounds).collect()
}

proptest! {
    #[test]
    fn a_quantile_rises_from_the_least_to_the_greatest(
        values in vec(nanoseconds(), 1..40),
        shares in (0.0..=1.0_f64, 0.0..=1.0_f64),
    ) {
        let at = |share| quantile(&mut values.clone(), share).unwrap();
        let (low, high) = (shares.0.min(shares.1), shares.0.max(shares.1));
        prop_assert!(at(low) <= at(high) * (1.0 + 1e-12));
        prop_assert_eq!(at(0.0), values.iter().copied().fold(f64::INFINITY, f64::min));
        prop_assert_eq!(at(1.0), values.iter().copied().fold(0.0, f64::max));
    }

    #[test]
    fn as_many_values_lie_below_the_median_as_above(values in vec(nanoseconds(), 1..40)) {
        let middle = median(&mut values.clone()).unwrap();
        let below = values.iter().filter(|value| **value < middle).count();
        let above = values.iter().filter(|value| **value > middle).count();
        let half = values.len() / 2;
        prop_assert!(below <= half && above <= half, "{below} below, {above} above {middle}");
    }

    #[test]
    fn an_interval_lies_within_the_sample_and_around_its_estimate(launches in launches(), seed: u64) {
        let interval = hierarchical_median(&launches, 100, seed).unwrap();
        let least = launches.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let greatest = launches.iter().flatten().copied().fold(0.0, f64::max);
        prop_assert!(least <= interval.low && interval.high <= greatest, "{interval:?}");
        prop_assert!(interval.holds(interval.estimate), "{interval:?}");
    }

    #[test]
    fn the_order_of_rounds_changes_no_digit_and_that_of_launches_no_estimate(
        launches in launches(),
        seed: u64,
    ) {
        let before = hierarchical_median(&launches, 100, seed).unwrap();
        let mut random = SplitMix64::new(seed);
        let mut other = launches;
        for rounds in &mut other {
            random.shuffle(rounds);
        }
        prop_assert_eq!(hierarchical_median(&other, 100, seed), Some(before));
        random.shuffle(&mut other);
        prop_assert_eq!(hierarchical_median(&other, 100, seed).unwrap().estimate, before.estimate);
    }

    /// Powers of two, so that scaling rounds nothing.
    #[test]
    fn another_unit_scales_the_interval(launches in launches(), power in -20..20_i32, seed: u64) {
        let unit = f64::from(power).exp2();
        let scaled = hierarchical_median(&each(&launches, |ns| ns * unit), 100, seed);
        let interval = hierarchical_median(&launches, 100, seed);
        prop_assert_eq!(scaled, interval.map(|interval| interval.map(|ns| ns * unit)));
    }

    /// Where every median is one of the values, only their order counts.
    #[test]
    fn a_rising_function_of_the_sample_is_one_of_the_interval(launches in odd_launches(), seed: u64) {
        let interval = hierarchical_median(&launches, WHOLE_PLACES, seed).unwrap();
        for (name, f) in [
            ("ln", (|ns: f64| ns.ln()) as fn(f64) -> f64),
            ("cube", |ns| ns.powi(3)),
            ("- 1 / x", |ns| -1.0 / ns),
        ] {
            let found = hierarchical_median(&each(&launches, f), WHOLE_PLACES, seed);
            prop_assert_eq!(found, Some(interval.map(f)), "{}", name);
        }
    }

    #[test]
    fn one_slow_value_in_five_does_not_move_the_estimate_out_of_the_rest(
        rest in vec(nanoseconds(), 4),
        place: Index,
        outlier in 1e10..1e300_f64,
    ) {
        let mut values = rest.clone();
        values.insert(place.index(5), outlier);
        let launches: Vec<Vec<f64>> = values.into_iter().map(|ns| vec![ns]).collect();
        let estimate = hierarchical_median(&launches, 1, 1).unwrap().estimate;
        prop_assert!(rest.contains(&estimate), "{estimate}");
    }

    #[test]
    fn a_ratio_has_no_unit_and_its_inverse_is_the_other_way_round(
        new in vec(nanoseconds(), 1..12),
        old in vec(nanoseconds(), 1..12),
        power in -20..20_i32,
        seed: u64,
    ) {
        let unit = f64::from(power).exp2();
        let scale = |values: &[f64]| values.iter().map(|ns| ns * unit).collect::<Vec<_>>();
        let ratio = ratio_of_medians(&new, &old, 100, seed).unwrap();
        prop_assert_eq!(ratio_of_medians(&scale(&new), &scale(&old), 100, seed), Some(ratio));
        let inverse = ratio_of_medians(&old, &new, 100, seed).unwrap();
        prop_assert!((ratio.estimate * inverse.estimate - 1.0).abs() < 1e-12);
        let itself = ratio_of_medians(&new, &new, 100, seed).unwrap();
        prop_assert!(itself.estimate == 1.0 && itself.holds(1.0), "{itself:?}");
    }

    #[test]
    fn an_interval_holds_its_ends_and_nothing_beyond(low in -1e9..1e9_f64, width in 1e-3..1e9_f64) {
        let (estimate, high) = (low + width / 2.0, low + width);
        let interval = Interval { low, estimate, high };
        prop_assert!(interval.holds(low) && interval.holds(estimate) && interval.holds(high));
        prop_assert!(!interval.holds(low.next_down()) && !interval.holds(high.next_up()));
    }
}

/// A number of (0, 1), neither end included.
fn unit(random: &mut SplitMix64) -> f64 {
    ((random.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// How the launches of a case are distributed, with a median that is known.
struct Distribution {
    name: &'static str,
    median: f64,
    draw: fn(&mut SplitMix64) -> f64,
}

const DISTRIBUTIONS: [Distribution; 4] = [
    Distribution {
        name: "normal",
        median: 1000.0,
        draw: |random| 1000.0 + 20.0 * (-2.0 * unit(random).ln()).sqrt() * (TAU * unit(random)).cos(),
    },
    Distribution {
        name: "skewed (exponential)",
        median: 1000.0 + 20.0 * LN_2,
        draw: |random| 1000.0 - 20.0 * unit(random).ln(),
    },
    Distribution {
        name: "heavy-tailed (Cauchy)",
        median: 1000.0,
        draw: |random| 1000.0 + 20.0 * (PI * (unit(random) - 0.5)).tan(),
    },
    // Two levels that touch: with a gap between them any value in it is a median.
    Distribution {
        name: "bimodal (arcsine)",
        median: 1000.0,
        draw: |random| 1000.0 + 20.0 * (PI * (unit(random) - 0.5)).sin(),
    },
];

/// The probability of `least` successes or more among `trials`, each with `chance`.
fn at_least(least: u32, trials: u32, chance: f64) -> f64 {
    let ways = |of: u32| {
        (1..=of).fold(1.0, |ways, step| {
            ways * f64::from(trials - of + step) / f64::from(step)
        })
    };
    (least..=trials)
        .map(|of| ways(of) * chance.powf(f64::from(of)) * (1.0 - chance).powf(f64::from(trials - of)))
        .sum()
}

/// How often the interval holds the median, with an odd number of `launches`
/// and draws without end. Its low end is the first value that the median of a
/// resample reaches with a probability of 2.5 %, its high end the same from
/// above; the truth lies outside if too few launches fall on one side of it,
/// which is the toss of a coin for each and knows no shape.
fn coverage(launches: u32) -> f64 {
    let middle = launches.div_ceil(2);
    let reaches = |place: u32| at_least(middle, launches, f64::from(place) / f64::from(launches));
    let low = (1..=launches).find(|place| reaches(*place) >= 0.025).unwrap();
    1.0 - 2.0 * at_least(launches - low + 1, launches, 0.5)
}

/// Between launches lies a hundred times what lies between the rounds of one,
/// so the median of a launch is about its level. Both sizes are such that no
/// value is reached with a probability near 2.5 %, where draws that do end would
/// choose now this one and now the next.
#[test]
fn an_interval_holds_the_truth_as_often_as_theory_says_whatever_the_shape() {
    const TRIALS: u32 = 400;
    for launches in [7, 19] {
        let share = coverage(launches);
        let wanted = share * f64::from(TRIALS);
        let tolerance = 4.0 * (wanted * (1.0 - share)).sqrt();
        for Distribution { name, median, draw } in DISTRIBUTIONS {
            let mut random = SplitMix64::new(17);
            let mut held = 0.0;
            for trial in 0..TRIALS {
                let data: Vec<Vec<f64>> = (0..launches)
                    .map(|_| {
                        let level = draw(&mut random);
                        (0..9).map(|_| level + 0.2 * (unit(&mut random) - 0.5)).collect()
                    })
                    .collect();
                let interval = hierarchical_median(&data, 1000, trial.into()).unwrap();
                held += f64::from(u8::from(interval.holds(median)));
            }
            assert!(
                (held - wanted).abs() < tolerance,
                "{name}, {launches} launches: {held} of {TRIALS}, wanted {wanted} within {tolerance}"
            );
        }
    }
}

/// The first outputs for seed 1234567 as Vigna's reference code gives them.
#[test]
fn the_generator_is_the_published_one() {
    let mut random = SplitMix64::new(1_234_567);
    let found: Vec<u64> = (0..5).map(|_| random.next_u64()).collect();
    let published = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
        4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
    ];
    assert_eq!(found, published);
}
