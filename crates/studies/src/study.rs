//! What a study is: a question, what it needs of the machine, and a function that answers.

use tokenlab_harness::contender::{IssueError, Missing, SetupError};
use tokenlab_harness::session::StoreError;
use tokenlab_harness::{Rejection, contenders};
use tokenlab_record::study::{BarChart, Form, StudyTable};

/// A study that can be run.
pub struct StudyCard {
    /// Stable name.
    pub id: &'static str,
    /// Name for readers.
    pub title: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// Contenders that it cannot do without, by id: where one can't run here, the study
    /// can't either, and the contender says why.
    pub needs: &'static [&'static str],
    /// Runs it, and says now and then what it is doing.
    pub run: Run,
}

/// Runs a study in a form; the second argument hears what it is doing.
pub type Run = fn(Form, &dyn Fn(&str)) -> Result<Findings, StudyError>;

impl StudyCard {
    /// What this machine lacks for it, with the one command that installs it.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        self.needs.iter().find_map(|id| contenders::named(id)?.missing())
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// How it was measured, a sentence each.
    pub method: Vec<String>,
    /// Charts.
    pub charts: Vec<BarChart>,
    /// Tables.
    pub tables: Vec<StudyTable>,
    /// What follows, a sentence each.
    pub conclusion: Vec<String>,
}

/// Why a study came to no end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// A library can't be loaded.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A token could not be issued.
    #[error("no token was issued: {0}")]
    Issue(#[from] IssueError),
    /// A token that is valid was refused.
    #[error("a valid token was refused: {0}")]
    Refused(Rejection),
    /// A store failed where it should not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A service on loopback can't be started or asked.
    #[error("a service on loopback failed: {0}")]
    Service(String),
    /// What must never happen did.
    #[error("this is wrong and not a finding: {0}")]
    Wrong(String),
}
