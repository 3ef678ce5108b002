//! Official test vectors, through every contender that implements their scheme.
//!
//! A module for each family reads files out of a folder that its caller names
//! and yields [`Outcome`]s. Every contender goes through
//! [`Contender::codec`](crate::Contender::codec), so what is tried is the
//! library, without claims, policy or clock. Where a library does not say what
//! the vectors say, that is a deviation; each one was looked at and stands with
//! its reason in one table, [`audit`] holds the two against each other, and
//! nothing is skipped in silence.

pub mod biscuit;
mod packages;
pub mod paserk;
pub mod paseto;
mod reviewed;
pub mod wycheproof;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use serde::de::DeserializeOwned;
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::vectors::{VECTORS_SCHEMA, VectorDeviation, VectorSummary};

pub use self::packages::package_folder;
use self::reviewed::{REVIEWED, Reviewed};

/// What was made of one case by one contender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Suite, `PASETO v4`.
    pub suite: String,
    /// Case, as the vectors name it; ` sealed` behind it where a token was made
    /// instead of opened.
    pub case: String,
    /// Wire scheme, `paseto.v4.local`.
    pub scheme: String,
    /// Whose answer.
    pub contender: ContenderId,
    /// Whether the vectors call the case valid.
    pub valid: bool,
    /// What the contender made of it.
    pub observed: Observed,
}

/// What a contender made of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// It accepted, and what it gave is what the vectors hold.
    Accepted,
    /// It refused, in these words.
    Refused(String),
    /// It refused for another reason than the vectors give: which, in words.
    RefusedOtherwise(String),
    /// It accepted, and gave something else: what, in words.
    Differed(String),
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Refused(words) => write!(f, "refused: {words}"),
            Self::RefusedOtherwise(words) => write!(f, "refused for another reason: {words}"),
            Self::Differed(what) => write!(f, "accepted with another result: {what}"),
        }
    }
}

impl Outcome {
    /// Whether the contender says what the vectors say.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        match self.observed {
            Observed::Accepted => self.valid,
            Observed::Refused(_) => !self.valid,
            Observed::RefusedOtherwise(_) | Observed::Differed(_) => false,
        }
    }

    /// What the vectors say.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        if self.valid { "accepted" } else { "refused" }
    }

    /// Why this deviation stands, if it is one that was looked at.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.reason_in(REVIEWED)
    }

    fn reason_in(&self, reviewed: &[Reviewed]) -> Option<&'static str> {
        let entry = reviewed.iter().find(|entry| entry.is_about(self));
        entry.filter(|_| !self.agrees()).map(|entry| entry.reason)
    }
}

