//! How far above the least work: measured time over floor, contender by
//! contender.
//!
//! Both axes are logarithmic, so a diagonal is a multiple of the floor. Dots
//! of one abscissa share a scheme; the distance between them is library.

use tokenlab_record::catalogue::Class;
use tokenlab_record::floors::AboveFloor;
use tokenlab_record::measurement::Model;

use super::{Figure, MARGIN, MOST_ROWS, SMALL_TEXT, WIDTH, family_legend, framed, left_out};
use crate::axis::LogAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Point, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::View;

const CAUTION: &str = "A floor is the fastest code at hand for each part, with keys parsed, buffers made and \
                       caches warm; no program that people use stands on it. A scheme with slow cryptography \
                       is near its floor whatever its library does, so a small multiple is no praise and a \
                       large one no blame by itself: read it with the times.";

/// Multiples of the floor that have a line.
const LINES: [f64; 4] = [1.0, 1.5, 2.0, 4.0];

/// The chart of one model and class. `above` are its contenders.
pub(super) fn figure(view: &View<'_>, model: Model, class: Class, above: &[&AboveFloor]) -> Figure {
    let title = format!("Above the floor, {}: {}", model.title(), class.title());
    let mut above = above.to_vec();
    above.sort_by(|a, b| a.ratio.estimate.total_cmp(&b.ratio.estimate));
    let shown = above.get(..above.len().min(MOST_ROWS)).unwrap_or(&above);
    let sketch = sketch(view, &title, class, shown);
    let ends = above.first().zip(above.last());
    Figure {
        anchor: format!("roofline-{}-{}", model.slug(), class.slug()),
        class: Some(class),
        description: ends.map_or_else(String::new, |(nearest, farthest)| {
            format!(
                "Scatter plot of {}, measured time over floor, from {} at {} to {} at {} the floor. All \
                 values are in the table below.",
                format::counted(above.len() as u64, "contender", "contenders"),
                nearest.contender,
                format::ratio(nearest.ratio.estimate),
                farthest.contender,
                format::ratio(farthest.ratio.estimate),
            )
        }),
        remark: if sketch.is_none() {
            Some("No chart: no floor of this class has a time that can be drawn.".to_owned())
        } else {
            left_out(above.len())
        },
        reading:
            "A dot is a contender: its floor to the right, its measured time upwards, both logarithmic. \
                  The floor is the cheapest work that any correct program must do on these bytes (the \
                  primitive, base64url, JSON into the same claims), timed in the same rounds. The lines are \
                  multiples of the floor. The cross through a dot reaches from the least to the greatest \
                  median of single launches. Numbers lead to the list, which is ordered by the multiple."
                .to_owned(),
        caution: CAUTION,
        table: (!above.is_empty()).then(|| table(view, &title, &above)),
        sketch,
        title,
    }
}

fn table(view: &View<'_>, title: &str, above: &[&AboveFloor]) -> Table {
    let mut table = Table::new(
        title,
        &["contender", "floor", "measured", "multiple", "95 %", "launches"],
    );
    for above in above {
        table.push(vec![
            Cell::contender(view, &above.contender),
            Cell::number(format::duration_ns(above.floor_ns.estimate)),
            Cell::number(format::duration_ns(above.measured_ns.estimate)),
            Cell::number(format::ratio(above.ratio.estimate)),
            Cell::number(format::interval_ends(above.ratio)),
            Cell::number(format::count(above.launches.len() as u64)),
        ]);
    }
    table
}

const AXIS_WIDTH: f64 = 64.0;
const AXIS_HEIGHT: f64 = 84.0;
const LIST_WIDTH: f64 = 350.0;
const ROW_HEIGHT: f64 = 21.0;
const LEAST_HEIGHT: f64 = 380.0;
const TOP: f64 = 24.0;

/// The ends of what a chart shows: floors, and all times.
struct Span {
    floor: (f64, f64),
    time: (f64, f64),
}

