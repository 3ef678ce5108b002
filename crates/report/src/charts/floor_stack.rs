//! Where the time goes: each contender's time divided into the parts of its
//! floor and the rest.
//!
//! Bars are shares of the contender's own time, since a class spans two orders
//! of magnitude and the absolute times have a chart already.

use tokenlab_record::catalogue::Class;
use tokenlab_record::floors::AboveFloor;
use tokenlab_record::measurement::{FloorPart, Model};

use super::{Figure, MARGIN, MOST_ROWS, ROW_TEXT, SMALL_TEXT, WIDTH, framed, left_out};
use crate::axis::LinearAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::View;

const CAUTION: &str = "The rest is not waste: checking the claims, allocating the result and refusing what is \
                       malformed are in it, and so is whatever a library's own primitive takes beyond the \
                       fastest. Parts are timed by themselves with warm caches, so a few nanoseconds of the \
                       rest belong to them.";

/// The chart of one model and class. `above` are its contenders.
pub(super) fn figure(view: &View<'_>, model: Model, class: Class, above: &[&AboveFloor]) -> Figure {
    let title = format!("Where the time goes, {}: {}", model.title(), class.title());
    let mut above = above.to_vec();
    above.sort_by(|a, b| a.measured_ns.estimate.total_cmp(&b.measured_ns.estimate));
    let shown = above.get(..above.len().min(MOST_ROWS)).unwrap_or(&above);
    let sketch = (!shown.is_empty()).then(|| sketch(view, &title, class, shown));
    Figure {
        anchor: format!("floor-stack-{}-{}", model.slug(), class.slug()),
        class: Some(class),
        description: format!(
            "Stacked bars of {}: cryptography, base64url, JSON and the rest as shares of the measured time. \
             All values are in the table below.",
            format::counted(above.len() as u64, "contender", "contenders"),
        ),
        remark: remark(&above),
        reading: "A bar is one contender's time, fastest first, divided into what the fastest primitive, \
                  base64url and JSON take on the same bytes, and the rest, which is the contender's own. \
                  Figures in the bars are per cent; the whole time and the rest stand at the right."
            .to_owned(),
        caution: CAUTION,
        table: (!above.is_empty()).then(|| table(view, &title, &above)),
        sketch,
        title,
    }
}

/// Which floors are none, or how many rows found no room.
fn remark(above: &[&AboveFloor]) -> Option<String> {
    let below: Vec<String> = above
        .iter()
        .filter(|above| above.negative_rest)
        .map(|above| above.contender.to_string())
        .collect();
    if below.is_empty() {
        left_out(above.len())
    } else {
        Some(format!(
            "The rest is below nothing for {}: a floor that can be passed under is none, and its figures here \
             are not to be believed.",
            crate::view::listed(&below)
        ))
    }
}

fn table(view: &View<'_>, title: &str, above: &[&AboveFloor]) -> Table {
    let mut heads = vec!["contender"];
    for part in FloorPart::ALL {
        heads.extend([name(part), "by"]);
    }
    heads.extend(["rest", "95 %", "measured", "finding"]);
    let mut table = Table::new(title, &heads);
    for above in above {
        let mut cells = vec![Cell::contender(view, &above.contender)];
        for part in &above.parts {
            cells.push(Cell::number(format::duration_ns(part.cpu_ns.estimate)));
            cells.push(Cell::text(&part.implementation));
        }
        let rest = above.rest_ns;
        cells.extend([
            Cell::number(format::duration_ns(rest.estimate)),
            Cell::number(format!(
                "{} to {}",
                format::duration_ns(rest.low),
                format::duration_ns(rest.high)
            )),
            Cell::number(format::duration_ns(above.measured_ns.estimate)),
            if above.negative_rest {
                Cell::flag("negative rest")
            } else {
                Cell::text("sound")
            },
        ]);
        table.push(cells);
    }
    table
}

const fn name(part: FloorPart) -> &'static str {
    match part {
        FloorPart::Crypto => "cryptography",
        FloorPart::Base64 => "base64url",
        FloorPart::Json => "JSON",
        _ => "other",
    }
}

const fn ink(part: FloorPart) -> Ink {
    match part {
        FloorPart::Crypto => Ink::Authentication,
        FloorPart::Base64 => Ink::Encoding,
        FloorPart::Json => Ink::Payload,
        _ => Ink::Nonce,
    }
}

/// Each piece of a bar as a share of the measured time. The floor's share is
/// what the paired ratio leaves it, divided among its parts as they were
/// timed: medians of their own would not add up.
fn shares(above: &AboveFloor) -> Vec<(Ink, f64)> {
    let floor = 1.0 / above.ratio.estimate;
    let sum: f64 = above.parts.iter().map(|part| part.cpu_ns.estimate).sum();
    let share = |ns: f64| floor * ns / sum;
    let parts = above
        .parts
        .iter()
        .map(|part| (ink(part.part), share(part.cpu_ns.estimate)));
    parts.chain([(Ink::Header, (1.0 - floor).max(0.0))]).collect()
}

const ROW_HEIGHT: f64 = 26.0;
const TOP: f64 = 26.0;
const AXIS_HEIGHT: f64 = 68.0;
const WIDEST_LABEL: f64 = 300.0;
const COLUMN_WIDTH: f64 = 84.0;

