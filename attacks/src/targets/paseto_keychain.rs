//! A v4.local verifier that knows keys by name and looks at each before it
//! uses it.
//!
//! One of them was made of a password. Its length is right, as it always is
//! after a hash, so the list of known secrets is all that can be asked.

use sha2::{Digest, Sha256};
use tokenlab_harness::{Key, Policy};

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::key_entropy::key_entropy;
use crate::model::key_list::{KeyList, Slot};
use crate::model::named_key::key_by_name;
use crate::model::paseto::{self, Paseto};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let keys = keys(issuer);
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a v4.local verifier that refuses keys that follow from a known password",
            "model of PASETO, Payload-Processing, with RFC 8725 §3.5",
        ),
        exposure: exposure(issuer, &keys),
        verifier: verifier(keys),
    })
}

/// Every check, in order.
pub(super) fn verifier(keys: KeyList) -> Verifier<Paseto> {
    paseto::verifier(&[Purpose::Local], key_by_name(keys)).before(
        "signature-or-tag",
        key_entropy(|paseto: &Paseto| paseto.key.as_slice()),
    )
}

/// What is issued under the key that is in use.
pub(super) fn exposure(issuer: &Issuer, keys: &KeyList) -> Exposure {
    let key = Key::Secret(keys.key().to_vec());
    issuer.paseto_naming(SCHEME, keys, key)
}

/// A key from a generator, and one that somebody made of a password.
pub(super) fn keys(issuer: &Issuer) -> KeyList {
    let slot = |kid, key| Slot {
        kid,
        issuer: Policy::lab().issuer,
        key,
    };
    KeyList(vec![
        slot("2026-01", issuer.ring().symmetric::<32>(ID).to_vec()),
        slot("of-password", Sha256::digest(PASSWORD).to_vec()),
    ])
}

const PASSWORD: &str = "correct horse battery staple";

pub(super) const ID: &str = "paseto-keychain";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
