//! From a sketch to a picture, by plotters: SVG for the page, PNG beside it.
//!
//! Both are painted at twice the layout size. plotters places everything on
//! whole pixels; doubling makes that half pixels in the SVG, and PNGs sharp
//! enough for a projector.

use std::path::Path;

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle};

use crate::palette::{Ink, hex};
use crate::sketch::{Align, HEIGHT_OF_EM, Shape, Sketch, install_font};

const SCALE: f64 = 2.0;

/// plotters' SVG backend writes a font size of this share of what it is told.
const SVG_HEIGHT_OF_EM: f64 = 1.24;

/// Paints onto light paper and writes a PNG.
pub(crate) fn png(sketch: &Sketch, path: &Path) -> Result<(), String> {
    let area = BitMapBackend::new(path, size(sketch)).into_drawing_area();
    paint(sketch, &area, HEIGHT_OF_EM)
}

/// Paints an SVG element for inclusion in a page: cropped, named by the
/// elements `{anchor}-title` and `{anchor}-description` that it brings along,
/// and coloured by the page's variables.
pub(crate) fn svg(sketch: &Sketch, anchor: &str, title: &str, description: &str) -> Result<String, String> {
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, size(sketch)).into_drawing_area();
        paint(sketch, &area, SVG_HEIGHT_OF_EM)?;
    }
    let (_, shapes) = drawn.split_once(">\n").ok_or("plotters wrote no svg element")?;
    let top = sketch.crop_top * SCALE;
    let width = sketch.width * SCALE;
    let height = (sketch.height - sketch.crop_top - sketch.crop_bottom) * SCALE;
    let mut svg = format!(
        "<svg viewBox=\"0 {top} {width} {height}\" role=\"img\" aria-labelledby=\"{anchor}-title \
         {anchor}-description\">\n<title id=\"{anchor}-title\">{}</title>\n\
         <desc id=\"{anchor}-description\">{}</desc>\n",
        escaped(title),
        escaped(description),
    );
    svg.push_str(&with_variables(shapes));
    Ok(svg)
}

/// Replaces each colour of the palette by its variable. Only whole attribute
/// values match: inside a text plotters writes `"` as `&quot;`.
fn with_variables(shapes: &str) -> String {
    let mut shapes = shapes
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "");
    for ink in Ink::ALL {
        shapes = shapes.replace(
            &format!("=\"{}\"", hex(ink.light())),
            &format!("=\"var({})\"", ink.variable()),
        );
    }
    shapes
}

fn escaped(text: &str) -> String {
    maud::html! { (text) }.into_string()
}

fn paint<DB: DrawingBackend>(
    sketch: &Sketch,
    area: &DrawingArea<DB, Shift>,
    height_of_em: f64,
) -> Result<(), String> {
    install_font();
    let words = |error: &dyn std::fmt::Display| error.to_string();
    area.fill(&colour(Ink::Paper)).map_err(|error| words(&error))?;
    for shape in &sketch.shapes {
        paint_shape(shape, area, height_of_em).map_err(|error| words(&error))?;
    }
    area.present().map_err(|error| words(&error))
}

fn paint_shape<DB: DrawingBackend>(
    shape: &Shape,
    area: &DrawingArea<DB, Shift>,
    height_of_em: f64,
) -> Result<(), plotters::drawing::DrawingAreaErrorKind<DB::ErrorType>> {
    match shape {
        Shape::Block {
            left,
            top,
            width,
            height,
            ink,
        } => {
            let (from, to) = (pixel((*left, *top)), pixel((left + width, top + height)));
            // A line never becomes thinner than a pixel, nor vanishes.
            let to = (to.0.max(from.0 + 1), to.1.max(from.1 + 1));
            area.draw(&Rectangle::new([from, to], fill(*ink)))
        }
        Shape::Path { points, width, ink } => {
            let points: Vec<_> = points.iter().copied().map(pixel).collect();
            area.draw(&PathElement::new(points, fill(*ink).stroke_width(length(*width))))
        }
        Shape::Disc { centre, radius, ink } => {
            area.draw(&Circle::new(pixel(*centre), length(*radius), fill(*ink)))
        }
        Shape::Polygon { points, ink } => {
            let points: Vec<_> = points.iter().copied().map(pixel).collect();
            area.draw(&Polygon::new(points, fill(*ink)))
        }
        Shape::Text {
            at,
            text,
            size,
            align,
            ink,
        } => {
            let h_pos = match align {
                Align::Left => HPos::Left,
                Align::Middle => HPos::Center,
                Align::Right => HPos::Right,
            };
            let colour = colour(*ink);
            let style = TextStyle::from(("sans-serif", size * SCALE * height_of_em).into_font())
                .color(&colour)
                .pos(Pos::new(h_pos, VPos::Center));
            area.draw(&Text::new(text.clone(), pixel(*at), style))
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates and sketches are small
fn size(sketch: &Sketch) -> (u32, u32) {
    ((sketch.width * SCALE) as u32, (sketch.height * SCALE) as u32)
}

#[allow(clippy::cast_possible_truncation)] // clamped to what a picture can hold
fn pixel((x, y): (f64, f64)) -> (i32, i32) {
    let whole = |value: f64| (value * SCALE).round().clamp(-1e5, 1e5) as i32;
    (whole(x), whole(y))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates
fn length(value: f64) -> u32 {
    (value * SCALE).round().max(1.0) as u32
}

const fn colour(ink: Ink) -> RGBColor {
    let (r, g, b) = ink.light();
    RGBColor(r, g, b)
}

fn fill(ink: Ink) -> ShapeStyle {
    colour(ink).filled()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_svg_is_named_and_follows_the_colours_of_the_page() {
        let mut sketch = Sketch::new(100.0, 50.0);
        sketch.crop_top = 10.0;
        sketch.marker((50.0, 25.0), 5.0, Ink::Jwt);
        let svg = svg(&sketch, "verify", "A & B", "one <dot>").expect("a svg");
        for part in [
            "viewBox=\"0 20 200 80\"",
            "role=\"img\"",
            "aria-labelledby=\"verify-title verify-description\"",
            "<title id=\"verify-title\">A &amp; B</title>",
            "<desc id=\"verify-description\">one &lt;dot&gt;</desc>",
            "fill=\"var(--jwt)\"",
            "fill=\"var(--paper)\"",
        ] {
            assert!(svg.contains(part), "{part} is missing in {svg}");
        }
        assert!(!svg.contains("\"#"), "a colour is left over in {svg}");
    }

    #[test]
    fn a_text_can_neither_leave_its_element_nor_change_colour() {
        let mut sketch = Sketch::new(100.0, 50.0);
        let hostile = format!(
            "</text><script>alert(1)</script> fill=\"{}\"",
            hex(Ink::Jwt.light())
        );
        sketch.text((0.0, 0.0), hostile, 12.0, Align::Left, Ink::Text);
        let svg = svg(&sketch, "a", "t", "d").expect("a svg");
        assert!(!svg.contains("<script"), "{svg}");
        assert!(
            svg.contains("fill=&quot;#006AB0&quot;"),
            "the text itself is kept: {svg}"
        );
    }
}
