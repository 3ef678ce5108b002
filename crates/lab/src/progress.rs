//! Who did what, kept through a `kill -9`.
//!
//! A journal: one JSON line for each thing that happened, written before anybody is
//! told of it, and flushed to the disk if it is something to be proud of. What the
//! board shows is computed from the lines, and from nothing else: whatever another
//! program appends, as `tokenlab learn` and `tokenlab class import` do, is found at the
//! next look. A line that was cut off by a crash is completed to a damaged one and left
//! behind; every other line counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::learner::Learner;

/// Schema of a line.
const SCHEMA: &str = "tokenlab.progress/1";

/// More learners than any class has: names come from addresses, which a scanner
/// invents by the thousand.
pub const MOST_LEARNERS: usize = 1000;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A token was sent and did not get in as the victim.
    Tried,
    /// A hint was opened, from 1.
    Hint {
        /// Which.
        number: u8,
    },
    /// Solved by the check that the exercise is about.
    Solved,
    /// Got in through another check.
    Alternative {
        /// Its name.
        through: String,
    },
    /// Begun anew.
    Reset,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    schema: String,
    /// Seconds since 1970.
    at: i64,
    pub(crate) learner: Learner,
    exercise: String,
    #[serde(flatten)]
    event: Event,
}

impl Line {
    /// A line of the journal; `None` if it is damaged or of another schema.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let line = serde_json::from_str::<Self>(text).ok()?;
        (line.schema == SCHEMA).then_some(line)
    }
}

/// How one learner stands with one exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Tokens sent, all in all.
    pub tries: u32,
    /// When the last one was, in seconds since 1970.
    pub last_try: Option<i64>,
    /// Hints opened.
    pub hints: u8,
    /// When it was solved.
    pub solved_at: Option<i64>,
    /// Other ways in that were found.
    pub alternatives: BTreeSet<String>,
}

impl Standing {
    fn apply(&mut self, at: i64, event: &Event) {
        if matches!(event, Event::Tried | Event::Solved | Event::Alternative { .. }) {
            self.tries = self.tries.saturating_add(1);
            self.last_try = Some(at);
        }
        match event {
            Event::Tried => {}
            Event::Hint { number } => self.hints = self.hints.max(*number),
            Event::Solved => self.solved_at = self.solved_at.or(Some(at)),
            Event::Alternative { through } => {
                self.alternatives.insert(through.clone());
            }
            Event::Reset => *self = Self::default(),
        }
    }
}

/// Standings by learner and exercise.
pub type Board = BTreeMap<Learner, BTreeMap<String, Standing>>;

/// The journal and what follows from it.
pub struct Progress {
    state: Mutex<State>,
}

struct State {
    /// Opened for appending.
    journal: File,
    /// Opened for reading; it stands behind the last line that was counted.
    reader: File,
    /// What was read of a line that has no end yet.
    rest: Vec<u8>,
    board: Board,
    damaged: usize,
}

impl State {
    /// Counts what was appended since the last time, by whomever.
    fn catch_up(&mut self) -> io::Result<()> {
        self.reader.read_to_end(&mut self.rest)?;
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(());
        };
        let lines: Vec<u8> = self.rest.drain(..=end).collect();
        for line in String::from_utf8_lossy(&lines).lines() {
            match Line::read(line) {
                Some(line) => {
                    let exercises = self.board.entry(line.learner).or_default();
                    let standing = exercises.entry(line.exercise).or_default();
                    standing.apply(line.at, &line.event);
                }
                None => self.damaged += 1,
            }
        }
        Ok(())
    }
}

/// What a journal can't do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgressError {
    /// The file can't be opened, read or written.
    #[error("cannot keep progress in {}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line could not be written.
    #[error("the lab cannot write to its disk, so nothing would be kept of this: {0}")]
    Write(#[from] io::Error),
    /// [`MOST_LEARNERS`] names are in use.
    #[error("there are {MOST_LEARNERS} learners already; restart with another folder for a new class")]
    Full,
}

