//! A study: a claim about the life of a token that was run, with its numbers and what
//! follows from them.
//!
//! A study is not a ranking: it measures systems, a server or a store, and says on what.
//! Its sentences are made by whoever ran it, of the numbers that stand beside them.

use serde::{Deserialize, Serialize};

use crate::catalogue::Family;
use crate::environment::Environment;
use crate::stats::Interval;

/// Schema tag of [`Study`].
pub const STUDY_SCHEMA: &str = "tokenlab.study/1";

/// How much was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Form {
    /// As much as shows that the study works; its numbers are rough.
    Short,
    /// All of it.
    Full,
}

impl Form {
    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Short => "short form, its numbers are rough",
            Self::Full => "full form",
        }
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unit {
    /// Time of one operation, nanoseconds.
    Nanoseconds,
    /// Memory or length.
    Bytes,
    /// Things: requests, tokens.
    Count,
    /// A part of a whole, 0 to 1.
    Share,
}

/// A study that was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// [`STUDY_SCHEMA`].
    pub schema: String,
    /// Stable name.
    pub id: String,
    /// Name for readers.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// How much was run.
    pub form: Form,
    /// The command that runs it again.
    pub command: String,
    /// Machine and build.
    pub environment: Environment,
    /// How long it took, seconds.
    pub elapsed_s: f64,
    /// How it was measured, a sentence each.
    pub method: Vec<String>,
    /// Charts.
    pub charts: Vec<BarChart>,
    /// Tables.
    pub tables: Vec<StudyTable>,
    /// What follows, a sentence each.
    pub conclusion: Vec<String>,
}

/// Quantities of one unit beside each other, as bars from nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarChart {
    /// Stable name within the study.
    pub name: String,
    /// What is shown.
    pub title: String,
    /// Of what, on which axis.
    pub subtitle: String,
    /// What the axis counts.
    pub unit: Unit,
    /// The bars, in order.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// Whose; of what is nobody's, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Family>,
    /// How long it is, with its 95 % interval.
    pub value: Interval,
}

/// Rows of fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyTable {
    /// What it holds.
    pub caption: String,
    /// Names of the columns.
    pub heads: Vec<String>,
    /// The rows, as wide as the heads.
    pub rows: Vec<Vec<Field>>,
}

/// One field of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Words.
    Text(String),
    /// A number and what it counts.
    Number(f64, Unit),
}

impl Field {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number of things.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // counts are far below 2^52
    pub const fn count(count: u64) -> Self {
        Self::Number(count as f64, Unit::Count)
    }

    /// A number of bytes.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // lengths are far below 2^52
    pub const fn bytes(bytes: u64) -> Self {
        Self::Number(bytes as f64, Unit::Bytes)
    }
}
