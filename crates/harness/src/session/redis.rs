//! Sessions in a Redis server or cluster, over TCP by crate `redis` 1: known to
//! every server that asks the same Redis.
//!
//! A session is one string, the second of its end (8 bytes, big-endian) and
//! then its claims. Redis drops it by its own clock ([`REMEMBERED_S`] after its
//! end, `EXAT`, which wants Redis 6.2), so there is nothing to purge. Every
//! operation is one command and one round trip; a refresh, which must look
//! before it writes, is a script of three (`EVAL`), so that no revoked session
//! comes back between the looking and the writing. A pipeline would have
//! nothing to carry but what the client itself pipelines when it connects. Each
//! names one key, so that a cluster can do it as well: the client asks the server
//! that has the key's slot, and follows where it is sent.
//!
//! Connections are kept in a pool: one that is idle is taken, a new one is made
//! where none is. The pool is our own, thirty lines, because r2d2's asks the
//! server whether a connection lives before each use, which doubles the round
//! trips, and waits for half a minute where the server is down. Here a
//! connection is found dead when it is used; what was asked is asked once more
//! on a new one, which is harmless because every operation can be repeated.
//! Connecting and answering have limits, so that a dead server, or one that
//! hangs, is an error within a second.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ::redis::cluster::ClusterClient;
use ::redis::io::tcp::TcpSettings;
use ::redis::{Client, Cmd, ConnectionInfo, ConnectionLike, FromRedisValue, IntoConnectionInfo, RedisError};

use super::{Digest, NEVER, REMEMBERED_S, Session, Standing, Store, StoreError};

/// How long a server may take to be connected to.
const CONNECT_WITHIN: Duration = Duration::from_millis(200);

/// How long a server may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_millis(400);

/// The latest end that Redis is told of, in the year 9999: it counts in
/// milliseconds and refuses what it can't count.
const LATEST_END: i64 = 253_402_300_799;

/// Moves the end of a session that is alive: its first eight bytes and the life
/// of its key. Of a key that is none, `GETRANGE` gives nothing.
const EXTEND: &str = "\
local ends_at = redis.call('GETRANGE', KEYS[1], 0, 7)
if ends_at == '' then return 'unknown' end
if struct.unpack('>i8', ends_at) <= tonumber(ARGV[1]) then return 'expired' end
redis.call('SETRANGE', KEYS[1], 0, ARGV[2])
redis.call('EXPIREAT', KEYS[1], ARGV[3])
return 'alive'";

/// How often a cluster is asked again that is being rearranged.
const CLUSTER_RETRIES: u32 = 2;

/// How long to wait between two of these, milliseconds.
const CLUSTER_WAIT_MS: u64 = 50;

/// A Redis server or cluster, as seen from one of its clients.
pub struct RedisStore {
    link: Link,
    name: String,
    prefix: Vec<u8>,
    idle: Mutex<Vec<Connection>>,
}

type Connection = Box<dyn ConnectionLike + Send>;

enum Link {
    Server(Box<Client>),
    Cluster(Box<ClusterClient>),
}

impl Link {
    fn connect(&self) -> Result<Connection, RedisError> {
        Ok(match self {
            Self::Server(client) => {
                let connection = client.get_connection_with_timeout(CONNECT_WITHIN)?;
                connection.set_read_timeout(Some(ANSWER_WITHIN))?;
                connection.set_write_timeout(Some(ANSWER_WITHIN))?;
                Box::new(connection)
            }
            Self::Cluster(client) => Box::new(client.get_connection()?),
        })
    }
}

impl RedisStore {
    /// Connects to the server at `url`, `redis://127.0.0.1:6379`. Stores of
    /// one `namespace` share their sessions.
    ///
    /// # Errors
    /// [`StoreError`] if the URL is none or no server answers.
    pub fn connect(url: &str, namespace: &str) -> Result<Self, StoreError> {
        let info = parsed(url)?;
        let name = format!("Redis at {}", info.addr());
        let client = Client::open(info).map_err(|error| StoreError::new(&name, error))?;
        let store = Self::linked(Link::Server(Box::new(client)), name, namespace);
        let _: String = store.ask(&Cmd::ping())?;
        Ok(store)
    }

    /// Connects to a cluster by some of its servers, which share one password.
    ///
    /// # Errors
    /// As [`RedisStore::connect`], and if a server is in no cluster.
    pub fn connect_cluster(urls: &[String], namespace: &str) -> Result<Self, StoreError> {
        let servers: Vec<ConnectionInfo> = urls.iter().map(|url| parsed(url)).collect::<Result<_, _>>()?;
        let addresses: Vec<String> = servers.iter().map(|info| info.addr().to_string()).collect();
        let name = format!("Redis Cluster at {}", addresses.join(", "));
        let client = ClusterClient::builder(servers)
            .connection_timeout(CONNECT_WITHIN)
            .response_timeout(ANSWER_WITHIN)
            .tcp_settings(TcpSettings::default().set_nodelay(true))
            .retries(CLUSTER_RETRIES)
            .min_retry_wait(CLUSTER_WAIT_MS)
            .max_retry_wait(CLUSTER_WAIT_MS)
            .build()
            .map_err(|error| StoreError::new(&name, error))?;
        let store = Self::linked(Link::Cluster(Box::new(client)), name, namespace);
        store.get(&Digest::default())?; // a PING would not say whether the slots are served
        Ok(store)
    }

