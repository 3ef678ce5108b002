//! What an attack says of JWT against PASETO: the honest counter-column.
//!
//! The lab asks what switching buys. For each attack the answer follows from the
//! cells: what hardened verifiers of both do, and whether the same mistake can be
//! made around the other format. No sentence here is written for an attack.

use tokenlab_record::catalogue::Family;

use crate::format;
use crate::matrix::{Attack, Matrix, Outcome};

/// How the targets of one family stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    /// Hardened targets that were tried.
    hardened: usize,
    /// Those that fell all the same: by their format, in any hands.
    pub(super) fallen_hardened: usize,
    /// Other targets that fell.
    fallen_others: usize,
    /// Targets for which the attack can be written down.
    expressible: usize,
}

impl Standing {
    /// Counts the cells of an attack at a family.
    pub(super) fn of(matrix: &Matrix<'_>, attack: &Attack<'_>, family: Family) -> Self {
        let mut standing = Self::default();
        for (target, cell) in matrix.of_attack(attack) {
            if target.family() != Some(family) {
                continue;
            }
            let hardened = target.is_hardened();
            let fell = cell.outcome.is_success();
            standing.hardened += usize::from(hardened);
            standing.fallen_hardened += usize::from(hardened && fell);
            standing.fallen_others += usize::from(!hardened && fell);
            standing.expressible += usize::from(cell.outcome != Outcome::Inexpressible);
        }
        standing
    }

    fn fallen_in_words(self) -> String {
        format!(
            "{} of {}",
            format::count(self.fallen_hardened as u64),
            format::count(self.hardened as u64)
        )
    }
}

/// What follows from how both stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// PASETO has no place for the attack; hardened JWT verifiers hold as well.
    NoPlaceInPaseto,
    /// Both hold when hardened, by a check each, and no careless PASETO was found.
    BothByACheck,
    /// Both hold when hardened, and the same mistake is fatal around PASETO too.
    SameMistake(Standing),
    /// Hardened verifiers of both fall.
    BothFall(Standing, Standing),
    /// Hardened PASETO holds where hardened JWT does not.
    OnlyJwtFalls(Standing),
    /// Hardened JWT holds where hardened PASETO does not.
    OnlyPasetoFalls(Standing),
    /// JWT has no place for the attack; what PASETO does.
    NoPlaceInJwt(Standing),
    /// Neither has a place for it.
    NeitherHasAPlace,
    /// One of them was not tried.
    NotTried,
}

impl Meaning {
    /// What an attack says.
    pub(super) fn of(matrix: &Matrix<'_>, attack: &Attack<'_>) -> Self {
        let [jwt, paseto] = [Family::Jwt, Family::Paseto].map(|family| Standing::of(matrix, attack, family));
        if jwt.hardened == 0 || paseto.hardened == 0 {
            return Self::NotTried;
        }
        match (jwt.fallen_hardened > 0, paseto.fallen_hardened > 0) {
            (true, true) => Self::BothFall(jwt, paseto),
            (true, false) => Self::OnlyJwtFalls(jwt),
            (false, true) if jwt.expressible == 0 => Self::NoPlaceInJwt(paseto),
            (false, true) => Self::OnlyPasetoFalls(paseto),
            (false, false) => match (jwt.expressible > 0, paseto.expressible > 0) {
                (true, true) if paseto.fallen_others > 0 => Self::SameMistake(paseto),
                (true, true) => Self::BothByACheck,
                (true, false) => Self::NoPlaceInPaseto,
                (false, true) => Self::NoPlaceInJwt(paseto),
                (false, false) => Self::NeitherHasAPlace,
            },
        }
    }

    /// In a few words.
    pub(super) const fn verdict(self) -> &'static str {
        match self {
            Self::NoPlaceInPaseto => "PASETO has no place for it; a hardened JWT verifier holds as well.",
            Self::BothByACheck => "Both hold when hardened.",
            Self::SameMistake(_) => "PASETO gives nothing by itself.",
            Self::BothFall(..) => "PASETO gives nothing: both fall.",
            Self::OnlyJwtFalls(_) => "PASETO holds where JWT does not.",
            Self::OnlyPasetoFalls(_) => "PASETO is the weaker.",
            Self::NoPlaceInJwt(_) => "JWT has no place for it.",
            Self::NeitherHasAPlace => "Neither has a place for it.",
            Self::NotTried => "Not to be said.",
        }
    }

    /// What the verdict rests on, for one attack.
    pub(super) fn because(self) -> String {
        match self {
            Self::NoPlaceInPaseto => String::new(),
            Self::BothByACheck => "Each by a check that somebody had to write.".into(),
            Self::SameMistake(paseto) => format!(
                "A hardened JWT verifier holds as well, and the same mistake is fatal around PASETO: {} here.",
                if paseto.fallen_others == 1 {
                    "one such verifier fell".to_owned()
                } else {
                    format!(
                        "{} such verifiers fell",
                        format::count(paseto.fallen_others as u64)
                    )
                }
            ),
            Self::BothFall(jwt, paseto) => format!(
                "{} hardened JWT verifiers and {} hardened PASETO verifiers fell, by what their format or algorithm is.",
                jwt.fallen_in_words(),
                paseto.fallen_in_words()
            ),
            Self::OnlyJwtFalls(jwt) => {
                format!(
                    "{} hardened JWT verifiers fell, no PASETO one.",
                    jwt.fallen_in_words()
                )
            }
            Self::OnlyPasetoFalls(paseto) => {
                format!(
                    "{} hardened PASETO verifiers fell, no JWT one.",
                    paseto.fallen_in_words()
                )
            }
            Self::NoPlaceInJwt(paseto) => match (paseto.fallen_hardened, paseto.fallen_others) {
                (0, 0) => "PASETO refuses it.".into(),
                (0, _) => "PASETO is open to it where a check is missing, and holds when hardened.".into(),
                _ => format!("{} hardened PASETO verifiers fell.", paseto.fallen_in_words()),
            },
            Self::NeitherHasAPlace => String::new(),
            Self::NotTried => "There is no hardened target of both.".into(),
        }
    }

    /// The same for all attacks with that verdict.
    pub(super) const fn in_general(self) -> &'static str {
        match self {
            Self::NoPlaceInPaseto => "The format rules out a mistake that JWT allows and does not demand.",
            Self::BothByACheck => "By a check each, which somebody had to write.",
            Self::SameMistake(_) => {
                "A hardened JWT verifier holds as well, and the same mistake is fatal around PASETO."
            }
            Self::BothFall(..) => "Hardened verifiers of both fell, by what their format or algorithm is.",
            Self::OnlyJwtFalls(_) => "Hardened JWT verifiers fell, and no hardened PASETO verifier did.",
            Self::OnlyPasetoFalls(_) => "Hardened PASETO verifiers fell, and no hardened JWT verifier did.",
            Self::NoPlaceInJwt(_) => "These are attacks on what other formats have.",
            Self::NeitherHasAPlace => "These are attacks on other families.",
            Self::NotTried => "There is no hardened target of both.",
        }
    }
}
