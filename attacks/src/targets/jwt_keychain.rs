//! A JWT verifier for HS256 that knows secrets by name and looks at each
//! before it uses it.
//!
//! The secret that the product was shipped with is still configured. RFC 8725
//! §3.5 demands keys that nobody can guess, so a token that names it is
//! refused, whoever made it.

use tokenlab_harness::Policy;

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::jws::{self, Jws};
use crate::model::key_entropy::key_entropy;
use crate::model::key_list::{KeyList, Slot};
use crate::model::named_key::key_by_name;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let keys = keys(issuer);
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "an HS256 verifier that refuses secrets that are short or on a list",
            "model of RFC 8725 §3.5",
        ),
        exposure: exposure(issuer, &keys),
        verifier: verifier(keys),
    })
}

/// Every check, in order.
pub(super) fn verifier(keys: KeyList) -> Verifier<Jws> {
    jws::verifier("HS256", key_by_name(keys)).before("signature", key_entropy(|jws: &Jws| jws.key.as_slice()))
}

/// What is issued under the secret that is in use.
pub(super) fn exposure(issuer: &Issuer, keys: &KeyList) -> Exposure {
    issuer.jwt_naming(SCHEME, keys, keys.key())
}

/// A secret from a generator, and the one of the shipped configuration.
pub(super) fn keys(issuer: &Issuer) -> KeyList {
    let slot = |kid, key| Slot {
        kid,
        issuer: Policy::lab().issuer,
        key,
    };
    KeyList(vec![
        slot("2026-01", issuer.ring().symmetric::<32>(ID).to_vec()),
        slot("shipped", SHIPPED.to_vec()),
    ])
}

/// What Apache Superset's configuration had before 2.1.0. It is long enough.
const SHIPPED: &[u8] = b"CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET";

pub(super) const ID: &str = "jwt-keychain";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
