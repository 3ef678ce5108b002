//! Moving from one format to another while both are in use, with the downgrade tried
//! before, during and after.
//!
//! The verifier takes the old format until a day, and the new one from another day on; the
//! format is read from the token's first letters, and each has a key of its own. What makes
//! a move worth while is often that the old key is not trusted any more: the attacker here
//! has it. While the old format is taken, nothing keeps her out, whatever the new one is
//! worth; after the end it must be nothing but a refusal.

use tokenlab_harness::claims::{NumericDate, Rfc3339};
use tokenlab_harness::{Bound, Codec, KeyRing, RejectReason, Rejection};
use tokenlab_record::stats::Interval;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::study::{Findings, Stage, StudyCard, StudyError};
use crate::subject::{believed, contender, issued, key_of};

pub(super) static CARD: StudyCard = StudyCard {
    id: "migration",
    title: "Moving to another format",
    question: "Does anybody lose a valid token in a move to PASETO, and until when does a leaked old key let a forger in?",
    needs: &[],
    run,
};

/// Moves: from whom to whom, by contender id.
const MOVES: [(&str, &str); 3] = [
    ("pasetors/v2.local", "pasetors/v4.local"),
    ("jsonwebtoken/HS256+rustcrypto", "pasetors/v4.public"),
    ("jsonwebtoken/EdDSA+rustcrypto", "pasetors/v4.public"),
];

/// How a move ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The old format is refused once the last old token has expired.
    AfterTheLast,
    /// It is refused from the day on which the new one is issued.
    AtOnce,
    /// Nobody has ever taken it out.
    Never,
}

impl Ending {
    const ALL: [Self; 3] = [Self::AfterTheLast, Self::AtOnce, Self::Never];

    const fn title(self) -> &'static str {
        match self {
            Self::AfterTheLast => "when the last old token has expired",
            Self::AtOnce => "at once",
            Self::Never => "never",
        }
    }
}

/// Seconds: how long a token lives, and when the new format is issued.
const LIVES: i64 = 3600;
const START: i64 = 1_800_000_000;
const SWITCH: i64 = START + 4 * LIVES;
const END: i64 = SWITCH + 4 * LIVES;

/// Seeds of the keys.
const OLD_SEED: u64 = 1;
const NEW_SEED: u64 = 2;

/// One format: how its tokens begin, and who seals and opens them.
struct Side {
    codec: Box<dyn Codec>,
    begins: String,
    is_paseto: bool,
}

impl Side {
    fn load(id: &str, seed: u64) -> Result<Self, StudyError> {
        let contender = contender(id)?;
        let key = key_of(contender, &KeyRing::from_seed(seed))?;
        let paseto = contender.card().scheme.strip_prefix("paseto.");
        Ok(Self {
            codec: contender.codec(&key)?,
            // `eyJ` is `{"` in base64url, which every JOSE header begins with.
            begins: paseto.map_or_else(|| "eyJ".to_owned(), |purpose| format!("{purpose}.")),
            is_paseto: paseto.is_some(),
        })
    }

    fn issue(&self, subject: &str, now: i64) -> Result<String, StudyError> {
        let claims = issued(subject, now, LIVES);
        let payload = if self.is_paseto {
            claims.to_json::<Rfc3339>()
        } else {
            claims.to_json::<NumericDate>()
        };
        let payload = payload.map_err(|error| StudyError::Service(error.to_string()))?;
        Ok(self.codec.seal(payload.as_bytes(), &Bound::default())?)
    }

    fn verify(&self, token: &str, now: i64) -> Result<(), Rejection> {
        let opened = self.codec.open(token, &Bound::default())?;
        if self.is_paseto {
            believed::<Rfc3339>(&opened.payload, now, 0)
        } else {
            believed::<NumericDate>(&opened.payload, now, 0)
        }
    }
}

/// A verifier in the middle of a move.
struct Moving<'a> {
    old: &'a Side,
    new: &'a Side,
    ending: Ending,
}

impl Moving<'_> {
    fn takes_old(&self, now: i64) -> bool {
        match self.ending {
            Ending::AfterTheLast => now < SWITCH + LIVES,
            Ending::AtOnce => now < SWITCH,
            Ending::Never => true,
        }
    }

    fn verify(&self, token: &str, now: i64) -> Result<(), Rejection> {
        if token.starts_with(&self.new.begins) {
            return self.new.verify(token, now);
        }
        if token.starts_with(&self.old.begins) && self.takes_old(now) {
            return self.old.verify(token, now);
        }
        Err(Rejection::new(
            RejectReason::WrongScheme,
            "this format is not taken here",
        ))
    }
}

/// What was counted in one move that ends in one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    valid: u64,
    refused: u64,
    forged_during: u64,
    forged_after: u64,
}

