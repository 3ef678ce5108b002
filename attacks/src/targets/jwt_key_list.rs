//! A JWT verifier that finds its key by name in a list, and stops if it doesn't.
//!
//! The lookup gives a key or a refusal, and never a third thing (RFC 8725
//! §3.10).

use tokenlab_harness::Policy;

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::jws::{self, Jws};
use crate::model::key_list::{KeyList, Slot};
use crate::model::named_key::key_by_name;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier that refuses the name of a key that is not on its list",
            "model of RFC 8725 §3.10",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    jws::verifier("HS256", key_by_name(list(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let list = list(issuer);
    issuer.jwt_naming(SCHEME, &list, list.key())
}

pub(super) fn list(issuer: &Issuer) -> KeyList {
    KeyList(vec![Slot {
        kid: "login",
        issuer: Policy::lab().issuer,
        key: issuer.ring().symmetric::<32>(ID).to_vec(),
    }])
}

pub(super) const ID: &str = "jwt-key-list";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
