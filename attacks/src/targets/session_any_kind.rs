//! A store of sessions with one table for every kind.
//!
//! Models an application's bug: sessions that can only renew others lie beside
//! those that are shown with requests, and the lookup does not ask which it found.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::session_store;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::store::ACCESS_SESSION;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "session-any-kind".into(),
            kind: TargetKind::Flawed,
            scheme: session_store::SCHEME,
            summary: "a store that finds sessions of every kind".into(),
            own: &[Weakness::KindUnchecked],
            mends: &[],
            provenance: "model of an application's bug".into(),
            hardened: Some(session_store::ID),
        },
        exposure: session_store::exposure(issuer),
        verifier: session_store::verifier(issuer).without(ACCESS_SESSION),
    })
}
