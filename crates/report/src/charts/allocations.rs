//! What operations ask of the allocator: bars from nothing, a column a model.
//!
//! Each column has an axis of its own, since issuing by one backend allocates
//! more than all else together. Figures are counted, not measured, so there is
//! no whisker; where a library's own randomness moves them, the least is drawn
//! and the range is said.

use tokenlab_record::catalogue::{Class, ContenderId};
use tokenlab_record::measurement::{Allocated, AllocationCount, Model};

use super::{Figure, MARGIN, MOST_ROWS, ROW_TEXT, SMALL_TEXT, WIDTH, family_legend, framed, left_out};
use crate::axis::LinearAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::View;

/// The long token that is counted beside the everyday one.
const LONG: &str = "8-kib";

const CAUTION: &str = "Only Rust's allocator is counted: what aws-lc, a library in C, allocates for itself does \
                       not pass through it, so its rows show what the Rust around it asks for. Fewer blocks \
                       are not always less time; the times are measured elsewhere, by a program without this \
                       allocator. The claims that a verification gives back are the harness's own type in \
                       every row.";

/// One of the three figures of a count.
struct Quantity {
    anchor: &'static str,
    title: &'static str,
    subtitle: &'static str,
    reading: &'static str,
    of: fn(&Allocated) -> u64,
    columns: &'static [(Model, bool)],
}

/// Models on everyday claims; `true` is the long token.
const EVERYDAY: &[(Model, bool)] = &[
    (Model::Verify, false),
    (Model::Issue, false),
    (Model::RejectSignature, false),
    (Model::Load, false),
];

const QUANTITIES: [Quantity; 3] = [
    Quantity {
        anchor: "allocations-blocks",
        title: "Blocks allocated by one operation",
        subtitle: "blocks allocated or resized · linear, from 0, an axis a column · counted · less is less work",
        reading: "A row is a contender, a column an operation, a bar the number of blocks that it allocates or \
                  resizes.",
        of: |allocated| allocated.blocks,
        columns: EVERYDAY,
    },
    Quantity {
        anchor: "allocations-bytes",
        title: "Bytes allocated by one operation",
        subtitle: "bytes of all blocks together · linear, from 0, an axis a column · counted",
        reading: "A row is a contender, a column an operation, a bar the bytes that it allocates, all blocks \
                  together, whether they are there at the same time or not.",
        of: |allocated| allocated.bytes,
        columns: EVERYDAY,
    },
    Quantity {
        anchor: "allocations-peak",
        title: "Peak memory of verifying a token",
        subtitle: "most bytes that are allocated at one time · linear, from 0, an axis a column · counted",
        reading: "A row is a contender, a bar the most memory that verifying a token holds at one time, beyond \
                  the token itself: an everyday token at the left, one of just under 8 KiB at the right.",
        of: |allocated| allocated.peak_bytes,
        columns: &[(Model::Verify, false), (Model::Verify, true)],
    },
];

/// One chart for each class that was counted and quantity.
pub(super) fn figures(view: &View<'_>) -> Vec<Figure> {
    let figures = Class::ALL
        .into_iter()
        .flat_map(|class| QUANTITIES.iter().map(move |quantity| (class, quantity)));
    figures
        .filter_map(|(class, quantity)| figure(view, class, quantity))
        .collect()
}

fn figure(view: &View<'_>, class: Class, quantity: &Quantity) -> Option<Figure> {
    let contenders = contenders(view, class);
    if contenders.is_empty() {
        return None;
    }
    let title = format!("{}: {}", quantity.title, class.title());
    let remarks: Vec<String> = left_out(contenders.len())
        .into_iter()
        .chain(varying(view, class, quantity))
        .collect();
    Some(Figure {
        anchor: format!("{}-{}", quantity.anchor, class.slug()),
        class: Some(class),
        description: format!(
            "Bars of {}. All values are in the table below.",
            format::counted(contenders.len() as u64, "contender", "contenders"),
        ),
        remark: (!remarks.is_empty()).then(|| remarks.join(" ")),
        reading: quantity.reading.to_owned(),
        caution: CAUTION,
        table: Some(table(view, &title, quantity, &contenders)),
        sketch: Some(sketch(view, &title, quantity, &contenders)),
        title,
    })
}

/// Contenders with a count, as in the catalogue.
fn contenders<'a>(view: &View<'a>, class: Class) -> Vec<&'a ContenderId> {
    let mut contenders: Vec<&ContenderId> = Vec::new();
    let counts = view.record.allocations.iter();
    for count in counts.filter(|count| count.class == class) {
        if !contenders.contains(&&count.contender) {
            contenders.push(&count.contender);
        }
    }
    contenders
}

fn count<'a>(view: &View<'a>, contender: &ContenderId, column: (Model, bool)) -> Option<&'a AllocationCount> {
    view.record
        .allocations
        .iter()
        .find(|count| count.contender == *contender && (count.model, count.corpus == LONG) == column)
}

