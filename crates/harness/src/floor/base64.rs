//! base64url of a token's parts, without padding (RFC 4648 §5): decoding for
//! a verifier, encoding for an issuer.
//!
//! Verifying decodes every part. Issuing leaves out the header of a JWS or JWE
//! that is the same in every token, and is encoded once by whoever cares. Buffers are made
//! beforehand and used again: allocating is not part of the least work.

use std::hint::black_box;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64_simd::AsOut;
use tokenlab_record::measurement::{FloorPart, Model};

use super::token::encoded_parts;
use super::work::{Material, floor};
use super::{Floor, FloorWork};

pub(super) fn floors(scheme: &str) -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(both_ways(scheme, Simd, Scalar));
    floors.extend(both_ways(scheme, Scalar, Simd));
    floors
}

/// A way of doing base64url.
trait Codec: Copy + Send + Sync + 'static {
    fn name(self) -> &'static str;

    /// Decodes `text` to the front of `out`.
    fn decode(self, text: &[u8], out: &mut [u8]) -> Option<usize>;

    /// Encodes `bytes` to the front of `out`.
    fn encode(self, bytes: &[u8], out: &mut [u8]) -> Option<usize>;
}

#[derive(Clone, Copy)]
struct Simd;

impl Codec for Simd {
    fn name(self) -> &'static str {
        "base64-simd"
    }

    fn decode(self, text: &[u8], out: &mut [u8]) -> Option<usize> {
        let decoded = base64_simd::URL_SAFE_NO_PAD.decode(text, out.as_out());
        decoded.ok().map(|bytes| bytes.len())
    }

    fn encode(self, bytes: &[u8], out: &mut [u8]) -> Option<usize> {
        Some(base64_simd::URL_SAFE_NO_PAD.encode(bytes, out.as_out()).len())
    }
}

#[derive(Clone, Copy)]
struct Scalar;

impl Codec for Scalar {
    fn name(self) -> &'static str {
        "base64"
    }

    fn decode(self, text: &[u8], out: &mut [u8]) -> Option<usize> {
        URL_SAFE_NO_PAD.decode_slice(text, out).ok()
    }

    fn encode(self, bytes: &[u8], out: &mut [u8]) -> Option<usize> {
        URL_SAFE_NO_PAD.encode_slice(bytes, out).ok()
    }
}

/// The floors of one codec, whose results `judge` turns back.
fn both_ways(scheme: &str, codec: impl Codec, judge: impl Codec) -> [Box<dyn Floor>; 2] {
    let base64 = FloorPart::Base64;
    [
        floor(scheme, base64, Model::Verify, codec.name(), move |material| {
            let texts = material.tokens.iter().map(|token| {
                let parts = encoded_parts(token).into_iter();
                parts.map(|part| part.as_bytes().to_vec()).collect()
            });
            Ok(Box::new(Decoding {
                out: vec![0; longest(material.tokens)],
                texts: texts.collect(),
                codec,
                judge,
            }))
        }),
        floor(scheme, base64, Model::Issue, codec.name(), move |material| {
            let skipped = usize::from(has_constant_header(material));
            let mut out = vec![0; longest(material.tokens)];
            let mut parts = Vec::new();
            for token in material.tokens {
                let texts = encoded_parts(token).into_iter().skip(skipped);
                let decoded: Option<Vec<_>> = texts
                    .map(|text| {
                        let length = judge.decode(text.as_bytes(), &mut out)?;
                        Some((out.get(..length)?.to_vec(), text.as_bytes().to_vec()))
                    })
                    .collect();
                parts.push(decoded.ok_or_else(|| format!("{token:.40?} is not base64url"))?);
            }
            Ok(Box::new(Encoding { out, parts, codec }))
        }),
    ]
}

/// Whether every token begins with the same encoded header. A PASETO's is not
/// encoded, and a JWE may carry a key in its own.
fn has_constant_header(material: &Material<'_>) -> bool {
    let mut headers = material.tokens.iter().filter_map(|token| token.split('.').next());
    let first = headers.next();
    !material.scheme.starts_with("paseto.") && headers.all(|header| Some(header) == first)
}

/// Room for any part of any token, with what a decoder wants for its estimate.
fn longest(tokens: &[String]) -> usize {
    tokens.iter().map(String::len).max().unwrap_or(0) + 4
}

struct Decoding<C, J> {
    texts: Vec<Vec<Vec<u8>>>,
    out: Vec<u8>,
    codec: C,
    judge: J,
}

impl<C: Codec, J: Codec> FloorWork for Decoding<C, J> {
    fn operate(&mut self, index: usize) -> bool {
        self.texts.get(index).is_some_and(|parts| {
            parts.iter().all(|text| {
                let decoded = self.codec.decode(black_box(text), &mut self.out).is_some();
                black_box(&self.out);
                decoded
            })
        })
    }

    fn right(&mut self, index: usize) -> bool {
        let Some(parts) = self.texts.get(index) else {
            return false;
        };
        let mut again = vec![0; self.out.len()];
        parts.iter().all(|text| {
            let decoded = self.codec.decode(text, &mut self.out);
            let bytes = decoded.and_then(|length| self.out.get(..length));
            let length = bytes.and_then(|bytes| self.judge.encode(bytes, &mut again));
            length.and_then(|length| again.get(..length)) == Some(text)
        })
    }
}

struct Encoding<C> {
    /// Bytes and text of every part.
    parts: Vec<Vec<(Vec<u8>, Vec<u8>)>>,
    out: Vec<u8>,
    codec: C,
}

impl<C: Codec> FloorWork for Encoding<C> {
    fn operate(&mut self, index: usize) -> bool {
        self.parts.get(index).is_some_and(|parts| {
            parts.iter().all(|(bytes, _)| {
                let encoded = self.codec.encode(black_box(bytes), &mut self.out).is_some();
                black_box(&self.out);
                encoded
            })
        })
    }

    fn right(&mut self, index: usize) -> bool {
        self.parts.get(index).is_some_and(|parts| {
            parts.iter().all(|(bytes, text)| {
                let length = self.codec.encode(bytes, &mut self.out);
                length.and_then(|length| self.out.get(..length)) == Some(text)
            })
        })
    }
}
