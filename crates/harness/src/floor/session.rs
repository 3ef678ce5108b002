//! SHA-256 of a session's id, which is all the cryptography there is.
//!
//! A hash knows no key: it takes an altered id for another id, and only the
//! store can tell. Nor does an id hold claims: what is read as JSON is what the
//! store keeps. Drawing the random bits of a new id is left out, as the nonces
//! of the other families are, and so is everything a store does.

use std::hint::black_box;

use sha2::{Digest as _, Sha256};
use tokenlab_record::measurement::{FloorPart, Model};

use super::work::{Material, floor};
use super::{Floor, FloorWork};
use crate::claims::NumericDate;
use crate::contenders;
use crate::session::{Digest, SessionId};

/// Whether a scheme is one of this family, whose tokens hold neither a
/// signature nor claims.
pub(super) fn is_session(scheme: &str) -> bool {
    scheme.starts_with("session.")
}

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    let schemes = contenders::all()
        .iter()
        .map(|contender| contender.card().scheme.as_str())
        .filter(|scheme| is_session(scheme));
    for scheme in schemes {
        floors.extend(hashing(scheme, "sha2", |bytes| Sha256::digest(bytes).into()));
        #[cfg(feature = "aws-lc")]
        floors.extend(hashing(scheme, "aws-lc-rs SHA-256", aws_lc));
    }
    floors
}

#[cfg(feature = "aws-lc")]
fn aws_lc(bytes: &[u8]) -> Digest {
    let mut digest = [0; 32];
    let made = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    if made.as_ref().len() == digest.len() {
        digest.copy_from_slice(made.as_ref());
    }
    digest
}

/// What the store keeps of these claims.
pub(super) fn kept(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    let json = material
        .claims
        .iter()
        .map(|claims| claims.to_json::<NumericDate>());
    json.map(|json| json.map(String::into_bytes).map_err(|error| error.to_string()))
        .collect()
}

/// The same work in both models: whoever begins a session and whoever looks it
/// up hashes its id once.
fn hashing(scheme: &str, implementation: &str, hash: fn(&[u8]) -> Digest) -> [Box<dyn Floor>; 2] {
    [Model::Verify, Model::Issue].map(|model| {
        floor(
            scheme,
            FloorPart::Crypto,
            model,
            implementation,
            move |material| {
                let ids: Result<Vec<SessionId>, _> = material
                    .tokens
                    .iter()
                    .map(|token| SessionId::parse(token))
                    .collect();
                Ok(Box::new(Hashing {
                    ids: ids.map_err(|rejection| rejection.to_string())?,
                    hash,
                }))
            },
        )
    })
}

struct Hashing {
    ids: Vec<SessionId>,
    hash: fn(&[u8]) -> Digest,
}

impl FloorWork for Hashing {
    fn operate(&mut self, index: usize) -> bool {
        self.ids.get(index).is_some_and(|id| {
            black_box((self.hash)(black_box(id.as_bytes())));
            true
        })
    }

    fn right(&mut self, index: usize) -> bool {
        self.ids
            .get(index)
            .is_some_and(|id| (self.hash)(id.as_bytes()) == id.digest())
    }
}
