//! A store of sessions that keeps a visitor's id when somebody logs in with it.
//!
//! Models npm passport before 0.6.0 (CVE-2022-25896) and @fastify/passport to
//! 1.0.1 and from 2.0.0 to 2.2.0 (CVE-2023-29019): the visitor's session becomes
//! the session of whoever logs in, and everybody who knew its id is in.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::session_store;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::store::ID_MADE_AT_LOGIN;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "session-id-kept".into(),
            kind: TargetKind::Flawed,
            scheme: session_store::SCHEME,
            summary: "a store that keeps a visitor's id at login".into(),
            own: &[Weakness::SessionFixed],
            mends: &[Weakness::KindUnchecked],
            provenance: "model of CVE-2022-25896 (npm passport before 0.6.0)".into(),
            hardened: Some(session_store::ID),
        },
        exposure: session_store::exposure(issuer),
        verifier: session_store::verifier(issuer).without(ID_MADE_AT_LOGIN),
    })
}
