//! The colours of the charts and of the page, in a light and a dark scheme.
//!
//! plotters writes fixed colours. Charts are drawn with the light ones; on the
//! way into the page each known colour becomes a CSS variable, which the page
//! defines for both schemes, so that the charts follow the reader's setting.
//! Blue and vermilion stay apart in every common colour blindness, and no
//! meaning hangs on a colour alone: families differ by marker, parts of a bar
//! by order and by their figures, cells of the matrix by their words.

use std::fmt::Write;

/// A colour by its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Background.
    Paper,
    /// Text.
    Text,
    /// Text of lesser weight.
    Muted,
    /// Grid and frames.
    Grid,
    /// Background of every second row, of bands and of code.
    Stripe,
    /// Marks of JWT contenders.
    Jwt,
    /// Marks of PASETO contenders.
    Paseto,
    /// Header bytes of a token.
    Header,
    /// Payload bytes.
    Payload,
    /// Nonce bytes.
    Nonce,
    /// Signature or tag bytes.
    Authentication,
    /// Bytes that base64url and dots add.
    Encoding,
    /// Whatever needs a second look.
    Warning,
    /// Cell: the forgery was believed.
    Accepted,
    /// Cell: it was refused.
    Refused,
    /// Cell: it can't be expressed.
    Inapplicable,
    /// Cell: the target ran out of its budget.
    Exhausted,
    /// Cell: the target crashed.
    Panicked,
}

/// Red, green, blue.
pub(crate) type Rgb = (u8, u8, u8);

impl Ink {
    /// Every colour.
    pub(crate) const ALL: [Self; 18] = [
        Self::Paper,
        Self::Text,
        Self::Muted,
        Self::Grid,
        Self::Stripe,
        Self::Jwt,
        Self::Paseto,
        Self::Header,
        Self::Payload,
        Self::Nonce,
        Self::Authentication,
        Self::Encoding,
        Self::Warning,
        Self::Accepted,
        Self::Refused,
        Self::Inapplicable,
        Self::Exhausted,
        Self::Panicked,
    ];

    /// Name of its CSS variable.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Paper => "--paper",
            Self::Text => "--text",
            Self::Muted => "--muted",
            Self::Grid => "--grid",
            Self::Stripe => "--stripe",
            Self::Jwt => "--jwt",
            Self::Paseto => "--paseto",
            Self::Header => "--header",
            Self::Payload => "--payload",
            Self::Nonce => "--nonce",
            Self::Authentication => "--authentication",
            Self::Encoding => "--encoding",
            Self::Warning => "--warning",
            Self::Accepted => "--accepted",
            Self::Refused => "--refused",
            Self::Inapplicable => "--inapplicable",
            Self::Exhausted => "--exhausted",
            Self::Panicked => "--panicked",
        }
    }

    /// On light paper, and in every PNG. No two are the same: the way back from
    /// a drawn colour to its purpose depends on it.
    pub(crate) const fn light(self) -> Rgb {
        match self {
            Self::Paper => (0xff, 0xff, 0xff),
            Self::Text => (0x1b, 0x1f, 0x24),
            Self::Muted => (0x57, 0x60, 0x6a),
            Self::Grid => (0xd0, 0xd7, 0xde),
            Self::Stripe => (0xf4, 0xf6, 0xf8),
            Self::Jwt => (0x00, 0x6a, 0xb0),
            Self::Paseto => (0xb8, 0x4a, 0x00),
            Self::Header => (0x00, 0x64, 0xa4),
            Self::Payload => (0x62, 0x6b, 0x75),
            Self::Nonce => (0x00, 0x75, 0x58),
            Self::Authentication => (0xb0, 0x46, 0x04),
            Self::Encoding => (0x7a, 0x51, 0x95),
            Self::Warning => (0xa4, 0x0e, 0x26),
            Self::Accepted => (0xfb, 0xd5, 0xd5),
            Self::Refused => (0xd9, 0xee, 0xdf),
            Self::Inapplicable => (0xe8, 0xea, 0xed),
            Self::Exhausted => (0xfc, 0xe8, 0xb6),
            Self::Panicked => (0xe9, 0xd8, 0xf5),
        }
    }

    /// On dark paper.
    pub(crate) const fn dark(self) -> Rgb {
        match self {
            Self::Paper => (0x11, 0x15, 0x1a),
            Self::Text => (0xe6, 0xed, 0xf3),
            Self::Muted => (0xa3, 0xad, 0xb8),
            Self::Grid => (0x36, 0x3d, 0x46),
            Self::Stripe => (0x1b, 0x21, 0x28),
            Self::Jwt => (0x62, 0xb5, 0xf5),
            Self::Paseto => (0xf5, 0x9d, 0x52),
            Self::Header => (0x5f, 0xae, 0xee),
            Self::Payload => (0x9b, 0xa5, 0xb0),
            Self::Nonce => (0x3f, 0xc5, 0x9d),
            Self::Authentication => (0xee, 0x96, 0x4a),
            Self::Encoding => (0xc2, 0x9d, 0xe0),
            Self::Warning => (0xff, 0x8f, 0x8f),
            Self::Accepted => (0x5c, 0x1f, 0x24),
            Self::Refused => (0x1c, 0x43, 0x2d),
            Self::Inapplicable => (0x2c, 0x33, 0x3b),
            Self::Exhausted => (0x55, 0x43, 0x10),
            Self::Panicked => (0x46, 0x2c, 0x5c),
        }
    }
}

