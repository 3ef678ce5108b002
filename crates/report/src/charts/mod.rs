//! The charts of a report, one kind a file.
//!
//! Each figure carries what stands under it: how to read it, what not to
//! conclude from it, and its data as a table. There is a figure for each class
//! that has something to show; a section says in a sentence which have not, and
//! why ([`absent`]).

mod absent;
mod allocations;
pub(crate) mod comparison;
mod floor_stack;
mod forest;
mod format_tax;
mod growth;
mod ranking;
mod ranking_text;
mod refusals;
mod roofline;
mod sections;
pub(crate) mod study;
mod token_bytes;
mod token_spread;

use tokenlab_record::catalogue::{Class, Family};

use crate::font;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch};
use crate::table::Table;
use crate::view::View;

pub(crate) use ranking::table as ranking_table;
pub(crate) use sections::sections;
pub(crate) use token_bytes::table as token_table;

/// A chart with everything that belongs to it.
pub(crate) struct Figure {
    /// Stable anchor, and the name of the PNG.
    pub(crate) anchor: String,
    /// Whom it shows; `None` of what is not divided by class.
    pub(crate) class: Option<Class>,
    /// What is shown, as a heading.
    pub(crate) title: String,
    /// The chart in a sentence or two, for whoever can't see it.
    pub(crate) description: String,
    /// The drawing; `None` if there is nothing to draw.
    pub(crate) sketch: Option<Sketch>,
    /// Why there is nothing to draw, or what was left out of the drawing.
    pub(crate) remark: Option<String>,
    /// How to read it.
    pub(crate) reading: String,
    /// What not to conclude.
    pub(crate) caution: &'static str,
    /// Its data.
    pub(crate) table: Option<Table>,
}

impl Figure {
    /// Name of the PNG beside the page.
    pub(crate) fn png_name(&self) -> String {
        format!("{}.png", self.anchor)
    }
}

/// Figures that answer one question.
pub(crate) struct Section {
    /// Stable anchor.
    pub(crate) anchor: &'static str,
    /// Heading.
    pub(crate) title: String,
    /// What is asked, in a sentence.
    pub(crate) lead: &'static str,
    /// One figure a class, or what else divides the question.
    pub(crate) figures: Vec<Figure>,
    /// What the figures lack, and why.
    pub(crate) absent: Option<String>,
}

/// Anchor of the section that stands with the noise.
pub(crate) const TWINS: &str = "twins";

/// Width of every chart, layout pixels.
const WIDTH: f64 = 960.0;
/// Margin around every chart.
const MARGIN: f64 = 16.0;
/// Height of the heading, which the page leaves to its own heading.
const HEADING: f64 = 58.0;
/// Height of the line on the run, which the page leaves out.
const FOOT: f64 = 26.0;
/// Size of a row's text.
const ROW_TEXT: f64 = 13.0;
/// Size of text on axes and in legends.
const SMALL_TEXT: f64 = 12.0;
/// Rows that one chart has room for; the others are in its table.
const MOST_ROWS: usize = 60;

/// An empty chart of a given height between heading and foot, with both.
fn framed(view: &View<'_>, title: &str, subtitle: &str, body: f64) -> Sketch {
    framed_over(&view.provenance(), title, subtitle, body)
}

/// The same over a foot that is no single run's.
fn framed_over(provenance: &str, title: &str, subtitle: &str, body: f64) -> Sketch {
    let mut sketch = Sketch::new(WIDTH, HEADING + body + FOOT);
    sketch.crop_top = HEADING;
    sketch.crop_bottom = FOOT;
    let room = WIDTH - 2.0 * MARGIN;
    let mut line = |y, text: &str, size, ink| {
        let text = crate::sketch::fitted(text, size, room);
        sketch.text((MARGIN, y), text, size, Align::Left, ink);
    };
    line(22.0, title, 18.0, Ink::Text);
    line(44.0, subtitle, SMALL_TEXT, Ink::Muted);
    let foot = HEADING + body + FOOT / 2.0;
    line(foot, provenance, 11.0, Ink::Muted);
    sketch
}