impl Span {
    fn new(above: &[&AboveFloor]) -> Option<Self> {
        let ends = |values: Vec<f64>| {
            let drawable = values
                .into_iter()
                .filter(|value| value.is_finite() && *value > 0.0);
            drawable.fold(None, |ends: Option<(f64, f64)>, value| {
                Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
            })
        };
        let floors: Vec<f64> = above
            .iter()
            .flat_map(|above| above.launches.iter().map(|(floor, _)| *floor))
            .chain(above.iter().map(|above| above.floor_ns.estimate))
            .collect();
        let mut times: Vec<f64> = above
            .iter()
            .flat_map(|above| above.launches.iter().map(|(_, measured)| *measured))
            .chain(above.iter().map(|above| above.measured_ns.estimate))
            .collect();
        times.extend(&floors);
        let (low, high) = ends(floors)?;
        Some(Self {
            floor: (low / 1.15, high * 1.15), // room for the ends of the lines
            time: ends(times)?,
        })
    }
}

fn sketch(view: &View<'_>, title: &str, class: Class, above: &[&AboveFloor]) -> Option<Sketch> {
    let span = Span::new(above)?;
    #[allow(clippy::cast_precision_loss)] // at most MOST_ROWS
    let height = (above.len() as f64 * ROW_HEIGHT).max(LEAST_HEIGHT);
    let mut sketch = framed(
        view,
        title,
        &format!(
            "{} of one operation over the time of its floor · both logarithmic · lower is nearer",
            class.clock()
        ),
        TOP + height + AXIS_HEIGHT,
    );
    let top = sketch.crop_top + TOP;
    let (left, right, bottom) = (MARGIN + AXIS_WIDTH, WIDTH - MARGIN - LIST_WIDTH, top + height);
    let across = LogAxis::over([span.floor.0, span.floor.1], left, right)?;
    let up = LogAxis::over([span.time.0, span.time.1], bottom, top)?;
    draw_axes(&mut sketch, (&across, &up), (left, right), (top, bottom));
    let mut taken = draw_lines(&mut sketch, (&across, &up), &span);
    let places: Vec<Point> = above
        .iter()
        .map(|above| {
            (
                across.at(above.floor_ns.estimate),
                up.at(above.measured_ns.estimate),
            )
        })
        .collect();
    for (above, place) in above.iter().zip(&places) {
        let ink = view.ink(&above.contender);
        taken.extend(draw_cross(&mut sketch, (&across, &up), above, *place, ink));
        sketch.marker(*place, 5.0, ink);
        taken.push(Region::around(*place, 6.5, 6.5));
    }
    let list = right + 30.0;
    let mut y = top + ROW_HEIGHT / 2.0;
    for ((number, above), place) in (1_u32..).zip(above).zip(&places) {
        label(
            &mut sketch,
            &number.to_string(),
            *place,
            &mut taken,
            (left, right),
            (top, bottom),
        );
        draw_list_row(&mut sketch, view, (number, above), (list, y));
        y += ROW_HEIGHT;
    }
    let inks: Vec<Ink> = above.iter().map(|above| view.ink(&above.contender)).collect();
    family_legend(&mut sketch, (MARGIN, bottom + 62.0), &inks);
    Some(sketch)
}

fn draw_axes(
    sketch: &mut Sketch,
    (across, up): (&LogAxis, &LogAxis),
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
) {
    for tick in across.ticks(64.0) {
        let x = across.at(tick);
        sketch.vertical(x, (top, bottom + 5.0), 1.0, Ink::Grid);
        let label = format::tick_duration_ns(tick);
        sketch.text((x, bottom + 16.0), label, SMALL_TEXT, Align::Middle, Ink::Muted);
    }
    for tick in up.ticks(30.0) {
        let y = up.at(tick);
        sketch.horizontal(y, (left - 5.0, right), 1.0, Ink::Grid);
        let label = format::tick_duration_ns(tick);
        sketch.text((left - 10.0, y), label, SMALL_TEXT, Align::Right, Ink::Muted);
    }
    let middle = f64::midpoint(left, right);
    let name = "floor: primitive, base64url and JSON";
    sketch.text(
        (middle, bottom + 36.0),
        name,
        SMALL_TEXT,
        Align::Middle,
        Ink::Muted,
    );
    sketch.text(
        (MARGIN, top - 13.0),
        "measured",
        SMALL_TEXT,
        Align::Left,
        Ink::Muted,
    );
}