/// The colour as plotters' SVG backend writes it.
pub(crate) fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// The variables of both schemes as CSS. Paper is white in print, whatever the
/// screen shows.
pub(crate) fn css() -> String {
    let mut css = String::from(":root{color-scheme:light dark;");
    declare(&mut css, Ink::light);
    css.push_str("}\n@media screen and (prefers-color-scheme:dark){:root{");
    declare(&mut css, Ink::dark);
    css.push_str("}}\n");
    css
}

fn declare(css: &mut String, scheme: fn(Ink) -> Rgb) {
    for ink in Ink::ALL {
        // Writing to a String can't fail.
        let _ = write!(css, "{}:{};", ink.variable(), hex(scheme(ink)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance((r, g, b): Rgb) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
    }

    /// Contrast ratio, WCAG 2.2.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_its_background_in_both_schemes() {
        use Ink::{
            Accepted, Authentication, Encoding, Exhausted, Header, Inapplicable, Jwt, Muted, Nonce, Panicked,
            Paper, Paseto, Payload, Refused, Stripe, Text, Warning,
        };
        let mut pairs = vec![(Text, Paper), (Muted, Paper), (Text, Stripe), (Muted, Stripe)];
        pairs.extend([Jwt, Paseto, Warning].map(|ink| (ink, Paper)));
        pairs.extend([Jwt, Paseto, Warning].map(|ink| (ink, Stripe)));
        pairs.extend([Header, Payload, Nonce, Authentication, Encoding].map(|part| (Paper, part)));
        pairs.extend([Accepted, Refused, Inapplicable, Exhausted, Panicked].map(|cell| (Text, cell)));
        for (text, background) in pairs {
            for (scheme, name) in [(Ink::light as fn(Ink) -> Rgb, "light"), (Ink::dark, "dark")] {
                let ratio = contrast(scheme(text), scheme(background));
                assert!(ratio >= 4.5, "{text:?} on {background:?}, {name}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn every_drawn_colour_leads_back_to_one_purpose() {
        for (index, ink) in Ink::ALL.into_iter().enumerate() {
            for other in Ink::ALL.into_iter().skip(index + 1) {
                assert_ne!(ink.light(), other.light(), "{ink:?} and {other:?}");
                assert_ne!(ink.variable(), other.variable(), "{ink:?} and {other:?}");
            }
        }
    }
}
