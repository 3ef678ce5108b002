//! Sessions in a map of this process, and what a store can know of each beside
//! its record: all of its id, what it is for, and whether the id is older than
//! the login.
//!
//! An id is 32 bytes as base64url, in two halves. The first, four bytes of
//! seconds and two of a process number, follows from the clock and the process,
//! as whole ids do in stores whose ids can be guessed; the second is 208 bits
//! that nobody can guess. A row is found by the first and has to agree in the
//! second, so that twins can be sent the same id and differ in whether they
//! compare it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, Verifier, refuse};
use super::claims::CLAIMS_POLICY;
use crate::desk::{Desk, Draft, Kind};
use crate::hs::Hs;
use crate::mint;

/// One session.
#[derive(Clone)]
struct Row {
    id: String,
    /// Empty as long as nobody has logged in.
    record: Vec<u8>,
    kind: Kind,
    older_than_login: bool,
}

/// Sessions by the first half of their ids; clones are the same store.
#[derive(Clone)]
pub struct SessionStore {
    rows: Arc<Mutex<Rows>>,
    secret: Vec<u8>,
}

#[derive(Default)]
struct Rows {
    by_serial: BTreeMap<Serial, Row>,
    opened: u32,
}

/// Second and process.
type Serial = [u8; 6];

impl SessionStore {
    /// An empty store. The random halves follow from `secret`, so that a replay
    /// can be repeated.
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

    /// A new session with an id of its own; the same record of the same kind
    /// stays one session.
    pub fn open(&self, record: &[u8], kind: Kind) -> String {
        let mut rows = self.rows();
        let alike = |row: &&Row| row.record == record && row.kind == kind && !row.older_than_login;
        if let Some(row) = rows.by_serial.values().find(alike) {
            return row.id.clone();
        }
        let second = FIRST_SECOND + SECONDS_BETWEEN * rows.opened;
        rows.opened += 1;
        let [a, b, c, d] = second.to_be_bytes();
        let [e, f] = PROCESS.to_be_bytes();
        let serial = [a, b, c, d, e, f];
        let random = Hs::S256.tag(&self.secret, &[&serial, record].concat());
        let halves = serial.into_iter().chain(random);
        let id = mint::part(halves.take(ID_BYTES).collect::<Vec<_>>());
        let row = Row {
            id: id.clone(),
            record: record.to_vec(),
            kind,
            older_than_login: false,
        };
        rows.by_serial.insert(serial, row);
        id
    }

    fn find(&self, id: &str) -> Option<Row> {
        self.rows().by_serial.get(&serial(id)?).cloned()
    }
}

impl Desk for SessionStore {
    fn issue(&self, draft: &Draft) -> Result<String, String> {
        Ok(self.open(&draft.payload, draft.kind))
    }

    fn log_out(&self, token: &str) {
        self.rows().by_serial.retain(|_, row| row.id != token);
    }

    fn visit(&self) -> Option<String> {
        Some(self.open(b"", Kind::Access))
    }

    fn log_in_with(&self, planted: &str, draft: &Draft) {
        let mut rows = self.rows();
        let mut planted = rows.by_serial.values_mut().filter(|row| row.id == planted);
        if let Some(row) = planted.next() {
            row.record.clone_from(&draft.payload);
            row.older_than_login = true;
        }
        drop(rows);
        let _new = self.open(&draft.payload, draft.kind);
    }
}

/// The first half of an id; `None` of what is none.
fn serial(id: &str) -> Option<Serial> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    if bytes.len() != ID_BYTES {
        return None;
    }
    bytes.first_chunk().copied()
}

/// An id, and the session that was found for it.
pub struct Kept {
    id: String,
    row: Option<Row>,
}

impl Parsed for Kept {
    fn parse(token: &str) -> Self {
        Self {
            id: token.to_owned(),
            row: None,
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        let row = self
            .row
            .as_ref()
            .ok_or_else(|| Rejection::new(RejectReason::InvalidClaims, "an id says nothing"))?;
        ClaimSet::from_json::<NumericDate>(&row.record)
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))
    }
}