    fn linked(link: Link, name: String, namespace: &str) -> Self {
        Self {
            link,
            name,
            prefix: format!("session:{namespace}:").into_bytes(),
            idle: Mutex::default(),
        }
    }

    /// Asks the server once, or twice if the connection turns out to be dead.
    fn ask<T: FromRedisValue>(&self, question: &Cmd) -> Result<T, StoreError> {
        let failed = |error: RedisError| {
            if error.is_timeout() {
                StoreError::new(&self.name, format!("no answer within {ANSWER_WITHIN:?}"))
            } else {
                StoreError::new(&self.name, error)
            }
        };
        if let Some(mut connection) = self.idle(Vec::pop) {
            match question.query(connection.as_mut()) {
                // The others are as old, and the server was restarted since.
                Err(error) if error.is_connection_dropped() => self.idle(Vec::clear),
                answer => return self.keep(connection, answer).map_err(failed),
            }
        }
        let mut connection = self.link.connect().map_err(failed)?;
        let answer = question.query(connection.as_mut());
        self.keep(connection, answer).map_err(failed)
    }

    /// Puts a connection back, unless an answer may still come on it.
    fn keep<T>(&self, connection: Connection, answer: Result<T, RedisError>) -> Result<T, RedisError> {
        let is_lost = answer.as_ref().is_err_and(RedisError::is_io_error);
        if !is_lost && connection.is_open() {
            self.idle(|idle| idle.push(connection));
        }
        answer
    }

    fn idle<T>(&self, change: impl FnOnce(&mut Vec<Connection>) -> T) -> T {
        change(&mut self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn key(&self, key: &Digest) -> Vec<u8> {
        [self.prefix.as_slice(), key].concat()
    }
}

impl Store for RedisStore {
    fn insert(&self, key: &Digest, session: &Session) -> Result<(), StoreError> {
        let mut set = ::redis::cmd("SET");
        set.arg(self.key(key)).arg(to_bytes(session));
        if session.ends_at != NEVER {
            set.arg("EXAT").arg(forgotten_at(session.ends_at));
        }
        self.ask(&set)
    }

    fn get(&self, key: &Digest) -> Result<Option<Session>, StoreError> {
        let kept: Option<Vec<u8>> = self.ask(&Cmd::get(self.key(key)))?;
        kept.map(|bytes| {
            from_bytes(&bytes).ok_or_else(|| StoreError::new(&self.name, "it holds what is no session"))
        })
        .transpose()
    }

    fn extend(&self, key: &Digest, ends_at: i64, alive_at: i64) -> Result<Standing, StoreError> {
        let mut eval = ::redis::cmd("EVAL");
        eval.arg(EXTEND)
            .arg(1)
            .arg(self.key(key))
            .arg(alive_at)
            .arg(&ends_at.to_be_bytes())
            .arg(forgotten_at(ends_at));
        let standing: String = self.ask(&eval)?;
        match standing.as_str() {
            "alive" => Ok(Standing::Alive),
            "expired" => Ok(Standing::Expired),
            "unknown" => Ok(Standing::Unknown),
            other => Err(StoreError::new(&self.name, format!("it answers {other:?}"))),
        }
    }

    fn remove(&self, key: &Digest) -> Result<bool, StoreError> {
        let removed: u64 = self.ask(&Cmd::del(self.key(key)))?;
        Ok(removed > 0)
    }

    fn purge(&self, _: i64) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn parsed(url: &str) -> Result<ConnectionInfo, StoreError> {
    let info = url
        .into_connection_info()
        .map_err(|error| StoreError::new("Redis", error))?;
    Ok(info.set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

/// When Redis may drop a session that ends then.
fn forgotten_at(ends_at: i64) -> i64 {
    ends_at.saturating_add(REMEMBERED_S).min(LATEST_END)
}

fn to_bytes(session: &Session) -> Vec<u8> {
    [session.ends_at.to_be_bytes().as_slice(), &session.claims].concat()
}

fn from_bytes(bytes: &[u8]) -> Option<Session> {
    let (ends_at, claims) = bytes.split_first_chunk()?;
    Some(Session {
        ends_at: i64::from_be_bytes(*ends_at),
        claims: claims.to_vec(),
    })
}
