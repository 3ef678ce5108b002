//! The charts of a report, one kind a file.
//!
//! Each figure carries what stands under it: how to read it, what not to
//! conclude from it, and its data as a table. A figure without data keeps its
//! place and says why it is empty.

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
mod token_bytes;

use tokenlab_record::catalogue::Class;
use tokenlab_record::floors::above_floors;
use tokenlab_record::format_tax::comparisons;
use tokenlab_record::measurement::Model;

use crate::font;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch};
use crate::table::Table;
use crate::view::{View, capitalised};

pub(crate) use ranking::table as ranking_table;
pub(crate) use token_bytes::table as token_table;

/// A chart with everything that belongs to it.
pub(crate) struct Figure {
    /// Stable anchor, and the name of the PNG.
    pub(crate) anchor: String,
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
}

/// Every section, in report order. The last one is the A/A control, which the
/// page shows with the noise.
pub(crate) fn sections(view: &View<'_>) -> Vec<Section> {
    let mut sections: Vec<Section> = Model::RANKED
        .into_iter()
        .map(|model| Section {
            anchor: model.slug(),
            title: capitalised(model.title()),
            lead: ranking_text::lead(model),
            figures: Class::ALL
                .into_iter()
                .map(|class| ranking::figure(view, model, class))
                .collect(),
        })
        .collect();
    sections.push(Section {
        anchor: "refusals",
        title: "What refusing costs".to_owned(),
        lead: "Who does how much work before saying no?",
        figures: refusals::figures(view),
    });
    sections.push(Section {
        anchor: "allocations",
        title: "Allocations".to_owned(),
        lead: "What does an operation ask of the allocator?",
        figures: allocations::figures(view),
    });
    sections.extend(least_work(view));
    sections.push(Section {
        anchor: "token-bytes",
        title: "Token length".to_owned(),
        lead: "How long is a token for the same claims, and what fills it?",
        figures: token_bytes::figures(view),
    });
    sections.push(Section {
        anchor: "growth",
        title: "Growth with the claims".to_owned(),
        lead: "What do longer claims cost?",
        figures: growth::figures(view),
    });
    sections.push(Section {
        anchor: "second-instrument",
        title: "A second instrument".to_owned(),
        lead: "Does criterion, which measures in another way, see the same times?",
        figures: vec![forest::agreement(view)],
    });
    sections.push(Section {
        anchor: TWINS,
        title: "The A/A control".to_owned(),
        lead: "A contender is measured against itself under a hidden second name. Whatever differs there \
               is error.",
        figures: vec![forest::twins(view)],
    });
    sections
}

/// What the difference between two rows of a ranking is made of.
fn least_work(view: &View<'_>) -> [Section; 2] {
    let models = [Model::Verify, Model::Issue];
    let comparisons: Vec<_> = view
        .reference_corpus(Model::Verify)
        .map(|corpus| comparisons(view.record, view.analysis, corpus))
        .unwrap_or_default();
    let above = above_floors(view.record);
    let figures = models
        .into_iter()
        .flat_map(|model| Class::ALL.map(|class| (model, class)));
    let figures = figures.flat_map(|(model, class)| {
        let of_group: Vec<_> = above
            .iter()
            .filter(|above| above.group.model == model && above.group.class == class)
            .collect();
        [
            roofline::figure(view, model, class, &of_group),
            floor_stack::figure(view, model, class, &of_group),
        ]
    });
    [
        Section {
            anchor: "format-tax",
            title: "The format tax".to_owned(),
            lead: "Which part of a difference between JWT and PASETO is format, which library, which backend?",
            figures: models
                .into_iter()
                .map(|model| format_tax::figure(view, model, &comparisons))
                .collect(),
        },
        Section {
            anchor: "floors",
            title: "Floors".to_owned(),
            lead: "How far is each contender from the least work that any correct program must do?",
            figures: figures.collect(),
        },
    ]
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

/// Markers of the families with their names, from `left` on. Returns where it ends.
fn family_legend(sketch: &mut Sketch, (left, y): (f64, f64)) -> f64 {
    let mut x = left;
    for (ink, name) in [(Ink::Jwt, "JWT"), (Ink::Paseto, "PASETO")] {
        sketch.marker((x + 5.0, y), 5.0, ink);
        sketch.text((x + 15.0, y), name, SMALL_TEXT, Align::Left, Ink::Text);
        x += 15.0 + font::width(name, SMALL_TEXT) + 18.0;
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
        let record = synthetic::run(synthetic::Size {
            launches: 2,
            rounds: 5,
            corpora: 5,
            attacks: false,
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
