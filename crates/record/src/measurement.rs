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
/// Schema tag of [`Refusal`].
pub const REFUSAL_SCHEMA: &str = "tokenlab.refusal/1";
/// Schema tag of [`AllocationCount`].
pub const ALLOCATION_COUNT_SCHEMA: &str = "tokenlab.allocation-count/1";

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
    /// A token without its last part.
    RejectMissingPart,
    /// A JWT whose header is no JSON, a PASETO that begins with no version there is.
    RejectHeader,
    /// An honest token of the same purpose under another version or algorithm.
    RejectVersion,
    /// An honest token of the same family for another purpose: signed where a
    /// shared key is expected, and the other way round.
    RejectPurpose,
    /// A token whose payload holds a character that base64url has not.
    RejectEncoding,
    /// An authentic token whose time is over.
    RejectExpired,
    /// Like [`Model::Verify`], of a token just under 64 KiB.
    VerifyLong,
    /// Like [`Model::RejectSignature`], of a token just under 64 KiB.
    RejectLong,
    /// Like [`Model::Verify`], of a token just under 1 MiB.
    VerifyHuge,
    /// Like [`Model::RejectSignature`], of a token just under 1 MiB.
    RejectHuge,
    /// The holder appends a block that narrows a capability.
    Attenuate,
    /// The holder appends a block that a third party signed for this token.
    AttenuateThirdParty,
    /// The holder closes a capability, so that nothing can be appended.
    Seal,
    /// Like [`Model::Verify`], of a capability of three blocks.
    VerifyThreeBlocks,
    /// Like [`Model::Verify`], of a capability of ten blocks.
    VerifyTenBlocks,
    /// A session's time is extended.
    Refresh,
    /// A session is ended, and is gone when the call returns.
    Revoke,
}

impl Model {
    /// Every model, in report order.
    pub const ALL: [Self; 21] = [
        Self::Verify,
        Self::Issue,
        Self::RejectSignature,
        Self::Load,
        Self::VerifyThreeBlocks,
        Self::VerifyTenBlocks,
        Self::Attenuate,
        Self::AttenuateThirdParty,
        Self::Seal,
        Self::Refresh,
        Self::Revoke,
        Self::RejectMissingPart,
        Self::RejectHeader,
        Self::RejectVersion,
        Self::RejectPurpose,
        Self::RejectEncoding,
        Self::RejectExpired,
        Self::VerifyLong,
        Self::RejectLong,
        Self::VerifyHuge,
        Self::RejectHuge,
    ];

    /// The models that are questions of their own and have rankings. The
    /// others answer one question together: what refusing costs.
    pub const RANKED: [Self; 11] = [
        Self::Verify,
        Self::Issue,
        Self::RejectSignature,
        Self::Load,
        Self::VerifyThreeBlocks,
        Self::VerifyTenBlocks,
        Self::Attenuate,
        Self::AttenuateThirdParty,
        Self::Seal,
        Self::Refresh,
        Self::Revoke,
    ];

    /// Whether contenders of `class` can do this at all: capabilities alone are
    /// attenuated, sessions alone are revoked, and an opaque id has no shape
    /// that could be wrong in many ways.
    #[must_use]
    pub const fn applies_to(self, class: Class) -> bool {
        match self {
            Self::VerifyThreeBlocks
            | Self::VerifyTenBlocks
            | Self::Attenuate
            | Self::AttenuateThirdParty
            | Self::Seal => matches!(class, Class::Capability),
            Self::Refresh | Self::Revoke => matches!(class, Class::Session),
            Self::RejectMissingPart
            | Self::RejectHeader
            | Self::RejectVersion
            | Self::RejectPurpose
            | Self::RejectEncoding
            | Self::RejectLong
            | Self::RejectHuge => !matches!(class, Class::Capability | Class::Session),
            // However long its claims are, an id has 43 characters.
            Self::VerifyLong | Self::VerifyHuge => !matches!(class, Class::Session),
            Self::Load | Self::Issue | Self::Verify | Self::RejectSignature | Self::RejectExpired => true,
        }
    }

    /// What a verifier refuses, in the order in which a careful one would
    /// notice; size last.
    pub const REFUSALS: [Self; 9] = [
        Self::RejectMissingPart,
        Self::RejectHeader,
        Self::RejectVersion,
        Self::RejectPurpose,
        Self::RejectEncoding,
        Self::RejectSignature,
        Self::RejectExpired,
        Self::RejectLong,
        Self::RejectHuge,
    ];

