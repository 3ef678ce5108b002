//! The format tax: what is left between JWT and PASETO when the cryptography
//! is held constant, and which part of the other differences is which.

use tokenlab_record::catalogue::Family;
use tokenlab_record::format_tax::{Comparison, Step};
use tokenlab_record::measurement::Model;

use super::forest::{self, Row};
use super::{Figure, MOST_ROWS, left_out};
use crate::format;
use crate::palette::Ink;
use crate::table::{Cell, Table};
use crate::view::{View, capitalised, listed};

const CAUTION: &str = "No library of this run speaks both formats, so format and library change together \
                       where the primitive is held constant, and the ratio is the price of both at once. \
                       Versions of PASETO are formats too. What the keys are when they arrive, and whether \
                       they are parsed for every token, counts as the library's.";

/// The pairs of one model that share their code, and of each algorithm the
/// fastest of both sides. The table has every pair.
pub(super) fn figure(view: &View<'_>, model: Model, comparisons: &[Comparison]) -> Figure {
    let title = format!("Format, library, backend: {}", model.title());
    let of_model = || {
        comparisons
            .iter()
            .filter(move |comparison| comparison.group.model == model)
    };
    let shown: Vec<&Comparison> = of_model().filter(|comparison| comparison.is_shown()).collect();
    let rows: Vec<Row> = shown
        .iter()
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
    Figure {
        anchor: format!("format-tax-{}", model.slug()),
        class: None,
        description: format!(
            "Forest plot of {} between JWT and PASETO with the same algorithm. All values are in the table \
             below.",
            format::counted(rows.len() as u64, "ratio", "ratios"),
        ),
        remark: Some(remark(view, &shown, of_model().count())),
        reading: "A row is a JWT and a PASETO contender of the same algorithm, paired within rounds; at 1 \
                  they take as long, to the right PASETO takes longer. Rows marked same code share the \
                  implementation of their primitive, so that their ratio is none of cryptography's; the \
                  others are the fastest contender of each side at an algorithm. The table has all pairs, and \
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

/// More ratios than this make no sentence.
const SENTENCES: usize = 4;

/// What the pairs that share their code come to, and what the chart leaves to
/// the table.
fn remark(view: &View<'_>, shown: &[&Comparison], all: usize) -> String {
    if shown.is_empty() {
        return "No chart: this run has no JWT and PASETO contenders with the same algorithm.".to_owned();
    }
    let same: Vec<&&Comparison> = shown
        .iter()
        .filter(|comparison| comparison.is_format_tax())
        .collect();
    let mut remarks: Vec<String> = same
        .iter()
        .take(SENTENCES)
        .map(|comparison| {
            format!(
                "With {} in both, {}.",
                implementation(view, comparison),
                said(&comparison.whole)
            )
        })
        .collect();
    if same.is_empty() {
        remarks.push("No JWT and PASETO contender of this run share the code of their primitive.".to_owned());
    }
    if let (true, Some((low, high))) = (same.len() > SENTENCES, ends(&same)) {
        remarks.push(format!(
            "All {} pairs that share their code lie between {} and {}.",
            same.len(),
            format::ratio(low),
            format::ratio(high)
        ));
    }
    if all > shown.len().min(MOST_ROWS) {
        remarks.extend(left_out(shown.len()));
        remarks.push(format!(
            "The table has all {}.",
            format::counted(all as u64, "pair", "pairs")
        ));
    }
    if has(view, Family::Jwe)
        && !shown
            .iter()
            .any(|it| view.family(&it.whole.from) == Some(Family::Jwe))
    {
        remarks.push(
            "Encrypted tokens of the two formats have no primitive in common here, so none of them has a row."
                .to_owned(),
        );
    }
    remarks.join(" ")
}

fn ends(comparisons: &[&&Comparison]) -> Option<(f64, f64)> {
    let ratios = || {
        comparisons
            .iter()
            .map(|comparison| comparison.whole.ratio.estimate)
    };
    Some((ratios().min_by(f64::total_cmp)?, ratios().max_by(f64::total_cmp)?))
}

fn has(view: &View<'_>, family: Family) -> bool {
    let cards = &view.record.catalogue.contenders;
    cards.iter().any(|card| card.family == family)
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
