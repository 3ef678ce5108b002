//! The format tax: what is left between JWT and PASETO when the cryptography
//! is held constant, and which part of the other differences is which.

use tokenlab_record::format_tax::{Comparison, Step};
use tokenlab_record::measurement::Model;

use super::forest::{self, Row};
use super::{Figure, left_out};
use crate::format;
use crate::palette::Ink;
use crate::table::{Cell, Table};
use crate::view::{View, capitalised, listed};

const CAUTION: &str = "No library of this run speaks both formats, so format and library change together \
                       where the primitive is held constant, and the ratio is the price of both at once. \
                       Versions of PASETO are formats too. What the keys are when they arrive, and whether \
                       they are parsed for every token, counts as the library's.";

/// Every pair of one model, those with the same primitive first.
pub(super) fn figure(view: &View<'_>, model: Model, comparisons: &[Comparison]) -> Figure {
    let title = format!("Format, library, backend: {}", model.title());
    let of_model = || {
        comparisons
            .iter()
            .filter(move |comparison| comparison.group.model == model)
    };
    let rows: Vec<Row> = of_model()
        .map(|comparison| Row {
            label: format!("{} → {}", comparison.whole.from, comparison.whole.to),
            ink: view.ink(&comparison.whole.to),
            ratio: comparison.whole.ratio,
            finding: if comparison.is_format_tax() {
                Some(("same code", Ink::Text))
            } else {
                comparison.whole.tied.then_some(("tie", Ink::Muted))
            },
        })
        .collect();
    let sketch = forest::sketch(
        &view.provenance(),
        &title,
        "time of the PASETO contender over the JWT contender of the same algorithm, as shipped · logarithmic",
        &rows,
        Some((1.0 / 1.01, 1.01)),
    );
    let taxes: Vec<String> = of_model()
        .filter(|comparison| comparison.is_format_tax())
        .map(|comparison| {
            format!(
                "With {} in both, {}.",
                implementation(view, comparison),
                said(&comparison.whole)
            )
        })
        .collect();
    Figure {
        anchor: format!("format-tax-{}", model.slug()),
        description: format!(
            "Forest plot of {} between JWT and PASETO with the same algorithm. All values are in the table \
             below.",
            format::counted(rows.len() as u64, "ratio", "ratios"),
        ),
        remark: if rows.is_empty() {
            Some("No chart: this run has no JWT and PASETO contenders with the same algorithm.".to_owned())
        } else if taxes.is_empty() {
            Some("No JWT and PASETO contender of this run share the code of their primitive.".to_owned())
        } else {
            left_out(rows.len()).into_iter().chain(taxes).reduce(|all, next| format!("{all} {next}"))
        },
        reading: "A row is a JWT and a PASETO contender of the same algorithm, paired within rounds; at 1 \
                  they take as long, to the right PASETO takes longer. Rows marked same code share the \
                  implementation of their primitive, so that their ratio is none of cryptography's. The table \
                  walks every difference in steps that change as little as this run's contenders allow: one \
                  that changes the format alone is the format's, and so on. Ratios of the steps multiply to \
                  the whole, up to what medians lose."
            .to_owned(),
        caution: CAUTION,
        table: (!rows.is_empty()).then(|| table(view, &title, of_model())),
        sketch,
        title,
    }
}

fn table<'a>(view: &View<'_>, title: &str, comparisons: impl Iterator<Item = &'a Comparison>) -> Table {
    let mut table = Table::new(
        title,
        &["JWT", "PASETO", "algorithm", "ratio", "95 %", "step by step"],
    );
    for comparison in comparisons {
        let whole = &comparison.whole;
        table.push(vec![
            Cell::contender(view, &whole.from),
            Cell::contender(view, &whole.to),
            Cell::text(&comparison.algorithm),
            Cell::number(format::ratio(whole.ratio.estimate)),
            Cell::number(format::interval_ends(whole.ratio)),
            Cell::text(step_by_step(comparison)),
        ]);
    }
    table
}

/// The steps of a comparison as sentences.
fn step_by_step(comparison: &Comparison) -> String {
    if let [only] = comparison.steps.as_slice() {
        return format!(
            "{}: {}. Nothing in this run divides it.",
            changed(only),
            said(only)
        );
    }
    let steps = comparison
        .steps
        .iter()
        .map(|step| format!("{}: {}.", changed(step), said(step)));
    steps.collect::<Vec<_>>().join(" ")
}

fn changed(step: &Step) -> String {
    let names: Vec<String> = step.change.names().into_iter().map(str::to_owned).collect();
    if names.is_empty() {
        "Nothing".to_owned()
    } else {
        capitalised(&listed(&names))
    }
}

/// A step in words that are the same for either side.
fn said(step: &Step) -> String {
    let Step { from, to, ratio, .. } = step;
    // The interval says whether a tie is close or merely undecided.
    let (times, ends) = (format::ratio(ratio.estimate), format::interval_ends(*ratio));
    if step.tied {
        format!("{from} and {to} can't be told apart ({times}, 95 %: {ends})")
    } else if ratio.estimate > 1.0 {
        format!("{to} takes {times} as long as {from}")
    } else {
        format!(
            "{from} takes {} as long as {to}",
            format::ratio(1.0 / ratio.estimate)
        )
    }
}

fn implementation(view: &View<'_>, comparison: &Comparison) -> String {
    view.card(&comparison.whole.from).map_or_else(
        || comparison.algorithm.clone(),
        |card| card.primitive.implementation.clone(),
    )
}
