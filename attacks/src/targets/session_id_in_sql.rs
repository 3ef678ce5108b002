//! A store of sessions that writes the id into an SQL statement.
//!
//! Models an application's bug, the same as with the name of a key: a session
//! has no signature that would have to be forged, so the query is all there is.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::session_table;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::session::{SESSION_BY_BOUND_PARAMETER, session_found};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let table = session_table::table(issuer);
    let looked_up = table.clone();
    let session_by_joined_query = session_found(
        "session-by-joined-query",
        "the session's id is part of the query",
        move |id| looked_up.select(&format!("SELECT record FROM sessions WHERE id = '{id}'"), []),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "session-id-in-sql".into(),
            kind: TargetKind::Flawed,
            scheme: session_table::SCHEME,
            summary: "a store that writes the session's id into an SQL statement".into(),
            own: &[Weakness::KidInSql],
            mends: &[],
            provenance: "model of an application's bug".into(),
            hardened: Some(session_table::ID),
        },
        exposure: session_table::exposure(issuer, &table),
        verifier: session_table::verifier(&table)
            .replacing(SESSION_BY_BOUND_PARAMETER, session_by_joined_query),
    })
}
