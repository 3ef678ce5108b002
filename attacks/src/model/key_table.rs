//! Keys by name in SQL: a real table in a real engine (SQLite, in memory).
//!
//! Every decision gets a fresh database, so that whatever one token makes the
//! engine do, the next one doesn't see.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Row};
use tokenlab_harness::{RejectReason, Rejection};

use super::named_key::KeyStore;

/// What the table will hold.
#[derive(Clone, Debug)]
pub struct KeyTable {
    /// Name of the one key.
    pub kid: &'static str,
    /// Its content.
    pub key: Vec<u8>,
}

impl KeyTable {
    /// Runs a query that should give one key. The table is
    /// `signing_keys (kid TEXT PRIMARY KEY, key BLOB)`.
    ///
    /// # Errors
    /// [`RejectReason::UnknownKey`] if no row comes back or the engine refuses
    /// the statement; [`RejectReason::Internal`] if there is no database.
    pub fn select_key(&self, sql: &str, parameters: impl Params) -> Result<Vec<u8>, Rejection> {
        let database = self
            .create()
            .map_err(|error| Rejection::new(RejectReason::Internal, format!("no database: {error}")))?;
        database
            .query_row(sql, parameters, first_column)
            .map_err(|error| Rejection::new(RejectReason::UnknownKey, format!("no such key: {error}")))
    }

    fn create(&self) -> rusqlite::Result<Connection> {
        let database = Connection::open_in_memory()?;
        database.execute(
            "CREATE TABLE signing_keys (kid TEXT PRIMARY KEY, key BLOB NOT NULL)",
            [],
        )?;
        database.execute(
            "INSERT INTO signing_keys (kid, key) VALUES (?1, ?2)",
            (self.kid, &self.key),
        )?;
        Ok(database)
    }
}

impl KeyStore for KeyTable {
    const CAREFUL: &'static str = "key-by-bound-parameter";
    const DEMAND: &'static str = "the key's name is a value in the query";

    fn kid(&self) -> &'static str {
        self.kid
    }

    fn find(&self, kid: &str) -> Result<Vec<u8>, Rejection> {
        self.select_key("SELECT key FROM signing_keys WHERE kid = ?1", [kid])
    }
}

/// Whatever the row holds, as bytes: a driver that asks for a blob gets text
/// as its bytes, too.
pub(super) fn first_column(row: &Row<'_>) -> rusqlite::Result<Vec<u8>> {
    Ok(match row.get_ref(0)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_name_finds_the_key_and_an_injected_one_does_not() {
        let table = KeyTable {
            kid: "2026-01",
            key: b"secret".to_vec(),
        };
        assert_eq!(table.find("2026-01").unwrap(), b"secret");
        for kid in ["2026-02", "", "' UNION SELECT 'x' -- "] {
            assert_eq!(
                table.find(kid).unwrap_err().reason,
                RejectReason::UnknownKey,
                "{kid:?}"
            );
        }
    }
}
