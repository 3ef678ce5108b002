//! Two runs: the new times over the old ones, a forest plot a model.

use tokenlab_record::compare::{Case, Comparison, Finding, by_model};
use tokenlab_record::measurement::Model;

use super::{Figure, forest, left_out};
use crate::format;
use crate::palette::Ink;
use crate::table::{Cell, Table};
use crate::view::capitalised;

/// One figure for each model that both runs measured.
pub(crate) fn figures(comparison: &Comparison) -> Vec<Figure> {
    by_model(comparison)
        .into_iter()
        .map(|(model, cases)| figure(comparison, model, &cases))
        .collect()
}

fn figure(comparison: &Comparison, model: Model, cases: &[&Case]) -> Figure {
    let limit = comparison.least_effect;
    let title = format!("{}: new over old", capitalised(model.title()));
    let rows: Vec<forest::Row> = cases
        .iter()
        .map(|case| forest::Row {
            label: format!("{} · {}", case.contender, case.group.corpus),
            ink: Ink::of_family(case.family),
            ratio: case.ratio,
            finding: Some((case.finding.title(), ink(case.finding))),
        })
        .collect();
    let sketch = forest::sketch(
        &provenance(comparison),
        &title,
        &format!(
            "{} of one operation, new run over old, 95 % interval · logarithmic · shaded: within {}, which is \
             never called a change",
            clocks(cases),
            format::limit_percent(limit)
        ),
        &rows,
        Some((1.0 - limit, 1.0 + limit)),
    );
    let count = |finding| cases.iter().filter(|case| case.finding == finding).count() as u64;
    let total = format::counted(cases.len() as u64, "case", "cases");
    Figure {
        anchor: format!("compare-{}", model.slug()),
        class: None,
        description: format!(
            "Forest plot of {total}: {} slower, {} faster, {} without a change. All values are in the table \
             below.",
            count(Finding::Slower),
            count(Finding::Faster),
            count(Finding::NoChange),
        ),
        remark: left_out(rows.len()),
        reading: format!(
            "A row is a case that both runs measured, the changed ones first and the farthest of them at the \
             top. At 1 nothing changed; to the right the new run takes longer. A change is called one if its \
             interval excludes 1 and it exceeds {}; every other row says \u{201c}no change\u{201d}.",
            format::limit_percent(limit)
        ),
        caution: "The runs stood apart in time, so these ratios are not paired: whatever the machine did \
                  differently in the two is in them. One interval in twenty excludes 1 by chance. And no \
                  change means that none was seen here, not that there is none.",
        table: Some(table(comparison, model, cases)),
        sketch,
        title,
    }
}

/// What was timed: one model may have rows by either clock.
fn clocks(cases: &[&Case]) -> String {
    let mut clocks: Vec<String> = Vec::new();
    for case in cases {
        let clock = case.group.class.clock().to_owned();
        if !clocks.contains(&clock) {
            clocks.push(clock);
        }
    }
    if clocks.len() > 1 {
        "thread CPU time (of sessions: wall time)".to_owned()
    } else {
        clocks.concat()
    }
}

/// Slower asks for a look, faster is news, no change is neither.
const fn ink(finding: Finding) -> Ink {
    match finding {
        Finding::Slower => Ink::Warning,
        Finding::Faster => Ink::Text,
        Finding::NoChange => Ink::Muted,
    }
}

fn table(comparison: &Comparison, model: Model, cases: &[&Case]) -> Table {
    let ranked = comparison.same_machine();
    let mut heads = vec![
        "contender",
        "claims",
        "class",
        "old",
        "new",
        "ratio",
        "95 %",
        "finding",
    ];
    if ranked {
        heads.push("rank");
    }
    heads.extend(["launches", "remark"]);
    let mut table = Table::new(
        format!("{}: old and new times", capitalised(model.title())),
        &heads,
    );
    for case in cases {
        let mut row = vec![
            Cell::id(&case.contender),
            Cell::text(&case.group.corpus),
            Cell::text(case.group.class.title()),
            Cell::number(format::duration_ns(case.old_ns.estimate)),
            Cell::number(format::duration_ns(case.new_ns.estimate)),
            Cell::number(format::ratio(case.ratio.estimate)),
            Cell::number(format::interval_ends(case.ratio)),
            match case.finding {
                Finding::Slower => Cell::flag(case.finding.title()),
                _ => Cell::text(case.finding.title()),
            },
        ];
        if ranked {
            row.push(Cell::number(ranks(case)));
        }
        let (old, new) = case.launches;
        row.push(Cell::number(format!("{old}, {new}")));
        row.push(Cell::text(if case.two_levels {
            "launches on two levels"
        } else {
            ""
        }));
        table.push(row);
    }
    table
}

/// `3`, or `3 → 1`; nothing where ranks can't be compared.
fn ranks(case: &Case) -> String {
    match case.ranks {
        Some((old, new)) if old == new => new.to_string(),
        Some((old, new)) => format!("{old} → {new}"),
        None => String::new(),
    }
}

/// What a reader of a single picture must know about the runs behind it.
fn provenance(comparison: &Comparison) -> String {
    let mut parts = vec![format!(
        "new {} over old {}",
        comparison.new.manifest.run, comparison.old.manifest.run
    )];
    if comparison.same_machine() {
        parts.push(comparison.new.environment.cpu_model.clone());
    } else {
        parts.push("TWO MACHINES".to_owned());
    }
    if comparison.sides().iter().any(|side| side.is_partial()) {
        parts.push("PARTIAL RUN".to_owned());
    }
    if comparison.sides().iter().any(|side| side.noise.noisy) {
        parts.push("NOISY RUN".to_owned());
    }
    parts.join(" · ")
}
