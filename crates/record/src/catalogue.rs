//! Cards: the self-description of everything that takes part in a run.
//!
//! A card is what a reader needs to judge a row without opening the source:
//! which library at which version on which cryptographic backend, or which
//! weakness with which advisory behind it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Schema tag of [`Catalogue`].
pub const CATALOGUE_SCHEMA: &str = "tokenlab.catalogue/2";

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
    /// JSON Web Token, encrypted (RFC 7516, RFC 7519).
    Jwe,
    /// PASETO, any version and purpose.
    Paseto,
    /// Biscuit: signed blocks that the holder can narrow.
    Biscuit,
    /// Server-side session: an opaque id and a store that knows it.
    Session,
}

impl Family {
    /// Every family, in report order.
    pub const ALL: [Self; 5] = [Self::Jwt, Self::Jwe, Self::Paseto, Self::Biscuit, Self::Session];

    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::Jwe => "JWE",
            Self::Paseto => "PASETO",
            Self::Biscuit => "Biscuit",
            Self::Session => "session",
        }
    }

    /// How the wire schemes of this family begin.
    #[must_use]
    pub const fn scheme_prefix(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Jwe => "jwe",
            Self::Paseto => "paseto",
            Self::Biscuit => "biscuit",
            Self::Session => "session",
        }
    }
}

/// What a token of this contender promises. Rankings never cross a class: an
/// HMAC and a signature answer different questions, and so do signatures of
/// 112 and of 192 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// Anyone with the public key verifies, only the issuer signs; about 128
    /// bits of security (NIST SP 800-57 part 1, table 2).
    #[serde(rename = "signature-128")]
    Signature128,
    /// Likewise, about 112 bits: RSA of 2048 bits.
    #[serde(rename = "signature-112")]
    Signature112,
    /// Likewise, about 192 bits: P-384.
    #[serde(rename = "signature-192")]
    Signature192,
    /// Likewise, about 256 bits: P-521.
    #[serde(rename = "signature-256")]
    Signature256,
    /// Signatures that are meant to withstand a quantum computer (FIPS 204).
    PostQuantum,
    /// Issuer and verifier share a key; the payload is readable.
    Mac,
    /// Issuer and verifier share a key; the payload is encrypted.
    Aead,
    /// Anyone with the public key encrypts, only the verifier reads. Says
    /// nothing of who issued it.
    PublicKeyEncryption,
    /// Anyone with the public key verifies, and the holder can narrow what the
    /// token allows without asking the issuer.
    Capability,
    /// An id without meaning, looked up in a store at every request.
    Session,
}

impl Class {
    /// Every class, in report order.
    pub const ALL: [Self; 10] = [
        Self::Signature128,
        Self::Signature112,
        Self::Signature192,
        Self::Signature256,
        Self::PostQuantum,
        Self::Mac,
        Self::Aead,
        Self::PublicKeyEncryption,
        Self::Capability,
        Self::Session,
    ];

    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Signature128 => "signatures, 128-bit level",
            Self::Signature112 => "signatures, 112-bit level",
            Self::Signature192 => "signatures, 192-bit level",
            Self::Signature256 => "signatures, 256-bit level",
            Self::PostQuantum => "post-quantum signatures",
            Self::Mac => "shared key, authenticated (MAC)",
            Self::Aead => "shared key, encrypted (AEAD)",
            Self::PublicKeyEncryption => "public key, encrypted",
            Self::Capability => "capabilities",
            Self::Session => "session lookups",
        }
    }

    /// Short stable name for files and anchors; equals the wire form.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Signature128 => "signature-128",
            Self::Signature112 => "signature-112",
            Self::Signature192 => "signature-192",
            Self::Signature256 => "signature-256",
            Self::PostQuantum => "post-quantum",
            Self::Mac => "mac",
            Self::Aead => "aead",
            Self::PublicKeyEncryption => "public-key-encryption",
            Self::Capability => "capability",
            Self::Session => "session",
        }
    }

    /// Whether only the issuer can make such a token and others can check it.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(
            self,
            Self::Signature128
                | Self::Signature112
                | Self::Signature192
                | Self::Signature256
                | Self::PostQuantum
                | Self::Capability
        )
    }

    /// Whether such a token says who issued it: by a signature, by a key that
    /// only issuer and verifier have, or by a store's own memory.
    #[must_use]
    pub const fn has_issuer(self) -> bool {
        !matches!(self, Self::PublicKeyEncryption)
    }

    /// Whether the payload is hidden from whoever holds the token.
    #[must_use]
    pub const fn is_encrypted(self) -> bool {
        matches!(self, Self::Aead | Self::PublicKeyEncryption)
    }

    /// Whether an operation waits for something other than the processor: a
    /// disk that must have written, a server that must have answered. Such
    /// operations are timed by the wall clock.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Session)
    }

    /// The clock behind the figures of this class, for readers.
    #[must_use]
    pub const fn clock(self) -> &'static str {
        if self.waits() {
            "wall time"
        } else {
            "thread CPU time"
        }
    }
}