/// Every check.
#[must_use]
pub fn verifier(store: SessionStore) -> Verifier<Kept> {
    Verifier::of(vec![
        session_found(store),
        random_half(),
        access_session(),
        id_made_at_login(),
        claims_policy(),
    ])
}

fn session_found(store: SessionStore) -> Check<Kept> {
    Check::new(
        "session-found",
        Stage::KeyChoice,
        "there is a session by that id, and somebody has logged in",
        move |kept: &mut Kept| {
            kept.row = store.find(&kept.id).filter(|row| !row.record.is_empty());
            match kept.row {
                Some(_) => Ok(()),
                None => refuse(RejectReason::UnknownKey, "no such session"),
            }
        },
    )
}

/// OWASP Session Management, Session ID Entropy: at least 64 bits that only a
/// generator for cryptography gives.
fn random_half() -> Check<Kept> {
    Check::new(
        RANDOM_HALF,
        Stage::KeyChoice,
        "the random half of the id is that of the session",
        |kept: &mut Kept| match &kept.row {
            Some(row) if row.id == kept.id => Ok(()),
            _ => refuse(RejectReason::UnknownKey, "the random half is of another id"),
        },
    )
}

/// A table for each kind, told as a column.
fn access_session() -> Check<Kept> {
    Check::new(
        ACCESS_SESSION,
        Stage::KeyChoice,
        "the session is in the table of those that are shown with requests",
        |kept: &mut Kept| match &kept.row {
            Some(row) if row.kind != Kind::Access => {
                refuse(RejectReason::UnknownKey, "that table has no such session")
            }
            _ => Ok(()),
        },
    )
}

/// OWASP Session Management, Renew the Session ID After Any Privilege Level
/// Change. A server does so by making another id and forgetting the old one;
/// here the old row stays and is refused, which comes to the same.
fn id_made_at_login() -> Check<Kept> {
    Check::new(
        ID_MADE_AT_LOGIN,
        Stage::KeyChoice,
        "the id was made when its holder logged in, and not before",
        |kept: &mut Kept| match &kept.row {
            Some(row) if row.older_than_login => {
                refuse(RejectReason::UnknownKey, "this id was given up at login")
            }
            _ => Ok(()),
        },
    )
}

fn claims_policy() -> Check<Kept> {
    Check::new(
        CLAIMS_POLICY,
        Stage::Claims,
        "issuer, audience and times are as the policy wants them",
        |kept: &mut Kept| Policy::lab().check_now(&kept.claims()?),
    )
}

/// Name of the check that keeps a guessed id from being one.
pub const RANDOM_HALF: &str = "random-half";
/// Name of the check that keeps kinds apart.
pub const ACCESS_SESSION: &str = "access-session";
/// Name of the check that keeps a planted id from being one.
pub const ID_MADE_AT_LOGIN: &str = "id-made-at-login";

const ID_BYTES: usize = 32;

/// The clock and the process of this store, which stand still between logins.
const FIRST_SECOND: u32 = 1_735_689_600;
const SECONDS_BETWEEN: u32 = 7;
const PROCESS: u16 = 0x1f90;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serial_half_can_be_told_from_the_random_one() {
        let store = SessionStore::of(vec![7; 32]);
        let id = store.open(b"{}", Kind::Access);
        assert_eq!(serial(&id), Some([0x67, 0x74, 0x85, 0x80, 0x1f, 0x90]));
        assert_eq!(serial(&id[1..]), None);
        assert_eq!(store.open(b"{}", Kind::Access), id, "one record, one session");
        assert_ne!(store.open(b"{}", Kind::Refresh), id);
    }

    #[test]
    fn a_visitor_is_nobody_until_somebody_logs_in() {
        let store = SessionStore::of(vec![7; 32]);
        let planted = store.visit().unwrap();
        let draft = Draft {
            payload: b"{}".to_vec(),
            ..Draft::default()
        };
        store.log_in_with(&planted, &draft);
        let row = store.find(&planted).unwrap();
        assert!(row.older_than_login);
        assert_eq!(row.record, b"{}");
        assert_ne!(store.issue(&draft).unwrap(), planted);
    }
}
