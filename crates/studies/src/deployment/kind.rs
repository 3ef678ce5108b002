//! The kinds of deployment that studies compare: what a user carries, and where the rest of it
//! is kept.

use tokenlab_record::catalogue::Family;

use super::balancer::Routing;
use crate::study::StudyError;
use crate::subject::contender;

/// Where sessions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// There are none: the token says everything.
    Nobody,
    /// In the memory of the node that began them.
    EachNode,
    /// In a Redis that every node asks.
    Redis,
    /// In a Redis Cluster of three.
    Cluster,
}

/// A kind of deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Name for readers.
    pub title: &'static str,
    /// Who verifies, by contender id.
    pub contender: &'static str,
    /// Where requests go.
    pub routing: Routing,
    /// Where sessions are kept.
    pub keeper: Keeper,
}

impl Kind {
    /// Tokens that say everything.
    #[must_use]
    pub const fn stateless(title: &'static str, contender: &'static str) -> Self {
        Self {
            title,
            contender,
            routing: Routing::Any,
            keeper: Keeper::Nobody,
        }
    }

    /// Whose tokens they are.
    ///
    /// # Errors
    /// [`StudyError::Service`] if there is no such contender.
    pub fn family(&self) -> Result<Family, StudyError> {
        Ok(contender(self.contender)?.card().family)
    }
}

/// Sessions in memory, requests to any node.
pub const MEMORY: Kind = Kind {
    title: "sessions in memory, any node",
    contender: "session/memory",
    routing: Routing::Any,
    keeper: Keeper::EachNode,
};

/// Sessions in memory, requests to the node that began them.
pub const STICKY: Kind = Kind {
    title: "sessions in memory, sticky",
    routing: Routing::Sticky,
    ..MEMORY
};

/// Sessions in one Redis.
pub const REDIS: Kind = Kind {
    title: "sessions in Redis",
    contender: "session/redis",
    routing: Routing::Any,
    keeper: Keeper::Redis,
};

/// Sessions in a Redis Cluster.
pub const CLUSTER: Kind = Kind {
    title: "sessions in Redis Cluster",
    keeper: Keeper::Cluster,
    ..REDIS
};

/// JWT with a shared key.
pub const HS256: Kind = Kind::stateless("JWT HS256", "jsonwebtoken/HS256+rustcrypto");

/// JWT with a signature.
pub const EDDSA: Kind = Kind::stateless("JWT EdDSA", "jsonwebtoken/EdDSA+rustcrypto");

/// PASETO with a shared key.
pub const V4_LOCAL: Kind = Kind::stateless("PASETO v4.local", "pasetors/v4.local");

/// PASETO with a signature.
pub const V4_PUBLIC: Kind = Kind::stateless("PASETO v4.public", "pasetors/v4.public");

/// Biscuit.
pub const BISCUIT: Kind = Kind::stateless("Biscuit", "biscuit-auth/v3");
