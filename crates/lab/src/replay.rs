//! One attack before a class: the verifier that falls, its fix, and one verifier of
//! every other family, each with the transcript of what happened.
//!
//! The transcripts are those of `tokenlab attack replay` and of the report.

use tokenlab_attacks::isolation;
use tokenlab_attacks::{Attack, Target, replay};
use tokenlab_record::catalogue::{AttackCard, Family, TargetCard};
use tokenlab_record::transcript::Transcript;

use crate::live;

/// The steps of a replay, as a teacher would call them.
pub const STEPS: [&str; 9] = [
    "Predict",
    "The honest token",
    "Forge",
    "Send",
    "Why",
    "Fix",
    "Elsewhere",
    "History",
    "Check",
];

/// An attack and what became of it.
pub struct Shown {
    /// The attack.
    pub card: AttackCard,
    /// What happened at each verifier; the one that falls is the first.
    pub rows: Vec<Row>,
}

/// One verifier's part.
pub struct Row {
    /// The verifier.
    pub target: TargetCard,
    /// The forgery that decided, and how.
    pub transcript: Transcript,
}

/// Replays an attack; `None` of one that no live verifier falls to, or that needs a
/// process of its own. Takes some milliseconds.
#[must_use]
pub fn show(attack: &dyn Attack) -> Option<Shown> {
    let rows = cast(attack)?.into_iter().filter_map(|target| {
        Some(Row {
            target: target.card(),
            transcript: replay::cell(attack, target).deciding()?.clone(),
        })
    });
    Some(Shown {
        card: attack.card(),
        rows: rows.collect(),
    })
}

/// Whether an attack can be shown here.
#[must_use]
pub fn is_shown(attack: &dyn Attack) -> bool {
    cast(attack).is_some()
}

/// Who plays: the one that falls by a mistake of its own before the one that falls
/// by its format, its hardened twin, and a library of every other family.
fn cast(attack: &dyn Attack) -> Option<Vec<&'static dyn Target>> {
    if attack.profile().isolated {
        return None;
    }
    let mut falling: Vec<_> = live::all()
        .filter(|target| isolation::is_to_fall(attack, *target))
        .collect();
    falling.sort_by_key(|target| target.profile().own.is_empty());
    let falls = *falling.first()?;
    let mut cast = vec![falls];
    cast.extend(falls.profile().hardened.and_then(live::named));
    let own = falls.profile().scheme.family();
    for family in [Family::Jwt, Family::Paseto, Family::Biscuit, Family::Session] {
        if family == own && cast.len() > 1 {
            continue;
        }
        let library = |target: &&dyn Target| {
            target.profile().scheme.family() == family && tokenlab_attacks::targets::is_contender(*target)
        };
        let mut libraries = live::all().filter(library);
        // The newest version of PASETO stands last.
        let found = if family == Family::Paseto {
            libraries.last()
        } else {
            libraries.next()
        };
        cast.extend(found.filter(|found| cast.iter().all(|other| other.id() != found.id())));
    }
    Some(cast)
}

#[cfg(test)]
mod tests {
    use tokenlab_attacks::catalogue;

    use super::*;

    #[test]
    fn what_falls_comes_first_and_every_family_has_a_part() {
        let shown = show(catalogue::named("alg-none").unwrap()).unwrap();
        let kinds: Vec<&str> = shown
            .rows
            .iter()
            .map(|row| row.transcript.verdict.kind())
            .collect();
        assert_eq!(kinds.first(), Some(&"accepted"));
        assert!(kinds.iter().skip(1).all(|kind| *kind != "accepted"), "{kinds:?}");
        let families: Vec<Family> = shown.rows.iter().map(|row| row.target.family).collect();
        for family in [Family::Jwt, Family::Paseto, Family::Biscuit, Family::Session] {
            assert!(families.contains(&family), "{family:?}");
        }
    }

    #[test]
    fn every_attack_in_this_process_that_a_live_verifier_falls_to_is_shown() {
        let shown = catalogue::all()
            .iter()
            .filter(|attack| is_shown(**attack))
            .count();
        assert!(shown > 35, "{shown}");
        assert!(show(catalogue::named("jwe-zip-bomb").unwrap()).is_none());
    }
}
