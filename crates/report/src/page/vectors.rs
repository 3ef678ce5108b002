//! What official test vectors say of the contenders: counts for each suite, and
//! every case in which somebody says something else, with the reason.

use maud::{Markup, html};
use tokenlab_record::vectors::VectorSummary;

use crate::format;
use crate::table::{Cell, Table};
use crate::view::View;

/// The tables, or a sentence without vectors.
pub(super) fn html(view: &View<'_>) -> Markup {
    let vectors = &view.record.vectors;
    if vectors.is_empty() {
        return html! {
            p.remark {
                "No vectors were run. Some come with the packages of this build, others are found where "
                code { "TOKENLAB_VECTORS" } " points."
            }
        };
    }
    let suites = suites(vectors);
    let deviations: usize = vectors.iter().map(|summary| summary.deviations.len()).sum();
    html! {
        p { (summary(vectors, deviations)) }
        p {
            strong { "How to read it. " }
            "A suite is a set of published cases with a known answer; each was put to every contender that "
            "implements its scheme, without claims policy or clock. A deviation is a case in which a "
            "contender does not say what the vectors say; it stands below with the reason that was found "
            "when somebody looked at it."
        }
        p {
            strong { "What not to conclude. " }
            "Vectors try what their authors thought of. A deviation need not be a weakness: some libraries "
            "refuse what a specification merely allows."
        }
        (overview(vectors, &suites).html())
        @if deviations > 0 { (deviating(view, vectors).html()) }
        @for suite in &suites {
            @let table = by_contender(view, vectors, suite);
            details {
                summary {
                    (table.caption()) " (" (format::counted(table.len() as u64, "row", "rows")) ")"
                }
                (table.html())
            }
        }
    }
}

/// Suites in the order of the record.
fn suites(vectors: &[VectorSummary]) -> Vec<&str> {
    let mut suites: Vec<&str> = Vec::new();
    for summary in vectors {
        if !suites.contains(&summary.suite.as_str()) {
            suites.push(&summary.suite);
        }
    }
    suites
}

fn summary(vectors: &[VectorSummary], deviations: usize) -> String {
    let cases: usize = vectors.iter().map(VectorSummary::cases).sum();
    let unexplained = vectors
        .iter()
        .flat_map(|summary| &summary.deviations)
        .filter(|deviation| deviation.reason.is_none())
        .count();
    format!(
        "{} put to contenders: {} as the vectors say, {}{}.",
        format::counted(cases as u64, "case", "cases"),
        format::count((cases - deviations) as u64),
        format::counted(deviations as u64, "deviation", "deviations"),
        match unexplained {
            0 if deviations == 0 => String::new(),
            0 => ", each with its reason".to_owned(),
            _ => format!(", of which {} no reason yet", have(unexplained)),
        }
    )
}

fn have(count: usize) -> String {
    if count == 1 {
        "1 has".to_owned()
    } else {
        format!("{} have", format::count(count as u64))
    }
}

fn overview(vectors: &[VectorSummary], suites: &[&str]) -> Table {
    let mut table = Table::new(
        "Vectors by suite",
        &["suite", "contenders", "cases", "as the vectors say", "deviations"],
    );
    for suite in suites {
        let of_suite = || vectors.iter().filter(|summary| summary.suite == *suite);
        let mut contenders: Vec<_> = of_suite().map(|summary| &summary.contender).collect();
        contenders.sort();
        contenders.dedup();
        let cases: usize = of_suite().map(VectorSummary::cases).sum();
        let deviations: usize = of_suite().map(|summary| summary.deviations.len()).sum();
        table.push(vec![
            Cell::text(*suite),
            Cell::number(format::count(contenders.len() as u64)),
            Cell::number(format::count(cases as u64)),
            Cell::number(format::count((cases - deviations) as u64)),
            Cell::number(format::count(deviations as u64)),
        ]);
    }
    table
}

fn by_contender(view: &View<'_>, vectors: &[VectorSummary], suite: &str) -> Table {
    let mut table = Table::new(
        format!("{suite}, contender by contender"),
        &["contender", "scheme", "as the vectors say", "deviations"],
    );
    for summary in vectors.iter().filter(|summary| summary.suite == suite) {
        table.push(vec![
            Cell::contender(view, &summary.contender),
            Cell::text(&summary.scheme),
            Cell::number(format!(
                "{} of {}",
                format::count(summary.passed.into()),
                format::count(summary.cases() as u64)
            )),
            Cell::number(format::count(summary.deviations.len() as u64)),
        ]);
    }
    table
}

fn deviating(view: &View<'_>, vectors: &[VectorSummary]) -> Table {
    let mut table = Table::new(
        "Deviations",
        &["contender", "suite", "case", "expected", "observed", "reason"],
    );
    for summary in vectors {
        for deviation in &summary.deviations {
            table.push(vec![
                Cell::contender(view, &summary.contender),
                Cell::text(&summary.suite),
                Cell::text(&deviation.case),
                Cell::text(&deviation.expected),
                Cell::text(&deviation.observed),
                match &deviation.reason {
                    Some(reason) => Cell::text(reason),
                    None => Cell::flag("nobody has looked at it yet"),
                },
            ]);
        }
    }
    table
}
