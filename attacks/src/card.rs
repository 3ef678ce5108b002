//! Profiles: what attacks and targets say of themselves, in types; cards are
//! the same in text, for records.

pub use tokenlab_record::catalogue::AttackClass;
use tokenlab_record::catalogue::{AttackCard, Reference, TargetCard, TargetKind};

use crate::given::Given;
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
    /// The part of the catalogue that it belongs to.
    pub class: AttackClass,
    /// What the attacker needs beside an account of her own.
    pub given: &'static [Given],
    /// Whether it may cost more than a verifier should be asked for, so that it
    /// runs in a process of its own, under limits.
    pub isolated: bool,
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
            class: self.class,
            given: self
                .given
                .iter()
                .map(|given| given.sentence().to_owned())
                .collect(),
            isolated: self.isolated,
            breaks: ids(self.breaks),
            references: self
                .references
                .iter()
                .map(|(label, note)| Reference {
                    label: (*label).into(),
                    note: (*note).into(),
                })
                .collect(),
            lesson: self.lesson.into(),
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
    /// Weaknesses of its own; see [`TargetProfile::weaknesses`].
    pub own: &'static [Weakness],
    /// Weaknesses of the format that it mends.
    pub mends: &'static [Weakness],
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
            own: &[],
            mends: &[],
            provenance: provenance.into(),
            hardened: None,
        }
    }

    /// All that it has: its own, and those of its format that it does not mend.
    #[must_use]
    pub fn weaknesses(&self) -> Vec<Weakness> {
        let inherent = Weakness::inherent_to(self.scheme).into_iter();
        let left = inherent.filter(|weakness| !self.mends.contains(weakness) && !self.own.contains(weakness));
        self.own.iter().copied().chain(left).collect()
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
            weaknesses: ids(&self.weaknesses()),
            provenance: self.provenance.clone(),
            hardened: self.hardened.map(str::to_owned),
        }
    }
}

fn ids(weaknesses: &[Weakness]) -> Vec<String> {
    weaknesses
        .iter()
        .map(|weakness| weakness.id().to_owned())
        .collect()
}
