//! A PASETO verifier that finds its key by the footer's `kid` in a folder, by
//! a strict grammar.
//!
//! PASERK ids (`k4.lid.…`) are such a grammar; here it is lower-case letters,
//! digits and hyphens, and the file has to lie in the folder of keys.

use tokenlab_harness::Key;

use super::issuer::Issuer;
use crate::attacker::{known_files, own_stored_key};
use crate::card::TargetProfile;
use crate::model::key_folder::KeyFolder;
use crate::model::named_key::key_by_name;
use crate::model::paseto::{self, Paseto};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a v4.local verifier that reads its key from a file with a strictly spelled name",
            "model of PASETO, Payload-Processing, Key-ID Support",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    paseto::verifier(&[Purpose::Local], key_by_name(folder(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let folder = folder(issuer);
    let key = Key::Secret(folder.key.clone());
    issuer.paseto_naming(SCHEME, &folder, key)
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

pub(super) const ID: &str = "paseto-kid-folder";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
