//! The registry of attacks, in report order.
//!
//! To add an attack, add its file, its lesson (`attacks/lessons/<id>.md`), and
//! its lines here. Tests compare this list with the files on disk, and demand a
//! target that each attack breaks.

mod alg_confusion_rs_hs;
mod alg_none;
mod jwe_public_key_mint;
mod kid_injection;
mod kid_path_traversal;

use crate::attack::Attack;

/// Every attack.
#[must_use]
pub fn all() -> &'static [&'static dyn Attack] {
    &[
        &alg_none::AlgNone,
        &alg_confusion_rs_hs::AlgConfusionRsHs,
        &kid_injection::KidInjection,
        &kid_path_traversal::KidPathTraversal,
        &jwe_public_key_mint::JwePublicKeyMint,
    ]
}

/// The attack of that name.
#[must_use]
pub fn named(id: &str) -> Option<&'static dyn Attack> {
    all().iter().copied().find(|attack| attack.id() == id)
}

/// The lesson of that attack, one page of Markdown.
#[must_use]
pub fn lesson(id: &str) -> Option<&'static str> {
    named(id).map(|attack| attack.profile().lesson)
}
