//! One attack before a class: the verifier that falls, its fix, and one verifier of
//! every other family, each with the transcript of what happened.
//!
//! The transcripts are those of `tokenlab attack replay` and of the report.

use tokenlab_attacks::{Attack, Target, Weakness, isolation, replay, targets};
use tokenlab_record::catalogue::{AttackCard, Family, TargetCard};
use tokenlab_record::transcript::{Transcript, Verdict};

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

/// How one family stands against an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterpart {
    /// The family.
    pub family: Family,
    /// What that comes to.
    pub stands: Stands,
}

/// Whether a family holds, and on which condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// No verifier here falls.
    Holds,
    /// Those fall that have made one of these mistakes, and no others.
    HoldsIf(Vec<Weakness>),
    /// Libraries as they come fall, by their format.
    DoesNotHold,
    /// The attack can't be written down in this format.
    NoPlace,
}

impl Stands {
    /// In words, for a class.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Holds => "holds".into(),
            Self::HoldsIf(mistakes) => {
                let sentences: Vec<&str> = mistakes.iter().map(|mistake| mistake.sentence()).collect();
                format!("holds if nobody has made this mistake: {}", sentences.join(" / "))
            }
            Self::DoesNotHold => "does not hold, whatever library verifies".into(),
            Self::NoPlace => "has no place for it".into(),
        }
    }
}

/// How every family stands against the attack of a replay: which targets of the range
/// fall, and by whose mistake.
#[must_use]
pub fn counterparts(attack: &dyn Attack, shown: &Shown) -> Vec<Counterpart> {
    let families = [Family::Jwt, Family::Paseto, Family::Biscuit, Family::Session];
    let counterpart = |family| {
        let (mut mistakes, mut by_format) = (Vec::new(), false);
        for target in live::all().filter(|target| target.profile().scheme.family() == family) {
            if isolation::is_to_fall(attack, target) {
                let profile = target.profile();
                by_format |= targets::is_contender(target);
                let fatal = |mistake: &&Weakness| attack.profile().breaks.contains(mistake);
                mistakes.extend(profile.own.iter().filter(fatal).copied());
            }
        }
        mistakes.sort();
        mistakes.dedup();
        let is_inexpressible = shown.rows.iter().any(|row| {
            row.target.family == family && matches!(row.transcript.verdict, Verdict::Inapplicable { .. })
        });
        let stands = if by_format {
            Stands::DoesNotHold
        } else if !mistakes.is_empty() {
            Stands::HoldsIf(mistakes)
        } else if is_inexpressible {
            Stands::NoPlace
        } else {
            Stands::Holds
        };
        Counterpart { family, stands }
    };
    families.map(counterpart).into()
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
            target.profile().scheme.family() == family && targets::is_contender(*target)
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
    fn a_family_holds_holds_if_or_does_not_hold() {
        let stands = |id: &str| -> Vec<Stands> {
            let attack = catalogue::named(id).unwrap();
            let shown = show(attack).unwrap();
            counterparts(attack, &shown)
                .into_iter()
                .map(|one| one.stands)
                .collect()
        };
        let of_none = stands("alg-none");
        assert!(matches!(of_none[0], Stands::HoldsIf(_)), "{of_none:?}");
        assert_eq!(of_none[1..], [Stands::NoPlace, Stands::NoPlace, Stands::NoPlace]);
        let of_theft = stands("token-theft-replay");
        assert!(
            of_theft.iter().all(|one| *one == Stands::DoesNotHold),
            "{of_theft:?}"
        );
        let of_names = stands("kid-injection");
        assert!(
            matches!(&of_names[1], Stands::HoldsIf(mistakes) if !mistakes.is_empty()),
            "{of_names:?}"
        );
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