impl Progress {
    /// Opens the journal, a new one if there is none. The number is that of lines
    /// that could not be read; they stay in the file.
    ///
    /// # Errors
    /// [`ProgressError::File`].
    pub fn open(path: &Path) -> Result<(Self, usize), ProgressError> {
        let failed = |source| ProgressError::File {
            path: path.to_owned(),
            source,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut journal = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(failed)?;
        let text = fs::read(path).map_err(failed)?;
        if text.last().is_some_and(|last| *last != b'\n') {
            journal.write_all(b"\n").map_err(failed)?;
        }
        let mut state = State {
            journal,
            reader: File::open(path).map_err(failed)?,
            rest: Vec::new(),
            board: Board::new(),
            damaged: 0,
        };
        state.catch_up().map_err(failed)?;
        let damaged = state.damaged;
        let state = Mutex::new(state);
        Ok((Self { state }, damaged))
    }

    /// Writes down what happened, and says how the learner stands after it.
    ///
    /// # Errors
    /// [`ProgressError::Write`] and [`ProgressError::Full`]; nothing is counted then.
    pub fn record(
        &self,
        at: i64,
        learner: &Learner,
        exercise: &str,
        event: Event,
    ) -> Result<Standing, ProgressError> {
        let line = Line {
            schema: SCHEMA.into(),
            at,
            learner: learner.clone(),
            exercise: exercise.to_owned(),
            event,
        };
        let mut text = serde_json::to_string(&line).map_err(io::Error::from)?;
        text.push('\n');
        let mut state = self.state();
        if state.board.len() >= MOST_LEARNERS && !state.board.contains_key(learner) {
            return Err(ProgressError::Full);
        }
        state.journal.write_all(text.as_bytes())?;
        if line.event != Event::Tried {
            state.journal.sync_data()?;
        }
        state.catch_up()?;
        let exercises = state.board.get(learner);
        let standing = exercises.and_then(|exercises| exercises.get(exercise));
        Ok(standing.cloned().unwrap_or_default())
    }

    /// How everybody stands.
    #[must_use]
    pub fn board(&self) -> Board {
        self.state().board.clone()
    }

    /// How one learner stands, by exercise.
    #[must_use]
    pub fn of(&self, learner: &Learner) -> BTreeMap<String, Standing> {
        self.state().board.get(learner).cloned().unwrap_or_default()
    }

    /// Everything that is known by now. What can't be read at the moment is read next time.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let _later = state.catch_up();
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Learner {
        Learner::try_from("ada".to_owned()).unwrap()
    }

    #[test]
    fn what_was_recorded_is_there_after_the_process_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/progress.jsonl");
        let (progress, damaged) = Progress::open(&path).unwrap();
        assert_eq!(damaged, 0);
        progress.record(10, &ada(), "alg-none", Event::Tried).unwrap();
        progress
            .record(20, &ada(), "alg-none", Event::Hint { number: 1 })
            .unwrap();
        let through = "signature".to_owned();
        progress
            .record(30, &ada(), "alg-none", Event::Alternative { through })
            .unwrap();
        let last = progress.record(40, &ada(), "alg-none", Event::Solved).unwrap();
        progress.record(50, &ada(), "alg-none", Event::Tried).unwrap();
        let expected = Standing {
            tries: 4,
            last_try: Some(50),
            hints: 1,
            solved_at: Some(40),
            alternatives: BTreeSet::from(["signature".to_owned()]),
        };
        assert_eq!(last.tries, 3);
        // Nothing is closed: the file alone has to do.
        let (again, damaged) = Progress::open(&path).unwrap();
        assert_eq!(
            (again.of(&ada()).remove("alg-none"), damaged),
            (Some(expected), 0)
        );
        again.record(60, &ada(), "alg-none", Event::Reset).unwrap();
        assert_eq!(again.of(&ada()).remove("alg-none"), Some(Standing::default()));
    }

    #[test]
    fn what_another_program_appends_is_found_at_the_next_look() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.jsonl");
        let (server, _) = Progress::open(&path).unwrap();
        let (command, _) = Progress::open(&path).unwrap();
        command.record(1, &ada(), "mend-none", Event::Tried).unwrap();
        assert_eq!(server.of(&ada()).len(), 1);
        let after = server.record(2, &ada(), "mend-none", Event::Solved).unwrap();
        assert_eq!((after.tries, after.solved_at), (2, Some(2)));
        assert_eq!(command.board(), server.board());
    }

    #[test]
    fn a_line_counts_once_all_of_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.jsonl");
        let (server, _) = Progress::open(&path).unwrap();
        server.record(1, &ada(), "zeros", Event::Tried).unwrap();
        let line = fs::read_to_string(&path).unwrap();
        let (begun, rest) = line.split_at(20);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        let tries = || server.of(&ada()).remove("zeros").unwrap().tries;
        file.write_all(begun.as_bytes()).unwrap();
        assert_eq!(tries(), 1, "half of a line");
        file.write_all(rest.as_bytes()).unwrap();
        assert_eq!(tries(), 2, "the whole line");
    }

    #[test]
    fn a_line_that_was_cut_off_costs_itself_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.jsonl");
        let (progress, _) = Progress::open(&path).unwrap();
        progress.record(1, &ada(), "alg-none", Event::Solved).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{}", whole.get(..20).unwrap())).unwrap();
        let (again, damaged) = Progress::open(&path).unwrap();
        assert_eq!(damaged, 1);
        again.record(2, &ada(), "zeros", Event::Solved).unwrap();
        let (third, damaged) = Progress::open(&path).unwrap();
        assert_eq!((third.of(&ada()).len(), damaged), (2, 1));
    }

    #[test]
    fn a_scanner_that_invents_names_is_stopped_and_a_learner_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (progress, _) = Progress::open(&folder.path().join("progress.jsonl")).unwrap();
        for number in 0..MOST_LEARNERS {
            let name = Learner::try_from(format!("n{number}")).unwrap();
            progress.record(1, &name, "zeros", Event::Tried).unwrap();
        }
        assert!(matches!(
            progress.record(1, &ada(), "zeros", Event::Tried),
            Err(ProgressError::Full)
        ));
        let first = Learner::try_from("n0".to_owned()).unwrap();
        assert_eq!(
            progress.record(2, &first, "zeros", Event::Tried).unwrap().tries,
            2
        );
    }
}
