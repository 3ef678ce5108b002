//! Server-side sessions: an opaque id with the client, everything else here.
//!
//! An id is 256 bits of the system's random numbers as base64url, 43
//! characters. A store never sees it: it keeps the id's SHA-256, so that
//! nobody can use what he reads in a store, a backup or a log. A plain hash is
//! enough, because 256 random bits are not guessed: neither salt nor
//! stretching would add anything.
//!
//! Claims are kept as JSON by every store, beside the second in which the
//! session ends, so that stores differ in where the bytes are and in nothing
//! else. What a client is told follows one rule over all stores: an expired
//! session is remembered for [`REMEMBERED_S`], so that its owner hears that it
//! has expired; after that it is as unknown as one that never was, whether the
//! store has purged it yet or not.

mod id;
pub mod memory;
#[cfg(feature = "stores")]
pub mod redb;
#[cfg(feature = "stores")]
pub mod redis;
#[cfg(feature = "stores")]
mod redis_admin;
#[cfg(feature = "stores")]
pub mod redis_cluster;
#[cfg(feature = "stores")]
pub mod redis_full;
#[cfg(feature = "stores")]
pub mod redis_given;
#[cfg(feature = "stores")]
pub mod redis_server;

use std::fmt::Display;
#[cfg(feature = "stores")]
use std::path::PathBuf;

pub use self::id::{ID_CHARACTERS, SessionId};
use crate::claims::{ClaimSet, NumericDate};
use crate::contender::IssueError;
use crate::policy::now;
use crate::rejection::{RejectReason, Rejection};

/// For how long an expired session is told from one that never was, seconds.
pub const REMEMBERED_S: i64 = 24 * 3600;

/// The end of a session without `exp`.
pub const NEVER: i64 = i64::MAX;

/// SHA-256 of a session's id: what a store knows it by.
pub type Digest = [u8; 32];

/// What a store keeps of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The second in which it ends, [`NEVER`] if it has no `exp`.
    pub ends_at: i64,
    /// Its claims as they were issued, as JSON.
    pub claims: Vec<u8>,
}

/// How a session stands at some second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not ended.
    Alive,
    /// It has ended and is remembered.
    Expired,
    /// There is none, or none that is remembered.
    Unknown,
}

impl Session {
    /// How it stands at the second `at`.
    #[must_use]
    pub const fn standing(&self, at: i64) -> Standing {
        if self.ends_at > at {
            Standing::Alive
        } else if self.ends_at.saturating_add(REMEMBERED_S) > at {
            Standing::Expired
        } else {
            Standing::Unknown
        }
    }

    /// The claims, with `exp` as it was last refreshed.
    fn into_claims(self) -> Result<ClaimSet, Rejection> {
        let mut claims = ClaimSet::from_json::<NumericDate>(&self.claims).map_err(|error| {
            Rejection::new(
                RejectReason::Internal,
                format!("the session store holds what is no claims set: {error}"),
            )
        })?;
        if claims.exp.is_some() || self.ends_at != NEVER {
            claims.exp = Some(self.ends_at);
        }
        Ok(claims)
    }
}

/// Where sessions are kept. Every operation is done when it returns: what a
/// store promises to survive, it promises of every one that was acknowledged.
pub trait Store: Send + Sync {
    /// Keeps a new session.
    ///
    /// # Errors
    /// [`StoreError`]; then it may or may not be kept.
    fn insert(&self, key: &Digest, session: &Session) -> Result<(), StoreError>;

    /// The session of that key, ended or not; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    fn get(&self, key: &Digest) -> Result<Option<Session>, StoreError>;

    /// Moves the end of a session that is alive at the second `alive_at`, and
    /// leaves every other as it is. Returns how it stood.
    ///
    /// # Errors
    /// [`StoreError`].
    fn extend(&self, key: &Digest, ends_at: i64, alive_at: i64) -> Result<Standing, StoreError>;

    /// Forgets a session. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn remove(&self, key: &Digest) -> Result<bool, StoreError>;

    /// Forgets what is not remembered at the second `at`. Returns how many
    /// sessions that were; a store that does so by itself returns 0.
    ///
    /// # Errors
    /// [`StoreError`].
    fn purge(&self, at: i64) -> Result<u64, StoreError>;
}

/// A store that can't be reached, or failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session store can't be used: {store}: {problem}")]
pub struct StoreError {
    /// Which store, `Redis at 127.0.0.1:6379`.
    pub store: String,
    /// What went wrong, in its own words.
    pub problem: String,
}

impl StoreError {
    /// A failure of `store` in the words of `problem`.
    pub fn new(store: impl Display, problem: impl Display) -> Self {
        Self {
            store: store.to_string(),
            problem: problem.to_string(),
        }
    }
}

impl From<StoreError> for Rejection {
    fn from(error: StoreError) -> Self {
        Self::new(RejectReason::Internal, error.to_string())
    }
}

