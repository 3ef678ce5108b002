//! Sessions by id in SQL: a real table in a real engine (SQLite, in memory).
//!
//! Every decision gets a fresh database, as in [`super::key_table`]. Somebody
//! else's session is in it, too, so that finding a wrong row has a meaning.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Params};
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier};
use super::key_table::first_column;
use crate::desk::{Desk, Draft};
use crate::hs::Hs;
use crate::mint;

/// Ids and records, in the order of the rows; clones are the same table.
#[derive(Clone)]
pub struct SessionTable {
    rows: Arc<Mutex<Rows>>,
    secret: Vec<u8>,
}

/// Ids and records.
type Rows = Vec<(String, Vec<u8>)>;

impl SessionTable {
    /// An empty table. Its ids follow from `secret`, so that a replay can be
    /// repeated, and are 256 bits that nobody can guess.
    #[must_use]
    pub fn of(secret: Vec<u8>) -> Self {
        Self {
            rows: Arc::default(),
            secret,
        }
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody logs in: a record, and the id it is kept under.
    #[must_use]
    pub fn open(&self, record: &[u8]) -> String {
        let id = mint::part(Hs::S256.tag(&self.secret, record));
        let mut rows = self.rows();
        if rows.iter().all(|(known, _)| *known != id) {
            rows.push((id.clone(), record.to_vec()));
        }
        id
    }

    /// Runs a query that should give one record. The table is
    /// `sessions (id TEXT PRIMARY KEY, record BLOB)`.
    ///
    /// # Errors
    /// [`RejectReason::UnknownKey`] if no row comes back or the engine refuses
    /// the statement; [`RejectReason::Internal`] if there is no database.
    pub fn select(&self, sql: &str, parameters: impl Params) -> Result<Vec<u8>, Rejection> {
        let database = self
            .create()
            .map_err(|error| Rejection::new(RejectReason::Internal, format!("no database: {error}")))?;
        database
            .query_row(sql, parameters, first_column)
            .map_err(|error| Rejection::new(RejectReason::UnknownKey, format!("no such session: {error}")))
    }

    fn create(&self) -> rusqlite::Result<Connection> {
        let database = Connection::open_in_memory()?;
        database.execute(
            "CREATE TABLE sessions (id TEXT PRIMARY KEY, record BLOB NOT NULL)",
            [],
        )?;
        for (id, record) in self.rows().iter() {
            database.execute("INSERT INTO sessions (id, record) VALUES (?1, ?2)", (id, record))?;
        }
        Ok(database)
    }
}

impl Desk for SessionTable {
    fn issue(&self, draft: &Draft) -> Result<String, String> {
        Ok(self.open(&draft.payload))
    }

    fn log_out(&self, token: &str) {
        self.rows().retain(|(id, _)| id != token);
    }
}

/// An id, and the record that was found for it.
pub struct Session {
    /// As it came.
    pub id: String,
    record: Option<Vec<u8>>,
}

impl Parsed for Session {
    fn parse(token: &str) -> Self {
        Self {
            id: token.to_owned(),
            record: None,
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        let record = self
            .record
            .as_ref()
            .ok_or_else(|| Rejection::new(RejectReason::InvalidClaims, "an id says nothing"))?;
        ClaimSet::from_json::<NumericDate>(record)
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))
    }
}

/// Every check: the session is found by `lookup`, and its claims are as the
/// policy wants them.
#[must_use]
pub fn verifier(lookup: Check<Session>) -> Verifier<Session> {
    Verifier::of(vec![
        lookup,
        Check::new(
            "claims-policy",
            Stage::Claims,
            "issuer, audience and times are as the policy wants them",
            |session: &mut Session| Policy::lab().check_now(&session.claims()?),
        ),
    ])
}

/// The session is looked up by `find`.
#[must_use]
#[track_caller]
pub fn session_found(
    id: &'static str,
    demand: &'static str,
    find: impl Fn(&str) -> Result<Vec<u8>, Rejection> + Send + Sync + 'static,
) -> Check<Session> {
    Check::new(id, Stage::KeyChoice, demand, move |session: &mut Session| {
        session.record = Some(find(&session.id)?);
        Ok(())
    })
}

/// Name of the check that keeps an id a value.
pub const SESSION_BY_BOUND_PARAMETER: &str = "session-by-bound-parameter";
