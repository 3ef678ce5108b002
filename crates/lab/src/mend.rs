//! Whether a verifier that a learner has edited is mended: forgeries stay out, and
//! honest tokens still get in.
//!
//! The program is somebody else's and is asked from outside, as `tokenlab attack run
//! --against` asks; who carries the question to it is the caller's business. Nothing of
//! its text is looked at: what it does is what counts.

use std::sync::Arc;

use tokenlab_attacks::outside::{OutsideTarget, Reply, Verifier};
use tokenlab_attacks::{Scheme, catalogue, replay, targets};
use tokenlab_record::transcript;

use crate::exercise::Mend;

/// One question to the program, and whether the answer is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it was asked about.
    pub what: String,
    /// What is wrong with the answer; `None` of a right one.
    pub problem: Option<String>,
}

/// Everything that the program was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// Tokens that everybody has to judge as the libraries do.
    pub plain: Vec<Finding>,
    /// Attacks.
    pub attacks: Vec<Finding>,
}

impl Examination {
    /// Whether every answer is right.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.all().all(|finding| finding.problem.is_none())
    }

    /// Every question, in the order in which they were asked.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.plain.iter().chain(&self.attacks)
    }
}

/// Asks `verifier` about honest tokens, changed ones, and those of every attack that the
/// task names. `None` if the task's scheme is gone.
#[must_use]
pub fn examine(task: &Mend, verifier: Arc<dyn Verifier>) -> Option<Examination> {
    let setting = targets::outside(Scheme::from_wire(task.scheme)?)?;
    let specimens = setting.specimens();
    let target = setting.target(verifier);
    let plain = specimens.iter().map(|specimen| Finding {
        what: format!("a token {}", specimen.what),
        problem: misjudged(target.ask(&specimen.token), specimen.subject.as_deref()),
    });
    let plain = plain.collect();
    let attacks = task.withstands.iter().copied();
    Some(Examination {
        plain,
        attacks: attacks.map(|attack| attacked(attack, &target)).collect(),
    })
}

/// What is wrong with the answer about a token of `subject`, or about one that nobody may
/// believe.
fn misjudged(reply: Reply, subject: Option<&str>) -> Option<String> {
    match (reply, subject) {
        (Reply::Believed(claims), Some(subject)) => {
            let said = claims.as_ref().and_then(|claims| claims.get("sub")?.as_str());
            (said != Some(subject)).then(|| {
                format!(
                    "it is {subject:?}'s, and the program says {}",
                    said.map_or_else(|| "nobody's".to_owned(), |said| format!("{said:?}'s"))
                )
            })
        }
        (Reply::Refused(words), Some(_)) => {
            Some(format!("it is honest, and the program refuses it: {words}"))
        }
        (Reply::Refused(_), None) => None,
        (Reply::Believed(_) | Reply::Divided(..), None) => Some("the program believes it".into()),
        (
            Reply::Divided(_, words)
            | Reply::Unsupported(words)
            | Reply::Exhausted(words)
            | Reply::Crashed(words)
            | Reply::Unclear(words),
            _,
        ) => Some(words),
    }
}

fn attacked(id: &str, target: &OutsideTarget) -> Finding {
    let problem = match catalogue::named(id) {
        None => Some("the catalogue has no such attack".into()),
        Some(attack) => match replay::cell(attack, target).cell.verdict {
            transcript::Verdict::Rejected { .. } | transcript::Verdict::Inapplicable { .. } => None,
            transcript::Verdict::Exhausted { detail }
            | transcript::Verdict::Panicked { detail }
            | transcript::Verdict::Leaked { detail } => Some(detail),
            _ => Some("the program believes a forged token".into()),
        },
    };
    Finding {
        what: format!("the attack {id}"),
        problem,
    }
}
