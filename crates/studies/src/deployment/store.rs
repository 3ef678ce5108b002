//! Where sessions are kept that every node knows: a Redis, or a cluster of three.

use tokenlab_harness::session::redis_cluster::RedisCluster;
use tokenlab_harness::session::redis_server::RedisServer;

use super::kind::Keeper;
use super::processor;
use crate::study::StudyError;

/// The store of a deployment.
pub enum SharedStore {
    /// One server.
    Server(RedisServer),
    /// Three, each with a third of the sessions.
    Cluster(RedisCluster),
}

impl SharedStore {
    /// Starts what keeps a deployment's sessions, if they are kept beside its nodes.
    ///
    /// # Errors
    /// [`StudyError::Store`] if it does not start.
    pub fn start(keeper: Keeper) -> Result<Option<Self>, StudyError> {
        Ok(match keeper {
            Keeper::Nobody | Keeper::EachNode => None,
            Keeper::Redis => Some(Self::Server(RedisServer::start()?)),
            Keeper::Cluster => Some(Self::Cluster(RedisCluster::start()?)),
        })
    }

    /// Its servers' URLs, as `TOKENLAB_REDIS` has them.
    #[must_use]
    pub fn urls(&self) -> String {
        match self {
            Self::Server(server) => server.url(),
            Self::Cluster(cluster) => cluster.urls().join(","),
        }
    }

    /// Kills its first server, as by `kill -9`.
    ///
    /// # Errors
    /// [`StudyError::Store`] if there is nothing to kill.
    pub fn kill_first(&self) -> Result<(), StudyError> {
        self.servers().iter().take(1).try_for_each(RedisServer::kill)?;
        Ok(())
    }

    /// Starts its first server again, on what it had written.
    ///
    /// # Errors
    /// [`StudyError::Store`] if it does not come back.
    pub fn restart_first(&mut self) -> Result<(), StudyError> {
        match self {
            Self::Server(server) => server.restart()?,
            Self::Cluster(cluster) => {
                if let Some(first) = cluster.servers_mut().first_mut() {
                    first.restart()?;
                }
            }
        }
        Ok(())
    }

    fn servers(&self) -> &[RedisServer] {
        match self {
            Self::Server(server) => std::slice::from_ref(server),
            Self::Cluster(cluster) => cluster.servers(),
        }
    }
}

/// Processor time of a store so far, nanoseconds, 0 of none; `None` where the system does not
/// tell.
#[must_use]
pub fn spent_ns(store: Option<&SharedStore>) -> Option<u64> {
    let servers = store.map_or(&[][..], SharedStore::servers);
    let spent = servers
        .iter()
        .map(|server| processor::spent_ns(server.process_id()));
    spent.sum()
}
