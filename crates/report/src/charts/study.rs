//! The charts of a study: quantities beside each other.
//!
//! Times are marks with their intervals on a logarithmic axis, since what is compared may
//! be a lookup in memory and one over a socket; whatever adds up is bars from nothing.

use tokenlab_record::study::{Bar, BarChart, Study, Unit};

use super::{Figure, MARGIN, ROW_TEXT, SMALL_TEXT, WIDTH, framed_over, whisker};
use crate::axis::{LinearAxis, LogAxis};
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::table::{Cell, Table};

const ROW_HEIGHT: f64 = 30.0;
const WIDEST_LABEL: f64 = 430.0;
const VALUES: f64 = 100.0;
const AXIS_HEIGHT: f64 = 34.0;
const TOP: f64 = 14.0;

/// A figure for each chart of a study.
pub(crate) fn figures(study: &Study) -> Vec<Figure> {
    study.charts.iter().map(|chart| figure(study, chart)).collect()
}

fn figure(study: &Study, chart: &BarChart) -> Figure {
    let mut table = Table::new(chart.title.clone(), &["what", "value", "95 %"]);
    for bar in &chart.bars {
        table.push(vec![
            Cell::text(&bar.label),
            Cell::number(value(bar.value.estimate, chart.unit)),
            Cell::number(format!(
                "{} to {}",
                value(bar.value.low, chart.unit),
                value(bar.value.high, chart.unit)
            )),
        ]);
    }
    let sketch = sketch(study, chart);
    Figure {
        anchor: format!("study-{}-{}", study.id, chart.name),
        class: None,
        title: chart.title.clone(),
        description: format!(
            "{}: {}. All values are in the table below.",
            chart.title,
            format::counted(chart.bars.len() as u64, "quantity", "quantities")
        ),
        remark: sketch
            .is_none()
            .then(|| "No chart: nothing was measured that could be drawn.".to_owned()),
        sketch,
        reading: match chart.unit {
            Unit::Nanoseconds => {
                "A mark is a median, the bar through it its 95 % interval over slices. The axis is logarithmic: the \
                 same distance is the same factor."
            }
            _ => "A bar begins at nothing; its end is the figure beside it.",
        }
        .to_owned(),
        caution: "All of it ran on one machine, over loopback where there is a socket: a network, other hardware and \
                  more load change the times, and the order may change with them.",
        table: Some(table),
    }
}

/// A number in its unit, as people write it.
pub(crate) fn value(number: f64, unit: Unit) -> String {
    match unit {
        Unit::Nanoseconds => format::duration_ns(number),
        Unit::Share => format::percent(number),
        Unit::Bytes if number.fract() != 0.0 => format!("{number:.2}"),
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts, from 0
        _ => format::count(number.max(0.0).round() as u64),
    }
}

fn sketch(study: &Study, chart: &BarChart) -> Option<Sketch> {
    #[allow(clippy::cast_precision_loss)] // some rows
    let rows = chart.bars.len() as f64 * ROW_HEIGHT;
    let mut sketch = framed_over(
        &provenance(study),
        &chart.title,
        &chart.subtitle,
        TOP + rows + AXIS_HEIGHT,
    );
    let labels = chart
        .bars
        .iter()
        .map(|bar| font::width(&bar.label, ROW_TEXT))
        .fold(120.0, f64::max)
        .min(WIDEST_LABEL);
    let plot = (MARGIN + labels + 14.0, WIDTH - MARGIN - VALUES);
    let top = sketch.crop_top + TOP;
    let bottom = top + rows;
    let draw = |sketch: &mut Sketch,
                ticks: Vec<f64>,
                at: &dyn Fn(f64) -> f64,
                mark: &dyn Fn(&mut Sketch, f64, &Bar)| {
        for tick in ticks {
            sketch.vertical(at(tick), (top, bottom + 5.0), 1.0, Ink::Grid);
            let label = value(tick, chart.unit);
            sketch.text(
                (at(tick), bottom + 16.0),
                label,
                SMALL_TEXT,
                Align::Middle,
                Ink::Muted,
            );
        }
        let mut y = top + ROW_HEIGHT / 2.0;
        for bar in &chart.bars {
            let label = fitted(&bar.label, ROW_TEXT, labels);
            sketch.text((MARGIN, y), label, ROW_TEXT, Align::Left, Ink::Text);
            mark(sketch, y, bar);
            let figure = value(bar.value.estimate, chart.unit);
            sketch.text((WIDTH - MARGIN, y), figure, ROW_TEXT, Align::Right, Ink::Text);
            y += ROW_HEIGHT;
        }
    };
    if chart.unit == Unit::Nanoseconds {
        let ends = chart.bars.iter().flat_map(|bar| [bar.value.low, bar.value.high]);
        let axis = LogAxis::over(ends, plot.0, plot.1)?;
        let mark = |sketch: &mut Sketch, y: f64, bar: &Bar| {
            let ink = Ink::of_family(bar.family);
            whisker(sketch, y, (axis.at(bar.value.low), axis.at(bar.value.high)), ink);
            sketch.marker((axis.at(bar.value.estimate), y), 5.0, ink);
        };
        draw(&mut sketch, axis.ticks(90.0), &|value| axis.at(value), &mark);
    } else {
        let axis = LinearAxis::over(chart.bars.iter().map(|bar| bar.value.estimate), plot.0, plot.1);
        let mark = |sketch: &mut Sketch, y: f64, bar: &Bar| {
            let width = axis.at(bar.value.estimate) - axis.at(0.0);
            sketch.block((axis.at(0.0), y - 9.0), width, 18.0, Ink::of_family(bar.family));
        };
        draw(&mut sketch, axis.ticks(90.0), &|value| axis.at(value), &mark);
    }
    Some(sketch)
}

/// What a reader of a single picture must know about the study behind it.
fn provenance(study: &Study) -> String {
    let environment = &study.environment;
    format!(
        "study {} · {} · {} · {}",
        study.id,
        study.form.title(),
        environment.cpu_model,
        environment.started_at
    )
}