/// Sessions over a store.
pub struct Sessions {
    store: Box<dyn Store>,
}

impl Sessions {
    /// Sessions that are kept in `store`.
    #[must_use]
    pub const fn new(store: Box<dyn Store>) -> Self {
        Self { store }
    }

    /// Begins a session and returns its id, of which nothing is kept. One
    /// that ended longer ago than anything is remembered is not kept at all.
    ///
    /// # Errors
    /// [`IssueError`] if the claims can't be written, the system has no random
    /// numbers, or the store fails.
    pub fn create(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        let session = Session {
            ends_at: claims.exp.unwrap_or(NEVER),
            claims: claims
                .to_json::<NumericDate>()
                .map_err(IssueError::new)?
                .into_bytes(),
        };
        let id = SessionId::random().map_err(IssueError::new)?;
        if session.standing(now()) != Standing::Unknown {
            self.store
                .insert(&id.digest(), &session)
                .map_err(IssueError::new)?;
        }
        Ok(id.to_string())
    }

    /// The claims of a session, ended or not.
    ///
    /// # Errors
    /// [`Rejection`]: `malformed` or `encoding` of text that is no id, before
    /// anything is hashed or asked for; `unknown-key` of an id without a
    /// session; `internal` if the store fails.
    pub fn look_up(&self, id: &str) -> Result<ClaimSet, Rejection> {
        let digest = SessionId::parse(id)?.digest();
        self.store
            .get(&digest)?
            .filter(|session| session.standing(now()) != Standing::Unknown)
            .ok_or_else(unknown)?
            .into_claims()
    }

    /// Moves the end of a session that is alive at the second `alive_at` to
    /// the second `exp`. Nothing brings an expired one back.
    ///
    /// # Errors
    /// As [`Sessions::look_up`], and `expired`.
    pub fn refresh(&self, id: &str, exp: i64, alive_at: i64) -> Result<(), Rejection> {
        let digest = SessionId::parse(id)?.digest();
        match self.store.extend(&digest, exp, alive_at)? {
            Standing::Alive => Ok(()),
            Standing::Expired => Err(Rejection::new(
                RejectReason::Expired,
                "the session has ended and can't be refreshed",
            )),
            Standing::Unknown => Err(unknown()),
        }
    }

    /// Ends a session: when this returns, it is unknown.
    ///
    /// # Errors
    /// As [`Sessions::look_up`].
    pub fn revoke(&self, id: &str) -> Result<(), Rejection> {
        let digest = SessionId::parse(id)?.digest();
        if self.store.remove(&digest)? {
            Ok(())
        } else {
            Err(unknown())
        }
    }

    /// Makes room: forgets every session that is not remembered any more.
    /// Whoever runs a server does this from time to time; no answer depends on it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn purge(&self) -> Result<u64, StoreError> {
        self.store.purge(now())
    }
}

fn unknown() -> Rejection {
    Rejection::new(RejectReason::UnknownKey, "no session goes by this id")
}

/// A folder on a disk, for stores whose promise is one about disks: `/tmp`
/// lies in memory on many systems, `/var/tmp` outlives a restart (FHS 5.15).
#[cfg(feature = "stores")]
fn folder_on_disk() -> PathBuf {
    let disk = PathBuf::from("/var/tmp");
    if disk.is_dir() { disk } else { std::env::temp_dir() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending_at(ends_at: i64) -> Session {
        Session {
            ends_at,
            claims: Vec::new(),
        }
    }

    #[test]
    fn an_expired_session_is_remembered_for_a_day() {
        let session = ending_at(1_000_000);
        assert_eq!(session.standing(999_999), Standing::Alive);
        assert_eq!(session.standing(1_000_000), Standing::Expired);
        assert_eq!(session.standing(999_999 + REMEMBERED_S), Standing::Expired);
        assert_eq!(session.standing(1_000_000 + REMEMBERED_S), Standing::Unknown);
    }

    #[test]
    fn a_session_without_exp_does_not_end() {
        assert_eq!(ending_at(NEVER).standing(i64::MAX - 1), Standing::Alive);
    }

    #[test]
    fn exp_is_that_of_the_last_refresh() {
        let session = |ends_at, claims: &str| Session {
            ends_at,
            claims: claims.as_bytes().to_vec(),
        };
        let exp = |session: Session| session.into_claims().unwrap().exp;
        assert_eq!(exp(session(7, r#"{"exp":5}"#)), Some(7));
        assert_eq!(exp(session(7, "{}")), Some(7));
        assert_eq!(exp(session(NEVER, "{}")), None);
        assert_eq!(exp(session(NEVER, r#"{"exp":9223372036854775807}"#)), Some(NEVER));
    }

    #[test]
    fn a_store_that_holds_no_claims_set_is_at_fault_and_not_the_id() {
        let rejection = ending_at(NEVER).into_claims().unwrap_err();
        assert_eq!(rejection.reason, RejectReason::Internal);
    }
}
