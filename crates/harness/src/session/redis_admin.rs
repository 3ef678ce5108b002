//! An administrator's connection to a Redis server of our own.

use ::redis::{Client, Connection, FromRedisValue};

use super::StoreError;
use super::redis_server::{RedisServer, failed};

/// The connection.
pub(super) struct Admin(Connection);

impl Admin {
    pub(super) fn connect(server: &RedisServer) -> Result<Self, StoreError> {
        let client = Client::open(server.url()).map_err(failed)?;
        Ok(Self(client.get_connection().map_err(failed)?))
    }

    /// The answer to a command and its arguments.
    pub(super) fn ask<T: FromRedisValue>(&mut self, command: &str, words: &[&str]) -> Result<T, StoreError> {
        ::redis::cmd(command)
            .arg(words)
            .query(&mut self.0)
            .map_err(failed)
    }

    /// What the server has for a setting.
    pub(super) fn setting(&mut self, name: &str) -> Result<String, StoreError> {
        let answer: Vec<String> = self.ask("CONFIG", &["GET", name])?;
        let value = answer.into_iter().nth(1);
        value.ok_or_else(|| failed(format!("it has no {name}; that wants Redis 7 or Valkey")))
    }
}
