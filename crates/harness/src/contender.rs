//! The benchmark seam: what every token library looks like from outside.
//!
//! Loading is apart from use, so that a model of the benchmark names exactly
//! what its clock covers. The policy is bound at load and not handed to each
//! verification, because libraries compile it into something of their own
//! (jsonwebtoken's `Validation` holds three hash sets): doing that per token
//! would time a mistake that no user makes.

use tokenlab_record::catalogue::{ContenderCard, ContenderId};

use crate::claims::ClaimSet;
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::Rejection;

/// One way of issuing and verifying tokens.
pub trait Contender: Send + Sync {
    /// Who this is: library, version, algorithm, backend, class.
    fn card(&self) -> &ContenderCard;

    /// Parses this contender's key out of the ring and binds it to a policy.
    ///
    /// # Errors
    /// [`SetupError`] if the key material does not fit.
    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError>;

    /// Stable name, from the card.
    fn id(&self) -> &ContenderId {
        &self.card().id
    }
}

/// A loaded contender: key parsed, policy bound.
pub trait TokenService: Send + Sync {
    /// Signs or encrypts `claims` into a token. No claim is added, dropped or
    /// changed on the way.
    ///
    /// # Errors
    /// [`IssueError`] if the claims can't be written or the library refuses.
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError>;

    /// Verifies or decrypts `token`, holds its claims against the policy and
    /// returns them.
    ///
    /// # Errors
    /// [`Rejection`] with the shared reason. Never panics, whatever the text.
    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection>;
}

/// A contender that can't be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot load keys for {contender:?}: {problem}")]
pub struct SetupError {
    /// Whose key.
    pub contender: ContenderId,
    /// What was given, what is wanted.
    pub problem: String,
}

impl SetupError {
    /// A load failure of `card`'s contender in the words of `problem`.
    pub fn new(card: &ContenderCard, problem: impl ToString) -> Self {
        Self {
            contender: card.id.clone(),
            problem: problem.to_string(),
        }
    }
}

/// Claims that can't be made into a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot issue a token: {0}")]
pub struct IssueError(pub String);

impl IssueError {
    /// An issue failure in the words of `problem`.
    pub fn new(problem: impl ToString) -> Self {
        Self(problem.to_string())
    }
}