/// One way of issuing and verifying tokens: a library, an algorithm, a backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContenderCard {
    /// Stable name.
    pub id: ContenderId,
    /// The kind of credential.
    pub family: Family,
    /// What is promised; the unit of ranking.
    pub class: Class,
    /// Wire scheme, `jwt.EdDSA`, `jwe.dir+A256GCM` or `paseto.v4.public`: two contenders with the
    /// same scheme and key accept each other's tokens.
    pub scheme: String,
    /// Algorithm as its specification names it: `EdDSA`, `v4.public`.
    pub algorithm: String,
    /// Name of the library, as its users say it.
    pub library: String,
    /// Package that was linked; the library's name in most cases.
    #[serde(default)]
    pub package: String,
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
    /// The part of the catalogue that it belongs to.
    #[serde(default)]
    pub class: AttackClass,
    /// What the attacker needs beside an account of her own: a sentence each.
    #[serde(default)]
    pub given: Vec<String>,
    /// Whether it runs in a process of its own, under limits of time and memory.
    #[serde(default)]
    pub isolated: bool,
    /// Weaknesses (by id) that let it through.
    pub breaks: Vec<String>,
    /// Sources.
    pub references: Vec<Reference>,
    /// One page for a teacher, in Markdown; empty where a record is older.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lesson: String,
}

/// The parts of the attack catalogue, in report order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AttackClass {
    /// Which algorithm and which key decide.
    #[default]
    Algorithm,
    /// A signature that is not really checked.
    Signature,
    /// Key material taken from the token.
    KeySource,
    /// Parsing and format.
    Format,
    /// The cryptography itself.
    Cryptography,
    /// Encrypted tokens.
    Encryption,
    /// Claims, use and life of a token.
    Life,
    /// What only PASETO, Biscuit or sessions have.
    Native,
}

impl AttackClass {
    /// Every class, in report order.
    pub const ALL: [Self; 8] = [
        Self::Algorithm,
        Self::Signature,
        Self::KeySource,
        Self::Format,
        Self::Cryptography,
        Self::Encryption,
        Self::Life,
        Self::Native,
    ];

    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Algorithm => "Algorithm and key selection",
            Self::Signature => "Signature not really checked",
            Self::KeySource => "Key material taken from the token",
            Self::Format => "Parsing and format",
            Self::Cryptography => "Cryptography",
            Self::Encryption => "Encryption",
            Self::Life => "Claims, use and life",
            Self::Native => "Native to PASETO, Biscuit or sessions",
        }
    }
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
    /// The kind of credential.
    pub family: Family,
    /// How it came to be.
    pub kind: TargetKind,
    /// Wire scheme it verifies.
    pub scheme: String,
    /// What it is, in one sentence.
    pub summary: String,
    /// Weaknesses by id. Of a hardened target only those that its format has in
    /// any hands: a bearer token can be stolen.
    pub weaknesses: Vec<String>,
    /// The published bug it models, or the package and version it is.
    pub provenance: String,
    /// Id of the target that differs in nothing but the missing check: its fix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardened: Option<String>,
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
