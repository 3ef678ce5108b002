//! A PASETO verifier that finds its key by the footer's `kid` in a table, with
//! a bound parameter.
//!
//! The footer is unauthenticated when it is read, and the specification says
//! so (Payload-Processing, Key-ID Support): `kid` is a value and nothing else.

use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use crate::attacker::footer_with_kid;
use crate::card::TargetProfile;
use crate::mint::{self, PasetoKey};
use crate::model::key_table::{KEY_BY_BOUND_PARAMETER, KeyTable};
use crate::model::paseto::{
    Paseto, claims_policy, header_literal, signature_or_tag, strict_encoding, three_or_four_parts,
};
use crate::model::{Check, ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: ID.into(),
            kind: TargetKind::Hardened,
            scheme: SCHEME,
            summary: "a v4.public verifier that looks its key up by name, with a bound parameter".into(),
            weaknesses: &[],
            provenance: "model of PASETO, Payload-Processing, Key-ID Support".into(),
            hardened: None,
        },
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    let table = table(issuer);
    Verifier::of(vec![
        three_or_four_parts(),
        header_literal(&[Purpose::Public]),
        strict_encoding(),
        Check::new(
            KEY_BY_BOUND_PARAMETER,
            Stage::KeyChoice,
            "the key's name is a value in the query",
            move |paseto: &mut Paseto| {
                let query = "SELECT key FROM signing_keys WHERE kid = ?1";
                paseto.key = table.select_key(query, [paseto.kid()?])?;
                Ok(())
            },
        ),
        signature_or_tag(),
        claims_policy(),
    ])
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.exposure(SCHEME, |claims| {
        let key = PasetoKey::V4Public(issuer.ring().ed25519().secret_then_public());
        mint::paseto(&key, claims, &footer_with_kid(table(issuer).kid))
    })
}

pub(super) fn table(issuer: &Issuer) -> KeyTable {
    KeyTable {
        kid: "2026-01",
        key: issuer.ring().ed25519().public.to_vec(),
    }
}

pub(super) const ID: &str = "paseto-kid-table";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Public);
