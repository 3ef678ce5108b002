//! A JWT verifier that finds its key by name in a folder, by a strict grammar.
//!
//! `kid` is a name and not a path: lower-case letters, digits and hyphens, 32
//! at most, and the file it leads to has to lie in the folder of keys
//! (RFC 8725 §3.10).

use super::issuer::Issuer;
use crate::attacker::{known_files, own_stored_key};
use crate::card::TargetProfile;
use crate::model::jws::{self, Jws};
use crate::model::key_folder::KeyFolder;
use crate::model::named_key::key_by_name;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier that reads its key from a file with a strictly spelled name",
            "model of RFC 8725 §3.10",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    jws::verifier("HS256", key_by_name(folder(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let folder = folder(issuer);
    issuer.jwt_naming(SCHEME, &folder, &folder.key)
}

pub(super) fn folder(issuer: &Issuer) -> KeyFolder {
    #[allow(clippy::expect_used)] // the attacker has a key of every scheme of a model, held by tests
    let uploaded = own_stored_key(SCHEME).expect("a key of the attacker");
    KeyFolder {
        kid: "2026-01",
        key: issuer.ring().symmetric::<32>(ID).to_vec(),
        known_files: known_files(uploaded).to_vec(),
    }
}

pub(super) const ID: &str = "jwt-kid-folder";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
