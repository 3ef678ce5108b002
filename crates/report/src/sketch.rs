//! A drawing as a list of shapes, before anything is painted.
//!
//! Charts say what they draw here, in layout pixels, and know no backend;
//! [`crate::paint`] hands the list to plotters twice. Text is measured with
//! the embedded font, which is wide, so that whatever fits here also fits in
//! the sans-serif of a reader's browser.

use crate::font;
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
    Text(Label),
}

/// One line of text, as high as `size` and centred in height.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) at: Point,
    pub(crate) text: String,
    pub(crate) size: f64,
    pub(crate) align: Align,
    pub(crate) ink: Ink,
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
        self.shapes.push(Shape::Text(Label {
            at,
            text: printable(&text.into()),
            size,
            align,
            ink,
        }));
    }

    /// Draws a marker of about the same area for each family: a disc for JWT, a
    /// square for JWE, a diamond for PASETO, a triangle for Biscuit, a cross for
    /// sessions; strangers stand on the tip of theirs.
    pub(crate) fn marker(&mut self, centre: Point, radius: f64, ink: Ink) {
        let (x, y) = centre;
        let polygon = |corners: &[Point]| Shape::Polygon {
            points: corners
                .iter()
                .map(|(dx, dy)| (x + radius * dx, y + radius * dy))
                .collect(),
            ink,
        };
        let shape = match ink {
            Ink::Jwt => Shape::Disc { centre, radius, ink },
            Ink::Jwe => polygon(&SQUARE),
            Ink::Paseto => polygon(&DIAMOND),
            Ink::Biscuit => polygon(&TRIANGLE),
            Ink::Session => polygon(&CROSS),
            _ => polygon(&TRIANGLE.map(|(dx, dy)| (dx, -dy))),
        };
        self.shapes.push(shape);
    }
}

const SQUARE: [Point; 4] = [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)];
const DIAMOND: [Point; 4] = [(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)];
const TRIANGLE: [Point; 3] = [(0.0, -1.3), (1.3, 1.0), (-1.3, 1.0)];
const CROSS: [Point; 12] = [
    (-0.4, -1.3),
    (0.4, -1.3),
    (0.4, -0.4),
    (1.3, -0.4),
    (1.3, 0.4),
    (0.4, 0.4),
    (0.4, 1.3),
    (-0.4, 1.3),
    (-0.4, 0.4),
    (-1.3, 0.4),
    (-1.3, -0.4),
    (-0.4, -0.4),
];

/// The text, shortened to end in `…` if it is wider than `width`.
pub(crate) fn fitted(text: &str, size: f64, width: f64) -> String {
    let text = printable(text);
    if font::width(&text, size) <= width {
        return text;
    }
    let letters: Vec<char> = text.chars().collect();
    let shortened = |length: usize| -> String { letters.iter().take(length).chain(&['…']).collect() };
    let (mut fits, mut too_long) = (0, letters.len());
    while too_long - fits > 1 {
        let middle = fits + (too_long - fits) / 2;
        if font::width(&shortened(middle), size) <= width {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    shortened(fits)
}

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
    fn a_long_label_is_cut_and_a_short_one_is_not() {
        assert_eq!(fitted("pasetors/v4.public", 13.0, 300.0), "pasetors/v4.public");
        let cut = fitted(&"w".repeat(500), 13.0, 100.0);
        assert!(cut.ends_with('…'), "{cut}");
        assert!(font::width(&cut, 13.0) <= 100.0, "{cut}");
        assert!(cut.chars().count() > 5, "{cut}");
    }

    #[test]
    fn families_differ_by_the_shape_of_their_markers_too() {
        let inks = [
            Ink::Jwt,
            Ink::Jwe,
            Ink::Paseto,
            Ink::Biscuit,
            Ink::Session,
            Ink::Muted,
        ];
        let outlines = inks.map(|ink| {
            let mut sketch = Sketch::new(100.0, 100.0);
            sketch.marker((50.0, 50.0), 10.0, ink);
            match sketch.shapes.as_slice() {
                [Shape::Polygon { points, .. }] => points.clone(),
                [Shape::Disc { .. }] => Vec::new(),
                other => panic!("{other:?} is no marker"),
            }
        });
        for (index, outline) in outlines.iter().enumerate() {
            assert!(
                outlines.iter().skip(index + 1).all(|other| other != outline),
                "{:?}",
                inks[index]
            );
        }
    }

    #[test]
    fn characters_that_steer_are_replaced() {
        assert_eq!(printable("a\u{202e}b\n\0"), "a\u{fffd}b\u{fffd}\u{fffd}");
        assert_eq!(printable("<ü & 李>"), "<ü & 李>");
    }
}
