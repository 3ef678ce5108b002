//! Numbers for readers: three significant figures, units that fit, and the
//! same spelling on the page, in the charts and on the terminal.

use tokenlab_record::catalogue::Class;
use tokenlab_record::stats::Interval;

/// Shown for a number that is none.
const NOT_A_NUMBER: &str = "n/a";

/// The clock that times a class, as the head of a column.
#[must_use]
pub(crate) const fn clock_head(class: Class) -> &'static str {
    if class.waits() { "wall time" } else { "CPU time" }
}

/// A duration given in nanoseconds, `41.2 µs`.
#[must_use]
pub fn duration_ns(ns: f64) -> String {
    with_unit(ns, significant)
}

/// The same on an axis, where `20.0 µs` is `20 µs`.
#[must_use]
pub(crate) fn tick_duration_ns(ns: f64) -> String {
    with_unit(ns, |value| trimmed(&significant(value)))
}

/// A ratio, `1.76×`.
#[must_use]
pub fn ratio(value: f64) -> String {
    if value.is_finite() {
        format!("{}×", significant(value))
    } else {
        NOT_A_NUMBER.to_owned()
    }
}

/// The same on an axis, where `2.00×` is `2×`, and `1.002×` may be a tick.
#[must_use]
pub(crate) fn tick_ratio(value: f64) -> String {
    format!("{}×", trimmed(&rounded(value, 4)))
}

/// A count on an axis, `2,500`.
#[must_use]
pub(crate) fn tick_count(value: f64) -> String {
    trimmed(&significant(value))
}

/// Half the width of an interval as a share of its estimate, `± 0.42 %`.
#[must_use]
pub fn interval_half_width(interval: Interval) -> String {
    let share = interval.relative_half_width();
    if !share.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    // Two figures are all that a bootstrap of a dozen launches can tell.
    let percent = share * 100.0;
    if percent < 0.01 {
        "± < 0.01 %".to_owned()
    } else {
        format!("± {} %", rounded(percent, 2))
    }
}

/// The two ends of an interval, `1.70 to 1.79`.
#[must_use]
pub fn interval_ends(interval: Interval) -> String {
    format!("{} to {}", significant(interval.low), significant(interval.high))
}

/// A share between 0 and 1 in per cent, `3.40 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", significant(share * 100.0))
}

/// A share that is a rule and not a measurement, where `5.00 %` is `5 %`.
#[must_use]
pub(crate) fn limit_percent(share: f64) -> String {
    format!("{} %", trimmed(&significant(share * 100.0)))
}

/// A whole number with its thousands apart, `12,345`.
#[must_use]
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A whole number and what it counts, `1 launch` or `12 launches`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Three significant figures, thousands apart.
#[must_use]
pub fn significant(value: f64) -> String {
    rounded(value, 3)
}

fn with_unit(ns: f64, write: impl Fn(f64) -> String) -> String {
    if !ns.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let (divisor, unit) = UNITS
        .into_iter()
        .find(|(divisor, _)| round_to(ns / divisor, 3).abs() < 1000.0)
        .unwrap_or(LARGEST_UNIT);
    format!("{} {unit}", write(ns / divisor))
}

const LARGEST_UNIT: (f64, &str) = (1e9, "s");
const UNITS: [(f64, &str); 4] = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), LARGEST_UNIT];

fn rounded(value: f64, figures: usize) -> String {
    if !value.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded = round_to(value, figures);
    let magnitude = rounded.abs().log10().floor();
    if !(-6.0..15.0).contains(&magnitude) {
        return format!("{rounded:e}");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within -6 and 15
    let decimals = (figures as f64 - 1.0 - magnitude).max(0.0) as usize;
    grouped(&format!("{rounded:.decimals$}"))
}

/// Rounds to a number of significant figures, through the decimal text so that
/// 999.6 comes out as exactly 1000.
fn round_to(value: f64, figures: usize) -> f64 {
    let decimals = figures.saturating_sub(1);
    format!("{value:.decimals$e}").parse().unwrap_or(value)
}

/// Sets a comma after each three digits before the point.
fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_at(number.find('.').unwrap_or(number.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut text = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

fn trimmed(number: &str) -> String {
    if number.contains('.') && !number.contains('e') {
        number.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_figures_and_a_unit_that_fits() {
        for (ns, text) in [
            (0.0, "0 ns"),
            (0.123_456, "0.123 ns"),
            (1.0, "1.00 ns"),
            (999.4, "999 ns"),
            (999.6, "1.00 µs"),
            (41_234.0, "41.2 µs"),
            (1_214_000.0, "1.21 ms"),
            (999_950_000.0, "1.00 s"),
            (10e9, "10.0 s"),
            (12_345e9, "12,300 s"),
            (-41_234.0, "-41.2 µs"),
            (f64::NAN, "n/a"),
            (f64::INFINITY, "n/a"),
        ] {
            assert_eq!(duration_ns(ns), text, "{ns}");
        }
    }

    #[test]
    fn ratios_never_show_a_false_precision() {
        for (value, text) in [
            (1.0, "1.00×"),
            (1.755_4, "1.76×"),
            (9.996, "10.0×"),
            (126.84, "127×"),
            (12_684.0, "12,700×"),
            (0.051_26, "0.0513×"),
            (f64::NAN, "n/a"),
        ] {
            assert_eq!(ratio(value), text, "{value}");
        }
    }

    #[test]
    fn half_widths_are_a_share_of_the_estimate() {
        let around = |half| Interval {
            low: 100.0 - half,
            estimate: 100.0,
            high: 100.0 + half,
        };
        for (half, text) in [
            (0.0, "± < 0.01 %"),
            (0.42, "± 0.42 %"),
            (2.25, "± 2.2 %"),
            (40.0, "± 40 %"),
        ] {
            assert_eq!(interval_half_width(around(half)), text, "{half}");
        }
    }

    #[test]
    fn ticks_drop_zeros_that_say_nothing() {
        assert_eq!(tick_duration_ns(20_000.0), "20 µs");
        assert_eq!(tick_duration_ns(1_500.0), "1.5 µs");
        assert_eq!(tick_duration_ns(100.0), "100 ns");
        assert_eq!(tick_ratio(1.0), "1×");
    }

    #[test]
    fn counts_are_read_in_threes() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1234), "1,234");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(1, "launch", "launches"), "1 launch");
        assert_eq!(counted(0, "launch", "launches"), "0 launches");
    }
}
