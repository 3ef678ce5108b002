//! The attack matrix as data: who was tried with what, and what came of it.
//!
//! A cell folds the transcripts of all variants into the gravest outcome. Names
//! of pages and anchors are made here, once, so that a link and what it leads to
//! can't differ: ids come from a record and may be anything.

use std::collections::{BTreeMap, BTreeSet};

use tokenlab_record::catalogue::{AttackCard, AttackClass, Family, TargetCard, TargetKind};
use tokenlab_record::run::RunRecord;
use tokenlab_record::source::Excerpt;
use tokenlab_record::transcript::{TraceEntry, Transcript, Verdict};

use crate::view::slug;

/// What came of a cell, the gravest first. A refused analogue does not make an
/// attack expressible, so that a refusal weighs least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Accepted,
    Leaked,
    Panicked,
    Exhausted,
    Inexpressible,
    Refused,
}

impl Outcome {
    /// Every outcome, the gravest first.
    pub(crate) const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Leaked,
        Self::Panicked,
        Self::Exhausted,
        Self::Inexpressible,
        Self::Refused,
    ];

    /// The outcome of one transcript.
    pub(crate) const fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Accepted { .. } => Self::Accepted,
            Verdict::Leaked { .. } => Self::Leaked,
            Verdict::Panicked { .. } => Self::Panicked,
            Verdict::Exhausted { .. } => Self::Exhausted,
            Verdict::Inapplicable { .. } => Self::Inexpressible,
            _ => Self::Refused,
        }
    }

    /// The word for it on a page.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Leaked => "leaked",
            Self::Panicked => "panicked",
            Self::Exhausted => "exhausted",
            Self::Inexpressible => "not expressible",
            Self::Refused => "refused",
        }
    }

    /// Its class in the style sheet, which is also its name on the wire.
    pub(crate) const fn style(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Leaked => "leaked",
            Self::Panicked => "panicked",
            Self::Exhausted => "exhausted",
            Self::Inexpressible => "inapplicable",
            Self::Refused => "rejected",
        }
    }

    /// Whether the attacker got something.
    pub(crate) const fn is_success(self) -> bool {
        !matches!(self, Self::Inexpressible | Self::Refused)
    }
}

/// An attack that was run.
pub(crate) struct Attack<'a> {
    pub(crate) id: &'a str,
    /// Its card; `None` if the catalogue was lost.
    pub(crate) card: Option<&'a AttackCard>,
    /// File name of its page.
    pub(crate) page: String,
}

impl<'a> Attack<'a> {
    /// Its name for readers.
    pub(crate) fn title(&self) -> &'a str {
        self.card.map_or(self.id, |card| card.title.as_str())
    }
}

/// A target that was tried.
pub(crate) struct Target<'a> {
    pub(crate) id: &'a str,
    /// Its card; `None` if the catalogue was lost.
    pub(crate) card: Option<&'a TargetCard>,
    /// Where it stands on the page of every attack.
    pub(crate) anchor: String,
}

impl<'a> Target<'a> {
    /// The kind of credential, if the catalogue says.
    pub(crate) fn family(&self) -> Option<Family> {
        self.card.map(|card| card.family)
    }

    /// Where it comes from, if the catalogue says.
    pub(crate) fn kind(&self) -> Option<TargetKind> {
        self.card.map(|card| card.kind)
    }

    /// Whether nothing is wrong with it but what its format has in any hands.
    pub(crate) fn is_hardened(&self) -> bool {
        self.kind() == Some(TargetKind::Hardened)
    }

    /// The library behind a contender; `None` of a model.
    pub(crate) fn library(&self) -> Option<&'a str> {
        self.id.split_once('/').map(|(library, _)| library)
    }
}

/// What came of one attack against one target.
pub(crate) struct Cell<'a> {
    /// In the order of the record; never empty.
    pub(crate) transcripts: Vec<&'a Transcript>,
    /// The gravest outcome of all variants.
    pub(crate) outcome: Outcome,
    /// Which transcript shows it best: with its steps, if one has them.
    pub(crate) deciding: &'a Transcript,
}

impl<'a> Cell<'a> {
    fn of(transcripts: Vec<&'a Transcript>) -> Option<Self> {
        let deciding = transcripts
            .iter()
            .copied()
            .min_by_key(|transcript| (Outcome::of(&transcript.verdict), transcript.is_abridged()))?;
        Some(Self {
            outcome: Outcome::of(&deciding.verdict),
            deciding,
            transcripts,
        })
    }

