//! tokenlab's own decoder: shows whatever can be shown, of whatever text.
//!
//! It verifies nothing and refuses nothing. A broken part is shown as far as it
//! decodes, with the problem named beside it, because broken tokens are what
//! an attack lab looks at. Verifiers never use it.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use biscuit_auth::UnverifiedBiscuit;
use tokenlab_record::measurement::TokenAnatomy;

use crate::biscuit_wire::{Envelope, Proof};
use crate::paseto::{Purpose, Scheme};
use crate::session::SessionId;

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
    /// base64url of a protobuf envelope with an authority block and a proof,
    /// Biscuit specification, Format.
    Biscuit,
    /// 256 bits and nothing else: an opaque id. A hash in base64url looks the same.
    OpaqueId,
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
            Self::Biscuit => "Biscuit",
            Self::OpaqueId => "256 opaque bits, such as a session's id",
            Self::Unknown => "no token format that I know",
        }
    }
}

/// One part of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `header`, `payload`, `signature`, `nonce`, `ciphertext`, `tag`, `footer`, `id`...
    pub name: &'static str,
    /// Its bytes, decoded as far as they decode.
    pub bytes: Vec<u8>,
    /// What is wrong with its encoding, if anything is.
    pub problem: Option<String>,
    /// What it says as Datalog, if it is a block of a Biscuit. Symbols are
    /// written out, so this may be longer than the bytes.
    pub datalog: Option<String>,
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
                datalog: None,
            },
            Err(strict) => Self {
                name,
                bytes: decode_what_decodes(text),
                problem: Some(format!("not strict base64url: {strict}")),
                datalog: None,
            },
        }
    }

    const fn sound(name: &'static str, bytes: Vec<u8>) -> Self {
        Self {
            name,
            bytes,
            problem: None,
            datalog: None,
        }
    }
}

