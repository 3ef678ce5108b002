//! From a sketch to a picture, by plotters: SVG for the page, PNG beside it.
//!
//! Both are painted at twice the layout size. plotters places everything on
//! whole pixels; doubling makes that half pixels in the SVG, and PNGs sharp
//! enough for a projector.

use std::collections::HashMap;

use plotters::backend::{BitMapBackend, DrawingBackend, RGBPixel, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle};

use crate::font;
use crate::palette::{Ink, hex};
use crate::sketch::{Align, Label, Shape, Sketch};

const SCALE: f64 = 2.0;

/// Paints onto light paper and returns the file of a PNG.
pub(crate) fn png(sketch: &Sketch) -> Result<Vec<u8>, String> {
    let (width, height) = size(sketch);
    let mut pixels = vec![0; width as usize * height as usize * 3];
    {
        let area = BitMapBackend::<RGBPixel>::with_buffer_and_format(&mut pixels, (width, height))
            .map_err(|error| error.to_string())?
            .into_drawing_area();
        paint(sketch, &area, dot_label)?;
    }
    encode(&pixels, (width, height)).map_err(|error| error.to_string())
}

/// A chart has a few dozen colours, so a byte a pixel will do: on a ranking of 32
/// rows the file is a quarter smaller than in full colour at the best
/// compression, and takes a seventh of the time (zlib 6 against 9, 2026-11). The
/// few with too many colours keep three bytes.
fn encode(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, png::EncodingError> {
    let indexed = indexed(pixels);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_compression(png::Compression::Default);
    encoder.set_filter(png::FilterType::NoFilter); // flat areas repeat best as they are
    let data = match &indexed {
        Some((palette, indices)) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.as_slice());
            indices.as_slice()
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            pixels
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(file)
}

/// The colours in the order of their first appearance, and each pixel's place
/// among them; `None` if a byte can't tell them apart.
fn indexed(pixels: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut places: HashMap<&[u8], u8> = HashMap::new();
    let mut palette = Vec::new();
    let mut indices = Vec::with_capacity(pixels.len() / 3);
    let mut last: (&[u8], u8) = (&[], 0);
    for pixel in pixels.chunks_exact(3) {
        if pixel != last.0 {
            let place = match places.get(pixel) {
                Some(place) => *place,
                None => {
                    let place = u8::try_from(places.len()).ok()?;
                    places.insert(pixel, place);
                    palette.extend_from_slice(pixel);
                    place
                }
            };
            last = (pixel, place);
        }
        indices.push(last.1);
    }
    Some((palette, indices))
}

/// Paints an SVG element for inclusion in a page: cropped, named by the
/// elements `{anchor}-title` and `{anchor}-description` that it brings along,
/// and coloured by the page's variables.
pub(crate) fn svg(sketch: &Sketch, anchor: &str, title: &str, description: &str) -> Result<String, String> {
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, size(sketch)).into_drawing_area();
        paint(sketch, &area, write_label)?;
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

type Outcome<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// How a backend sets a label.
type SetLabel<DB> = fn(&Label, &DrawingArea<DB, Shift>) -> Outcome<DB>;

fn paint<DB: DrawingBackend>(
    sketch: &Sketch,
    area: &DrawingArea<DB, Shift>,
    set_label: SetLabel<DB>,
) -> Result<(), String> {
    let all = || {
        area.fill(&colour(Ink::Paper))?;
        for shape in &sketch.shapes {
            paint_shape(shape, area, set_label)?;
        }
        area.present()
    };
    all().map_err(|error: DrawingAreaErrorKind<DB::ErrorType>| error.to_string())
}

fn paint_shape<DB: DrawingBackend>(
    shape: &Shape,
    area: &DrawingArea<DB, Shift>,
    set_label: SetLabel<DB>,
) -> Outcome<DB> {
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
        Shape::Text(label) => set_label(label, area),
    }
}

/// A label as text, which the reader's browser sets.
fn write_label(label: &Label, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Outcome<SVGBackend<'static>> {
    /// plotters writes a font size of one part in this of what it is told.
    const TOLD: f64 = 1.24;
    let h_pos = match label.align {
        Align::Left => HPos::Left,
        Align::Middle => HPos::Center,
        Align::Right => HPos::Right,
    };
    let colour = colour(label.ink);
    let style = TextStyle::from(("sans-serif", label.size * SCALE * TOLD).into_font())
        .color(&colour)
        .pos(Pos::new(h_pos, VPos::Center));
    area.draw(&Text::new(label.text.as_str(), pixel(label.at), style))
}

/// A label as pixels of the embedded font.
fn dot_label(label: &Label, area: &DrawingArea<BitMapBackend<'_>, Shift>) -> Outcome<BitMapBackend<'static>> {
    let size = label.size * SCALE;
    let width = font::width(&label.text, size) / SCALE;
    let left = match label.align {
        Align::Left => 0.0,
        Align::Middle => width / 2.0,
        Align::Right => width,
    };
    let (x, y) = pixel((label.at.0 - left, label.at.1));
    let colour = colour(label.ink);
    let mut outcome = Ok(());
    font::rasterise(&label.text, size, |dx, dy, coverage| {
        if outcome.is_ok() {
            outcome = area.draw_pixel((x + dx, y + dy), &colour.mix(coverage));
        }
    });
    outcome
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
    fn a_picture_is_the_same_by_places_as_by_colours() {
        let pixels: Vec<u8> = (0..=255_u8).flat_map(|value| [value, 7, value / 2]).collect();
        let (palette, indices) = indexed(&pixels).expect("256 colours fit");
        let restored: Vec<u8> = indices
            .iter()
            .flat_map(|index| palette[usize::from(*index) * 3..][..3].to_vec())
            .collect();
        assert_eq!(restored, pixels);
        let one_more = [pixels, vec![1, 2, 3]].concat();
        assert_eq!(indexed(&one_more), None, "257 do not");
        assert!(
            encode(&one_more, (257, 1)).is_ok(),
            "and are written all the same"
        );
    }

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