    /// Whether it came out as the weaknesses of its target say.
    pub(crate) fn agrees(&self) -> bool {
        self.transcripts.iter().all(|transcript| transcript.agrees)
    }

    /// The transcripts with the cell's outcome.
    pub(crate) fn telling(&self) -> impl Iterator<Item = &'a Transcript> {
        let outcome = self.outcome;
        let all = self.transcripts.iter().copied();
        all.filter(move |transcript| Outcome::of(&transcript.verdict) == outcome)
    }

    /// The checks that decided, each once.
    pub(crate) fn checks(&self) -> Vec<&'a str> {
        checks_of(self.telling())
    }

    /// Of an attack that can't be expressed: the checks that refused its nearest
    /// analogues.
    pub(crate) fn analogues(&self) -> Vec<&'a str> {
        let refused = self
            .transcripts
            .iter()
            .copied()
            .filter(|transcript| self.outcome == Outcome::Inexpressible && transcript.analogue.is_some());
        checks_of(refused)
    }

    /// The entry of the trace that decided, if the record has it.
    pub(crate) fn entry(&self) -> Option<&'a TraceEntry> {
        self.deciding.deciding()
    }
}

/// Everything that was tried.
pub(crate) struct Matrix<'a> {
    /// In report order; those that the catalogue lacks come last.
    pub(crate) attacks: Vec<Attack<'a>>,
    /// Likewise.
    pub(crate) targets: Vec<Target<'a>>,
    cells: BTreeMap<(&'a str, &'a str), Cell<'a>>,
    sources: BTreeMap<(&'a str, u32), &'a Excerpt>,
}

impl<'a> Matrix<'a> {
    /// Sorts the transcripts of a record.
    pub(crate) fn of(record: &'a RunRecord) -> Self {
        let mut sorted: BTreeMap<(&str, &str), Vec<&Transcript>> = BTreeMap::new();
        for transcript in &record.transcripts {
            let cell = (transcript.attack.as_str(), transcript.target.as_str());
            sorted.entry(cell).or_default().push(transcript);
        }
        let catalogue = &record.catalogue;
        let attack_cards: BTreeMap<&str, &AttackCard> = catalogue
            .attacks
            .iter()
            .map(|card| (card.id.as_str(), card))
            .collect();
        let target_cards: BTreeMap<&str, &TargetCard> = catalogue
            .targets
            .iter()
            .map(|card| (card.id.as_str(), card))
            .collect();
        let attacks = tried(
            catalogue.attacks.iter().map(|card| card.id.as_str()),
            record
                .transcripts
                .iter()
                .map(|transcript| transcript.attack.as_str()),
        );
        let targets = tried(
            catalogue.targets.iter().map(|card| card.id.as_str()),
            record
                .transcripts
                .iter()
                .map(|transcript| transcript.target.as_str()),
        );
        // The matrix itself is `index`.
        let mut pages = Names::reserving("index");
        let mut anchors = Names::reserving("on");
        Self {
            attacks: attacks
                .into_iter()
                .map(|id| Attack {
                    id,
                    card: attack_cards.get(id).copied(),
                    page: format!("{}.html", pages.name(&slug(id))),
                })
                .collect(),
            targets: targets
                .into_iter()
                .map(|id| Target {
                    id,
                    card: target_cards.get(id).copied(),
                    anchor: anchors.name(&format!("on-{}", slug(id))),
                })
                .collect(),
            cells: sorted
                .into_iter()
                .filter_map(|(ids, transcripts)| Some((ids, Cell::of(transcripts)?)))
                .collect(),
            sources: record
                .sources
                .iter()
                .map(|excerpt| ((excerpt.file.as_str(), excerpt.line), excerpt))
                .collect(),
        }
    }

    /// Whether no attack was run.
    pub(crate) const fn is_empty(&self) -> bool {
        self.attacks.is_empty()
    }

