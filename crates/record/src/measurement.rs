//! What the paired runner writes: raw block times, canaries, token sizes.
//!
//! A *round* times one block of every contender of a group in shuffled order,
//! between two canary blocks; a *launch* is a fresh process that runs many
//! rounds. Samples are kept as they were taken, in whole nanoseconds per
//! block; every rejection rule and every statistic is applied later, to the
//! record (see [`crate::analysis`]).

use serde::{Deserialize, Serialize};

use crate::catalogue::{Class, ContenderId};

/// Schema tag of [`Measurement`].
pub const MEASUREMENT_SCHEMA: &str = "tokenlab.measurement/1";
/// Schema tag of [`Canary`].
pub const CANARY_SCHEMA: &str = "tokenlab.canary/1";
/// Schema tag of [`FloorMeasurement`].
pub const FLOOR_SCHEMA: &str = "tokenlab.floor/1";
/// Schema tag of [`TokenSize`].
pub const TOKEN_SIZE_SCHEMA: &str = "tokenlab.token-size/1";
/// Schema tag of [`SecondOpinion`].
pub const SECOND_OPINION_SCHEMA: &str = "tokenlab.second-opinion/1";

/// Exactly what the clock covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Model {
    /// Turning stored key material into a ready service.
    Load,
    /// Claims in, token out; the key is loaded.
    Issue,
    /// Token in, checked claims out; the key is loaded.
    Verify,
    /// A token whose signature or tag was altered, up to its refusal.
    RejectSignature,
}

impl Model {
    /// Every model, in report order.
    pub const ALL: [Self; 4] = [Self::Verify, Self::Issue, Self::RejectSignature, Self::Load];

    /// Short stable name; equals the wire form.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Issue => "issue",
            Self::Verify => "verify",
            Self::RejectSignature => "reject-signature",
        }
    }

    /// What one operation of this model is, for headings.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Load => "load a key",
            Self::Issue => "issue a token",
            Self::Verify => "verify a token",
            Self::RejectSignature => "refuse a bad signature",
        }
    }
}

/// The contenders that are timed together and compared with each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Group {
    /// What the clock covers.
    pub model: Model,
    /// Claim corpus, by name.
    pub corpus: String,
    /// What the tokens promise.
    pub class: Class,
}

/// In which capacity a contender is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// As itself: a row of a ranking.
    Contender,
    /// As an A/A control, under a hidden second name: must tie with itself.
    Twin,
    /// With a planted slowdown, which the instrument must find.
    Slowed,
}

/// One contender in one group in one launch: a line of `measurements.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// [`MEASUREMENT_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Who was timed.
    pub contender: ContenderId,
    /// In which capacity it was timed.
    pub role: Role,
    /// What was timed, on which claims, in which class.
    #[serde(flatten)]
    pub group: Group,
    /// Ordinal of the process that timed it, from 0.
    pub launch: u32,
    /// Operations per block.
    pub iterations: u32,
    /// Thread CPU time of each block, nanoseconds; the index is the round.
    pub cpu_ns: Vec<u64>,
    /// Wall time of each block, nanoseconds; the index is the round.
    pub wall_ns: Vec<u64>,
    /// Whether the result of every block was checked and right.
    pub verified: bool,
    /// Why there are no samples, if there are none: an error is a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Which part of the least work a floor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FloorPart {
    /// The primitive over the token's own bytes, key ready.
    Crypto,
    /// Decoding or encoding the token's base64url.
    Base64,
    /// Reading or writing the claims as JSON.
    Json,
}

impl FloorPart {
    /// Every part, in the order of the work.
    pub const ALL: [Self; 3] = [Self::Crypto, Self::Base64, Self::Json];

    /// Short stable name; equals the wire form.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Crypto => "crypto",
            Self::Base64 => "base64",
            Self::Json => "json",
        }
    }
}

/// One part of the least work that any correct verifier or issuer of a scheme
/// must do, timed in the same rounds as the contenders: a line of
/// `floors.jsonl`. Several implementations may be timed; the floor is the
/// fastest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorMeasurement {
    /// [`FLOOR_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Wire scheme whose floor it is, `jwt.EdDSA`.
    pub scheme: String,
    /// Which part of the work.
    pub part: FloorPart,
    /// What did it, `aws-lc-rs Ed25519`.
    pub implementation: String,
    /// What the contenders beside it did.
    #[serde(flatten)]
    pub group: Group,
    /// Ordinal of the process, from 0.
    pub launch: u32,
    /// Operations per block.
    pub iterations: u32,
    /// Thread CPU time of each block, nanoseconds; the index is the round.
    pub cpu_ns: Vec<u64>,
    /// Wall time of each block, nanoseconds; the index is the round.
    pub wall_ns: Vec<u64>,
    /// Whether its result was checked and right.
    pub verified: bool,
    /// Why there are no samples, if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The canary blocks of one group in one launch: a line of `canaries.jsonl`.
///
/// The canary does the same work in every round of every launch, so a slow
/// canary means a disturbed machine, not a slow contender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// [`CANARY_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Group whose rounds it brackets.
    #[serde(flatten)]
    pub group: Group,
    /// Ordinal of the process, from 0.
    pub launch: u32,
    /// Thread CPU time of the block before each round, nanoseconds.
    pub before_ns: Vec<u64>,
    /// Thread CPU time of the block after each round, nanoseconds.
    pub after_ns: Vec<u64>,
}

/// Where the bytes of a token go; the parts add up to `token_bytes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenAnatomy {
    /// JOSE header as JSON, or the literal `v4.public.`.
    pub header_bytes: u32,
    /// Claims as JSON (as plaintext or ciphertext: the length is the same).
    pub payload_bytes: u32,
    /// Nonce of an encrypted token.
    pub nonce_bytes: u32,
    /// Signature or authentication tag.
    pub authentication_bytes: u32,
    /// What base64url and the separating dots add.
    pub encoding_bytes: u32,
}

impl TokenAnatomy {
    /// Sum of the parts, which is the length of the token.
    #[must_use]
    pub const fn total_bytes(&self) -> u32 {
        self.header_bytes
            + self.payload_bytes
            + self.nonce_bytes
            + self.authentication_bytes
            + self.encoding_bytes
    }
}

/// The size of one contender's token for one corpus: a line of `tokens.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSize {
    /// [`TOKEN_SIZE_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Who issued it.
    pub contender: ContenderId,
    /// What it promises.
    pub class: Class,
    /// Claim corpus, by name.
    pub corpus: String,
    /// Length of the token, bytes.
    pub token_bytes: u32,
    /// Where those bytes go.
    #[serde(flatten)]
    pub anatomy: TokenAnatomy,
}

/// Criterion's measurement of the same case: a line of `second-opinion.jsonl`.
///
/// A second instrument with other habits (wall clock, one process, one case
/// after the other) that must roughly agree with the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecondOpinion {
    /// [`SECOND_OPINION_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Who was timed.
    pub contender: ContenderId,
    /// What the clock covers.
    pub model: Model,
    /// Claim corpus, by name.
    pub corpus: String,
    /// Operations in each sample.
    pub iterations: Vec<u64>,
    /// Wall time of each sample, nanoseconds.
    pub wall_ns: Vec<f64>,
}
