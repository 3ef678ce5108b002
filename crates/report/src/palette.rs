//! The colours of the charts and of the page, in a light and a dark scheme.
//!
//! plotters writes fixed colours. Charts are drawn with the light ones; on the
//! way into the page each known colour becomes a CSS variable, which the page
//! defines for both schemes, so that the charts follow the reader's setting.
//! The colours of the families stay apart in every common colour blindness, and
//! no meaning hangs on a colour alone: families differ by marker, parts of a bar
//! by order and by their figures, cells of the matrix by their words.

use std::fmt::Write;

use tokenlab_record::catalogue::Family;

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
    /// Marks of JWE contenders.
    Jwe,
    /// Marks of PASETO contenders.
    Paseto,
    /// Marks of Biscuit contenders.
    Biscuit,
    /// Marks of server-side sessions.
    Session,
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
    /// Cell: the target gave a secret away.
    Leaked,
}

/// Red, green, blue.
pub(crate) type Rgb = (u8, u8, u8);

impl Ink {
    /// Every colour.
    pub(crate) const ALL: [Self; 22] = [
        Self::Paper,
        Self::Text,
        Self::Muted,
        Self::Grid,
        Self::Stripe,
        Self::Jwt,
        Self::Jwe,
        Self::Paseto,
        Self::Biscuit,
        Self::Session,
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
        Self::Leaked,
    ];

    /// The colour, and with it the marker, of a family; of a stranger's if the
    /// catalogue does not say.
    pub(crate) const fn of_family(family: Option<Family>) -> Self {
        match family {
            Some(Family::Jwt) => Self::Jwt,
            Some(Family::Jwe) => Self::Jwe,
            Some(Family::Paseto) => Self::Paseto,
            Some(Family::Biscuit) => Self::Biscuit,
            Some(Family::Session) => Self::Session,
            _ => Self::Muted,
        }
    }

    /// Name of its CSS variable.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Paper => "--paper",
            Self::Text => "--text",
            Self::Muted => "--muted",
            Self::Grid => "--grid",
            Self::Stripe => "--stripe",
            Self::Jwt => "--jwt",
            Self::Jwe => "--jwe",
            Self::Paseto => "--paseto",
            Self::Biscuit => "--biscuit",
            Self::Session => "--session",
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
            Self::Leaked => "--leaked",
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
            Self::Jwe => (0x11, 0x45, 0x3d),
            Self::Paseto => (0xb8, 0x4a, 0x00),
            Self::Biscuit => (0x59, 0x00, 0xb2),
            Self::Session => (0x52, 0x38, 0x14),
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
            Self::Leaked => (0xfd, 0xdd, 0xc2),
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
            Self::Jwe => (0xcd, 0xf9, 0xe3),
            Self::Paseto => (0xf5, 0x9d, 0x52),
            Self::Biscuit => (0xec, 0x51, 0x84),
            Self::Session => (0xff, 0xea, 0x00),
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
            Self::Leaked => (0x5e, 0x33, 0x0c),
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

    fn linear(channel: u8) -> f64 {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    }

    /// Relative luminance, WCAG 2.2.
    fn luminance((r, g, b): Rgb) -> f64 {
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    /// Contrast ratio, WCAG 2.2.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    type Matrix = [[f64; 3]; 3];

    /// How the eye sees it, without and with the three kinds of dichromacy
    /// (G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, IEEE TVCG 15:6, 2009).
    const EYES: [(&str, Matrix); 4] = [
        ("common", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    fn applied(matrix: &Matrix, vector: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
    }

    /// A colour in CIE L*a*b* (D65), as an eye sees it.
    fn seen((r, g, b): Rgb, eye: &Matrix) -> [f64; 3] {
        const TO_XYZ: Matrix = [
            [0.4124, 0.3576, 0.1805],
            [0.2126, 0.7152, 0.0722],
            [0.0193, 0.1192, 0.9505],
        ];
        let light = applied(eye, [r, g, b].map(linear)).map(|channel| channel.clamp(0.0, 1.0));
        let [x, y, z] = applied(&TO_XYZ, light);
        let [x, y, z] = [x / 0.9505, y, z / 1.089].map(|value| {
            if value > 0.008_856 {
                value.cbrt()
            } else {
                7.787 * value + 16.0 / 116.0
            }
        });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn families_stay_apart_to_every_eye_in_both_schemes() {
        let families = Family::ALL.map(|family| Ink::of_family(Some(family)));
        for (index, ink) in families.into_iter().enumerate() {
            for other in families.into_iter().skip(index + 1) {
                for (name, eye) in &EYES {
                    for scheme in [Ink::light as fn(Ink) -> Rgb, Ink::dark] {
                        let (a, b) = (seen(scheme(ink), eye), seen(scheme(other), eye));
                        let squares = a.iter().zip(b).map(|(a, b)| (a - b).powi(2));
                        let distance = squares.sum::<f64>().sqrt();
                        // About 2.3 is just noticeable; marks are small.
                        assert!(distance > 20.0, "{ink:?} and {other:?}, {name}: {distance:.1}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_text_can_be_read_on_its_background_in_both_schemes() {
        use Ink::{
            Accepted, Authentication, Biscuit, Encoding, Exhausted, Header, Inapplicable, Jwe, Jwt, Leaked,
            Muted, Nonce, Panicked, Paper, Paseto, Payload, Refused, Session, Stripe, Text, Warning,
        };
        let mut pairs = vec![(Text, Paper), (Muted, Paper), (Text, Stripe), (Muted, Stripe)];
        let marks = [Jwt, Jwe, Paseto, Biscuit, Session, Warning];
        pairs.extend(marks.map(|ink| (ink, Paper)));
        pairs.extend(marks.map(|ink| (ink, Stripe)));
        pairs.extend([Header, Payload, Nonce, Authentication, Encoding].map(|part| (Paper, part)));
        pairs.extend([Accepted, Refused, Inapplicable, Exhausted, Panicked, Leaked].map(|cell| (Text, cell)));
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
