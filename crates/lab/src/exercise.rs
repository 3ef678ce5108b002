//! What an exercise is: a verifier with one check missing, a story, three hints,
//! and a script that solves it.

/// One exercise. Its texts are `exercises/<id>.md` and `exercises/<id>.sh`.
#[derive(Clone, Copy, Debug)]
pub struct Exercise {
    /// Stable name, which stands in addresses.
    pub id: &'static str,
    /// What has to be learnt before.
    pub tier: Tier,
    /// The target it is played against, by id.
    pub target: &'static str,
    /// The check that this target lacks: what the hardened twin refuses the token by.
    pub teaches: &'static str,
    /// Its attack in the catalogue, where the lesson is.
    pub attack: &'static str,
    /// Title, story, task, hints and explanation in Markdown.
    pub text: &'static str,
    /// A shell script that solves it, for `LAB` (`http://127.0.0.1:7878`) and
    /// `LEARNER` in its environment.
    pub solution: &'static str,
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
}

impl Tier {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Edit, Self::Keys, Self::Names, Self::Beyond];

    /// Name for readers.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Edit => "Edit the token",
            Self::Keys => "Whose key is it?",
            Self::Names => "Names and numbers",
            Self::Beyond => "Not only JWT",
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

    /// The heading under which hint `number` stands, from 1.
    #[must_use]
    pub fn hint_heading(number: usize) -> String {
        format!("Hint {number}")
    }
}
