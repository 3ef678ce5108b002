//! A JWT verifier with a list of secrets, of which one is not there yet.
//!
//! The slot of the next month is prepared, and its environment variable is not
//! set. The verifier looks at the length of whatever key it is about to use
//! (RFC 7518 §3.2), so an empty one verifies nothing. Looking when the list is
//! loaded would be better still: then the server does not start.

use tokenlab_harness::Policy;

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::jws::{self, Jws, SIGNATURE, key_length};
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
            "a verifier with a list of secrets that looks at the length of each",
            "model of RFC 7518 §3.2",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    jws::verifier("HS256", key_by_name(list(issuer))).before(SIGNATURE, key_length(32))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let list = list(issuer);
    issuer.jwt_naming(SCHEME, &list, list.key())
}

fn list(issuer: &Issuer) -> KeyList {
    let slot = |kid, key| Slot {
        kid,
        issuer: Policy::lab().issuer,
        key,
    };
    KeyList(vec![
        slot("2026-01", issuer.ring().symmetric::<32>(ID).to_vec()),
        slot("2026-02", Vec::new()),
    ])
}

pub(super) const ID: &str = "jwt-key-slots";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Hs256);
