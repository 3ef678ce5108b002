//! Pieces of the page for whoever serves pages of its own: the web lab shows a
//! lesson, a difference and a line of source as a report does.

use maud::Markup;
use tokenlab_record::source::Excerpt;
use tokenlab_record::transcript::PartDiff;

use crate::page::{self, evidence, markdown};
use crate::palette;
pub use crate::view::capitalised;

/// Colours for light and dark, and every rule of the page.
#[must_use]
pub fn stylesheet() -> String {
    format!("{}{}", palette::css(), page::CSS)
}

/// The `##` sections of a text in Markdown: heading, and what stands under it.
/// `place` says where a name in backticks leads, if anywhere.
#[must_use]
pub fn sections<'a>(text: &'a str, place: &dyn Fn(&str) -> Option<String>) -> Vec<(&'a str, Markup)> {
    let sections = markdown::sections(text);
    sections
        .iter()
        .map(|section| (section.title, section.html(place)))
        .collect()
}

/// The same as text, for whoever has no use for markup.
#[must_use]
pub fn texts(text: &str) -> Vec<(&str, &str)> {
    let sections = markdown::sections(text);
    sections
        .iter()
        .map(|section| (section.title, section.body))
        .collect()
}

/// An honest token against a forged one, part by part.
#[must_use]
pub fn parts(diff: &[PartDiff]) -> Markup {
    evidence::parts(diff)
}

/// Lines of source, with the one that is meant marked.
#[must_use]
pub fn excerpt(excerpt: &Excerpt) -> Markup {
    evidence::excerpt(excerpt)
}
