//! A store of sessions in SQL, with a bound parameter.
//!
//! The id of a session is looked up before anything is known about it, as the
//! name of a key is: it reaches the database as a value. The table holds ids
//! as they are sent; a careful store holds their hashes, which has nothing to
//! do with how they get into the query.

use std::sync::Arc;

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::mint;
use crate::model::session::{
    SESSION_BY_BOUND_PARAMETER, Session, SessionTable, session_found, verifier as session_verifier,
};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Scheme, Store};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let table = table(issuer);
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a store that looks a session up by its id, with a bound parameter",
            "model of a session store in SQL",
        ),
        exposure: exposure(issuer, &table),
        verifier: verifier(&table),
    })
}

/// Every check, in order.
pub(super) fn verifier(table: &SessionTable) -> Verifier<Session> {
    let table = table.clone();
    session_verifier(session_found(
        SESSION_BY_BOUND_PARAMETER,
        "the session's id is a value in the query",
        move |id| table.select("SELECT record FROM sessions WHERE id = ?1", [id]),
    ))
}

pub(super) fn exposure(issuer: &Issuer, table: &SessionTable) -> Exposure {
    issuer.exposure_at(SCHEME, Arc::new(table.clone()))
}

/// A table with the session of the victim, who came first.
pub(super) fn table(issuer: &Issuer) -> SessionTable {
    let table = SessionTable::of(issuer.ring().symmetric::<32>(ID).to_vec());
    if let Ok(record) = mint::jwt_payload(&issuer.victims_claims()) {
        let _id = table.open(record.as_bytes());
    }
    table
}

pub(super) const ID: &str = "session-table";
pub(super) const SCHEME: Scheme = Scheme::Session(Store::Sql);
