//! The attack seam: from what an outsider knows to forged tokens.

use tokenlab_record::catalogue::AttackCard;
pub use tokenlab_record::transcript::Goal;

use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::mint::MintError;
use crate::notebook::Notebook;

/// One published class of attack.
pub trait Attack: Send + Sync {
    /// What it is, whom it bit, which weaknesses it breaks.
    fn profile(&self) -> &'static AttackProfile;

    /// Forges tokens for the target behind `view`, and notes how.
    ///
    /// # Errors
    /// [`CannotForge`] if the attack has no place in the target's scheme; the
    /// nearest things that can be expressed are inside, to be tried all the same.
    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge>;
}

impl<'a> dyn Attack + 'a {
    /// Stable name.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.profile().id
    }

    /// The card for records.
    #[must_use]
    pub fn card(&self) -> AttackCard {
        self.profile().card()
    }
}

/// A token that the issuer never issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgery {
    /// Which of the attack's forgeries, kebab-case unless the point is the case.
    pub variant: String,
    /// The token.
    pub token: String,
    /// Set when this is the nearest thing to the attack that the family can
    /// express: what was changed and why.
    pub analogue: Option<String>,
    /// What it is meant to bring about.
    pub goal: Goal,
    /// Set when the forging itself brought a secret out: which, and how it was
    /// read from the target's answers.
    pub leak: Option<String>,
}

impl Forgery {
    /// A forgery that is the attack itself.
    pub fn new(variant: impl Into<String>, token: String) -> Self {
        Self {
            variant: variant.into(),
            token,
            analogue: None,
            goal: Goal::Victim,
            leak: None,
        }
    }

    /// The nearest thing to the attack, with what was changed and why.
    pub fn analogue(variant: impl Into<String>, token: String, why: impl Into<String>) -> Self {
        Self {
            variant: variant.into(),
            token,
            analogue: Some(why.into()),
            ..Self::new("", String::new())
        }
    }

    /// A forgery that has reached its goal if it is believed at all: a token
    /// that the issuer did issue, and that should not be taken any more, or
    /// here, or in this spelling.
    #[must_use]
    pub fn to_be_believed(self) -> Self {
        Self {
            goal: Goal::Belief,
            ..self
        }
    }

    /// A secret that came out while forging; the token is the one that was
    /// sent last.
    #[must_use]
    pub fn with_leak(self, leak: impl Into<String>) -> Self {
        Self {
            leak: Some(leak.into()),
            ..self
        }
    }
}

/// Why an attack came to nothing before it reached the target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CannotForge {
    /// The scheme has no place for the attack. That is not a defence and is
    /// not counted as one.
    #[error("{why}")]
    Inexpressible {
        /// Why, in one sentence.
        why: String,
        /// The nearest things that can be expressed, tried all the same.
        tried: Vec<Forgery>,
    },
    /// The forging itself went wrong, which says nothing about the target.
    #[error("the forging failed: {0}")]
    Failed(String),
}

impl CannotForge {
    /// Whether the scheme, and not a mishap, is the reason.
    #[must_use]
    pub const fn is_inexpressible(&self) -> bool {
        matches!(self, Self::Inexpressible { .. })
    }
}

impl From<MintError> for CannotForge {
    fn from(error: MintError) -> Self {
        Self::Failed(error.to_string())
    }
}