/// The multiples of the floor, as far as the chart reaches. Returns where
/// their names stand.
fn draw_lines(sketch: &mut Sketch, (across, up): (&LogAxis, &LogAxis), span: &Span) -> Vec<Region> {
    let mut taken = Vec::new();
    for multiple in LINES {
        let from = span.floor.0.max(span.time.0 / multiple);
        let to = span.floor.1.min(span.time.1 / multiple);
        if from >= to {
            continue;
        }
        let end = (across.at(to), up.at(to * multiple));
        let start = (across.at(from), up.at(from * multiple));
        let width = if multiple > 1.0 { 1.0 } else { 2.0 };
        sketch.path(vec![start, end], width, Ink::Muted);
        let name = format::tick_ratio(multiple);
        // At the right edge beside the line, at the top above it.
        let (place, align) = if to < span.floor.1 {
            ((end.0, end.1 - 11.0), Align::Middle)
        } else {
            ((end.0 + 5.0, end.1), Align::Left)
        };
        let around = Region::around(place, font::width(&name, 11.0) + 4.0, 7.0);
        if !taken.iter().any(|other| around.meets(other)) {
            sketch.text(place, name, 11.0, align, Ink::Muted);
            taken.push(around);
        }
    }
    taken
}

/// From the least to the greatest median of a launch, both ways. Returns
/// where it stands.
fn draw_cross(
    sketch: &mut Sketch,
    (across, up): (&LogAxis, &LogAxis),
    above: &AboveFloor,
    (x, y): Point,
    ink: Ink,
) -> [Region; 2] {
    let ends = |values: &[f64]| {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        (low, values.iter().copied().fold(0.0, f64::max))
    };
    let (floors, times): (Vec<f64>, Vec<f64>) = above.launches.iter().copied().unzip();
    let (low, high) = ends(&floors);
    let (left, right) = (across.at(low).min(x), across.at(high).max(x));
    sketch.horizontal(y, (left, right), 1.5, ink);
    let (low, high) = ends(&times);
    let (top, bottom) = (up.at(high).min(y), up.at(low).max(y));
    sketch.vertical(x, (top, bottom), 1.5, ink);
    [
        Region {
            left,
            right,
            top: y - 1.0,
            bottom: y + 1.0,
        },
        Region {
            left: x - 1.0,
            right: x + 1.0,
            top,
            bottom,
        },
    ]
}

/// Writes a dot's number where nothing else stands. In a crowd some numbers
/// find no room; the list and the table have them all.
fn label(
    sketch: &mut Sketch,
    number: &str,
    (x, y): Point,
    taken: &mut Vec<Region>,
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
) {
    const AROUND: [Point; 8] = [
        (1.0, 0.0),
        (-1.0, 0.0),
        (0.0, -1.0),
        (0.0, 1.0),
        (0.8, -0.8),
        (-0.8, 0.8),
        (0.8, 0.8),
        (-0.8, -0.8),
    ];
    let half = font::width(number, 11.0) / 2.0;
    let places = [14.0, 22.0, 30.0]
        .into_iter()
        .flat_map(|reach| AROUND.map(|(dx, dy)| (x + dx * (reach + half / 2.0), y + dy * reach)));
    let free = places
        .map(|place| (place, Region::around(place, half + 1.0, 6.0)))
        .filter(|(_, around)| {
            around.left >= left && around.right <= right && around.top >= top && around.bottom <= bottom
        })
        .find(|(_, around)| !taken.iter().any(|other| around.meets(other)));
    if let Some((place, around)) = free {
        sketch.text(place, number, 11.0, Align::Middle, Ink::Text);
        taken.push(around);
    }
}

fn draw_list_row(
    sketch: &mut Sketch,
    view: &View<'_>,
    (number, above): (u32, &AboveFloor),
    (left, y): Point,
) {
    let right = WIDTH - MARGIN;
    let mut write = |x, text: String, align, ink| sketch.text((x, y), text, SMALL_TEXT, align, ink);
    write(left + 14.0, number.to_string(), Align::Right, Ink::Muted);
    let name = fitted(above.contender.as_str(), SMALL_TEXT, right - 62.0 - left - 40.0);
    write(left + 40.0, name, Align::Left, Ink::Text);
    write(
        right,
        format::ratio(above.ratio.estimate),
        Align::Right,
        Ink::Text,
    );
    sketch.marker((left + 27.0, y), 4.0, view.ink(&above.contender));
}

/// A region that holds something already.
#[derive(Clone, Copy)]
struct Region {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Region {
    fn around((x, y): Point, half_width: f64, half_height: f64) -> Self {
        Self {
            left: x - half_width,
            right: x + half_width,
            top: y - half_height,
            bottom: y + half_height,
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}
