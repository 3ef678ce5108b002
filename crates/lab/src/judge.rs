//! Whether a token that got in did so by what the exercise teaches.
//!
//! To be believed as the victim is not enough: lessons elsewhere were solved by the
//! wrong attack for years (WebGoat issues 614, 1049 and 1411). The target differs from
//! its hardened twin in one missing check. The same token goes to the twin, and the
//! check that refuses it there is the one whose absence let it in here.

use tokenlab_attacks::attacker::VICTIM;
use tokenlab_attacks::{Budget, Decision, trace};

use crate::exercise::Break;
use crate::live;

/// What came of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Refused, by the check of that name if one can be named.
    Refused(Option<String>),
    /// Believed, but not as the victim.
    Somebody(String),
    /// In as the victim, by the check that the exercise is about.
    Solved,
    /// In as the victim, by another way: the hardened twin refuses it by the check of
    /// that name, or believes it as well.
    Alternative(Option<String>),
}

/// A token sent to an exercise.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// How its target decided.
    pub decision: Decision,
    /// What that comes to.
    pub verdict: Verdict,
}

/// Sends `token` to the target of a task; `None` if that target is gone. Takes as long as
/// two verifications.
#[must_use]
pub fn attempt(task: &Break, token: &str) -> Option<Attempt> {
    let target = live::named(task.target)?;
    let decision = target.submit(token, Budget::default());
    let verdict = match live::user(&decision) {
        None => Verdict::Refused(trace::deciding(&decision.trace, false).map(|check| check.id.clone())),
        Some(VICTIM) => {
            let twin = target.profile().hardened.and_then(live::named)?;
            let refused = twin.submit(token, Budget::default());
            match trace::deciding(&refused.trace, false) {
                Some(check) if check.id == task.teaches => Verdict::Solved,
                other => Verdict::Alternative(other.map(|check| check.id.clone())),
            }
        }
        Some(user) => Verdict::Somebody(user.to_owned()),
    };
    Some(Attempt { decision, verdict })
}

impl Verdict {
    /// The verdict in a sentence, for whoever sent the token.
    #[must_use]
    pub fn sentence(&self, task: &Break) -> String {
        match self {
            Self::Refused(Some(check)) => format!("Refused by the check {check}."),
            Self::Refused(None) => "Refused, and not by a check: the token broke on the way in.".into(),
            Self::Somebody(user) => {
                format!("You are {user}, and the token is fine; this exercise wants {VICTIM}.")
            }
            Self::Solved => format!(
                "Solved. You are {VICTIM}, because this verifier lacks the check {}.",
                task.teaches
            ),
            Self::Alternative(through) => format!(
                "An alternative solve, well found: you are {VICTIM}, and the hardened verifier would have {}. \
                 The exercise is about {}; it is still open.",
                through.as_ref().map_or_else(
                    || "believed it as well".to_owned(),
                    |check| format!("stopped you at {check}")
                ),
                task.teaches
            ),
        }
    }
}
