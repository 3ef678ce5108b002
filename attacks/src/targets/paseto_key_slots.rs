//! A PASETO verifier with a list of keys, of which one is not filled yet.
//!
//! A key of no bytes would be refused for its length; this one is an array of
//! 32 bytes that nobody has copied anything into. The specification says
//! nothing of that, so the verifier looks for itself.

use tokenlab_harness::{Key, Policy};

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::key_list::{KeyList, Slot};
use crate::model::named_key::key_by_name;
use crate::model::paseto::{self, Paseto, SIGNATURE_OR_TAG, key_not_blank};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a v4.local verifier with a list of keys that looks whether each is filled",
            "model of PASETO, Version4, and of a check beyond it",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    paseto::verifier(&[Purpose::Local], key_by_name(list(issuer))).before(SIGNATURE_OR_TAG, key_not_blank())
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let list = list(issuer);
    issuer.paseto_naming(SCHEME, &list, Key::Secret(list.key().to_vec()))
}

fn list(issuer: &Issuer) -> KeyList {
    let slot = |kid, key: [u8; 32]| Slot {
        kid,
        issuer: Policy::lab().issuer,
        key: key.to_vec(),
    };
    KeyList(vec![
        slot("2026-01", issuer.ring().symmetric(ID)),
        slot("2026-02", [0; 32]),
    ])
}

pub(super) const ID: &str = "paseto-key-slots";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
