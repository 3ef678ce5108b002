//! tokenlab's own decoder: shows whatever can be shown, of whatever text.
//!
//! It verifies nothing and refuses nothing. A broken part is shown as far as it
//! decodes, with the problem named beside it, because broken tokens are what
//! an attack lab looks at. Verifiers never use it.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use tokenlab_record::measurement::TokenAnatomy;

/// A token taken apart, without any statement about its validity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What the text looks like.
    pub format: Format,
    /// Its parts in order. Empty only if the text is nothing but dots.
    pub parts: Vec<Part>,
}

/// The formats that can be told apart by their looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Three parts: JWS compact serialization, RFC 7515 §7.1.
    Jws,
    /// Five parts: JWE compact serialization, RFC 7516 §7.1.
    Jwe,
    /// A version and a purpose this decoder knows, PASETO message format.
    Paseto,
    /// None of these.
    Unknown,
}

impl Format {
    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Jws => "JWS compact (three parts)",
            Self::Jwe => "JWE compact (five parts)",
            Self::Paseto => "PASETO",
            Self::Unknown => "no token format that I know",
        }
    }
}

/// One part of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `header`, `payload`, `signature`, `nonce`, `ciphertext`, `tag`, `footer`...
    pub name: &'static str,
    /// Its bytes, decoded as far as they decode.
    pub bytes: Vec<u8>,
    /// What is wrong with its encoding, if anything is.
    pub problem: Option<String>,
}

impl Part {
    /// The bytes as a person would want to read them: JSON or text as it is,
    /// anything else as hexadecimal.
    #[must_use]
    pub fn text(&self) -> String {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) if !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => text.to_owned(),
            _ => hexadecimal(&self.bytes),
        }
    }

    fn from_base64(name: &'static str, text: &str) -> Self {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) => Self {
                name,
                bytes,
                problem: None,
            },
            Err(strict) => Self {
                name,
                bytes: decode_what_decodes(text),
                problem: Some(format!("not strict base64url: {strict}")),
            },
        }
    }

    const fn sound(name: &'static str, bytes: Vec<u8>) -> Self {
        Self {
            name,
            bytes,
            problem: None,
        }
    }
}

/// Takes `token` apart. Every text gives something; nothing panics.
#[must_use]
pub fn decode(token: &str) -> Decoded {
    let parts: Vec<&str> = token.split('.').collect();
    match parts.as_slice() {
        [version, purpose, body] if let Some(layout) = Layout::of(version, purpose) => {
            paseto(version, purpose, body, None, layout)
        }
        [version, purpose, body, footer] if let Some(layout) = Layout::of(version, purpose) => {
            paseto(version, purpose, body, Some(footer), layout)
        }
        [header, payload, signature] => Decoded {
            format: Format::Jws,
            parts: vec![
                Part::from_base64("header", header),
                Part::from_base64("payload", payload),
                Part::from_base64("signature", signature),
            ],
        },
        [header, key, iv, ciphertext, tag] => Decoded {
            format: Format::Jwe,
            parts: vec![
                Part::from_base64("header", header),
                Part::from_base64("encrypted key", key),
                Part::from_base64("iv", iv),
                Part::from_base64("ciphertext", ciphertext),
                Part::from_base64("tag", tag),
            ],
        },
        parts => Decoded {
            format: Format::Unknown,
            parts: parts
                .iter()
                .filter(|text| !text.is_empty())
                .map(|text| Part::from_base64("part", text))
                .collect(),
        },
    }
}

/// Where the bytes of `token` go, or `None` if it is not a sound JWS or PASETO.
#[must_use]
pub fn anatomy(token: &str) -> Option<TokenAnatomy> {
    let decoded = decode(token);
    if decoded.format == Format::Unknown || decoded.parts.iter().any(|part| part.problem.is_some()) {
        return None;
    }
    let mut anatomy = TokenAnatomy::default();
    for part in &decoded.parts {
        let bytes = u32::try_from(part.bytes.len()).ok()?;
        match part.name {
            "header" => anatomy.header_bytes += bytes,
            "nonce" | "iv" => anatomy.nonce_bytes += bytes,
            "signature" | "tag" => anatomy.authentication_bytes += bytes,
            _ => anatomy.payload_bytes += bytes,
        }
    }
    anatomy.encoding_bytes = u32::try_from(token.len())
        .ok()?
        .checked_sub(anatomy.total_bytes())?;
    Some(anatomy)
}

/// How many bytes of a PASETO body are nonce, and how many are tag or signature.
#[derive(Clone, Copy)]
struct Layout {
    nonce: usize,
    authentication: usize,
}