fn count(old: &Side, new: &Side, ending: Ending, step: i64) -> Result<Counted, StudyError> {
    let verifier = Moving { old, new, ending };
    let mut counted = Counted::default();
    let mut alive: Vec<(i64, String)> = Vec::new();
    let mut now = START;
    while now < END {
        let issuer = if now < SWITCH { old } else { new };
        alive.push((now + LIVES, issuer.issue("ada", now)?));
        alive.retain(|(ends, _)| *ends > now);
        for (_, token) in &alive {
            counted.valid += 1;
            counted.refused += u64::from(verifier.verify(token, now).is_err());
        }
        // She has the old key, and makes a fresh token whenever she likes.
        if now >= SWITCH && verifier.verify(&old.issue("admin", now)?, now).is_ok() {
            if now < SWITCH + LIVES {
                counted.forged_during += 1;
            } else {
                counted.forged_after += 1;
            }
        }
        now += step;
    }
    Ok(counted)
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let step = match stage.form {
        Form::Short => 600,
        _ => 60,
    };
    let mut table = StudyTable {
        caption: "Valid tokens refused, and forgeries by the leaked old key that got in".into(),
        heads: [
            "move",
            "the old format is refused",
            "valid tokens shown",
            "valid ones refused",
            "forged: in the transition",
            "forged: after it",
        ]
        .map(str::to_owned)
        .into(),
        rows: Vec::new(),
    };
    let mut bars = Vec::new();
    let mut all = Vec::new();
    for (from, to) in MOVES {
        stage.say(&format!("{from} to {to}"));
        let (old, new) = (Side::load(from, OLD_SEED)?, Side::load(to, NEW_SEED)?);
        for ending in Ending::ALL {
            let counted = count(&old, &new, ending, step)?;
            table.rows.push(vec![
                Field::text(format!("{from} to {to}")),
                Field::text(ending.title()),
                Field::count(counted.valid),
                Field::count(counted.refused),
                Field::count(counted.forged_during),
                Field::count(counted.forged_after),
            ]);
            if from == MOVES[1].0 {
                #[allow(clippy::cast_precision_loss)] // some thousands
                bars.extend([
                    bar(ending, "valid tokens refused", counted.refused as f64),
                    bar(
                        ending,
                        "forgeries that got in",
                        (counted.forged_during + counted.forged_after) as f64,
                    ),
                ]);
            }
            all.push((ending, counted));
        }
    }
    let refused_well = sum(&all, Ending::AfterTheLast, |one| one.refused);
    let forged_late = sum(&all, Ending::AfterTheLast, |one| one.forged_after);
    if refused_well > 0 || forged_late > 0 {
        return Err(StudyError::Wrong(format!(
            "a move that ends with its last token refused {refused_well} valid ones and let {forged_late} forgeries in \
             after it"
        )));
    }
    Ok(Findings {
        method: vec![
            format!(
                "Logical time in steps of {step} s: a token is issued at each step and lives {} min; the new format is \
                 issued after four lives of a token. At each step every token that is alive is verified, and from the \
                 switch on the attacker makes one with the old key.",
                LIVES / 60
            ),
            "The two formats are told apart by how a token begins, and each has a key of its own; nothing of the old one \
             is ever tried with the new key."
                .into(),
        ],
        charts: vec![BarChart {
            name: "counts".into(),
            title: format!("Moving from {} to {}", MOVES[1].0, MOVES[1].1),
            subtitle: "tokens, by when the old format is refused".into(),
            unit: Unit::Count,
            bars,
        }],
        conclusion: vec![
            format!(
                "Taking both until the last old token has expired cost nobody a token in {} moves, and ending it at once \
                 refused {} valid ones.",
                MOVES.len(),
                sum(&all, Ending::AtOnce, |one| one.refused)
            ),
            format!(
                "The leaked old key made {} tokens that got in during the transition: a new format protects nothing \
                 while the old one is taken. After the end it was none, and {} where nobody had ended it.",
                sum(&all, Ending::AfterTheLast, |one| one.forged_during),
                sum(&all, Ending::Never, |one| one.forged_after)
            ),
            alike(&all),
        ],
        tables: vec![table],
    })
}

/// Whether the moves differ in what was counted.
fn alike(all: &[(Ending, Counted)]) -> String {
    let differ = Ending::ALL.iter().any(|ending| {
        let mut of = all
            .iter()
            .filter(|(one, _)| one == ending)
            .map(|(_, counted)| counted);
        let first = of.next();
        of.any(|other| Some(other) != first)
    });
    if differ {
        "The moves differ in their figures, as the table shows.".into()
    } else {
        "The figures are the same for each move: what counted was when the old format ends, and not what the new one is."
            .into()
    }
}

fn bar(ending: Ending, what: &str, value: f64) -> Bar {
    Bar {
        label: format!("{}: {what}", ending.title()),
        family: None,
        value: Interval::exact(value),
    }
}

fn sum(all: &[(Ending, Counted)], ending: Ending, of: impl Fn(&Counted) -> u64) -> u64 {
    let those = all.iter().filter(|(one, _)| *one == ending);
    those.map(|(_, counted)| of(counted)).sum()
}
