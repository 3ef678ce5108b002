//! A JWT verifier that finds its key by name in a folder, by a strict grammar.
//!
//! `kid` is a name and not a path: lower-case letters, digits and hyphens, 32
//! at most, and the file it leads to has to lie in the folder of keys
//! (RFC 8725 §3.10).

use jsonwebtoken::Algorithm;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::{Issuer, header};
use crate::attacker::known_files;
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::model::jws::{Jws, algorithm_allow_list, claims_policy, signature, strict_encoding, three_parts};
use crate::model::key_folder::{KEY_BY_STRICT_NAME, KeyFolder};
use crate::model::{Check, ModelTarget, Verifier};
use crate::scheme::Scheme;
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: ID.into(),
            kind: TargetKind::Hardened,
            scheme: SCHEME,
            summary: "a verifier that reads its key from a file with a strictly spelled name".into(),
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
    let folder = folder(issuer);
    Verifier::of(vec![
        three_parts(),
        strict_encoding(),
        algorithm_allow_list("HS256"),
        Check::new(
            KEY_BY_STRICT_NAME,
            Stage::KeyChoice,
            "the key's name is strictly spelled, and its file is in the folder of keys",
            move |jws: &mut Jws| {
                jws.key = folder.open()?.read_by_name(jws.kid()?)?;
                Ok(())
            },
        ),
        signature(),
        claims_policy(),
    ])
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let folder = folder(issuer);
    issuer.exposure(SCHEME, |claims| {
        mint::jws(
            &header("HS256", Some(folder.kid)),
            claims,
            &Signature::Tag(Hs::S256, folder.key),
        )
    })
}

pub(super) fn folder(issuer: &Issuer) -> KeyFolder {
    KeyFolder {
        kid: "2026-01",
        key: issuer.ring().symmetric::<32>(ID).to_vec(),
        known_files: known_files(SCHEME).to_vec(),
    }
}

pub(super) const ID: &str = "jwt-kid-folder";
pub(super) const SCHEME: Scheme = Scheme::Jwt(Algorithm::HS256);
