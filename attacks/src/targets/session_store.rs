//! A store of sessions whose ids are random, made at login and kept by kind, with
//! every check.
//!
//! What OWASP's Session Management Cheat Sheet asks of an id, as checks of the
//! verifier: a session has no signature, so all that it is worth is in how its
//! id came to be.

use std::sync::Arc;

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::desk::Kind;
use crate::mint;
use crate::model::store::{self, Kept};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Scheme, Store};
use crate::target::{Exposure, Target};
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            mends: &[Weakness::KindUnchecked],
            ..TargetProfile::hardened(
                ID,
                SCHEME,
                "a store whose ids are random, made at login, and for one kind of use",
                "model of OWASP Session Management Cheat Sheet",
            )
        },
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Kept> {
    store::verifier(issuer.sessions().clone())
}

/// The victim has logged in before anybody else.
pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let store = issuer.sessions().clone();
    if let Ok(record) = mint::jwt_payload(&issuer.victims_claims()) {
        let _id = store.open(record.as_bytes(), Kind::Access);
    }
    issuer.exposure_at(SCHEME, Arc::new(store))
}

pub(super) const ID: &str = "session-store";
pub(super) const SCHEME: Scheme = Scheme::Session(Store::Memory);
