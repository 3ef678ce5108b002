//! The registry of studies, in the order of a token's life.
//!
//! To add one: a file here with a `CARD`, and its line below.

mod delegation;
mod faults;
mod http;
mod logout;
mod migration;
mod refresh;
mod revocation;
mod rotation;
mod scale_out;
mod theft;

use crate::study::StudyCard;

const STUDIES: &[&StudyCard] = &[
    &http::CARD,
    &scale_out::CARD,
    &faults::CARD,
    &logout::CARD,
    &revocation::CARD,
    &refresh::CARD,
    &rotation::CARD,
    &migration::CARD,
    &theft::CARD,
    &delegation::CARD,
];

/// Every study.
#[must_use]
pub const fn all() -> &'static [&'static StudyCard] {
    STUDIES
}

/// The study of that name.
#[must_use]
pub fn named(id: &str) -> Option<&'static StudyCard> {
    STUDIES.iter().copied().find(|card| card.id == id)
}