/// Vectors that can't be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VectorError {
    /// A file that can't be read.
    #[error("cannot read {path}: {source}", path = .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the file system says.
        source: io::Error,
    },
    /// A file that holds something else than vectors.
    #[error("cannot use {path}: {problem}", path = .path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong, and in which case.
        problem: String,
    },
    /// A folder without any of the files.
    #[error("no vectors in {folder}: want {wanted}", folder = .folder.display())]
    Missing {
        /// Which.
        folder: PathBuf,
        /// The names of the files.
        wanted: &'static str,
    },
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, VectorError> {
    let text = fs::read(path).map_err(|source| VectorError::Read {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_slice(&text).map_err(|error| VectorError::Content {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

/// The outcomes as lines for the record, one for each suite, scheme and
/// contender, in that order.
#[must_use]
pub fn summarize(run: &str, outcomes: &[Outcome]) -> Vec<VectorSummary> {
    let mut groups: BTreeMap<(&str, &str, &ContenderId), (u32, Vec<VectorDeviation>)> = BTreeMap::new();
    for outcome in outcomes {
        let key = (
            outcome.suite.as_str(),
            outcome.scheme.as_str(),
            &outcome.contender,
        );
        let (passed, deviations) = groups.entry(key).or_default();
        if outcome.agrees() {
            *passed += 1;
        } else {
            deviations.push(VectorDeviation {
                case: outcome.case.clone(),
                expected: outcome.expected().to_owned(),
                observed: outcome.observed.to_string(),
                reason: outcome.reason().map(str::to_owned),
            });
        }
    }
    let lines = groups.into_iter();
    lines
        .map(
            |((suite, scheme, contender), (passed, deviations))| VectorSummary {
                schema: VECTORS_SCHEMA.to_owned(),
                run: run.to_owned(),
                suite: suite.to_owned(),
                scheme: scheme.to_owned(),
                contender: contender.clone(),
                passed,
                deviations,
            },
        )
        .collect()
}

/// What is wrong with these outcomes: deviations that nobody has looked at, and
/// reviewed ones that no longer happen in a suite that was run. Empty is good.
#[must_use]
pub fn audit(outcomes: &[Outcome]) -> Vec<String> {
    audit_by(REVIEWED, outcomes)
}

fn audit_by(reviewed: &[Reviewed], outcomes: &[Outcome]) -> Vec<String> {
    let unreviewed = outcomes
        .iter()
        .filter(|outcome| !outcome.agrees() && outcome.reason_in(reviewed).is_none())
        .map(|outcome| {
            format!(
                "{} {}: {} {}, want {}",
                outcome.suite,
                outcome.case,
                outcome.contender,
                outcome.observed,
                outcome.expected()
            )
        });
    let run: BTreeSet<(&str, &str)> = outcomes
        .iter()
        .map(|outcome| (outcome.suite.as_str(), outcome.contender.as_str()))
        .collect();
    let settled = reviewed
        .iter()
        .filter(|entry| run.iter().any(|(suite, contender)| entry.is_of(suite, contender)))
        .filter(|entry| {
            let mut deviations = outcomes.iter().filter(|outcome| !outcome.agrees());
            !deviations.any(|outcome| entry.is_about(outcome))
        })
        .map(|entry| {
            format!(
                "{} {}: {} no longer deviates, yet it is reviewed as {:?}",
                entry.suite, entry.cases, entry.contender, entry.reason
            )
        });
    unreviewed.chain(settled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(valid: bool, observed: Observed) -> Outcome {
        Outcome {
            suite: "PASETO v4".into(),
            case: "4-E-1".into(),
            scheme: "paseto.v4.local".into(),
            contender: ContenderId::new("nobody/v4.local"),
            valid,
            observed,
        }
    }

    #[test]
    fn to_give_something_else_is_to_deviate_whatever_the_vectors_say() {
        let refused = || Observed::Refused("no".into());
        let differed = || Observed::Differed("another payload".into());
        for (valid, observed, agrees) in [
            (true, Observed::Accepted, true),
            (true, refused(), false),
            (true, differed(), false),
            (false, Observed::Accepted, false),
            (false, refused(), true),
            (false, differed(), false),
        ] {
            let outcome = outcome(valid, observed);
            assert_eq!(outcome.agrees(), agrees, "{outcome:?}");
            let problems = audit(std::slice::from_ref(&outcome));
            assert_eq!(problems.is_empty(), agrees, "{problems:?}");
            let [summary] = &summarize("run", &[outcome])[..] else {
                panic!("one group, one line");
            };
            assert_eq!(
                (summary.passed, summary.deviations.len() == 1),
                (agrees.into(), !agrees)
            );
            assert_eq!(summary.cases(), 1);
        }
    }

    #[test]
    fn a_reviewed_deviation_stands_until_it_no_longer_happens() {
        let entry = |contender| {
            [Reviewed {
                suite: "PASETO v4",
                cases: "4-E-*",
                contender,
                lenient: false,
                reason: "nobody is nobody",
            }]
        };
        let reviewed = entry("nobody/v4.local");
        let deviating = [outcome(true, Observed::Refused("no".into()))];
        let agreeing = [outcome(true, Observed::Accepted)];
        assert_eq!(deviating[0].reason_in(&reviewed), Some("nobody is nobody"));
        assert_eq!(agreeing[0].reason_in(&reviewed), None);
        assert_eq!(audit_by(&reviewed, &deviating), [""; 0]);
        assert_eq!(
            audit_by(&reviewed, &agreeing),
            [
                "PASETO v4 4-E-*: nobody/v4.local no longer deviates, yet it is reviewed as \"nobody is nobody\""
            ]
        );
        // Of a contender or a suite that was not run, nothing is said.
        assert_eq!(audit_by(&entry("somebody/v4.local"), &agreeing), [""; 0]);
        assert_eq!(
            audit_by(&entry("somebody/v4.local"), &deviating),
            ["PASETO v4 4-E-1: nobody/v4.local refused: no, want accepted"]
        );
    }
}
