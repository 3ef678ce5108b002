//! Profiles: what attacks and targets say of themselves, in types; cards are
//! the same in text, for records.

use tokenlab_record::catalogue::{AttackCard, Reference, TargetCard, TargetKind};

use crate::scheme::Scheme;
use crate::weakness::Weakness;

/// What an attack says of itself.
#[derive(Debug)]
pub struct AttackProfile {
    /// Stable name, which is also the name of its files.
    pub id: &'static str,
    /// Name for readers.
    pub title: &'static str,
    /// The flawed assumption, in one sentence.
    pub assumption: &'static str,
    /// Weaknesses that let it through.
    pub breaks: &'static [Weakness],
    /// Sources: a short label, and what it says on the matter.
    pub references: &'static [(&'static str, &'static str)],
    /// One page for a teacher, in Markdown.
    pub lesson: &'static str,
}

impl AttackProfile {
    /// The card for records.
    #[must_use]
    pub fn card(&self) -> AttackCard {
        AttackCard {
            id: self.id.into(),
            title: self.title.into(),
            assumption: self.assumption.into(),
            breaks: ids(self.breaks),
            references: self
                .references
                .iter()
                .map(|(label, note)| Reference {
                    label: (*label).into(),
                    note: (*note).into(),
                })
                .collect(),
        }
    }
}

/// What a target says of itself.
#[derive(Clone, Debug)]
pub struct TargetProfile {
    /// Stable name: a contender's id, or the name of its file.
    pub id: String,
    /// How it came to be.
    pub kind: TargetKind,
    /// What its issuer issues.
    pub scheme: Scheme,
    /// What it is, in one sentence.
    pub summary: String,
    /// Its weaknesses; none if it is hardened.
    pub weaknesses: &'static [Weakness],
    /// The published bug it models, or the package and version it is.
    pub provenance: String,
    /// Id of the target that differs in nothing but the missing check: its fix.
    /// `None` if it is hardened itself, or if the weakness is the format's and
    /// no check could mend it.
    pub hardened: Option<&'static str>,
}

impl TargetProfile {
    /// A model with every check.
    #[must_use]
    pub fn hardened(id: &str, scheme: Scheme, summary: &str, provenance: &str) -> Self {
        Self {
            id: id.into(),
            kind: TargetKind::Hardened,
            scheme,
            summary: summary.into(),
            weaknesses: &[],
            provenance: provenance.into(),
            hardened: None,
        }
    }

    /// The card for records.
    #[must_use]
    pub fn card(&self) -> TargetCard {
        TargetCard {
            id: self.id.clone(),
            family: self.scheme.family(),
            kind: self.kind,
            scheme: self.scheme.to_string(),
            summary: self.summary.clone(),
            weaknesses: ids(self.weaknesses),
            provenance: self.provenance.clone(),
        }
    }
}

fn ids(weaknesses: &[Weakness]) -> Vec<String> {
    weaknesses
        .iter()
        .map(|weakness| weakness.id().to_owned())
        .collect()
}
