//! A store of sessions in SQL, with a bound parameter.
//!
//! The id of a session is looked up before anything is known about it, as the
//! name of a key is: it reaches the database as a value. The table holds ids
//! as they are sent; a careful store holds their hashes, which has nothing to
//! do with how they get into the query.

use tokenlab_harness::ClaimSet;
use tokenlab_harness::claims::NumericDate;

use super::issuer::Issuer;
use crate::attacker::VICTIM;
use crate::card::TargetProfile;
use crate::mint::{self, MintError};
use crate::model::session::{
    SESSION_BY_BOUND_PARAMETER, Session, SessionTable, session_found, verifier as session_verifier,
};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Scheme, Store};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a store that looks a session up by its id, with a bound parameter",
            "model of a session store in SQL",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Session> {
    let table = table(issuer);
    session_verifier(session_found(
        SESSION_BY_BOUND_PARAMETER,
        "the session's id is a value in the query",
        move |id| table.select("SELECT record FROM sessions WHERE id = ?1", [id]),
    ))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.exposure(SCHEME, |_| Ok::<_, MintError>(id(issuer, "attacker")))
}

/// Two sessions: the victim's, who came first, and the attacker's own.
pub(super) fn table(issuer: &Issuer) -> SessionTable {
    let victim = ClaimSet {
        sub: Some(VICTIM.into()),
        ..issuer.claims().clone()
    };
    let record = |claims: &ClaimSet| {
        claims
            .to_json::<NumericDate>()
            .map(String::into_bytes)
            .unwrap_or_default()
    };
    SessionTable(vec![
        (id(issuer, "victim"), record(&victim)),
        (id(issuer, "attacker"), record(issuer.claims())),
    ])
}

/// The id of somebody's session: 256 bits that nobody can guess.
fn id(issuer: &Issuer, whose: &str) -> String {
    mint::part(issuer.ring().symmetric::<32>(&format!("{ID} {whose}")))
}

pub(super) const ID: &str = "session-table";
pub(super) const SCHEME: Scheme = Scheme::Session(Store::Sql);
