//! A Redis that has no connection left, for as long as this lives: what clients meet that
//! keep too many open, or a limit that is too low.

use ::redis::{Client, Connection, FromRedisValue, RedisError};

use super::StoreError;
use super::redis_server::{RedisServer, failed};

/// How often the place of a client that comes back at once is fought for.
const ATTEMPTS: u32 = 50;

/// The two connections that the server allows meanwhile.
pub struct Full {
    admin: Connection,
    /// How many the server allowed before.
    allowed: String,
    _other: Connection,
}

impl Full {
    /// Throws every client out and takes the places that are left.
    ///
    /// # Errors
    /// [`StoreError`] if the server does not answer, or clients come back too fast.
    pub fn take(server: &RedisServer) -> Result<Self, StoreError> {
        let client = Client::open(server.url()).map_err(failed)?;
        let mut admin = client.get_connection().map_err(failed)?;
        let settings: Vec<String> = ask(&mut admin, &["CONFIG", "GET", "maxclients"]).map_err(failed)?;
        let allowed = settings.into_iter().nth(1);
        let allowed = allowed.ok_or_else(|| failed("it has no maxclients"))?;
        for _ in 0..ATTEMPTS {
            allow(&mut admin, "2").map_err(failed)?;
            let _: u64 =
                ask(&mut admin, &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).map_err(failed)?;
            if let Ok(other) = client.get_connection() {
                return Ok(Self {
                    admin,
                    allowed,
                    _other: other,
                });
            }
        }
        allow(&mut admin, &allowed).map_err(failed)?;
        Err(failed(format!(
            "{ATTEMPTS} times a client came back before its place was taken"
        )))
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        // Without an answer the server is gone, and its limit with it.
        let _ = allow(&mut self.admin, &self.allowed);
    }
}

fn allow(admin: &mut Connection, clients: &str) -> Result<(), RedisError> {
    ask(admin, &["CONFIG", "SET", "maxclients", clients])
}

fn ask<T: FromRedisValue>(admin: &mut Connection, words: &[&str]) -> Result<T, RedisError> {
    let (command, arguments) = words.split_first().unwrap_or((&"PING", &[]));
    ::redis::cmd(command).arg(arguments).query(admin)
}