    /// A cell, if it was tried.
    pub(crate) fn cell(&self, attack: &Attack<'a>, target: &Target<'a>) -> Option<&Cell<'a>> {
        self.cells.get(&(attack.id, target.id))
    }

    /// The tried cells of an attack, in the order of the targets.
    pub(crate) fn of_attack<'m>(
        &'m self,
        attack: &'m Attack<'a>,
    ) -> impl Iterator<Item = (&'m Target<'a>, &'m Cell<'a>)> {
        let targets = self.targets.iter();
        targets.filter_map(move |target| Some((target, self.cell(attack, target)?)))
    }

    /// Every cell.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &Cell<'a>> {
        self.cells.values()
    }

    /// The attacks of each class, in report order; those without a card last.
    pub(crate) fn by_class(&self) -> Vec<(&'static str, Vec<&Attack<'a>>)> {
        let classes = AttackClass::ALL.into_iter().map(Some).chain([None]);
        let of_class = |class: Option<AttackClass>| -> Vec<&Attack<'_>> {
            let all = self.attacks.iter();
            all.filter(|attack| attack.card.map(|card| card.class) == class)
                .collect()
        };
        classes
            .map(|class| (class.map_or(UNKNOWN, AttackClass::title), of_class(class)))
            .filter(|(_, attacks)| !attacks.is_empty())
            .collect()
    }

    /// The target of that name.
    pub(crate) fn target(&self, id: &str) -> Option<&Target<'a>> {
        self.targets.iter().find(|target| target.id == id)
    }

    /// The lines around a place in the source, if they were recorded.
    pub(crate) fn excerpt(&self, entry: &TraceEntry) -> Option<&'a Excerpt> {
        self.sources.get(&(entry.file.as_str(), entry.line)).copied()
    }

    /// Whether every cell of a target came out as its weaknesses say.
    pub(crate) fn is_as_expected(&self, target: &Target<'a>) -> bool {
        let attacks = self.attacks.iter();
        attacks
            .filter_map(|attack| self.cell(attack, target))
            .all(Cell::agrees)
    }
}

/// What stands in no catalogue.
pub(crate) const UNKNOWN: &str = "Not in the catalogue";

/// How many cells had each outcome that occurs, the gravest first.
pub(crate) fn counts<'c, 'a: 'c>(cells: impl IntoIterator<Item = &'c Cell<'a>>) -> Vec<(Outcome, usize)> {
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for cell in cells {
        *counts.entry(cell.outcome).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// The checks that decided, each once.
fn checks_of<'a>(transcripts: impl Iterator<Item = &'a Transcript>) -> Vec<&'a str> {
    let checks = transcripts.filter_map(|transcript| transcript.decided_by.as_deref());
    distinct(checks.filter(|check| !check.is_empty()))
}

/// Ids that were tried: those of the catalogue in its order, then the others.
fn tried<'a>(
    catalogue: impl Iterator<Item = &'a str>,
    transcripts: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let in_transcripts = distinct(transcripts);
    let ran: BTreeSet<&str> = in_transcripts.iter().copied().collect();
    let known = catalogue.filter(|id| ran.contains(id));
    distinct(known.chain(in_transcripts.iter().copied()))
}

/// Each text once, where it stands first.
pub(crate) fn distinct<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    texts.into_iter().filter(|text| seen.insert(*text)).collect()
}

/// Names that differ, made of texts that may not.
struct Names(BTreeSet<String>);

impl Names {
    /// None given out yet; `reserved` never will be.
    fn reserving(reserved: &str) -> Self {
        Self(BTreeSet::from([reserved.to_owned()]))
    }

    /// The wanted name, or the same with the first number that is free.
    fn name(&mut self, wanted: &str) -> String {
        let wanted = match wanted.trim_end_matches('-') {
            "" => "unnamed",
            wanted => wanted,
        };
        let mut name = wanted.to_owned();
        let mut number = 1_usize;
        while !self.0.insert(name.clone()) {
            number += 1;
            name = format!("{wanted}-{number}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_whatever_is_wanted() {
        let mut names = Names::reserving("index");
        let wanted = ["a", "a", "index", "", "", "a-2", "a"];
        let given: Vec<String> = wanted.iter().map(|name| names.name(name)).collect();
        assert_eq!(
            given.iter().collect::<BTreeSet<_>>().len(),
            wanted.len(),
            "{given:?}"
        );
        assert_eq!(given[0], "a");
        assert!(!given.contains(&"index".to_owned()));
    }

    #[test]
    fn the_words_and_styles_of_outcomes_differ() {
        for what in [Outcome::word as fn(Outcome) -> &'static str, Outcome::style] {
            let texts: BTreeSet<&str> = Outcome::ALL.into_iter().map(what).collect();
            assert_eq!(texts.len(), Outcome::ALL.len());
        }
    }
}
