//! The embedded font: how wide a text is, and its letters as pixels.
//!
//! A report must look the same on a machine without fonts, so a subset of
//! DejaVu Sans travels inside the binary (licence in `assets`). Its letters are
//! set here and not by plotters, which ignores the bearing of a letter and so
//! spaces words unevenly.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};

/// Width of a text set with this size of the em.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    set(text, size).1
}

/// Calls `dot` with each pixel of a text and how much of it is covered, 0 to 1.
/// The text begins at 0 and is centred on the height of its small letters,
/// like text of `dy="0.5ex"` in an SVG.
pub(crate) fn rasterise(text: &str, size: f64, mut dot: impl FnMut(i32, i32, f64)) {
    let Some(font) = font() else { return };
    for glyph in set(text, size).0 {
        let Some(outline) = font.outline_glyph(glyph) else {
            continue; // a space
        };
        let corner = outline.px_bounds().min;
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // pixels of a picture
        outline.draw(|x, y, coverage| {
            let (x, y) = (corner.x as i32 + x as i32, corner.y as i32 + y as i32);
            // Eight shades are as smooth to the eye as 256, and halve the file.
            let coverage = (f64::from(coverage) * 8.0).round() / 8.0;
            dot(x, y, coverage.clamp(0.0, 1.0));
        });
    }
}

/// Letters in their places, and where the next one would stand.
fn set(text: &str, size: f64) -> (Vec<Glyph>, f64) {
    let Some(font) = font() else {
        return (Vec::new(), 0.0);
    };
    // ab_glyph scales by the height of a line, everybody else by the em.
    #[allow(clippy::cast_possible_truncation)] // a size of letters
    let em = size as f32;
    let line = font.height_unscaled() / font.units_per_em().unwrap_or(UNITS_PER_EM);
    let scale = PxScale::from(em * line);
    let scaled = font.as_scaled(scale);
    let baseline = em * HALF_SMALL_LETTER;
    let mut x = 0.0;
    let glyphs = text
        .chars()
        .map(|letter| {
            let id = font.glyph_id(letter);
            let glyph = id.with_scale_and_position(scale, point(x, baseline));
            x += scaled.h_advance(id);
            glyph
        })
        .collect();
    (glyphs, f64::from(x))
}

fn font() -> Option<&'static FontRef<'static>> {
    static PARSED: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    PARSED
        .get_or_init(|| FontRef::try_from_slice(DEJAVU_SANS).ok())
        .as_ref()
}

const DEJAVU_SANS: &[u8] = include_bytes!("../assets/DejaVuSans-subset.ttf");

/// Of DejaVu Sans, as its file says too.
const UNITS_PER_EM: f32 = 2048.0;

/// Half the height of an `x` of DejaVu Sans, in ems.
const HALF_SMALL_LETTER: f32 = 0.2735;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subset_has_every_character_that_a_chart_writes() {
        let font = font().expect("the embedded font");
        let special = "µ×±·–—…≤≥⁰¹²³⁴⁵⁶⁷⁸⁹\u{fffd}".chars();
        for letter in special.chain(' '..='~') {
            assert_ne!(font.glyph_id(letter).0, 0, "{letter:?} is missing");
        }
        assert_eq!(font.glyph_id('李').0, 0, "a subset and not the whole world");
    }

    #[test]
    fn width_grows_with_the_text_and_with_the_size() {
        assert!(width("i", 13.0) < width("m", 13.0), "a proportional font");
        assert!((width("pasetors", 26.0) - 2.0 * width("pasetors", 13.0)).abs() < 0.01);
        assert!(width("", 13.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_text_stays_within_its_width_and_around_its_middle() {
        let (mut right, mut top, mut bottom) = (0, 0, 0);
        rasterise("xxxx", 40.0, |x, y, coverage| {
            if coverage > 0.5 {
                right = right.max(x);
                top = top.min(y);
                bottom = bottom.max(y);
            }
        });
        assert!(f64::from(right) <= width("xxxx", 40.0), "{right}");
        assert!((top + bottom).abs() <= 2, "from {top} to {bottom}");
    }
}