/// The remark on rows that found no room.
fn left_out(rows: usize) -> Option<String> {
    let rest = rows.checked_sub(MOST_ROWS).filter(|rest| *rest > 0)?;
    Some(format!(
        "The chart shows the first {MOST_ROWS} rows; {rest} more are in the table."
    ))
}

/// An interval as a bar with caps, which are taller than any marker: a narrow
/// interval would vanish behind it.
fn whisker(sketch: &mut Sketch, y: f64, (low, high): (f64, f64), ink: Ink) {
    sketch.horizontal(y, (low, high), 2.5, ink);
    for end in [low, high] {
        sketch.vertical(end, (y - 7.5, y + 7.5), 2.0, ink);
    }
}

/// Markers of the families that occur among `inks` with their names, from
/// `left` on. Returns where it ends.
fn family_legend(sketch: &mut Sketch, (left, y): (f64, f64), inks: &[Ink]) -> f64 {
    let mut x = left;
    let families = Family::ALL.map(|family| (Ink::of_family(Some(family)), family.title()));
    let stranger = (Ink::of_family(None), "not in the catalogue");
    for (ink, name) in families.into_iter().chain([stranger]) {
        if inks.contains(&ink) {
            sketch.marker((x + 5.0, y), 5.0, ink);
            sketch.text((x + 15.0, y), name, SMALL_TEXT, Align::Left, Ink::Text);
            x += 15.0 + font::width(name, SMALL_TEXT) + 18.0;
        }
    }
    x
}

/// A footnote's number as a superscript.
pub(crate) fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number
        .to_string()
        .bytes()
        .filter_map(|digit| DIGITS.get(usize::from(digit.wrapping_sub(b'0'))))
        .collect()
}

#[cfg(test)]
#[path = "../../tests/synthetic/mod.rs"]
mod synthetic;

#[cfg(test)]
mod tests {
    use tokenlab_record::analysis::analyse;

    use super::*;
    use crate::sketch::{Label, Shape};

    /// Left, right, top and bottom of a label.
    fn extent(label: &Label) -> (f64, f64, f64, f64) {
        let width = font::width(&label.text, label.size);
        let left = match label.align {
            Align::Left => label.at.0,
            Align::Middle => label.at.0 - width / 2.0,
            Align::Right => label.at.0 - width,
        };
        let half = label.size * 0.45; // of the height of its letters
        (left, left + width, label.at.1 - half, label.at.1 + half)
    }

    #[test]
    fn every_text_is_inside_its_chart_and_upon_no_other() {
        hold_labels_against_each_other(false);
    }

    #[test]
    fn neither_is_any_in_a_crowd_of_contenders() {
        hold_labels_against_each_other(true);
    }

    fn hold_labels_against_each_other(crowd: bool) {
        let record = synthetic::run(synthetic::Size {
            launches: 2,
            rounds: 5,
            corpora: if crowd { 2 } else { 5 },
            attacks: false,
            crowd,
        });
        let analysis = analyse(&record);
        let view = View::new(&record, &analysis);
        let mut labels_seen = 0;
        for figure in sections(&view).into_iter().flat_map(|section| section.figures) {
            let sketch = figure
                .sketch
                .expect("the invented run has something for every chart");
            let labels: Vec<&Label> = sketch
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Text(label) => Some(label),
                    _ => None,
                })
                .collect();
            for (index, label) in labels.iter().enumerate() {
                let (left, right, top, bottom) = extent(label);
                assert!(
                    left >= 0.0 && right <= sketch.width && top >= 0.0 && bottom <= sketch.height,
                    "{:?} leaves {}",
                    label.text,
                    figure.anchor
                );
                for other in labels.iter().skip(index + 1) {
                    let (other_left, other_right, other_top, other_bottom) = extent(other);
                    let apart = right <= other_left
                        || other_right <= left
                        || bottom <= other_top
                        || other_bottom <= top;
                    assert!(
                        apart,
                        "{:?} upon {:?} in {}",
                        label.text, other.text, figure.anchor
                    );
                }
            }
            labels_seen += labels.len();
        }
        assert!(
            labels_seen > 500,
            "{labels_seen} labels were held against each other"
        );
    }

    #[test]
    fn superscripts_have_as_many_digits_as_their_number() {
        assert_eq!(superscript(1), "¹");
        assert_eq!(superscript(209), "²⁰⁹");
    }
}
