//! Compact serialization of JOSE taken apart (RFC 7515 §7.1, RFC 7516 §7.1):
//! parts between dots, the first of which is a header. What signed and encrypted
//! tokens have in common stands here; what the parts mean is theirs.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use tokenlab_harness::RejectReason;
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, refuse};
use crate::jwe::Sealed;

/// A token's parts, as far as they go.
pub struct Compact {
    parts: Vec<String>,
    decoded: Vec<Option<Vec<u8>>>,
    header: Map<String, Value>,
}

impl Compact {
    /// Takes a token apart by strict base64url.
    #[must_use]
    pub fn of(token: &str) -> Self {
        let mut compact = Self {
            parts: token.split('.').map(str::to_owned).collect(),
            decoded: Vec::new(),
            header: Map::new(),
        };
        compact.decode_by(|part| URL_SAFE_NO_PAD.decode(part).ok());
        compact
    }

    /// Decodes every part anew, in another way.
    pub fn decode_by(&mut self, decode: impl Fn(&str) -> Option<Vec<u8>>) {
        self.decoded = self.parts.iter().map(|part| decode(part)).collect();
        self.header = serde_json::from_slice(self.part(0)).unwrap_or_default();
    }

    /// The parts as they came.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The header; empty if it is no JSON object.
    #[must_use]
    pub const fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// A member of the header that is text; empty if it is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.header.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Bytes of a part; none if it is not there or does not decode.
    #[must_use]
    pub fn part(&self, index: usize) -> &[u8] {
        self.decoded
            .get(index)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    /// Goes on with other bytes in the place of a part that came.
    pub fn replace_part(&mut self, index: usize, bytes: Vec<u8>) {
        if let Some(decoded) = self.decoded.get_mut(index) {
            *decoded = Some(bytes);
        }
    }

    /// Whether every part decodes.
    #[must_use]
    pub fn decodes(&self) -> bool {
        self.decoded.iter().all(Option::is_some)
    }

    /// The parts of a JWE.
    pub(crate) fn sealed(&self) -> Sealed<'_> {
        Sealed {
            header: self.parts.first().map(String::as_str).unwrap_or_default(),
            wrapped: self.part(1),
            nonce: self.part(2),
            ciphertext: self.part(3),
            tag: self.part(4),
        }
    }
}

/// An encrypted token in compact serialization.
pub trait Encrypted: Parsed {
    /// Its parts.
    fn compact(&self) -> &Compact;
}

/// RFC 7516 §7.1: header, encrypted key, nonce, ciphertext, tag.
#[must_use]
pub fn five_parts<P: Encrypted>() -> Check<P> {
    Check::new(
        "five-parts",
        Stage::Shape,
        "there are five parts",
        |jwe: &mut P| match jwe.compact().parts().len() {
            5 => Ok(()),
            other => refuse(RejectReason::Malformed, format!("{other} parts, want 5")),
        },
    )
}

/// RFC 7515 §2, for every part.
#[must_use]
pub fn every_part_encoded<P: Encrypted>(id: &'static str) -> Check<P> {
    Check::new(
        id,
        Stage::Encoding,
        "every part is strict base64url, and the header a JSON object",
        |jwe: &mut P| {
            if !jwe.compact().decodes() || jwe.compact().header().is_empty() {
                return refuse(
                    RejectReason::Encoding,
                    "a part is not strict base64url, or the header no JSON object",
                );
            }
            Ok(())
        },
    )
}

/// RFC 8725 §3.1: the caller says which algorithms, also of a JWE.
#[must_use]
pub fn key_management<P: Encrypted>(only: &'static str, of: &'static str) -> Check<P> {
    Check::new(
        "key-management",
        Stage::Header,
        format!("alg is {only} and enc A256GCM, as the {of} is for"),
        move |jwe: &mut P| {
            let (alg, enc) = (jwe.compact().text("alg"), jwe.compact().text("enc"));
            if (alg, enc) == (only, "A256GCM") {
                return Ok(());
            }
            refuse(
                RejectReason::WrongScheme,
                format!("alg is {alg:?} and enc {enc:?}, want {only} and A256GCM"),
            )
        },
    )
}
