//! A JWT verifier that finds its key by name in a table, with a bound
//! parameter.
//!
//! `kid` reaches the database as a value and never as part of a statement
//! (RFC 8725 §3.10). A name that is no key's is refused before any signature.

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::jws::{self, Jws};
use crate::model::key_table::KeyTable;
use crate::model::named_key::key_by_name;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier that looks its key up by name, with a bound parameter",
            "model of RFC 8725 §3.10",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    jws::verifier("HS256", key_by_name(table(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let table = table(issuer);
    issuer.jwt_naming(SCHEME, &table, &table.key)
}

pub(super) fn table(issuer: &Issuer) -> KeyTable {
    KeyTable {
        kid: "2026-01",
        key: issuer.ring().symmetric::<32>(ID).to_vec(),
    }
}

pub(super) const ID: &str = "jwt-kid-table";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
