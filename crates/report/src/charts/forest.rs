//! Ratios around 1: the second instrument and the A/A control, where 1 is
//! right, and the frame of every such chart.
//!
//! A forest plot on a logarithmic axis centred on 1, so that twice as long and
//! half as long are equally far from it.

use tokenlab_record::analysis::AGREEMENT_LIMIT;
use tokenlab_record::stats::Interval;

use super::{
    Figure, MARGIN, MOST_ROWS, ROW_TEXT, SMALL_TEXT, WIDTH, family_legend, framed_over, left_out, whisker,
};
use crate::axis::LogAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::View;

/// Criterion's times over the paired runner's.
pub(super) fn agreement(view: &View<'_>) -> Figure {
    let title = "Criterion against the paired runner".to_owned();
    let mut agreements: Vec<_> = view.analysis.agreements.iter().collect();
    // The farthest first: what needs a second look is seen at the first one.
    agreements.sort_by(|a, b| b.ratio.ln().abs().total_cmp(&a.ratio.ln().abs()));
    let rows: Vec<Row> = agreements
        .iter()
        .map(|agreement| Row {
            label: format!(
                "{} · {} · {}",
                agreement.contender,
                agreement.model.slug(),
                agreement.corpus
            ),
            ink: view.ink(&agreement.contender),
            ratio: Interval::exact(agreement.ratio),
            finding: agreement.disagrees.then_some(("disagree", Ink::Warning)),
        })
        .collect();
    let mut table = Table::new(
        "Wall time by two instruments",
        &[
            "contender",
            "model",
            "claims",
            "paired runner",
            "criterion",
            "ratio",
            "finding",
        ],
    );
    for agreement in &agreements {
        table.push(vec![
            Cell::contender(view, &agreement.contender),
            Cell::text(agreement.model.title()),
            Cell::text(&agreement.corpus),
            Cell::number(format::duration_ns(agreement.paired_ns)),
            Cell::number(format::duration_ns(agreement.criterion_ns)),
            Cell::number(format::ratio(agreement.ratio)),
            if agreement.disagrees {
                Cell::flag("disagree")
            } else {
                Cell::text("agree")
            },
        ]);
    }
    let disagreeing = agreements.iter().filter(|agreement| agreement.disagrees).count();
    let sketch = sketch(
        &view.provenance(),
        &title,
        &format!(
            "wall time by criterion over wall time by the paired runner · logarithmic · shaded: within {}",
            format::limit_percent(AGREEMENT_LIMIT)
        ),
        &rows,
        Some((1.0 - AGREEMENT_LIMIT, 1.0 + AGREEMENT_LIMIT)),
    );
    Figure {
        anchor: "second-instrument-ratios".to_owned(),
        class: None,
        description: format!(
            "Forest plot of {}, of which {disagreeing} disagree by more than {}. All values are in the table \
             below.",
            format::counted(rows.len() as u64, "case", "cases"),
            format::limit_percent(AGREEMENT_LIMIT),
        ),
        remark: if sketch.is_none() {
            Some("No chart: this run has no times by criterion.".to_owned())
        } else {
            left_out(rows.len())
        },
        reading: format!(
            "A row is a case that both instruments measured, the farthest apart first. At 1 they agree; to \
             the right criterion took longer. {disagreeing} of {} differ by more than {}, and say so in \
             words.",
            format::counted(rows.len() as u64, "case", "cases"),
            format::limit_percent(AGREEMENT_LIMIT),
        ),
        caution: "Criterion runs one case after the other in one process and reads the wall clock; the paired \
                  runner interleaves all cases over many processes. A case that disagrees is not wrong by \
                  itself: it asks for a look at its launches. The rankings come from the paired runner alone.",
        table: (!rows.is_empty()).then_some(table),
        sketch,
        title,
    }
}

/// The twins over their contenders.
pub(super) fn twins(view: &View<'_>) -> Figure {
    let title = "Twins over themselves".to_owned();
    let twins = &view.analysis.twins;
    let name = |twin: &tokenlab_record::analysis::Twin| {
        let group = &twin.group;
        format!("{} · {} · {}", twin.contender, group.model.slug(), group.corpus)
    };
    let rows: Vec<Row> = twins
        .iter()
        .map(|twin| Row {
            label: name(twin),
            ink: view.ink(&twin.contender),
            ratio: twin.ratio,
            finding: (!twin.ratio.holds(1.0)).then_some(("misses 1", Ink::Warning)),
        })
        .collect();
    let mut table = Table::new(
        "A/A ratios",
        &["contender", "model", "claims", "ratio", "95 %", "finding"],
    );
    for twin in twins {
        table.push(vec![
            Cell::contender(view, &twin.contender),
            Cell::text(twin.group.model.title()),
            Cell::text(&twin.group.corpus),
            Cell::number(aa_ratio(twin.ratio.estimate)),
            Cell::number(format!(
                "{} to {}",
                aa_ratio(twin.ratio.low),
                aa_ratio(twin.ratio.high)
            )),
            if twin.ratio.holds(1.0) {
                Cell::text("holds 1")
            } else {
                Cell::flag("misses 1")
            },
        ]);
    }
    let missing = twins.iter().filter(|twin| !twin.ratio.holds(1.0)).count();
    let sketch = sketch(
        &view.provenance(),
        &title,
        "paired ratio of a contender to itself under a hidden second name, 95 % interval · logarithmic",
        &rows,
        None,
    );
    Figure {
        anchor: "twins-ratios".to_owned(),
        class: None,
        description: format!(
            "Forest plot of {}, of which {missing} do not hold 1. All values are in the table below.",
            format::counted(twins.len() as u64, "A/A ratio", "A/A ratios"),
        ),
        remark: if sketch.is_none() {
            Some("No chart: this run measured no twins.".to_owned())
        } else {
            left_out(rows.len())
        },
        reading: format!(
            "A row is a contender measured against itself, so the true ratio is exactly 1. The distance of a \
             marker from 1 is the error of this run, and the whisker what the run believes of it. {missing} \
             of {} do not hold 1; one in twenty may, by the meaning of 95 %.",
            format::counted(twins.len() as u64, "twin", "twins"),
        ),
        caution: "A good control shows that the instrument is even-handed, not that the machine is typical.",
        table: (!twins.is_empty()).then_some(table),
        sketch,
        title,
    }
}

