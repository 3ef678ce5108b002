//! A drawing as a list of shapes, before anything is painted.
//!
//! Charts say what they draw here, in layout pixels, and know no backend;
//! [`crate::paint`] hands the list to plotters twice. Text is measured with
//! the embedded font, which is wide, so that whatever fits here also fits in
//! the sans-serif of a reader's browser.

use std::sync::OnceLock;

use plotters::style::{FontStyle, IntoFont, register_font};

use crate::palette::Ink;

/// A point in layout pixels, right and down.
pub(crate) type Point = (f64, f64);

/// Where a text stands relative to its point; always centred in height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// The point is the left end.
    Left,
    /// The point is the middle.
    Middle,
    /// The point is the right end.
    Right,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A filled rectangle: left, top, width, height.
    Block {
        left: f64,
        top: f64,
        width: f64,
        height: f64,
        ink: Ink,
    },
    /// Straight lines from point to point.
    Path {
        points: Vec<Point>,
        width: f64,
        ink: Ink,
    },
    /// A filled circle.
    Disc { centre: Point, radius: f64, ink: Ink },
    /// A filled polygon.
    Polygon { points: Vec<Point>, ink: Ink },
    /// One line of text.
    Text {
        at: Point,
        text: String,
        size: f64,
        align: Align,
        ink: Ink,
    },
}

/// A drawing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sketch {
    /// Width in layout pixels.
    pub(crate) width: f64,
    /// Height in layout pixels.
    pub(crate) height: f64,
    /// What the page cuts off at the top, since it has a heading of its own.
    pub(crate) crop_top: f64,
    /// What the page cuts off at the bottom.
    pub(crate) crop_bottom: f64,
    /// Back to front.
    pub(crate) shapes: Vec<Shape>,
}

impl Sketch {
    /// An empty drawing.
    pub(crate) const fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            crop_top: 0.0,
            crop_bottom: 0.0,
            shapes: Vec::new(),
        }
    }

    /// Draws a filled rectangle from its left upper corner.
    pub(crate) fn block(&mut self, (left, top): Point, width: f64, height: f64, ink: Ink) {
        self.shapes.push(Shape::Block {
            left,
            top,
            width,
            height,
            ink,
        });
    }

    /// Draws a vertical line around `x`.
    pub(crate) fn vertical(&mut self, x: f64, (top, bottom): (f64, f64), width: f64, ink: Ink) {
        self.block((x - width / 2.0, top), width, bottom - top, ink);
    }

    /// Draws a horizontal line around `y`.
    pub(crate) fn horizontal(&mut self, y: f64, (left, right): (f64, f64), width: f64, ink: Ink) {
        self.block((left, y - width / 2.0), right - left, width, ink);
    }

    /// Draws a vertical line of dashes around `x`.
    pub(crate) fn dashes(&mut self, x: f64, (top, bottom): (f64, f64), width: f64, ink: Ink) {
        const DASH: f64 = 5.0;
        let mut from = top;
        while from < bottom {
            self.vertical(x, (from, (from + DASH).min(bottom)), width, ink);
            from += 2.0 * DASH;
        }
    }

    /// Draws straight lines from point to point.
    pub(crate) fn path(&mut self, points: Vec<Point>, width: f64, ink: Ink) {
        self.shapes.push(Shape::Path { points, width, ink });
    }

    /// Writes one line of text.
    pub(crate) fn text(&mut self, at: Point, text: impl Into<String>, size: f64, align: Align, ink: Ink) {
        self.shapes.push(Shape::Text {
            at,
            text: printable(&text.into()),
            size,
            align,
            ink,
        });
    }

    /// Draws a marker: JWT are discs, PASETO are diamonds, strangers squares.
    pub(crate) fn marker(&mut self, centre: Point, radius: f64, ink: Ink) {
        let (x, y) = centre;
        match ink {
            Ink::Jwt => self.shapes.push(Shape::Disc { centre, radius, ink }),
            Ink::Paseto => {
                let reach = radius * 1.25; // of the same area as the disc
                self.shapes.push(Shape::Polygon {
                    points: vec![(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)],
                    ink,
                });
            }
            _ => self.block((x - radius, y - radius), 2.0 * radius, 2.0 * radius, ink),
        }
    }
}

/// Width of a text in layout pixels, by the embedded font.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    install_font();
    match ("sans-serif", size * HEIGHT_OF_EM).into_font().layout_box(text) {
        Ok(((left, _), (right, _))) => f64::from(right - left) + 1.0,
        // Without the font, assume wide letters.
        #[allow(clippy::cast_precision_loss)] // a label's length
        Err(_) => text.chars().count() as f64 * size * 0.7,
    }
}

/// The text, shortened to end in `…` if it is wider than `width`.
pub(crate) fn fitted(text: &str, size: f64, width: f64) -> String {
    let text = printable(text);
    if text_width(&text, size) <= width {
        return text;
    }
    let letters: Vec<char> = text.chars().collect();
    let shortened = |length: usize| -> String { letters.iter().take(length).chain(&['…']).collect() };
    let (mut fits, mut too_long) = (0, letters.len());
    while too_long - fits > 1 {
        let middle = fits + (too_long - fits) / 2;
        if text_width(&shortened(middle), size) <= width {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    shortened(fits)
}

/// Hands the embedded font to plotters under the name that its texts ask for.
pub(crate) fn install_font() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        // Only a file that is no font is refused, and a test reads this one.
        let _ = register_font("sans-serif", FontStyle::Normal, FONT);
    });
}

/// Height of a line of the embedded font (ascent and descent) over its em;
/// plotters takes the former as the size of a bitmap font.
pub(crate) const HEIGHT_OF_EM: f64 = 1.164;

const FONT: &[u8] = include_bytes!("../assets/DejaVuSans-subset.ttf");

/// Characters that steer a terminal or turn the direction of writing have no
/// place in a label, where an id from a foreign record may bring them.
fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_font_is_the_one_that_measures() {
        install_font();
        let width = |text: &str| {
            ("sans-serif", 100.0)
                .into_font()
                .layout_box(text)
                .expect("the font is registered")
                .1
                .0
        };
        assert!(width("i") < width("m"), "a proportional font");
        for special in "µ×±–—…≤≥¹²³⁴●◆✓✗".chars() {
            assert_ne!(
                width(&special.to_string()),
                0,
                "{special:?} has no width, so the subset lacks it"
            );
        }
    }

    #[test]
    fn a_long_label_is_cut_and_a_short_one_is_not() {
        assert_eq!(fitted("pasetors/v4.public", 13.0, 300.0), "pasetors/v4.public");
        let cut = fitted(&"w".repeat(500), 13.0, 100.0);
        assert!(cut.ends_with('…'), "{cut}");
        assert!(text_width(&cut, 13.0) <= 100.0, "{cut}");
        assert!(cut.chars().count() > 5, "{cut}");
    }

    #[test]
    fn characters_that_steer_are_replaced() {
        assert_eq!(printable("a\u{202e}b\n\0"), "a\u{fffd}b\u{fffd}\u{fffd}");
        assert_eq!(printable("<ü & 李>"), "<ü & 李>");
    }
}
