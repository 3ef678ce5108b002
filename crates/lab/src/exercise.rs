//! What an exercise is: a verifier with a mistake, a story, three hints and a solution.
//!
//! Most are broken: a token of the learner's gets in. Some are mended: the learner edits
//! the verifier until forgeries stay out and honest tokens still get in.

/// One exercise. Its texts are `exercises/<id>.md` and the files of its [`Task`].
#[derive(Clone, Copy, Debug)]
pub struct Exercise {
    /// Stable name, which stands in addresses.
    pub id: &'static str,
    /// What has to be learnt before.
    pub tier: Tier,
    /// What is to be done.
    pub task: Task,
    /// Its attack in the catalogue, where the lesson is.
    pub attack: &'static str,
    /// Title, story, task, hints and explanation in Markdown.
    pub text: &'static str,
    /// What solves it: of a verifier to break a shell script, for `LAB`
    /// (`http://127.0.0.1:7878`) and `LEARNER` in its environment; of one to mend a patch.
    pub solution: &'static str,
}

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    /// A live verifier has to believe a forged token.
    Break(Break),
    /// A program has to be edited.
    Mend(Mend),
}

/// A live verifier to get into; its solution is `exercises/<id>.sh`.
#[derive(Clone, Copy, Debug)]
pub struct Break {
    /// The target it is played against, by id.
    pub target: &'static str,
    /// The check that this target lacks: what the hardened twin refuses the token by.
    pub teaches: &'static str,
}

/// A program to edit, `exercises/<id>.py`; its solution is `exercises/<id>.patch`.
#[derive(Clone, Copy, Debug)]
pub struct Mend {
    /// What it verifies, as the exchange format writes it.
    pub scheme: &'static str,
    /// Attacks of the catalogue that it has to withstand.
    pub withstands: &'static [&'static str],
    /// Its text, with the mistake.
    pub program: &'static str,
}

/// How far into the subject an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A text editor and base64url.
    Edit,
    /// Whose key, and what for.
    Keys,
    /// Names that lead to keys, and numbers that are none.
    Names,
    /// The same mistakes without JWT.
    Beyond,
    /// The learner's turn to verify.
    Mend,
}

impl Tier {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Edit, Self::Keys, Self::Names, Self::Beyond, Self::Mend];

    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Edit => "Edit the token",
            Self::Keys => "Whose key is it?",
            Self::Names => "Names and numbers",
            Self::Beyond => "Not only JWT",
            Self::Mend => "Mend the verifier",
        }
    }
}

/// How many hints every exercise has.
pub const HINTS: usize = 3;

impl Exercise {
    /// Name for readers: the first heading of its text.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.trim_start_matches('#').trim()
    }

    /// What a live verifier is to be broken by; `None` of one to mend.
    #[must_use]
    pub const fn to_break(&self) -> Option<&Break> {
        match &self.task {
            Task::Break(task) => Some(task),
            Task::Mend(_) => None,
        }
    }

    /// The program to mend; `None` of a live verifier.
    #[must_use]
    pub const fn to_mend(&self) -> Option<&Mend> {
        match &self.task {
            Task::Mend(task) => Some(task),
            Task::Break(_) => None,
        }
    }

    /// The heading under which hint `number` stands, from 1.
    #[must_use]
    pub fn hint_heading(number: usize) -> String {
        format!("Hint {number}")
    }
}
