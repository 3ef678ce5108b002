//! Cards: the self-description of everything that takes part in a run.
//!
//! A card is what a reader needs to judge a row without opening the source:
//! which library at which version on which cryptographic backend, or which
//! weakness with which advisory behind it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Schema tag of [`Catalogue`].
pub const CATALOGUE_SCHEMA: &str = "tokenlab.catalogue/1";

/// Stable name of a contender, `library/algorithm[+backend]`, for example
/// `pasetors/v4.public` or `jsonwebtoken/EdDSA+aws-lc`. Used in files and on
/// the command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContenderId(String);

impl ContenderId {
    /// Wraps an id; the registry test holds its shape and uniqueness.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContenderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The kind of credential a contender or target deals in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Family {
    /// JSON Web Token, signed (RFC 7515, RFC 7519).
    Jwt,
    /// PASETO, any version and purpose.
    Paseto,
}

impl Family {
    /// Every family, in report order.
    pub const ALL: [Self; 2] = [Self::Jwt, Self::Paseto];

    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::Paseto => "PASETO",
        }
    }
}

/// What a token of this contender promises. Rankings never cross a class:
/// an HMAC and a signature answer different questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// Anyone with the public key verifies, only the issuer signs.
    Signature,
    /// Issuer and verifier share a key; the payload is readable.
    SharedKeyAuthenticated,
    /// Issuer and verifier share a key; the payload is encrypted.
    SharedKeyEncrypted,
}

impl Class {
    /// Every class, in report order.
    pub const ALL: [Self; 3] = [
        Self::Signature,
        Self::SharedKeyAuthenticated,
        Self::SharedKeyEncrypted,
    ];

    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Signature => "public-key signatures",
            Self::SharedKeyAuthenticated => "shared key, authenticated",
            Self::SharedKeyEncrypted => "shared key, encrypted",
        }
    }

    /// Short stable name for files and anchors; equals the wire form.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::SharedKeyAuthenticated => "shared-key-authenticated",
            Self::SharedKeyEncrypted => "shared-key-encrypted",
        }
    }
}

/// One way of issuing and verifying tokens: a library, an algorithm, a backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContenderCard {
    /// Stable name.
    pub id: ContenderId,
    /// JWT or PASETO.
    pub family: Family,
    /// What is promised; the unit of ranking.
    pub class: Class,
    /// Wire scheme, `jwt.EdDSA` or `paseto.v4.public`: two contenders with the
    /// same scheme and key accept each other's tokens.
    pub scheme: String,
    /// Algorithm as its specification names it: `EdDSA`, `v4.public`.
    pub algorithm: String,
    /// Package name.
    pub library: String,
    /// Exact package version.
    pub library_version: String,
    /// Package that does the cryptography, with the primitive where it helps.
    pub backend: String,
    /// The same in a form that can be compared.
    #[serde(default)]
    pub primitive: Primitive,
    /// Whatever makes a comparison unequal, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footnote: Option<String>,
}

/// What does a contender's cryptography. Contenders with equal primitives run
/// the same code there, so that whatever they differ in is something else.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Primitive {
    /// What is computed, `Ed25519`.
    pub algorithm: String,
    /// Which code computes it, as precisely as it can differ: `ed25519-dalek 2`.
    pub implementation: String,
}

impl Primitive {
    /// An algorithm by an implementation of it.
    pub fn new(algorithm: impl Into<String>, implementation: impl Into<String>) -> Self {
        Self {
            algorithm: algorithm.into(),
            implementation: implementation.into(),
        }
    }
}

/// A source a reader can look up: an RFC section, an advisory, a specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Short label, `RFC 8725 §3.1` or `CVE-2015-9235`.
    pub label: String,
    /// What it says on the matter, in one sentence.
    pub note: String,
}

/// One published class of attack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttackCard {
    /// Stable name, `alg-none`.
    pub id: String,
    /// Name for readers.
    pub title: String,
    /// The flawed assumption, in one sentence.
    pub assumption: String,
    /// Weaknesses (by id) that let it through.
    pub breaks: Vec<String>,
    /// Sources.
    pub references: Vec<Reference>,
}

/// Where a target comes from, and hence what its fall would prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TargetKind {
    /// No known weakness: a contender configured properly, or a model with every check.
    Hardened,
    /// A current library used through a real but unwise option.
    Misconfigured,
    /// A model of one published bug, with exactly one weakness.
    Flawed,
    /// The genuine release that had the bug.
    Historic,
}

impl TargetKind {
    /// Name for readers; equals the wire form.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Hardened => "hardened",
            Self::Misconfigured => "misconfigured",
            Self::Flawed => "flawed",
            Self::Historic => "historic",
        }
    }
}

/// One verifier under attack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetCard {
    /// Stable name: a contender id for hardened libraries, a word for models.
    pub id: String,
    /// JWT or PASETO.
    pub family: Family,
    /// How it came to be.
    pub kind: TargetKind,
    /// Wire scheme it verifies.
    pub scheme: String,
    /// What it is, in one sentence.
    pub summary: String,
    /// Weaknesses by id; empty for hardened targets.
    pub weaknesses: Vec<String>,
    /// The published bug it models, or the package and version it is.
    pub provenance: String,
}

/// `catalogue.json`: every card of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// [`CATALOGUE_SCHEMA`].
    pub schema: String,
    /// Contenders in report order.
    pub contenders: Vec<ContenderCard>,
    /// Attacks in report order; empty when a run only measured.
    #[serde(default)]
    pub attacks: Vec<AttackCard>,
    /// Targets in report order; empty when a run only measured.
    #[serde(default)]
    pub targets: Vec<TargetCard>,
}
