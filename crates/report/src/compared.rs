//! What two runs come to, in the words of the page and of the terminal.

use tokenlab_record::compare::{Comparison, FEW_LAUNCHES, Finding, Which};
use tokenlab_record::environment::Difference;

use crate::format;
use crate::view::is_unoptimised;

/// What must be known before any ratio is read.
#[must_use]
pub fn caveats(comparison: &Comparison) -> Vec<String> {
    let mut caveats = Vec::new();
    if !comparison.same_machine() {
        let fields: Vec<String> = comparison.machine.iter().map(in_words).collect();
        caveats.push(format!(
            "The runs were made on two machines ({}). A ratio says which machine is faster at that case and \
             nothing about the libraries; there are no ranks.",
            fields.join("; ")
        ));
    }
    for (side, which) in comparison.sides().into_iter().zip([Which::Old, Which::New]) {
        let which = which.title();
        if side.is_partial() {
            caveats.push(format!(
                "The {which} run is partial: it was interrupted or is still going."
            ));
        }
        if side.noise.noisy {
            caveats.push(format!(
                "The {which} run is noisy: {} of its timed blocks were disturbed and dropped.",
                format::percent(side.noise.share)
            ));
        }
        if is_unoptimised(&side.environment) {
            caveats.push(format!(
                "The {which} run was made by a {} build. Its times say nothing about an optimised program.",
                side.environment.build_profile
            ));
        }
        if side.damaged > 0 {
            caveats.push(format!(
                "{} of the {which} run could not be read and took no part.",
                format::counted(side.damaged as u64, "line", "lines")
            ));
        }
    }
    if let Some(canary) = comparison.canary.filter(|_| comparison.canary_moved()) {
        caveats.push(format!(
            "The canary, which does the same work in both runs, took {} the time in the new one (95 %: {}): \
             the machine itself ran at another speed, and changes of that size may be its own.",
            format::ratio(canary.estimate),
            format::interval_ends(canary)
        ));
    }
    if let Some(launches) = comparison
        .fewest_launches()
        .filter(|fewest| *fewest < FEW_LAUNCHES)
    {
        caveats.push(format!(
            "Some ratios rest on {}; below {FEW_LAUNCHES} an interval over launches is too sure of itself.",
            format::counted(launches.into(), "launch", "launches")
        ));
    }
    let two_levels = comparison.cases.iter().filter(|case| case.two_levels).count();
    if two_levels > 0 {
        caveats.push(format!(
            "In {} the launches keep to two levels, as the layout of memory gives them; the middle of such \
             launches may jump though nothing has changed.",
            format::counted(two_levels as u64, "case", "cases")
        ));
    }
    caveats
}

/// The counts, in a sentence.
#[must_use]
pub fn summary(comparison: &Comparison) -> String {
    format!(
        "Of {} in both runs {} slower, {} faster, and {} no change that exceeds {} and the interval.",
        format::counted(comparison.cases.len() as u64, "case", "cases"),
        are(comparison.count(Finding::Slower)),
        are(comparison.count(Finding::Faster)),
        match comparison.count(Finding::NoChange) {
            1 => "1 shows".to_owned(),
            count => format!("{} show", format::count(count as u64)),
        },
        format::limit_percent(comparison.least_effect),
    )
}

fn are(count: usize) -> String {
    match count {
        1 => "1 is".to_owned(),
        _ => format!("{} are", format::count(count as u64)),
    }
}

/// `compiler: rustc 1.94 in the old run, rustc 1.95 in the new one`.
#[must_use]
pub fn in_words(difference: &Difference) -> String {
    let shown = |value: &str| match value {
        "" => "none".to_owned(),
        value => value.to_owned(),
    };
    format!(
        "{}: {} in the old run, {} in the new one",
        difference.what,
        shown(&difference.old),
        shown(&difference.new)
    )
}
