//! A PASETO verifier that finds its key by the footer's `kid` in a folder, by
//! a strict grammar.
//!
//! PASERK ids (`k4.lid.…`) are such a grammar; here it is lower-case letters,
//! digits and hyphens, and the file has to lie in the folder of keys.

use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use crate::attacker::{footer_with_kid, known_files};
use crate::card::TargetProfile;
use crate::mint::{self, PasetoKey};
use crate::model::key_folder::{KEY_BY_STRICT_NAME, KeyFolder};
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
            summary: "a v4.local verifier that reads its key from a file with a strictly spelled name".into(),
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
    let folder = folder(issuer);
    Verifier::of(vec![
        three_or_four_parts(),
        header_literal(&[Purpose::Local]),
        strict_encoding(),
        Check::new(
            KEY_BY_STRICT_NAME,
            Stage::KeyChoice,
            "the key's name is strictly spelled, and its file is in the folder of keys",
            move |paseto: &mut Paseto| {
                paseto.key = folder.open()?.read_by_name(&paseto.kid()?)?;
                Ok(())
            },
        ),
        signature_or_tag(),
        claims_policy(),
    ])
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.exposure(SCHEME, |claims| {
        let key = PasetoKey::V4Local(issuer.ring().symmetric(ID));
        mint::paseto(&key, claims, &footer_with_kid(folder(issuer).kid))
    })
}

pub(super) fn folder(issuer: &Issuer) -> KeyFolder {
    KeyFolder {
        kid: "2026-01",
        key: issuer.ring().symmetric::<32>(ID).to_vec(),
        known_files: known_files(SCHEME).to_vec(),
    }
}

pub(super) const ID: &str = "paseto-kid-folder";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