    /// The acceptance of a token of the same size, against which a refusal is
    /// held; `None` of what is no refusal.
    #[must_use]
    pub const fn acceptance(self) -> Option<Self> {
        match self {
            Self::Load
            | Self::Issue
            | Self::Verify
            | Self::VerifyLong
            | Self::VerifyHuge
            | Self::Attenuate
            | Self::AttenuateThirdParty
            | Self::Seal
            | Self::VerifyThreeBlocks
            | Self::VerifyTenBlocks
            | Self::Refresh
            | Self::Revoke => None,
            Self::RejectLong => Some(Self::VerifyLong),
            Self::RejectHuge => Some(Self::VerifyHuge),
            Self::RejectSignature
            | Self::RejectMissingPart
            | Self::RejectHeader
            | Self::RejectVersion
            | Self::RejectPurpose
            | Self::RejectEncoding
            | Self::RejectExpired => Some(Self::Verify),
        }
    }

    /// Short stable name; equals the wire form.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Issue => "issue",
            Self::Verify => "verify",
            Self::RejectSignature => "reject-signature",
            Self::RejectMissingPart => "reject-missing-part",
            Self::RejectHeader => "reject-header",
            Self::RejectVersion => "reject-version",
            Self::RejectPurpose => "reject-purpose",
            Self::RejectEncoding => "reject-encoding",
            Self::RejectExpired => "reject-expired",
            Self::VerifyLong => "verify-long",
            Self::RejectLong => "reject-long",
            Self::VerifyHuge => "verify-huge",
            Self::RejectHuge => "reject-huge",
            Self::Attenuate => "attenuate",
            Self::AttenuateThirdParty => "attenuate-third-party",
            Self::Seal => "seal",
            Self::VerifyThreeBlocks => "verify-three-blocks",
            Self::VerifyTenBlocks => "verify-ten-blocks",
            Self::Refresh => "refresh",
            Self::Revoke => "revoke",
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
            Self::RejectMissingPart => "refuse a token without its last part",
            Self::RejectHeader => "refuse a broken header",
            Self::RejectVersion => "refuse another version or algorithm",
            Self::RejectPurpose => "refuse another purpose",
            Self::RejectEncoding => "refuse a payload that is no base64url",
            Self::RejectExpired => "refuse an expired token",
            Self::VerifyLong => "verify a token of 64 KiB",
            Self::RejectLong => "refuse a bad signature on 64 KiB",
            Self::VerifyHuge => "verify a token of 1 MiB",
            Self::RejectHuge => "refuse a bad signature on 1 MiB",
            Self::Attenuate => "append a block",
            Self::AttenuateThirdParty => "append a third party's block",
            Self::Seal => "seal a capability",
            Self::VerifyThreeBlocks => "verify three blocks",
            Self::VerifyTenBlocks => "verify ten blocks",
            Self::Refresh => "refresh a session",
            Self::Revoke => "revoke a session",
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

impl Group {
    /// Stable name of one contender's case, `model/contender/corpus`. The class
    /// is the contender's own and adds nothing.
    #[must_use]
    pub fn case_name(&self, contender: &ContenderId) -> String {
        format!("{}/{contender}/{}", self.model.slug(), self.corpus)
    }
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
    /// JOSE header as JSON with the encrypted key of a JWE, or the literal `v4.public.`.
    pub header_bytes: u32,
    /// Claims as JSON (as plaintext or ciphertext: the length is the same).
    pub payload_bytes: u32,
    /// Nonce of an encrypted token.
    pub nonce_bytes: u32,
    /// Signature or authentication tag; of a session, its id.
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

/// For which reason a contender refuses what a model gives it, seen before
/// anything was timed: a line of `refusals.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// [`REFUSAL_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Who refused.
    pub contender: ContenderId,
    /// What it was given.
    pub model: Model,
    /// Shared reason, by id.
    pub reason: String,
    /// The library's own words.
    pub detail: String,
}

/// What one operation asked of the allocator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocated {
    /// Blocks that were allocated, or grown or shrunk in place.
    pub blocks: u64,
    /// Their lengths together, bytes; a block that changes its length counts anew.
    pub bytes: u64,
    /// The most that was allocated at one time, bytes, beyond what was there before.
    pub peak_bytes: u64,
}

/// The allocations of one contender in one model: a line of `allocations.jsonl`.
///
/// Only Rust's allocator is counted. What a library in C allocates for itself
/// does not pass through it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocationCount {
    /// [`ALLOCATION_COUNT_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Whose operation.
    pub contender: ContenderId,
    /// What it promises.
    pub class: Class,
    /// What an operation covers.
    pub model: Model,
    /// Claim corpus, by name, or `8-kib` for a token just under that length.
    pub corpus: String,
    /// Length of the token, bytes.
    pub token_bytes: u32,
    /// How many operations were counted, one by one.
    pub operations: u32,
    /// The least of each figure among them.
    pub least: Allocated,
    /// The most of each figure among them; equal to `least` where the library
    /// always does the same.
    pub most: Allocated,
}
