//! A JWT verifier that finds its key by name in a table, with a bound
//! parameter.
//!
//! `kid` reaches the database as a value and never as part of a statement
//! (RFC 8725 §3.10). A name that is no key's is refused before any signature.

use jsonwebtoken::Algorithm;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::{Issuer, header};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::model::jws::{Jws, algorithm_allow_list, claims_policy, signature, strict_encoding, three_parts};
use crate::model::key_table::{KEY_BY_BOUND_PARAMETER, KeyTable};
use crate::model::{Check, ModelTarget, Verifier};
use crate::scheme::Scheme;
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: ID.into(),
            kind: TargetKind::Hardened,
            scheme: SCHEME,
            summary: "a verifier that looks its key up by name, with a bound parameter".into(),
            weaknesses: &[],
            provenance: "model of RFC 8725 §3.10".into(),
            hardened: None,
        },
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    let table = table(issuer);
    Verifier::of(vec![
        three_parts(),
        strict_encoding(),
        algorithm_allow_list("HS256"),
        Check::new(
            KEY_BY_BOUND_PARAMETER,
            Stage::KeyChoice,
            "the key's name is a value in the query",
            move |jws: &mut Jws| {
                jws.key = table.select_key("SELECT key FROM signing_keys WHERE kid = ?1", [jws.kid()?])?;
                Ok(())
            },
        ),
        signature(),
        claims_policy(),
    ])
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let table = table(issuer);
    issuer.exposure(SCHEME, |claims| {
        mint::jws(
            &header("HS256", Some(table.kid)),
            claims,
            &Signature::Tag(Hs::S256, table.key),
        )
    })
}

pub(super) fn table(issuer: &Issuer) -> KeyTable {
    KeyTable {
        kid: "2026-01",
        key: issuer.ring().symmetric::<32>(ID).to_vec(),
    }
}

pub(super) const ID: &str = "jwt-kid-table";
pub(super) const SCHEME: Scheme = Scheme::Jwt(Algorithm::HS256);
