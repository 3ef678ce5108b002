//! Honest JWE, taken apart into what their floors work on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::scheme::Management;
use crate::decode::{Format, decode};

/// One token, every part decoded.
pub(super) struct Token {
    /// What the tag covers besides the ciphertext: the header as it is encoded.
    pub(super) covered: Vec<u8>,
    /// What the header says to the key management: the ephemeral point of ECDH,
    /// the vector then the tag of AES-GCM key wrap, the salt of a password.
    pub(super) party: Vec<u8>,
    pub(super) encrypted_key: Vec<u8>,
    pub(super) iv: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl Token {
    /// Takes `token` apart; `None` if it is no sound JWE of that management.
    pub(super) fn new(token: &str, management: Management) -> Option<Self> {
        let decoded = decode(token);
        if decoded.format != Format::Jwe || decoded.parts.iter().any(|part| part.problem.is_some()) {
            return None;
        }
        let part = |name: &str| {
            let part = decoded.parts.iter().find(|part| part.name == name);
            part.map(|part| part.bytes.clone())
        };
        let header: Value = serde_json::from_slice(&part("header")?).ok()?;
        let (covered, _) = token.split_once('.')?;
        Some(Self {
            covered: covered.as_bytes().to_vec(),
            party: party(&header, management)?,
            encrypted_key: part("encrypted key")?,
            iv: part("iv")?,
            body: part("ciphertext")?,
            tag: part("tag")?,
        })
    }
}

fn party(header: &Value, management: Management) -> Option<Vec<u8>> {
    let bytes = |value: Option<&Value>| URL_SAFE_NO_PAD.decode(value?.as_str()?).ok();
    match management {
        Management::Direct | Management::AesKw | Management::RsaOaep(_) => Some(Vec::new()),
        Management::AesGcmKw => Some([bytes(header.get("iv"))?, bytes(header.get("tag"))?].concat()),
        Management::Password => bytes(header.get("p2s")),
        Management::EcdhEs | Management::EcdhEsAesKw => {
            let point = header.get("epk")?;
            Some([vec![4], bytes(point.get("x"))?, bytes(point.get("y"))?].concat())
        }
    }
}
