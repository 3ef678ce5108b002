//! A PASETO verifier that finds its key by the footer's `kid` in a list, and
//! stops if it doesn't.
//!
//! The specification demands that the lookup fails closed (Payload-Processing,
//! Key-ID Support).

use tokenlab_harness::{Key, Policy};

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::key_list::{KeyList, Slot};
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
            "a v4.local verifier that refuses the name of a key that is not on its list",
            "model of PASETO, Payload-Processing, Key-ID Support",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    paseto::verifier(&[Purpose::Local], key_by_name(list(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let list = list(issuer);
    issuer.paseto_naming(SCHEME, &list, Key::Secret(list.key().to_vec()))
}

pub(super) fn list(issuer: &Issuer) -> KeyList {
    KeyList(vec![Slot {
        kid: "login",
        issuer: Policy::lab().issuer,
        key: issuer.ring().symmetric::<32>(ID).to_vec(),
    }])
}

pub(super) const ID: &str = "paseto-key-list";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