/// An A/A ratio is all about the third decimal, which three figures would cut.
fn aa_ratio(ratio: f64) -> String {
    if ratio.is_finite() && (0.9..1.1).contains(&ratio) {
        format!("{ratio:.4}×")
    } else {
        format::ratio(ratio)
    }
}

/// One ratio.
pub(super) struct Row {
    /// Whose ratio it is.
    pub(super) label: String,
    /// Colour and marker.
    pub(super) ink: Ink,
    /// The ratio.
    pub(super) ratio: Interval,
    /// What it comes to, at the right.
    pub(super) finding: Option<(&'static str, Ink)>,
}

const ROW_HEIGHT: f64 = 26.0;
const HEAD_HEIGHT: f64 = 8.0;
const AXIS_HEIGHT: f64 = 62.0;
const WIDEST_LABEL: f64 = 440.0;
const RATIO_WIDTH: f64 = 80.0;
const FINDING_WIDTH: f64 = 92.0;

/// The drawing. Ratios within `band` agree; without one they are A/A ratios.
pub(super) fn sketch(
    provenance: &str,
    title: &str,
    subtitle: &str,
    rows: &[Row],
    band: Option<(f64, f64)>,
) -> Option<Sketch> {
    let rows = rows.get(..rows.len().min(MOST_ROWS)).unwrap_or(rows);
    if rows.is_empty() {
        return None;
    }
    let widest = rows
        .iter()
        .map(|row| font::width(&row.label, ROW_TEXT))
        .fold(160.0, f64::max)
        .min(WIDEST_LABEL);
    let finding = WIDTH - MARGIN;
    let ratio = finding - FINDING_WIDTH;
    let plot = (MARGIN + widest + 20.0, ratio - RATIO_WIDTH);
    let values = rows
        .iter()
        .flat_map(|row| [row.ratio.low, row.ratio.estimate, row.ratio.high]);
    let axis = LogAxis::around_one(
        values,
        band.map_or(1.01, |(low, high)| high.max(1.0 / low) * 1.02),
        plot,
    );

    #[allow(clippy::cast_precision_loss)] // at most MOST_ROWS
    let rows_height = rows.len() as f64 * ROW_HEIGHT;
    let body = HEAD_HEIGHT + rows_height + AXIS_HEIGHT;
    let mut sketch = framed_over(provenance, title, subtitle, body);
    let top = sketch.crop_top + HEAD_HEIGHT;
    let bottom = top + rows_height;
    if let Some((low, high)) = band {
        let (low, high) = (axis.at(low), axis.at(high));
        sketch.block((low, top), high - low, rows_height, Ink::Stripe);
    }
    for tick in axis.doublings(60.0) {
        sketch.vertical(axis.at(tick), (top, bottom + 5.0), 1.0, Ink::Grid);
        let label = format::tick_ratio(tick);
        sketch.text(
            (axis.at(tick), bottom + 16.0),
            label,
            SMALL_TEXT,
            Align::Middle,
            Ink::Muted,
        );
    }
    sketch.vertical(axis.at(1.0), (top, bottom), 1.5, Ink::Muted);
    let mut y = top + ROW_HEIGHT / 2.0;
    for row in rows {
        let label = fitted(&row.label, ROW_TEXT, widest);
        sketch.text((MARGIN, y), label, ROW_TEXT, Align::Left, Ink::Text);
        let (low, high) = (axis.at(row.ratio.low), axis.at(row.ratio.high));
        if row.ratio.high > row.ratio.low {
            whisker(&mut sketch, y, (low, high), row.ink);
        }
        sketch.marker((axis.at(row.ratio.estimate), y), 4.5, row.ink);
        let value = if band.is_some() {
            format::ratio(row.ratio.estimate)
        } else {
            aa_ratio(row.ratio.estimate)
        };
        sketch.text((ratio, y), value, ROW_TEXT, Align::Right, Ink::Text);
        if let Some((text, ink)) = row.finding {
            sketch.text((finding, y), text, ROW_TEXT, Align::Right, ink);
        }
        y += ROW_HEIGHT;
    }
    let inks: Vec<Ink> = rows.iter().map(|row| row.ink).collect();
    family_legend(&mut sketch, (MARGIN, bottom + 46.0), &inks);
    Some(sketch)
}
