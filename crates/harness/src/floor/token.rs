//! Honest tokens, taken apart into what their floors work on.

use super::pae;
use crate::decode::{Decoded, Format, decode};

/// One token, every part decoded.
pub(super) struct Sealed {
    /// What the signature or the tag covers: the signing input of a JWS, the
    /// pre-authentication encoding of a PASETO, which for v2.local is the
    /// additional data of its AEAD.
    pub(super) covered: Vec<u8>,
    /// Nonce of an encrypted token.
    pub(super) nonce: Vec<u8>,
    /// Claims as JSON, or their ciphertext.
    pub(super) body: Vec<u8>,
    /// Signature or tag.
    pub(super) authentication: Vec<u8>,
}

impl Sealed {
    /// Takes `token` apart. `p384` is the public key that v3.public covers in
    /// compressed form. `None` if it is no sound token of a scheme known here.
    pub(super) fn new(token: &str, p384: &[u8]) -> Option<Self> {
        let decoded = decode(token);
        if decoded.parts.iter().any(|part| part.problem.is_some()) {
            return None;
        }
        let part = |name: &str| {
            let part = decoded.parts.iter().find(|part| part.name == name);
            part.map(|part| part.bytes.clone())
        };
        let nonce = part("nonce").unwrap_or_default();
        let body = part("payload").or_else(|| part("ciphertext"))?;
        Some(Self {
            covered: covered(token, &decoded, &nonce, &body, p384)?,
            authentication: part("signature").or_else(|| part("tag"))?,
            nonce,
            body,
        })
    }
}

fn covered(token: &str, decoded: &Decoded, nonce: &[u8], body: &[u8], p384: &[u8]) -> Option<Vec<u8>> {
    if decoded.format == Format::Jws {
        let (signing_input, _) = token.rsplit_once('.')?;
        return Some(signing_input.as_bytes().to_vec());
    }
    let header = &decoded.parts.first()?.bytes;
    let footer = decoded.parts.iter().find(|part| part.name == "footer");
    let footer = footer.map_or(&[][..], |footer| &footer.bytes);
    let implicit_assertion: &[u8] = &[];
    match header.as_slice() {
        b"v1.public." | b"v2.public." => Some(pae::encode(&[header, body, footer])),
        b"v1.local." => Some(pae::encode(&[header, nonce, body, footer])),
        b"v2.local." => Some(pae::encode(&[header, nonce, footer])),
        b"v3.public." => Some(pae::encode(&[p384, header, body, footer, implicit_assertion])),
        b"v4.public." => Some(pae::encode(&[header, body, footer, implicit_assertion])),
        b"v3.local." | b"v4.local." => Some(pae::encode(&[header, nonce, body, footer, implicit_assertion])),
        _ => None,
    }
}

/// The parts of `token` that are base64url: all of a JWS or JWE, body and
/// footer of a PASETO, the whole of a Biscuit but for its padding.
pub(super) fn encoded_parts(token: &str) -> Vec<&str> {
    let parts: Vec<&str> = token.split('.').collect();
    match parts.as_slice() {
        ["v1" | "v2" | "v3" | "v4", _, encoded @ ..] => encoded.to_vec(),
        [whole] => vec![whole.trim_end_matches('=')],
        _ => parts,
    }
}
