//! What flags take that clap can't read by itself, with what is wrong with anything else.

use std::time::Duration;

use tokenlab_benches::profile::Profile;

pub(super) fn parse_profile(name: &str) -> Result<Profile, String> {
    let names = Profile::ALL.map(Profile::name);
    Profile::ALL
        .into_iter()
        .find(|profile| profile.name() == name)
        .ok_or_else(|| crate::suggest::unknown("profile", name, &names))
}

/// Seconds, with a fraction if need be.
pub(super) fn parse_seconds(text: &str) -> Result<Duration, String> {
    const MOST: f64 = 3600.0;
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= MOST => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!("{text:?} is no time; want seconds, up to {MOST}")),
    }
}

/// A share out of per cent. `10%` and `10` are the same; a bare number below 1
/// may be meant either way (0.1 as a tenth, or as a tenth of a per cent) and is
/// sent back for its sign.
pub(super) fn parse_percent(text: &str) -> Result<f64, String> {
    let (number, signed) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim_end(), true),
        None => (text.trim(), false),
    };
    let percent: f64 = number
        .parse()
        .map_err(|_| format!("{text:?} is no percentage; want one as in 10%"))?;
    if !percent.is_finite() || percent < 0.0 {
        return Err(format!("{text:?} is no limit; want 0% or more"));
    }
    if !signed && percent > 0.0 && percent < 1.0 {
        return Err(format!(
            "{text:?} could be {percent}% or {}%; write the sign",
            percent * 100.0
        ));
    }
    Ok(percent / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_means_one_thing_or_is_sent_back() {
        for (text, share) in [
            ("10%", 0.1),
            ("10", 0.1),
            (" 2.5 % ", 0.025),
            ("0.1%", 0.001),
            ("0", 0.0),
            ("0%", 0.0),
            ("150%", 1.5),
        ] {
            let parsed = parse_percent(text);
            assert!(
                parsed.as_ref().is_ok_and(|found| (found - share).abs() < 1e-12),
                "{text:?}: {parsed:?}"
            );
        }
        for (text, hint) in [
            ("0.1", "write the sign"),
            ("-5%", "0% or more"),
            ("-5", "0% or more"),
            ("NaN", "0% or more"),
            ("inf%", "0% or more"),
            ("", "no percentage"),
            ("%", "no percentage"),
            ("ten", "no percentage"),
            ("10%%", "no percentage"),
            ("10 percent", "no percentage"),
            ("1,5%", "no percentage"),
        ] {
            let problem = parse_percent(text).expect_err(text);
            assert!(problem.contains(hint), "{text:?}: {problem}");
        }
    }
}
