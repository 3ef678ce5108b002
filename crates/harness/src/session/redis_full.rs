//! A Redis that has no connection left, for as long as this lives: what clients meet that
//! keep too many open, or a limit that is too low.

use super::StoreError;
use super::redis_admin::Admin;
use super::redis_server::{RedisServer, failed};

/// How often the place of a client that comes back at once is fought for.
const ATTEMPTS: u32 = 50;

/// The two connections that the server allows meanwhile.
pub struct Full {
    admin: Admin,
    /// How many the server allowed before.
    allowed: String,
    _other: Admin,
}

impl Full {
    /// Throws every client out and takes the places that are left.
    ///
    /// # Errors
    /// [`StoreError`] if the server does not answer, or clients come back too fast.
    pub fn take(server: &RedisServer) -> Result<Self, StoreError> {
        let mut admin = Admin::connect(server)?;
        let allowed = admin.setting("maxclients")?;
        for _ in 0..ATTEMPTS {
            allow(&mut admin, "2")?;
            let _: u64 = admin.ask("CLIENT", &["KILL", "TYPE", "normal", "SKIPME", "yes"])?;
            if let Ok(other) = Admin::connect(server) {
                return Ok(Self {
                    admin,
                    allowed,
                    _other: other,
                });
            }
        }
        allow(&mut admin, &allowed)?;
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

fn allow(admin: &mut Admin, clients: &str) -> Result<(), StoreError> {
    admin.ask("CONFIG", &["SET", "maxclients", clients])
}
