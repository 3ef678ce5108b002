//! The claims as JSON, by serde_json: read from the payload into the one
//! [`ClaimSet`], or written from it.
//!
//! The time format is the contenders' own, since that is a difference between
//! the two families and not a choice of a library. The header of a JWS is not
//! counted: a verifier with one algorithm may compare it with the bytes it knows.

use std::hint::black_box;
use std::marker::PhantomData;

use tokenlab_record::measurement::{FloorPart, Model};

use super::work::{Material, floor};
use super::{Floor, FloorWork, jwe, local, session};
use crate::claims::{ClaimSet, Encode, NumericDate, Rfc3339, TimeFormat};

const IMPLEMENTATION: &str = "serde_json";

pub(super) fn floors(scheme: &str) -> [Box<dyn Floor>; 2] {
    if scheme.starts_with("jwt.") || scheme.starts_with("jwe.") || session::is_session(scheme) {
        both_ways::<NumericDate>(scheme)
    } else {
        both_ways::<Rfc3339>(scheme)
    }
}

fn both_ways<F: TimeFormat + Send>(scheme: &str) -> [Box<dyn Floor>; 2] {
    let json = FloorPart::Json;
    [
        floor(scheme, json, Model::Verify, IMPLEMENTATION, |material| {
            Ok(Box::new(Reading::<F> {
                payloads: payloads(material)?,
                claims: material.claims.to_vec(),
                format: PhantomData,
            }))
        }),
        floor(scheme, json, Model::Issue, IMPLEMENTATION, |material| {
            Ok(Box::new(Writing::<F> {
                payloads: payloads(material)?,
                claims: material.claims.to_vec(),
                out: Vec::new(),
                format: PhantomData,
            }))
        }),
    ]
}

/// The tokens' own payloads, decrypted where they are not readable; of a
/// session, what its store keeps.
fn payloads(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    if session::is_session(material.scheme) {
        return session::kept(material);
    }
    if material.scheme.ends_with(".local") {
        return local::plaintexts(material);
    }
    if material.scheme.starts_with("jwe.") {
        return jwe::plaintexts(material);
    }
    Ok(material.sealed()?.into_iter().map(|token| token.body).collect())
}

struct Reading<F> {
    payloads: Vec<Vec<u8>>,
    claims: Vec<ClaimSet>,
    format: PhantomData<F>,
}

impl<F: TimeFormat + Send> FloorWork for Reading<F> {
    fn operate(&mut self, index: usize) -> bool {
        self.payloads
            .get(index)
            .is_some_and(|payload| black_box(ClaimSet::from_json::<F>(black_box(payload))).is_ok())
    }

    fn right(&mut self, index: usize) -> bool {
        let payload = self.payloads.get(index);
        let read = payload.and_then(|payload| ClaimSet::from_json::<F>(payload).ok());
        read.is_some() && read.as_ref() == self.claims.get(index)
    }
}

struct Writing<F> {
    payloads: Vec<Vec<u8>>,
    claims: Vec<ClaimSet>,
    out: Vec<u8>,
    format: PhantomData<F>,
}

impl<F: TimeFormat + Send> FloorWork for Writing<F> {
    fn operate(&mut self, index: usize) -> bool {
        self.out.clear();
        let written = self.claims.get(index).is_some_and(|claims| {
            serde_json::to_writer(&mut self.out, &Encode::<F>::new(black_box(claims))).is_ok()
        });
        black_box(&self.out);
        written
    }

    fn right(&mut self, index: usize) -> bool {
        self.operate(index) && self.payloads.get(index) == Some(&self.out)
    }
}
