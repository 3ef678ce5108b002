//! Sessions in a file of this machine, by `redb` 4: the default where one
//! server is enough and a restart must not log everybody out.
//!
//! Why redb: pure Rust, ACID, one file, look-ups that never wait for a change,
//! and the workspace's own minimum Rust. fjall (a log-structured tree) writes
//! faster, but into a folder of files, and acknowledges before the disk has
//! them unless it is told to sync each time. rusqlite compiles C, which a build
//! under a sanitizer can't see into, and answers a look-up through SQL. sled
//! has had no stable release since 2021.
//!
//! Every change is a transaction of durability `Immediate`: it returns when
//! the disk has it, and a kill -9 afterwards loses nothing of it. Sessions that
//! end stand a second time in the order of their ends, so that a purge reads
//! what it removes and no more. One caveat: there is one writer at a time.

use std::path::Path;

use ::redb::{Builder, Database, Error, ReadableDatabase, Table, TableDefinition, WriteTransaction};

use super::{Digest, NEVER, REMEMBERED_S, Session, Standing, Store, StoreError, folder_on_disk};

/// End and claims by digest.
const SESSIONS: TableDefinition<'_, &Digest, (i64, &[u8])> = TableDefinition::new("sessions");

/// Digests of the sessions that end, by their end.
const ENDS: TableDefinition<'_, (i64, &Digest), ()> = TableDefinition::new("ends");

/// A file of this machine.
pub struct RedbStore {
    database: Database,
}

impl RedbStore {
    /// Opens the store in the file `path`, or makes one there. One process at
    /// a time can have it open.
    ///
    /// # Errors
    /// [`StoreError`] if the file can't be opened or is no such store.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let failed =
            |error: &dyn std::fmt::Display| StoreError::new(format!("redb in {}", path.display()), error);
        let database = Builder::new().create(path).map_err(|error| failed(&error))?;
        Self::prepared(database).map_err(|error| failed(&error))
    }

    /// A store in a file without a name: on a disk like any other, and gone
    /// when this is dropped or the process ends, however it ends.
    ///
    /// # Errors
    /// [`StoreError`] if there is no room for one.
    pub fn nameless() -> Result<Self, StoreError> {
        let file = tempfile::tempfile_in(folder_on_disk()).map_err(failed)?;
        let database = Builder::new().create_file(file).map_err(failed)?;
        Self::prepared(database).map_err(failed)
    }

    /// Makes the tables, so that reading never finds them missing.
    fn prepared(database: Database) -> Result<Self, Error> {
        let transaction = database.begin_write()?;
        Tables::of(&transaction)?;
        transaction.commit()?;
        Ok(Self { database })
    }

    fn look_up(&self, key: &Digest) -> Result<Option<Session>, Error> {
        let sessions = self.database.begin_read()?.open_table(SESSIONS)?;
        Ok(sessions.get(key)?.map(|kept| session(kept.value())))
    }

    /// Makes a change and waits until the disk has it, unless `change` says
    /// that nothing has changed.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Tables<'_>) -> Result<Changed<T>, Error>,
    ) -> Result<T, StoreError> {
        let attempt = || {
            let transaction = self.database.begin_write()?;
            let changed = change(&mut Tables::of(&transaction)?)?;
            match changed {
                Changed::Yes(answer) => {
                    transaction.commit()?;
                    Ok(answer)
                }
                Changed::No(answer) => {
                    transaction.abort()?;
                    Ok(answer)
                }
            }
        };
        attempt().map_err(|error: Error| failed(error))
    }
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::new("redb", error)
}

fn session((ends_at, claims): (i64, &[u8])) -> Session {
    Session {
        ends_at,
        claims: claims.to_vec(),
    }
}

/// An answer, and whether anything has changed for it.
enum Changed<T> {
    Yes(T),
    No(T),
}

struct Tables<'a> {
    sessions: Table<'a, &'static Digest, (i64, &'static [u8])>,
    ends: Table<'a, (i64, &'static Digest), ()>,
}

impl<'a> Tables<'a> {
    fn of(transaction: &'a WriteTransaction) -> Result<Self, Error> {
        Ok(Self {
            sessions: transaction.open_table(SESSIONS)?,
            ends: transaction.open_table(ENDS)?,
        })
    }

    fn put(&mut self, key: &Digest, session: &Session) -> Result<(), Error> {
        self.sessions
            .insert(key, (session.ends_at, session.claims.as_slice()))?;
        if session.ends_at != NEVER {
            self.ends.insert((session.ends_at, key), ())?;
        }
        Ok(())
    }

    fn take(&mut self, key: &Digest) -> Result<Option<Session>, Error> {
        let Some(taken) = self.sessions.remove(key)?.map(|kept| session(kept.value())) else {
            return Ok(None);
        };
        self.ends.remove((taken.ends_at, key))?;
        Ok(Some(taken))
    }
}

impl Store for RedbStore {
    fn insert(&self, key: &Digest, session: &Session) -> Result<(), StoreError> {
        self.change(|tables| tables.put(key, session).map(Changed::Yes))
    }

    fn get(&self, key: &Digest) -> Result<Option<Session>, StoreError> {
        self.look_up(key).map_err(failed)
    }

    fn extend(&self, key: &Digest, ends_at: i64, alive_at: i64) -> Result<Standing, StoreError> {
        self.change(|tables| {
            let Some(mut session) = tables.take(key)? else {
                return Ok(Changed::No(Standing::Unknown));
            };
            let standing = session.standing(alive_at);
            if standing != Standing::Alive {
                return Ok(Changed::No(standing));
            }
            session.ends_at = ends_at;
            tables.put(key, &session)?;
            Ok(Changed::Yes(standing))
        })
    }

    fn remove(&self, key: &Digest) -> Result<bool, StoreError> {
        self.change(|tables| {
            Ok(match tables.take(key)? {
                Some(_) => Changed::Yes(true),
                None => Changed::No(false),
            })
        })
    }

    fn purge(&self, at: i64) -> Result<u64, StoreError> {
        // `Session::standing` is unknown from this end downwards.
        let forgotten = at.saturating_sub(REMEMBERED_S);
        self.change(|tables| {
            let mut purged = 0;
            let ended = tables
                .ends
                .extract_from_if(..=(forgotten, &[u8::MAX; 32]), |_, ()| true)?;
            for entry in ended {
                let (end, _) = entry?;
                tables.sessions.remove(end.value().1)?;
                purged += 1;
            }
            Ok(if purged == 0 {
                Changed::No(0)
            } else {
                Changed::Yes(purged)
            })
        })
    }
}
