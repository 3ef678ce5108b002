//! Axes: from a value to a place, and where to put the ticks.
//!
//! plotters' own logarithmic axis labels powers of ten only, which leaves a
//! panel of 20 to 90 µs without a single label; these pick ticks that are
//! round, at least `spacing` apart, and as many as fit.

/// A logarithmic axis between two pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LogAxis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl LogAxis {
    /// The least factor between the ends: closer values would be told apart by
    /// the eye and not by the data.
    const LEAST_SPAN: f64 = 1.25;

    /// An axis on which every positive value of `values` has a place, with a
    /// little air at both ends. `None` if there is no such value.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.into_iter().filter(|value| is_drawable(*value)) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            return None;
        }
        let middle = (low.ln() + high.ln()) / 2.0;
        let half = ((high / low).ln() * 1.08).max(Self::LEAST_SPAN.ln()) / 2.0;
        Some(Self {
            low: (middle - half).exp(),
            high: (middle + half).exp(),
            from,
            to,
        })
    }

    /// An axis centred on 1 that reaches every positive value of `ratios` and
    /// at least `least` to either side.
    pub(crate) fn around_one(
        ratios: impl IntoIterator<Item = f64>,
        least: f64,
        (from, to): (f64, f64),
    ) -> Self {
        let reach = ratios
            .into_iter()
            .filter(|ratio| is_drawable(*ratio))
            .map(|ratio| ratio.ln().abs() * 1.08)
            .fold(least.ln(), f64::max);
        Self {
            low: (-reach).exp(),
            high: reach.exp(),
            from,
            to,
        }
    }

    /// The place of a value; values beyond an end stand at that end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let value = if is_drawable(value) { value } else { self.low };
        let share = (value / self.low).ln() / (self.high / self.low).ln();
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Round values at least `spacing` pixels apart.
    pub(crate) fn ticks(&self, spacing: f64) -> Vec<f64> {
        let fits = |ticks: &Vec<f64>| {
            ticks.len() >= 2
                && ticks
                    .windows(2)
                    .all(|pair| matches!(pair, [a, b] if (self.at(*b) - self.at(*a)).abs() >= spacing))
        };
        let steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].map(|share| self.even_ticks(share));
        let mantissas = [
            &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0][..],
            &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
            &[1.0, 2.0, 5.0],
            &[1.0, 3.0],
        ]
        .map(|mantissas| self.decade_ticks(mantissas, 1));
        let decades = [1, 2, 3, 5, 10].map(|stride| self.decade_ticks(&[1.0], stride));
        steps
            .into_iter()
            .chain(mantissas)
            .chain(decades)
            .find(fits)
            .unwrap_or_default()
    }

    /// Powers of two at least `spacing` pixels apart, if the axis reaches twice
    /// and half; [`Self::ticks`] if it does not.
    pub(crate) fn doublings(&self, spacing: f64) -> Vec<f64> {
        let reach = self.high.log2().min(-self.low.log2()).floor();
        let octave = self.at(2.0) - self.at(1.0);
        if reach < 1.0 || octave <= 0.0 {
            return self.ticks(spacing);
        }
        let stride = (spacing / octave).ceil().max(1.0);
        let strides = (reach / stride).floor();
        even(-strides, strides, 1.0)
            .into_iter()
            .map(|strides| (strides * stride).exp2())
            .collect()
    }

    /// Multiples of a step, when the axis is too short for anything else.
    fn even_ticks(&self, share: f64) -> Vec<f64> {
        if self.high / self.low > 2.0 {
            return Vec::new();
        }
        even(
            self.low,
            self.high,
            10_f64.powf(self.low.log10().floor()) * share * 10.0,
        )
    }

    fn decade_ticks(&self, mantissas: &[f64], stride: usize) -> Vec<f64> {
        #[allow(clippy::cast_possible_truncation)] // the exponent of a finite float
        let exponent = |value: f64| value.log10().floor() as i32;
        (exponent(self.low)..=exponent(self.high))
            .filter(|decade| (decade.unsigned_abs() as usize).is_multiple_of(stride))
            .flat_map(|decade| {
                mantissas
                    .iter()
                    .map(move |mantissa| mantissa * 10_f64.powi(decade))
            })
            .filter(|tick| (self.low..=self.high).contains(tick))
            .collect()
    }
}

/// A linear axis from nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LinearAxis {
    high: f64,
    from: f64,
    to: f64,
}