fn sketch(view: &View<'_>, title: &str, class: Class, above: &[&AboveFloor]) -> Sketch {
    let widest = above
        .iter()
        .map(|above| font::width(above.contender.as_str(), ROW_TEXT))
        .fold(120.0, f64::max)
        .min(WIDEST_LABEL);
    let (rest, time) = (WIDTH - MARGIN, WIDTH - MARGIN - COLUMN_WIDTH);
    let sums = above
        .iter()
        .map(|above| 100.0 * shares(above).iter().map(|(_, share)| share).sum::<f64>());
    let axis = LinearAxis::over(
        sums.chain([100.0]),
        MARGIN + widest + 14.0,
        time - COLUMN_WIDTH + 6.0,
    );
    #[allow(clippy::cast_precision_loss)] // at most MOST_ROWS
    let rows_height = above.len() as f64 * ROW_HEIGHT;
    let mut sketch = framed(
        view,
        title,
        &format!(
            "parts of the {} of one operation, per cent of the contender's own time",
            class.clock()
        ),
        TOP + rows_height + AXIS_HEIGHT,
    );
    let top = sketch.crop_top + TOP;
    let bottom = top + rows_height;
    for (x, head) in [(time, format::clock_head(class)), (rest, "rest")] {
        sketch.text((x, top - 12.0), head, SMALL_TEXT, Align::Right, Ink::Muted);
    }
    for tick in axis.ticks(64.0) {
        let x = axis.at(tick);
        sketch.vertical(x, (top, bottom + 5.0), 1.0, Ink::Grid);
        let label = format!("{} %", format::tick_count(tick));
        sketch.text((x, bottom + 16.0), label, SMALL_TEXT, Align::Middle, Ink::Muted);
    }
    let mut y = top;
    for above in above {
        let middle = y + ROW_HEIGHT / 2.0;
        let label = fitted(above.contender.as_str(), ROW_TEXT, widest);
        sketch.text((MARGIN, middle), label, ROW_TEXT, Align::Left, Ink::Text);
        draw_bar(&mut sketch, &axis, above, y);
        let text = format::duration_ns(above.measured_ns.estimate);
        sketch.text((time, middle), text, ROW_TEXT, Align::Right, Ink::Text);
        let warning = if above.negative_rest {
            Ink::Warning
        } else {
            Ink::Text
        };
        let text = format::duration_ns(above.rest_ns.estimate);
        sketch.text((rest, middle), text, ROW_TEXT, Align::Right, warning);
        y += ROW_HEIGHT;
    }
    draw_legend(&mut sketch, bottom + 48.0);
    sketch
}

fn draw_bar(sketch: &mut Sketch, axis: &LinearAxis, above: &AboveFloor, top: f64) {
    const GAP: f64 = 4.0;
    let mut sum = 0.0;
    for (ink, share) in shares(above).into_iter().filter(|(_, share)| *share > 0.0) {
        let left = axis.at(sum);
        sum += 100.0 * share;
        let width = axis.at(sum) - left;
        // A sliver of paper between the parts keeps them apart without colour.
        let block = (width - 1.0).max(0.5);
        sketch.block((left, top + GAP), block, ROW_HEIGHT - 2.0 * GAP, ink);
        let figure = format!("{:.0}", 100.0 * share);
        if font::width(&figure, 11.0) + 6.0 < width {
            let middle = (left + width / 2.0, top + ROW_HEIGHT / 2.0);
            sketch.text(middle, figure, 11.0, Align::Middle, Ink::Paper);
        }
    }
}

fn draw_legend(sketch: &mut Sketch, y: f64) {
    let mut x = MARGIN;
    let parts = FloorPart::ALL.map(|part| (ink(part), name(part)));
    for (ink, name) in parts
        .into_iter()
        .chain([(Ink::Header, "rest: the contender's own")])
    {
        sketch.block((x, y - 6.0), 12.0, 12.0, ink);
        sketch.text((x + 18.0, y), name, SMALL_TEXT, Align::Left, Ink::Text);
        x += 18.0 + font::width(name, SMALL_TEXT) + 20.0;
    }
    sketch.text((x, y), "(in this order)", SMALL_TEXT, Align::Left, Ink::Muted);
}

#[cfg(test)]
mod tests {
    use tokenlab_record::floors::above_floors;

    use super::*;
    use crate::charts::synthetic;

    #[test]
    fn the_pieces_of_a_bar_are_its_floor_and_its_rest_and_nothing_else() {
        let record = synthetic::run(synthetic::Size {
            launches: 2,
            rounds: 6,
            corpora: 1,
            attacks: false,
            crowd: false,
        });
        let above = above_floors(&record);
        assert!(above.len() > 20, "{}", above.len());
        for above in above {
            let shares = shares(&above);
            let sum: f64 = shares.iter().map(|(_, share)| share).sum();
            let floor = 1.0 / above.ratio.estimate;
            assert!(
                (sum - floor.max(1.0)).abs() < 1e-9,
                "{}: {shares:?}",
                above.contender
            );
            let inks: Vec<Ink> = shares.iter().map(|(ink, _)| *ink).collect();
            assert_eq!(
                inks,
                [Ink::Authentication, Ink::Encoding, Ink::Payload, Ink::Header],
                "{}",
                above.contender
            );
        }
    }
}