/// Takes `token` apart. Every text gives something; nothing panics.
#[must_use]
pub fn decode(token: &str) -> Decoded {
    let parts: Vec<&str> = token.split('.').collect();
    match parts.as_slice() {
        [version, purpose, body] if let Some(scheme) = Scheme::from_header(version, purpose) => {
            paseto(scheme, body, None)
        }
        [version, purpose, body, footer] if let Some(scheme) = Scheme::from_header(version, purpose) => {
            paseto(scheme, body, Some(footer))
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
        [text] if let Some(envelope) = Envelope::read(text) => biscuit(&envelope),
        [id] if SessionId::parse(id).is_ok() => Decoded {
            format: Format::OpaqueId,
            parts: vec![Part::from_base64("id", id)],
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

/// Where the bytes of `token` go, or `None` if it is no sound token of a format
/// known here.
///
/// A Biscuit has no header: the blocks are its payload; signatures, the keys
/// that make them a chain and the proof at its end are its authentication; the
/// protobuf around them counts as encoding. All of an opaque id is proof of the
/// right to use it.
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
            // Like the header, the wrapped key says how to open the rest.
            "header" | "encrypted key" => anatomy.header_bytes += bytes,
            "nonce" | "iv" => anatomy.nonce_bytes += bytes,
            "signature"
            | "tag"
            | "id"
            | "next key"
            | "third-party key"
            | "third-party signature"
            | "next secret"
            | "final signature" => anatomy.authentication_bytes += bytes,
            _ => anatomy.payload_bytes += bytes,
        }
    }
    anatomy.encoding_bytes = u32::try_from(token.len())
        .ok()?
        .checked_sub(anatomy.total_bytes())?;
    Some(anatomy)
}

fn paseto(scheme: Scheme, body: &str, footer: Option<&str>) -> Decoded {
    let header = Part::sound("header", format!("{scheme}.").into_bytes());
    let (nonce_bytes, authentication_bytes) = (scheme.nonce_bytes(), scheme.authentication_bytes());
    let body = Part::from_base64("body", body);
    let mut parts = vec![header];
    let inner = body.bytes.len().checked_sub(nonce_bytes + authentication_bytes);
    match inner {
        Some(inner) if body.problem.is_none() => {
            let mut rest = body.bytes;
            let authentication = rest.split_off(nonce_bytes + inner);
            let payload = rest.split_off(nonce_bytes);
            if scheme.purpose == Purpose::Local {
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
                    nonce_bytes + authentication_bytes
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

/// Longest Biscuit whose Datalog is printed, bytes. A symbol may be long and
/// occur often, so that what is printed grows with the square of the length.
const LONGEST_DATALOG: usize = 8 * 1024;

fn biscuit(envelope: &Envelope) -> Decoded {
    let part = |name, at| Part::sound(name, envelope.at(at).to_vec());
    let unverified = if envelope.bytes.len() > LONGEST_DATALOG {
        Err(format!("longer than {LONGEST_DATALOG} bytes"))
    } else {
        UnverifiedBiscuit::from(&envelope.bytes).map_err(|error| error.to_string())
    };
    let mut parts = Vec::new();
    for (index, block) in envelope.blocks.iter().enumerate() {
        let name = match (index, &block.external) {
            (0, _) => "authority",
            (_, None) => "block",
            (_, Some(_)) => "third-party block",
        };
        let datalog = unverified.as_ref().map_err(Clone::clone).and_then(|biscuit| {
            let printed = biscuit.print_block_source(index);
            printed.map_err(|error| error.to_string())
        });
        parts.push(Part {
            datalog: Some(datalog.unwrap_or_else(|why| format!("// can't be shown as Datalog: {why}"))),
            ..part(name, &block.block)
        });
        parts.push(part("next key", &block.next_key.key));
        parts.push(part("signature", &block.signature));
        if let Some(external) = &block.external {
            parts.push(part("third-party signature", &external.signature));
            parts.push(part("third-party key", &external.key.key));
        }
    }
    parts.push(match &envelope.proof {
        Proof::NextSecret(at) => part("next secret", at),
        Proof::FinalSignature(at) => part("final signature", at),
    });
    Decoded {
        format: Format::Biscuit,
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
        let jwe = anatomy("e30.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert_eq!(
            (
                jwe.header_bytes,
                jwe.nonce_bytes,
                jwe.payload_bytes,
                jwe.authentication_bytes
            ),
            (2 + 6, 12, 3, 16)
        );
        let id = anatomy(&"A".repeat(43)).unwrap();
        assert_eq!((id.authentication_bytes, id.encoding_bytes), (32, 11));
        assert_eq!(anatomy("v4.local.AAAA"), None);
        assert_eq!(anatomy(""), None);
    }

    #[test]
    fn an_opaque_id_is_told_by_its_length_and_alphabet() {
        let format = |text: &str| decode(text).format;
        assert_eq!(format(&"A".repeat(43)), Format::OpaqueId);
        assert_eq!(format(&"A".repeat(42)), Format::Unknown);
        assert_eq!(format(&format!("{}+", "A".repeat(42))), Format::Unknown);
        assert_eq!(format(&format!("{}.", "A".repeat(43))), Format::Unknown);
    }

    #[test]
    fn a_biscuit_shows_its_datalog_and_every_byte_of_it_counts() {
        let root = biscuit_auth::KeyPair::new();
        let builder = biscuit_auth::Biscuit::builder()
            .code(r#"user("alice");"#)
            .unwrap();
        let token = builder.build(&root).unwrap();
        let block = biscuit_auth::BlockBuilder::new().code("check if true;").unwrap();
        let token = token.append(block).unwrap().to_base64().unwrap();
        let decoded = decode(&token);
        assert_eq!(decoded.format, Format::Biscuit);
        let names: Vec<&str> = decoded.parts.iter().map(|part| part.name).collect();
        assert_eq!(
            names,
            [
                "authority",
                "next key",
                "signature",
                "block",
                "next key",
                "signature",
                "next secret"
            ]
        );
        let datalog = |at: usize| decoded.parts[at].datalog.as_deref();
        assert_eq!(datalog(0), Some("user(\"alice\");\n"));
        assert_eq!(datalog(1), None);
        assert_eq!(datalog(3), Some("check if true;\n"));
        let anatomy = anatomy(&token).unwrap();
        assert_eq!(anatomy.authentication_bytes, 2 * (32 + 64) + 32);
        assert_eq!(anatomy.total_bytes() as usize, token.len());
    }

    #[test]
    fn a_biscuit_that_is_none_inside_is_shown_without_datalog() {
        // Block, key, signature and proof of a byte each.
        let envelope = b"\x12\x0b\x0a\x01\xaa\x12\x03\x12\x01\xbb\x1a\x01\xcc\x22\x03\x0a\x01\xdd";
        let decoded = decode(&URL_SAFE_NO_PAD.encode(envelope));
        assert_eq!(decoded.format, Format::Biscuit);
        assert_eq!(decoded.parts[0].bytes, [0xaa]);
        let datalog = decoded.parts[0].datalog.as_ref().unwrap();
        assert!(datalog.starts_with("// can't be shown as Datalog"), "{datalog}");

        // A symbol may be long and occur often; nobody has to print that.
        let mut block = vec![0x0a, 0xa0, 0x1f]; // 4,000 bytes of symbol
        block.extend([b'x'; 4000]);
        for _ in 0..1000 {
            block.extend([0x22, 5, 0x0a, 3, 0x08, 0x80, 0x08]); // a fact of that name
        }
        let mut authority = vec![0x0a, 0xfb, 0x55];
        authority.extend(&block);
        authority.extend(&envelope[5..13]);
        let mut long = vec![0x12, 0x86, 0x56];
        long.extend(&authority);
        long.extend(&envelope[13..]);
        let decoded = decode(&URL_SAFE_NO_PAD.encode(&long));
        assert_eq!(decoded.format, Format::Biscuit);
        let datalog = decoded.parts[0].datalog.as_ref().unwrap();
        assert!(datalog.contains("longer than 8192 bytes"), "{datalog:.100}");
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
