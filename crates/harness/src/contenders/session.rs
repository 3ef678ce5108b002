//! Server-side sessions in three stores: a map of this process, `redb` on disk,
//! Redis over TCP (schemes `session.memory`, `session.redb`, `session.redis`).
//!
//! The opposite of every other contender: the token says nothing and the
//! server knows everything, so that verifying is a look-up and revoking is
//! possible at all. The policy is held against the stored claims all the same,
//! because claims that the lab's verifiers must refuse are kept like any others.
//!
//! A load is a server that starts. A new memory or redb store knows nobody; a
//! new client of Redis knows whoever any server with the same key ring let in,
//! the ring standing for a deployment. One caveat: an id means nothing outside
//! its store, so no token of these contenders travels to another process,
//! except through Redis: one that is started for it, or the one that
//! `TOKENLAB_REDIS` names.

use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use crate::claims::ClaimSet;
#[cfg(feature = "stores")]
use crate::contender::Missing;
use crate::contender::{Contender, IssueError, SessionControl, SetupError, TokenService};
use crate::keys::KeyRing;
use crate::policy::{Policy, now};
use crate::rejection::Rejection;
use crate::session::memory::MemoryStore;
#[cfg(feature = "stores")]
use crate::session::redb::RedbStore;
#[cfg(feature = "stores")]
use crate::session::redis::RedisStore;
use crate::session::{Sessions, Store, StoreError};
#[cfg(feature = "stores")]
use crate::session::{redis_given, redis_server};

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    StoreKind::ALL
        .iter()
        .map(|kind| -> Box<dyn Contender> { Box::new(ServerSide::new(*kind)) })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StoreKind {
    Memory,
    #[cfg(feature = "stores")]
    Redb,
    #[cfg(feature = "stores")]
    Redis,
}

impl StoreKind {
    const ALL: &[Self] = &[
        Self::Memory,
        #[cfg(feature = "stores")]
        Self::Redb,
        #[cfg(feature = "stores")]
        Self::Redis,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            #[cfg(feature = "stores")]
            Self::Redb => "redb",
            #[cfg(feature = "stores")]
            Self::Redis => "redis",
        }
    }

    /// The package that keeps the sessions, and its version.
    const fn package(self) -> (&'static str, &'static str) {
        match self {
            Self::Memory => (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            #[cfg(feature = "stores")]
            Self::Redb => ("redb", "4.1.0"),
            #[cfg(feature = "stores")]
            Self::Redis => ("redis", "1.8.1"),
        }
    }

    fn footnote(self) -> &'static str {
        match self {
            Self::Memory => "gone when its process ends, and unknown to every other server",
            #[cfg(feature = "stores")]
            Self::Redb => "every change waits for the disk (durability Immediate); known to one server",
            #[cfg(feature = "stores")]
            Self::Redis if redis_given::given().is_some() => {
                "the Redis that TOKENLAB_REDIS names, with whatever settings it has"
            }
            #[cfg(feature = "stores")]
            Self::Redis => {
                "a redis-server on loopback with appendfsync always, so that every change waits for the \
                 disk as with redb; everysec, the usual setting, answers sooner and can lose a second"
            }
        }
    }

    fn open(self, keys: &KeyRing) -> Result<Box<dyn Store>, StoreError> {
        match self {
            Self::Memory => {
                let _ = keys; // a map of this process has nothing to be shared
                Ok(Box::new(MemoryStore::default()))
            }
            #[cfg(feature = "stores")]
            Self::Redb => Ok(Box::new(RedbStore::nameless()?)),
            #[cfg(feature = "stores")]
            Self::Redis => {
                let deployment = u64::from_be_bytes(keys.symmetric("session.redis"));
                let namespace = format!("{deployment:016x}");
                Ok(Box::new(match redis_given::given() {
                    Some(urls) => redis_given::connect(&urls, &namespace)?,
                    None => RedisStore::connect(&redis_server::shared()?.url(), &namespace)?,
                }))
            }
        }
    }
}

struct ServerSide {
    kind: StoreKind,
    card: ContenderCard,
}

impl ServerSide {
    fn new(kind: StoreKind) -> Self {
        let (package, version) = kind.package();
        Self {
            kind,
            card: ContenderCard {
                id: ContenderId::new(format!("session/{}", kind.name())),
                family: Family::Session,
                class: Class::Session,
                scheme: format!("session.{}", kind.name()),
                algorithm: kind.name().into(),
                library: "session".into(),
                package: package.into(),
                library_version: version.into(),
                backend: "sha2 (SHA-256 of the id)".into(),
                primitive: Primitive::new("SHA-256", "sha2 0.10"),
                footnote: Some(kind.footnote().into()),
            },
        }
    }
}

impl Contender for ServerSide {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let store = self
            .kind
            .open(keys)
            .map_err(|error| SetupError::new(&self.card, error))?;
        Ok(Box::new(Service {
            sessions: Sessions::new(store),
            policy: policy.clone(),
        }))
    }

    #[cfg(feature = "stores")]
    fn missing(&self) -> Option<Missing> {
        let is_here = redis_given::given().is_some() || redis_server::is_installed();
        (self.kind == StoreKind::Redis && !is_here).then(|| Missing {
            contender: self.card.id.clone(),
            what: redis_server::PROGRAM.into(),
            remedy: redis_server::REMEDY.into(),
        })
    }
}

struct Service {
    sessions: Sessions,
    policy: Policy,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        self.sessions.create(claims)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let claims = self.sessions.look_up(token)?;
        self.policy.check_now(&claims)?;
        Ok(claims)
    }

    fn session(&self) -> Option<&dyn SessionControl> {
        Some(self)
    }
}

impl SessionControl for Service {
    fn refresh(&self, id: &str, exp: i64) -> Result<(), Rejection> {
        let alive_at = now().saturating_sub(i64::from(self.policy.leeway_s));
        self.sessions.refresh(id, exp, alive_at)
    }

    fn revoke(&self, id: &str) -> Result<(), Rejection> {
        self.sessions.revoke(id)
    }
}
