//! Sessions in a map of this process: gone when it ends, unknown to every
//! other server.
//!
//! A read-write lock guards the map, because sessions are looked up at every
//! request and changed at few: readers don't wait for each other. One caveat:
//! a writer stops them all for the length of a change, which for
//! [`Store::purge`] is a walk over every session. A server with many cores
//! would divide the map; one that times a single thread would see nothing of it.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::{Digest, Session, Standing, Store, StoreError};

/// A map of this process.
#[derive(Default)]
pub struct MemoryStore {
    sessions: RwLock<HashMap<Digest, Session>>,
}

impl MemoryStore {
    /// No change below can stop half-way, so a panic elsewhere leaves the map sound.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<Digest, Session>> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<Digest, Session>> {
        self.sessions.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn insert(&self, key: &Digest, session: &Session) -> Result<(), StoreError> {
        self.write().insert(*key, session.clone());
        Ok(())
    }

    fn get(&self, key: &Digest) -> Result<Option<Session>, StoreError> {
        Ok(self.read().get(key).cloned())
    }

    fn extend(&self, key: &Digest, ends_at: i64, alive_at: i64) -> Result<Standing, StoreError> {
        let mut sessions = self.write();
        let Some(session) = sessions.get_mut(key) else {
            return Ok(Standing::Unknown);
        };
        let standing = session.standing(alive_at);
        if standing == Standing::Alive {
            session.ends_at = ends_at;
        }
        Ok(standing)
    }

    fn remove(&self, key: &Digest) -> Result<bool, StoreError> {
        Ok(self.write().remove(key).is_some())
    }

    fn purge(&self, at: i64) -> Result<u64, StoreError> {
        let mut sessions = self.write();
        let before = sessions.len();
        sessions.retain(|_, session| session.standing(at) != Standing::Unknown);
        Ok(u64::try_from(before - sessions.len()).unwrap_or(u64::MAX))
    }
}
