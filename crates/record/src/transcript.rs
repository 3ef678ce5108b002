//! One attack against one target, written down so that it can be shown again.
//!
//! The transcript is the single source of the terminal replay, the web lab,
//! the report and the tests: one format, many readers.

use serde::{Deserialize, Serialize};

/// Schema tag of [`Transcript`].
pub const TRANSCRIPT_SCHEMA: &str = "tokenlab.transcript/1";

/// Where in a verifier a check sits, in the order a careful verifier works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Number of parts, length.
    Shape,
    /// base64url, JSON.
    Encoding,
    /// Algorithm, version and purpose.
    Header,
    /// Which key, found how.
    KeyChoice,
    /// Signature or authentication tag.
    Signature,
    /// Issuer, audience, times.
    Claims,
    /// What the application does with the result.
    Application,
}

impl Stage {
    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Encoding => "encoding",
            Self::Header => "header",
            Self::KeyChoice => "key choice",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Application => "application",
        }
    }
}

/// What became of a check in one decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// It refused the token: this is the deciding check.
    Fired,
    /// It looked and found nothing wrong.
    Passed,
    /// An earlier check had already refused.
    Skipped,
    /// This verifier does not have it. Teaches most of all.
    Absent,
}

/// One line of a decision trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceEntry {
    /// Stable name of the check, `algorithm-allow-list`.
    pub id: String,
    /// Where it sits.
    pub stage: Stage,
    /// What became of it.
    pub result: CheckResult,
    /// What it saw, in one sentence; empty when there is nothing to add.
    pub detail: String,
    /// Source file of the deciding or missing code, from the repository root.
    pub file: String,
    /// Line in that file.
    pub line: u32,
}

/// The outcome of one forgery, or of a whole cell of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The target believed the forged claims.
    Accepted {
        /// Claims the target returned, as JSON.
        claims: serde_json::Value,
    },
    /// The target refused.
    Rejected {
        /// Shared reason, by id.
        reason: String,
        /// The target's own words.
        detail: String,
    },
    /// The attack can't be expressed here; a different thing from being blocked.
    Inapplicable {
        /// Why, in one sentence.
        why: String,
    },
    /// The target used up its budget of time or memory.
    Exhausted {
        /// Which budget, and how far it got.
        detail: String,
    },
    /// The target crashed.
    Panicked {
        /// The panic message.
        detail: String,
    },
    /// The target believed nothing and yet told a secret, by its answers or by
    /// the time they took.
    Leaked {
        /// What came out, and how it was read.
        detail: String,
    },
}

impl Verdict {
    /// Wire name of the kind: `accepted`, `rejected`...
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::Inapplicable { .. } => "inapplicable",
            Self::Exhausted { .. } => "exhausted",
            Self::Panicked { .. } => "panicked",
            Self::Leaked { .. } => "leaked",
        }
    }
}

impl Transcript {
    /// The entry of the trace that decided: the one that fired, or is absent,
    /// under the name in [`Transcript::decided_by`].
    #[must_use]
    pub fn deciding(&self) -> Option<&TraceEntry> {
        let name = self.decided_by.as_deref()?;
        self.trace.iter().find(|entry| {
            entry.id == name && matches!(entry.result, CheckResult::Fired | CheckResult::Absent)
        })
    }

    /// The outcome and what decided it, without the way there: a twentieth of the
    /// bytes, for the many cells that say what another has shown in full. A replay
    /// makes the rest again.
    #[must_use]
    pub fn abridged(&self) -> Self {
        Self {
            sample_token: String::new(),
            token: String::new(),
            steps: Vec::new(),
            diff: Vec::new(),
            trace: self.deciding().cloned().into_iter().collect(),
            ..self.clone()
        }
    }

    /// Whether the way to the outcome is not in here.
    #[must_use]
    pub const fn is_abridged(&self) -> bool {
        self.steps.is_empty()
    }

    /// How much longer the forged token took than the honest one; `None` where
    /// the honest one was not timed.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // a ratio, shown to three figures
    pub fn cost_ratio(&self) -> Option<f64> {
        let honest = self.honest_ns.filter(|honest| *honest > 0)?;
        Some(self.elapsed_ns as f64 / honest as f64)
    }
}

/// What counts as success for one forgery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// To be taken for the victim.
    #[default]
    Victim,
    /// To be believed at all: the token is one that should not be.
    Belief,
}

/// What the theory says before anything is tried: computed from the weaknesses
/// of the target and what the attack breaks, never tabulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// The attack breaks a weakness that the target has.
    Accepted,
    /// It does not.
    Rejected,
    /// The attack can't be expressed against this target.
    Inapplicable,
    /// The weakness is one of cost: the target uses up its budget.
    Exhausted,
    /// The weakness is a crash.
    Panicked,
    /// The weakness gives a secret away.
    Leaked,
}

impl Expected {
    /// Whether `observed` is what was expected.
    #[must_use]
    pub const fn agrees_with(self, observed: &Verdict) -> bool {
        matches!(
            (self, observed),
            (Self::Accepted, Verdict::Accepted { .. })
                | (Self::Rejected, Verdict::Rejected { .. })
                | (Self::Inapplicable, Verdict::Inapplicable { .. })
                | (Self::Exhausted, Verdict::Exhausted { .. })
                | (Self::Panicked, Verdict::Panicked { .. })
                | (Self::Leaked, Verdict::Leaked { .. })
        )
    }
}

/// One step an attacker took, in the order of the taking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What was done, as a sentence.
    pub action: String,
    /// What came of it: a header, a key, a token. May be empty.
    pub artefact: String,
}

/// One part of a token before and after the forging.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartDiff {
    /// `header`, `payload`, `signature`, `footer`.
    pub part: String,
    /// Decoded text of the honest token's part.
    pub before: String,
    /// Decoded text of the forged token's part.
    pub after: String,
}

/// One forgery against one target: a line of `transcripts.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// [`TRANSCRIPT_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// Attack id.
    pub attack: String,
    /// Target id.
    pub target: String,
    /// Which of the attack's forgeries, `none` or `nOnE`.
    pub variant: String,
    /// Set when the forgery is the nearest thing to the attack that this
    /// family can express: what was changed and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analogue: Option<String>,
    /// The attacker's own honest token that the forgery started from; empty in
    /// an abridged transcript.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sample_token: String,
    /// The forged token; empty when nothing could be forged, and in an abridged
    /// transcript.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token: String,
    /// What the attacker did; empty in an abridged transcript.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Honest against forged, part by part; empty in an abridged transcript.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diff: Vec<PartDiff>,
    /// How the target decided; in an abridged transcript, the entry that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<TraceEntry>,
    /// Name of the check that decided: the one that fired, or the absent one
    /// that let the forgery through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// What the forgery was meant to bring about.
    #[serde(default)]
    pub goal: Goal,
    /// What the target did.
    pub verdict: Verdict,
    /// What the whole cell was expected to come to.
    pub expected: Expected,
    /// Whether the cell came out as expected.
    pub agrees: bool,
    /// Wall time of the submission, nanoseconds.
    pub elapsed_ns: u64,
    /// Wall time of the honest token at the same target, nanoseconds; measured
    /// where cost is the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub honest_ns: Option<u64>,
}
