//! The record with the questions that every section asks of it.

use std::collections::BTreeMap;

use tokenlab_record::analysis::{Analysis, Ranking};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family};
use tokenlab_record::environment::Environment;
use tokenlab_record::measurement::{Model, TokenSize};
use tokenlab_record::run::{RunRecord, Status};

use crate::matrix::Matrix;
use crate::palette::Ink;

/// The corpus that the main charts show where a run has it: the size of an
/// everyday access token.
const REFERENCE_CORPUS: &str = "typical";

/// A record, its analysis, and indexes over both.
pub(crate) struct View<'a> {
    /// What was recorded.
    pub(crate) record: &'a RunRecord,
    /// What it says.
    pub(crate) analysis: &'a Analysis,
    /// Footnotes of contenders, each once, in report order.
    pub(crate) footnotes: Vec<&'a str>,
    /// Every attack against every target.
    pub(crate) matrix: Matrix<'a>,
    cards: BTreeMap<&'a ContenderId, &'a ContenderCard>,
}

impl<'a> View<'a> {
    /// Indexes a record and its analysis.
    pub(crate) fn new(record: &'a RunRecord, analysis: &'a Analysis) -> Self {
        let contenders = &record.catalogue.contenders;
        let mut footnotes = Vec::new();
        for footnote in contenders.iter().filter_map(|card| card.footnote.as_deref()) {
            if !footnotes.contains(&footnote) {
                footnotes.push(footnote);
            }
        }
        Self {
            record,
            analysis,
            footnotes,
            matrix: Matrix::of(record),
            cards: contenders.iter().map(|card| (&card.id, card)).collect(),
        }
    }

    /// The card of a contender; `None` if the catalogue was lost.
    pub(crate) fn card(&self, id: &ContenderId) -> Option<&'a ContenderCard> {
        self.cards.get(id).copied()
    }

    /// The kind of credential, if the catalogue says.
    pub(crate) fn family(&self, id: &ContenderId) -> Option<Family> {
        self.card(id).map(|card| card.family)
    }

    /// The colour, and with it the marker, of a contender.
    pub(crate) fn ink(&self, id: &ContenderId) -> Ink {
        Ink::of_family(self.family(id))
    }

    /// The number of a contender's footnote, from 1.
    pub(crate) fn footnote(&self, id: &ContenderId) -> Option<usize> {
        let footnote = self.card(id)?.footnote.as_deref()?;
        Some(self.footnotes.iter().position(|known| *known == footnote)? + 1)
    }

    /// The rankings of one model, in report order.
    pub(crate) fn rankings(&self, model: Model) -> impl Iterator<Item = &'a Ranking> {
        self.analysis
            .rankings
            .iter()
            .filter(move |ranking| ranking.group.model == model)
    }

    /// The ranking of one group.
    pub(crate) fn ranking(&self, model: Model, class: Class, corpus: &str) -> Option<&'a Ranking> {
        self.rankings(model)
            .find(|ranking| ranking.group.class == class && ranking.group.corpus == corpus)
    }

    /// The ranking that stands for a model and class: on the everyday claims, or
    /// on the first that this class was measured on.
    pub(crate) fn main_ranking(&self, model: Model, class: Class) -> Option<&'a Ranking> {
        let of_class = || {
            self.rankings(model)
                .filter(move |ranking| ranking.group.class == class)
        };
        of_class()
            .find(|ranking| ranking.group.corpus == REFERENCE_CORPUS)
            .or_else(|| of_class().next())
    }

    /// The corpus of [`View::main_ranking`] in most classes.
    pub(crate) fn reference_corpus(&self, model: Model) -> Option<&'a str> {
        let corpora = || self.rankings(model).map(|ranking| ranking.group.corpus.as_str());
        corpora()
            .find(|corpus| *corpus == REFERENCE_CORPUS)
            .or_else(|| corpora().next())
    }

    /// How many contenders of a class took part.
    pub(crate) fn contenders_of(&self, class: Class) -> usize {
        let cards = &self.record.catalogue.contenders;
        cards.iter().filter(|card| card.class == class).count()
    }

    /// The corpora whose token sizes are drawn: the everyday one, and the one
    /// with the longest token, where limits come into sight.
    pub(crate) fn token_corpora(&self) -> Vec<&'a str> {
        let tokens = &self.record.tokens;
        let reference = tokens
            .iter()
            .find(|token| token.corpus == REFERENCE_CORPUS)
            .or_else(|| tokens.first());
        let longest = tokens.iter().max_by_key(|token| token.token_bytes);
        let mut corpora: Vec<&str> = Vec::new();
        for token in reference.into_iter().chain(longest) {
            if !corpora.contains(&token.corpus.as_str()) {
                corpora.push(&token.corpus);
            }
        }
        corpora
    }

    /// The token size of a contender on a corpus.
    pub(crate) fn token(&self, id: &ContenderId, corpus: &str) -> Option<&'a TokenSize> {
        self.record
            .tokens
            .iter()
            .find(|token| token.contender == *id && token.corpus == corpus)
    }

    /// What a reader of a single picture must know about the run behind it.
    pub(crate) fn provenance(&self) -> String {
        let manifest = &self.record.manifest;
        let environment = &self.record.environment;
        let mut parts = vec![format!("run {}", manifest.run)];
        if !environment.cpu_model.is_empty() {
            parts.push(environment.cpu_model.clone());
        }
        if manifest.status != Status::Complete {
            parts.push("PARTIAL RUN".to_owned());
        }
        if self.analysis.noise.noisy {
            parts.push("NOISY RUN".to_owned());
        }
        if self.is_unoptimised() {
            parts.push(format!("{} BUILD", environment.build_profile.to_uppercase()));
        }
        parts.join(" · ")
    }

    /// Whether the binary was built without optimisation, so that its times
    /// mean nothing.
    pub(crate) fn is_unoptimised(&self) -> bool {
        is_unoptimised(&self.record.environment)
    }
}

/// Whether times from this build mean nothing.
pub(crate) fn is_unoptimised(environment: &Environment) -> bool {
    !matches!(environment.build_profile.as_str(), "" | "release" | "bench")
}

/// Text that is safe as an anchor and as a file name.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().take(60) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Items as a reader would list them: `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_can_be_no_path_and_no_markup() {
        for (text, slug_of_it) in [
            ("typical", "typical"),
            ("../../etc/passwd", "etc-passwd"),
            ("<b onclick=\"x\">", "b-onclick-x"),
            ("É", ""),
        ] {
            assert_eq!(slug(text), slug_of_it, "{text}");
        }
    }
}
