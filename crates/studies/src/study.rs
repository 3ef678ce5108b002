//! What a study is: a question, what it needs of the machine, and a function that answers.

use tokenlab_harness::contender::{IssueError, SetupError};
use tokenlab_harness::session::StoreError;
use tokenlab_harness::{Rejection, contenders};
use tokenlab_record::study::{BarChart, Form, StudyTable};

use crate::deployment::node::NodeProgram;

/// A study that can be run.
pub struct StudyCard {
    /// Stable name.
    pub id: &'static str,
    /// Name for readers.
    pub title: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// What it cannot do without: where something is missing, the study can't run.
    pub needs: &'static [Need],
    /// Runs it.
    pub run: fn(&Stage<'_>) -> Result<Findings, StudyError>,
}

/// What a study can't do without.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// A contender, by id, which says itself what it lacks.
    Contender(&'static str),
    /// A program or a library of the system.
    Tool(&'static Tool),
}

/// A program or a library of the system.
#[derive(Debug)]
pub struct Tool {
    /// What it is called.
    pub what: &'static str,
    /// The one command that installs it.
    pub remedy: &'static str,
    /// Whether the system has it.
    pub is_here: fn() -> bool,
}

/// What a study is run with.
pub struct Stage<'a> {
    /// How much is run.
    pub form: Form,
    /// What a process of a service is started by.
    pub node: &'a NodeProgram,
    /// Hears now and then what the study is doing.
    pub say: &'a dyn Fn(&str),
}

impl StudyCard {
    /// What this machine lacks for it, with the one command that installs it.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        self.needs.iter().find_map(|need| match need {
            Need::Contender(id) => Some(contenders::named(id)?.missing()?.to_string()),
            Need::Tool(tool) => (!(tool.is_here)())
                .then(|| format!("it needs {}, which is not here; {}", tool.what, tool.remedy)),
        })
    }
}

impl Stage<'_> {
    /// Says what is being done.
    pub fn say(&self, what: &str) {
        (self.say)(what);
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
