//! A Redis Cluster of three servers on loopback, each with a third of the slots:
//! what sessions move to when one server is too small for them.
//!
//! There are no replicas, so that a slot whose server is gone is gone with it until
//! it is back; a cluster that is meant to survive that has one for each server.
//! Valkey, which was Redis until 7.2, speaks the same and is set up alike.

use std::io;
use std::time::Duration;

use super::StoreError;
use super::redis::RedisStore;
use super::redis_admin::Admin;
use super::redis_server::{RedisServer, failed, new_password};
use crate::again;
use crate::watched::free_port;

/// Slots of a cluster, by its specification.
const SLOTS: u16 = 16_384;

/// Where the slots of each server begin and end.
const SHARES: [(u16, u16); 3] = [(0, 5460), (5461, 10_922), (10_923, SLOTS - 1)];

/// How long the servers may take until they agree.
const AGREED_WITHIN: Duration = Duration::from_secs(20);

/// The servers, each with a folder of its own.
pub struct RedisCluster {
    servers: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts three servers and makes a cluster of them.
    ///
    /// # Errors
    /// [`StoreError`] as of [`RedisServer::start`], and if they do not agree.
    pub fn start() -> Result<Self, StoreError> {
        let password = new_password()?;
        let servers: Vec<RedisServer> = SHARES
            .iter()
            .map(|_| RedisServer::start_with(&password, settings))
            .collect::<Result<_, _>>()?;
        let cluster = Self { servers };
        cluster.join()?;
        cluster.wait_until_agreed()?;
        Ok(cluster)
    }

    /// Where the servers are, with what it takes to be let in.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.servers.iter().map(RedisServer::url).collect()
    }

    /// The servers.
    #[must_use]
    pub fn servers(&self) -> &[RedisServer] {
        &self.servers
    }

    /// The servers, to be restarted.
    pub fn servers_mut(&mut self) -> &mut [RedisServer] {
        &mut self.servers
    }

    /// Gives each server its slots and makes them known to the first.
    fn join(&self) -> Result<(), StoreError> {
        let Some(first) = self.servers.first() else {
            return Ok(());
        };
        let bus = Admin::connect(first)?.setting("cluster-port")?;
        let meet = ["MEET", "127.0.0.1", &first.port().to_string(), &bus];
        for ((place, server), (from, to)) in (1_u64..).zip(&self.servers).zip(SHARES) {
            let mut admin = Admin::connect(server)?;
            let epoch = ["SET-CONFIG-EPOCH", &place.to_string()];
            let slots = ["ADDSLOTSRANGE", &from.to_string(), &to.to_string()];
            for words in [&epoch[..], &slots, &meet] {
                let _: String = admin.ask("CLUSTER", words)?;
            }
        }
        Ok(())
    }

    /// Waits until every server knows every other and all slots are served.
    fn wait_until_agreed(&self) -> Result<(), StoreError> {
        const PAUSE: Duration = Duration::from_millis(50);
        let known = format!("cluster_known_nodes:{}", SHARES.len());
        again::until(AGREED_WITHIN, PAUSE, || {
            let agreed = self.servers.iter().all(|server| {
                let info =
                    Admin::connect(server).and_then(|mut admin| admin.ask::<String>("CLUSTER", &["INFO"]));
                info.is_ok_and(|info| info.contains("cluster_state:ok") && info.contains(&known))
            });
            if agreed && RedisStore::connect_cluster(&self.urls(), "").is_ok() {
                return Ok(());
            }
            Err(failed(format!(
                "three servers made no cluster within {AGREED_WITHIN:?}"
            )))
        })
    }
}

/// What makes a server one of a cluster. Its second port, for the others, is not
/// the first plus 10,000, which need not be free. Whoever's session is on a server
/// that is alive is served while another is gone (`require-full-coverage no`).
fn settings() -> io::Result<String> {
    Ok(format!(
        "cluster-enabled yes\n\
         cluster-config-file nodes.conf\n\
         cluster-port {}\n\
         cluster-node-timeout 1000\n\
         cluster-require-full-coverage no\n",
        free_port()?
    ))
}