impl LinearAxis {
    /// An axis from 0 to the largest of `values`, with a little air.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Self {
        let high = values
            .into_iter()
            .filter(|value| value.is_finite())
            .fold(1.0, f64::max);
        Self {
            high: high * 1.02,
            from,
            to,
        }
    }

    /// The place of a value.
    pub(crate) fn at(&self, value: f64) -> f64 {
        self.from + (value / self.high).clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Whether a value has a place on it.
    pub(crate) fn holds(&self, value: f64) -> bool {
        (0.0..=self.high).contains(&value)
    }

    /// Round values from 0, at least `spacing` pixels apart.
    pub(crate) fn ticks(&self, spacing: f64) -> Vec<f64> {
        let least = self.high * spacing / (self.to - self.from).abs().max(1.0);
        let decade = 10_f64.powf(least.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * decade)
            .find(|step| *step >= least)
            .unwrap_or(least);
        even(0.0, self.high, step)
    }
}

/// Multiples of `step` from `low` to `high`.
fn even(low: f64, high: f64, step: f64) -> Vec<f64> {
    const MOST: u32 = 100; // no chart has room for as many
    let first = (low / step).ceil();
    (0..MOST)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|tick| *tick <= high)
        .collect()
}

fn is_drawable(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_narrow_axis_still_has_labels() {
        let axis = LogAxis::over([41_200.0, 41_900.0], 0.0, 500.0).expect("an axis");
        assert!(axis.ticks(60.0).len() >= 2, "{:?}", axis.ticks(60.0));
    }

    #[test]
    fn a_wide_axis_has_no_label_upon_another() {
        let axis = LogAxis::over([1.0, 1e10], 0.0, 300.0).expect("an axis");
        let ticks = axis.ticks(60.0);
        assert!(ticks.len() >= 2, "{ticks:?}");
        for pair in ticks.windows(2) {
            assert!(axis.at(pair[1]) - axis.at(pair[0]) >= 60.0, "{pair:?}");
        }
    }

    #[test]
    fn an_axis_of_ratios_counts_in_doublings_once_it_reaches_them() {
        let axis = LogAxis::around_one([4.5], 1.01, (0.0, 800.0));
        assert_eq!(axis.doublings(60.0), [0.25, 0.5, 1.0, 2.0, 4.0]);
        assert_eq!(axis.doublings(200.0), [0.25, 1.0, 4.0]);
        let narrow = LogAxis::around_one([1.04], 1.01, (0.0, 800.0));
        assert_eq!(narrow.doublings(60.0), narrow.ticks(60.0));
    }

    #[test]
    fn an_axis_over_nothing_positive_is_none() {
        assert_eq!(LogAxis::over([0.0, -1.0, f64::NAN], 0.0, 1.0), None);
        assert!(LogAxis::over([1.0], 0.0, 1.0).is_some());
    }

    #[test]
    fn a_linear_axis_starts_at_nothing_and_steps_evenly() {
        let axis = LinearAxis::over([4200.0], 100.0, 600.0);
        assert_eq!(axis.ticks(70.0), [0.0, 1000.0, 2000.0, 3000.0, 4000.0]);
        assert!((axis.at(0.0) - 100.0).abs() < 1e-9);
        assert!(axis.holds(4096.0));
        assert!(!axis.holds(8192.0));
    }

    proptest! {
        #[test]
        fn a_larger_value_never_stands_further_left(
            values in prop::collection::vec(1e-3..1e11, 1..20),
            a in 1e-4..1e12, b in 1e-4..1e12,
        ) {
            let log = LogAxis::over(values.iter().copied(), 200.0, 700.0).expect("an axis");
            let linear = LinearAxis::over(values.iter().copied(), 200.0, 700.0);
            let ratio = LogAxis::around_one(values.iter().copied(), 1.1, (200.0, 700.0));
            let (low, high) = (f64::min(a, b), f64::max(a, b));
            for (name, at) in [
                ("log", &(|value| log.at(value)) as &dyn Fn(f64) -> f64),
                ("linear", &|value| linear.at(value)),
                ("ratio", &|value| ratio.at(value)),
            ] {
                prop_assert!(at(low) <= at(high), "{name}: {low} at {}, {high} at {}", at(low), at(high));
                for value in &values {
                    prop_assert!((200.0..=700.0).contains(&at(*value)), "{name}: {value} at {}", at(*value));
                }
            }
        }

        #[test]
        fn ticks_rise_and_keep_their_distance(low in 1e-3..1e9, factor in 1.0..1e6) {
            let axis = LogAxis::over([low, low * factor], 0.0, 480.0).expect("an axis");
            let ticks = axis.ticks(64.0);
            prop_assert!(ticks.len() >= 2, "{low} x {factor}: {ticks:?}");
            for pair in ticks.windows(2) {
                prop_assert!(axis.at(pair[1]) - axis.at(pair[0]) >= 64.0, "{low} x {factor}: {ticks:?}");
            }
        }
    }
}
