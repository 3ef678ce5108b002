//! The benchmark seam: what every token library looks like from outside.
//!
//! Loading is apart from use, so that a model of the benchmark names exactly
//! what its clock covers. The policy is bound at load and not handed to each
//! verification, because libraries compile it into something of their own
//! (jsonwebtoken's `Validation` holds three hash sets): doing that per token
//! would time a mistake that no user makes.

use tokenlab_record::catalogue::{ContenderCard, ContenderId};

use crate::claims::ClaimSet;
use crate::exchange::Key;
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

    /// The bare cryptography of this contender under a key from outside:
    /// without claims and without a policy. A private key or a secret seals and
    /// opens; a public key does one of the two, as the scheme has it.
    ///
    /// # Errors
    /// [`SetupError`] naming what was given and what is wanted, if the key is
    /// of another kind, length or curve. Sessions, whose ids mean nothing
    /// outside their store, have no codec: they keep this default.
    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        let given = key.describe();
        Err(SetupError::new(
            self.card(),
            format!("{given} was given, but a session has no key and no token that travels"),
        ))
    }

    /// What this machine lacks to run this contender: a server that is not
    /// installed. `None` where nothing but this program is needed.
    fn missing(&self) -> Option<Missing> {
        None
    }

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

    /// What the holder of a capability can do with it; `None` of all others.
    fn attenuation(&self) -> Option<&dyn Attenuation> {
        None
    }

    /// What the keeper of a session can do with it; `None` of all others.
    fn session(&self) -> Option<&dyn SessionControl> {
        None
    }
}

/// Cryptography without claims: bytes in a token, and out again.
pub trait Codec: Send + Sync {
    /// Signs or encrypts `payload`, byte for byte where the library lets one.
    ///
    /// # Errors
    /// [`IssueError`] if the key only opens, the payload is none that the
    /// library takes, or the scheme has no place for what is bound.
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError>;

    /// Verifies or decrypts `token`. Times and other claims are not looked at.
    ///
    /// # Errors
    /// [`Rejection`] with the shared reason. Never panics, whatever the text.
    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection>;
}

/// What a token is held against besides its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// PASETO footer. When opening, `None` accepts any, authenticated.
    pub footer: Option<Vec<u8>>,
    /// PASETO implicit assertion (v3 and v4), empty for none.
    pub implicit_assertion: Vec<u8>,
    /// Biscuit authorizer, as Datalog; `None` for the lab's own.
    pub authorizer: Option<String>,
}

/// What was in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Signed or decrypted bytes, as the library gives them back.
    pub payload: Vec<u8>,
    /// PASETO footer, empty for none.
    pub footer: Vec<u8>,
}

/// A capability in the hands of its holder, who has no key of the issuer.
pub trait Attenuation: Send + Sync {
    /// Appends a block that narrows what `token` allows.
    ///
    /// # Errors
    /// [`IssueError`] if the token is none of this kind, or sealed.
    fn attenuate(&self, token: &str) -> Result<String, IssueError>;

    /// Appends a block that a third party signed for this token.
    ///
    /// # Errors
    /// As [`Attenuation::attenuate`].
    fn attenuate_by_third_party(&self, token: &str) -> Result<String, IssueError>;

    /// Closes `token`: nothing can be appended any more.
    ///
    /// # Errors
    /// As [`Attenuation::attenuate`].
    fn seal(&self, token: &str) -> Result<String, IssueError>;
}

/// A session in the hands of the server that keeps it.
pub trait SessionControl: Send + Sync {
    /// Extends a session's time to `exp`, seconds since 1970.
    ///
    /// # Errors
    /// [`Rejection`]: `unknown-key` if there is no such session, `expired` if
    /// it has ended, `internal` if the store can't be reached.
    fn refresh(&self, id: &str, exp: i64) -> Result<(), Rejection>;

    /// Ends a session; from the moment this returns it is refused.
    ///
    /// # Errors
    /// As [`SessionControl::refresh`]; an expired one can be ended as well.
    fn revoke(&self, id: &str) -> Result<(), Rejection>;
}

/// Something that a contender needs and this machine lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{contender} needs {what}, which is not here; {remedy}")]
pub struct Missing {
    /// Who needs it.
    pub contender: ContenderId,
    /// What is missing: `redis-server`.
    pub what: String,
    /// The one command that installs it.
    pub remedy: String,
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
