//! The same claims through every token library, behind one seam.
//!
//! A [`Contender`] is one way of issuing and verifying tokens: a library, an
//! algorithm, a cryptographic backend. It is loaded with keys from one
//! [`KeyRing`] and one explicit [`Policy`], and then does two things, issue and
//! verify, on the one [`ClaimSet`] type. Everything that tokenlab measures,
//! tests, attacks and fuzzes iterates the registry in [`contenders`].
//!
//! This crate knows no attack, measures nothing, prints nothing and opens no
//! connection but to a Redis server that it started itself, on loopback.

pub mod again;
mod biscuit_wire;
pub mod claims;
pub mod contender;
pub mod contenders;
pub mod corpus;
pub mod decode;
pub mod exchange;
pub mod floor;
pub mod key_set;
pub mod keys;
pub mod malleability;
pub mod paseto;
pub mod policy;
pub mod rejection;
pub mod session;
pub mod tamper;
pub mod vectors;
#[cfg(feature = "stores")]
pub mod watched;

pub use claims::{ClaimSet, RegisteredClaim};
pub use contender::{
    Attenuation, Bound, Codec, Contender, IssueError, Missing, Opened, SessionControl, SetupError,
    TokenService,
};
pub use corpus::Corpus;
pub use exchange::Key;
pub use keys::{KeyRing, PublicKeys};
pub use policy::Policy;
pub use rejection::{RejectReason, Rejection};
