//! tokenlab's own decoder, [`tokenlab_harness::decode`], which is shown
//! whatever an attacker writes.
//!
//! It verifies nothing, so the property is fidelity: it never shows more bytes
//! than the text holds, a part without a named problem encodes to exactly what
//! stands in the text, and the anatomy of a sound token adds up to its length.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenlab_harness::decode::{Decoded, Format, Part, anatomy, decode};

use crate::{Finding, Reach, Target, seeds};

/// This target.
pub const TARGET: Target = Target {
    name: "decoder",
    summary: "tokenlab's own decoder and its anatomy, any text",
    crash_means: "the decoder breaks down, invents bytes, or hides that a part is broken",
    dictionary: Some("jose"),
    body,
    token: crate::as_text,
    seeds: seeds::of_decoder,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    // What a terminal or a browser would make of bytes that are no UTF-8.
    let text = String::from_utf8_lossy(data);
    let total_bytes = anatomy(&text).map(|anatomy| anatomy.total_bytes());
    judge(&text, &decode(&text), total_bytes)
}

/// Judges what a decoder says of `text`: the parts, and the total of the
/// anatomy if it offers one.
///
/// # Errors
/// The finding, if there is one.
pub fn judge(text: &str, decoded: &Decoded, total_bytes: Option<u32>) -> Result<Reach, Finding> {
    let expect = |holds: bool, problem: &'static str| {
        if holds {
            return Ok(());
        }
        Err(Finding::WrongDecoding {
            problem,
            text: text.to_owned(),
        })
    };
    let shown: usize = decoded.parts.iter().map(|part| part.bytes.len()).sum();
    expect(shown <= text.len(), "shows more bytes than there are")?;
    let readable = |part: &Part| part.text().len() <= 2 * part.bytes.len();
    expect(
        decoded.parts.iter().all(readable),
        "writes a part longer than in hexadecimal",
    )?;
    expect(faithful(text, decoded), "shows other bytes than the text holds")?;

    let sound = decoded.format != Format::Unknown && decoded.parts.iter().all(is_sound);
    let length = u32::try_from(text.len()).ok();
    match total_bytes {
        Some(_) => {
            expect(sound, "has an anatomy of a broken token")?;
            expect(total_bytes == length, "loses count of the bytes")?;
            Ok(Reach::Accepted)
        }
        None => {
            expect(!sound, "has no anatomy of a sound token")?;
            Ok(Reach::Refused)
        }
    }
}

const fn is_sound(part: &Part) -> bool {
    part.problem.is_none()
}

/// Whether every sound part encodes to the segment that it was read from.
fn faithful(text: &str, decoded: &Decoded) -> bool {
    let segments: Vec<&str> = text.split('.').collect();
    match (decoded.format, segments.as_slice()) {
        (Format::Paseto, [version, purpose, body, footer @ ..]) => {
            let [header, rest @ ..] = decoded.parts.as_slice() else {
                return false;
            };
            let (inner, footer_part) = rest.split_at(rest.len().saturating_sub(footer.len()));
            let body_bytes = inner
                .iter()
                .flat_map(|part| part.bytes.iter().copied())
                .collect::<Vec<u8>>();
            header.bytes == format!("{version}.{purpose}.").as_bytes()
                && !inner.is_empty()
                && (!inner.iter().all(is_sound) || URL_SAFE_NO_PAD.encode(body_bytes) == *body)
                && each_is(footer_part, footer)
        }
        (Format::Biscuit, [whole]) => {
            // The parts stand in the envelope one after the other, with framing between.
            let Ok(envelope) = URL_SAFE_NO_PAD.decode(whole.trim_end_matches('=')) else {
                return false;
            };
            let mut parts = decoded.parts.iter();
            parts.all(|part| {
                part.bytes.is_empty() || envelope.windows(part.bytes.len()).any(|at| at == part.bytes)
            })
        }
        (Format::Unknown, segments) => {
            let written: Vec<&str> = segments
                .iter()
                .copied()
                .filter(|segment| !segment.is_empty())
                .collect();
            each_is(&decoded.parts, &written)
        }
        (_, segments) => each_is(&decoded.parts, segments),
    }
}

/// Whether these parts are these segments, one for one.
fn each_is(parts: &[Part], segments: &[&str]) -> bool {
    parts.len() == segments.len()
        && parts
            .iter()
            .zip(segments)
            .all(|(part, segment)| !is_sound(part) || URL_SAFE_NO_PAD.encode(&part.bytes) == **segment)
}