impl Layout {
    fn of(version: &str, purpose: &str) -> Option<Self> {
        let (nonce, authentication) = match (version, purpose) {
            ("v1" | "v3", "local") => (32, 48),
            ("v2", "local") => (24, 16),
            ("v4", "local") => (32, 32),
            ("v1", "public") => (0, 256),
            ("v2" | "v4", "public") => (0, 64),
            ("v3", "public") => (0, 96),
            _ => return None,
        };
        Some(Self {
            nonce,
            authentication,
        })
    }
}

fn paseto(version: &str, purpose: &str, body: &str, footer: Option<&str>, layout: Layout) -> Decoded {
    let header = Part::sound("header", format!("{version}.{purpose}.").into_bytes());
    let body = Part::from_base64("body", body);
    let mut parts = vec![header];
    let inner = body.bytes.len().checked_sub(layout.nonce + layout.authentication);
    match inner {
        Some(inner) if body.problem.is_none() => {
            let mut rest = body.bytes;
            let authentication = rest.split_off(layout.nonce + inner);
            let payload = rest.split_off(layout.nonce);
            if purpose == "local" {
                parts.push(Part::sound("nonce", rest));
                parts.push(Part::sound("ciphertext", payload));
                parts.push(Part::sound("tag", authentication));
            } else {
                parts.push(Part::sound("payload", payload));
                parts.push(Part::sound("signature", authentication));
            }
        }
        Some(_) => parts.push(body),
        None => parts.push(Part {
            problem: body.problem.clone().or_else(|| {
                Some(format!(
                    "{} bytes, want at least {}",
                    body.bytes.len(),
                    layout.nonce + layout.authentication
                ))
            }),
            ..body
        }),
    }
    if let Some(footer) = footer {
        parts.push(Part::from_base64("footer", footer));
    }
    Decoded {
        format: Format::Paseto,
        parts,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .flatten()
        .collect()
}

/// Drops what is outside the alphabet and forgives padding and trailing bits.
fn decode_what_decodes(text: &str) -> Vec<u8> {
    const FORGIVING: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let mut kept: String = text
        .chars()
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    if kept.len() % 4 == 1 {
        kept.pop();
    }
    FORGIVING.decode(kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWS: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.AAAA";

    #[test]
    fn a_jws_shows_its_header_and_payload() {
        let decoded = decode(JWS);
        assert_eq!(decoded.format, Format::Jws);
        let shown: Vec<(&str, String)> = decoded
            .parts
            .iter()
            .map(|part| (part.name, part.text()))
            .collect();
        assert_eq!(shown[0], ("header", r#"{"alg":"HS256"}"#.to_owned()));
        assert_eq!(shown[1], ("payload", r#"{"sub":"alice"}"#.to_owned()));
        assert_eq!(shown[2], ("signature", "000000".to_owned()));
    }

    #[test]
    fn a_broken_part_is_shown_as_far_as_it_goes() {
        let decoded = decode("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi?OiJhbGljZSJ9==.");
        assert_eq!(decoded.parts[1].text(), r#"{"sub":"alice"}"#);
        assert!(
            decoded.parts[1]
                .problem
                .as_ref()
                .unwrap()
                .contains("strict base64url")
        );
    }

    #[test]
    fn a_short_paseto_says_how_long_it_should_be() {
        let decoded = decode("v4.local.AAAA.Zm9vdA");
        assert_eq!(decoded.format, Format::Paseto);
        assert_eq!(
            decoded.parts[1].problem.as_deref(),
            Some("3 bytes, want at least 64")
        );
        assert_eq!(decoded.parts[2].text(), "foot");
    }

    #[test]
    fn anatomy_accounts_for_every_byte() {
        let jws = anatomy(JWS).unwrap();
        assert_eq!(
            (jws.header_bytes, jws.payload_bytes, jws.authentication_bytes),
            (15, 15, 3)
        );
        assert_eq!(jws.total_bytes() as usize, JWS.len());
        let body = URL_SAFE_NO_PAD.encode([7; 32 + 5 + 32]);
        let paseto = anatomy(&format!("v4.local.{body}")).unwrap();
        assert_eq!(
            (
                paseto.header_bytes,
                paseto.nonce_bytes,
                paseto.payload_bytes,
                paseto.authentication_bytes
            ),
            (9, 32, 5, 32)
        );
        assert_eq!(anatomy("v4.local.AAAA"), None);
        assert_eq!(anatomy(""), None);
    }

    #[test]
    fn any_text_gives_something() {
        for text in [
            "",
            ".",
            "....",
            "v4.public.",
            "a",
            "ключ.😀.=",
            "v4.local..",
            &".".repeat(10_000),
        ] {
            let decoded = decode(text);
            assert!(decoded.parts.len() <= text.len() + 1, "{text:.20}");
        }
    }
}