/// The cases that do not always come to the same, with their range.
fn varying(view: &View<'_>, class: Class, quantity: &Quantity) -> Option<String> {
    let ranges: Vec<String> = view
        .record
        .allocations
        .iter()
        .filter(|count| count.class == class)
        .filter(|count| quantity.columns.contains(&(count.model, count.corpus == LONG)))
        .filter(|count| (quantity.of)(&count.least) != (quantity.of)(&count.most))
        .map(|count| {
            format!(
                "{} {} {}",
                count.contender,
                count.model.slug(),
                range(quantity, count)
            )
        })
        .collect();
    (!ranges.is_empty()).then(|| {
        format!(
            "Random numbers decide within these ranges, of which the least is drawn: {}.",
            ranges.join("; ")
        )
    })
}

fn range(quantity: &Quantity, count: &AllocationCount) -> String {
    let [least, most] = [&count.least, &count.most].map(quantity.of);
    if least == most {
        format::count(least)
    } else {
        format!("{} to {}", format::count(least), format::count(most))
    }
}

fn table(view: &View<'_>, title: &str, quantity: &Quantity, contenders: &[&ContenderId]) -> Table {
    let mut heads = vec!["contender"];
    heads.extend(quantity.columns.iter().map(|column| head(*column)));
    let mut table = Table::new(title, &heads);
    for contender in contenders {
        let mut cells = vec![Cell::contender(view, contender)];
        cells.extend(quantity.columns.iter().map(|column| {
            Cell::number(
                count(view, contender, *column)
                    .map_or_else(|| "not counted".to_owned(), |count| range(quantity, count)),
            )
        }));
        table.push(cells);
    }
    table
}

const fn head(column: (Model, bool)) -> &'static str {
    match column {
        (Model::Verify, true) => "verify 8 KiB",
        (Model::Verify, false) => "verify",
        (Model::Issue, _) => "issue",
        (Model::RejectSignature, _) => "refuse a bad signature",
        _ => "load the key",
    }
}

const ROW_HEIGHT: f64 = 24.0;
const HEAD_HEIGHT: f64 = 26.0;
const BOTTOM: f64 = 40.0;
const WIDEST_LABEL: f64 = 262.0;
const MARKER_WIDTH: f64 = 16.0;
/// Room for the figure at the end of the longest bar.
const FIGURE_WIDTH: f64 = 64.0;

fn sketch(view: &View<'_>, title: &str, quantity: &Quantity, contenders: &[&ContenderId]) -> Sketch {
    let contenders = contenders
        .get(..contenders.len().min(MOST_ROWS))
        .unwrap_or(contenders);
    let widest = contenders
        .iter()
        .map(|contender| font::width(contender.as_str(), ROW_TEXT))
        .fold(120.0, f64::max)
        .min(WIDEST_LABEL);
    #[allow(clippy::cast_precision_loss)] // at most MOST_ROWS
    let height = contenders.len() as f64 * ROW_HEIGHT;
    let mut sketch = framed(view, title, quantity.subtitle, HEAD_HEIGHT + height + BOTTOM);
    let top = sketch.crop_top + HEAD_HEIGHT;
    // The marker tells families apart where colours do not.
    let left = MARGIN + MARKER_WIDTH + widest + 16.0;
    #[allow(clippy::cast_precision_loss)] // a handful
    let pitch = (WIDTH - MARGIN - left) / quantity.columns.len() as f64;
    let mut from = left;
    let axes: Vec<((Model, bool), LinearAxis)> = quantity
        .columns
        .iter()
        .map(|column| {
            let values = contenders
                .iter()
                .filter_map(|contender| Some(value(quantity, count(view, contender, *column)?)));
            let axis = LinearAxis::over(values, from, from + pitch - FIGURE_WIDTH);
            let title = fitted(head(*column), SMALL_TEXT, pitch - 8.0);
            sketch.text((from, top - 12.0), title, SMALL_TEXT, Align::Left, Ink::Muted);
            from += pitch;
            (*column, axis)
        })
        .collect();
    let mut y = top;
    for contender in contenders {
        let middle = y + ROW_HEIGHT / 2.0;
        let label = fitted(contender.as_str(), ROW_TEXT, widest);
        let ink = view.ink(contender);
        sketch.marker((MARGIN + 5.0, middle), 4.0, ink);
        sketch.text(
            (MARGIN + MARKER_WIDTH, middle),
            label,
            ROW_TEXT,
            Align::Left,
            Ink::Text,
        );
        for (column, axis) in &axes {
            if let Some(count) = count(view, contender, *column) {
                draw_bar(&mut sketch, axis, (quantity, count), ink, middle);
            }
        }
        y += ROW_HEIGHT;
    }
    let inks: Vec<Ink> = contenders.iter().map(|contender| view.ink(contender)).collect();
    family_legend(&mut sketch, (MARGIN, y + 22.0), &inks);
    sketch
}

#[allow(clippy::cast_precision_loss)] // counts are far below 2^52
fn value(quantity: &Quantity, count: &AllocationCount) -> f64 {
    (quantity.of)(&count.least) as f64
}

fn draw_bar(
    sketch: &mut Sketch,
    axis: &LinearAxis,
    (quantity, count): (&Quantity, &AllocationCount),
    ink: Ink,
    y: f64,
) {
    const THICKNESS: f64 = 12.0;
    let (from, to) = (axis.at(0.0), axis.at(value(quantity, count)));
    sketch.block((from, y - THICKNESS / 2.0), (to - from).max(1.0), THICKNESS, ink);
    let figure = format::count((quantity.of)(&count.least));
    sketch.text((to + 6.0, y), figure, SMALL_TEXT, Align::Left, Ink::Text);
}
