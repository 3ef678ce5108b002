//! `tokenlab attack replay`: one attack before a class, step by step.
//!
//! On a terminal it waits for a word between the steps, elsewhere and under `--auto` it
//! tells all of them. It reads whole lines and not single keys: a screen reader hears
//! what was typed, and there is no mode of the terminal that a crash could leave behind.

mod steps;

use std::io::{self, BufRead, IsTerminal};

use tokenlab_attacks::{Attack, Replay, Target, isolation, targets};
use tokenlab_lab::class;
use tokenlab_lab::replay::{self, Row, STEPS, Shown};
use tokenlab_record::transcript::Transcript;

use super::{attack_named, cell, targets_matching};
use crate::cli::AttackReplay;
use crate::output::{Failure, Output};
use steps::{PER_VERIFIER, WHY};

/// Shows the attack against the chosen target, or against one that falls, its fix, and
/// one of every other family.
///
/// # Errors
/// [`Failure`]: a name that matches nothing.
pub(super) fn run(arguments: &AttackReplay, output: &Output) -> Result<(), Failure> {
    let attack = attack_named(&arguments.id)?;
    if output.is_json() {
        let replays = replays(attack, arguments.target.as_deref(), output)?;
        let transcripts: Vec<&Transcript> = replays.iter().flat_map(|replay| &replay.transcripts).collect();
        return output.envelope("attack-replay", &transcripts);
    }
    let shown = shown(attack, arguments.target.as_deref(), output)?;
    if !arguments.auto && io::stdin().is_terminal() && io::stdout().is_terminal() {
        return walk(&shown, output);
    }
    for step in 0..STEPS.len() {
        let rows = match step {
            _ if arguments.target.is_some() && PER_VERIFIER.contains(&step) => shown.rows.len(),
            // Beside the verifier that falls, how its fix decides.
            WHY => 2,
            _ => 1,
        };
        for row in shown.rows.iter().take(rows) {
            tell(&shown, row, step, false, output)?;
        }
    }
    output.note(&next(&shown));
    Ok(())
}

/// The first target that falls, and the one that differs from it in nothing but the
/// missing check; or those that match.
fn replays(
    attack: &'static dyn Attack,
    chosen: Option<&str>,
    output: &Output,
) -> Result<Vec<Replay>, Failure> {
    let targets = match chosen {
        Some(id) => targets_matching(Some(id))?,
        None => {
            let mut all = targets::all().iter().map(AsRef::as_ref);
            let falls: Option<&dyn Target> = all.find(|target| isolation::is_to_fall(attack, *target));
            let holds = falls.and_then(|falls| targets::named(falls.profile().hardened?));
            falls.into_iter().chain(holds).collect()
        }
    };
    let mut replays = Vec::new();
    for target in targets {
        replays.extend(cell(attack, target, output)?);
    }
    Ok(replays)
}

fn shown(attack: &'static dyn Attack, chosen: Option<&str>, output: &Output) -> Result<Shown, Failure> {
    if let Some(shown) = chosen.map_or_else(|| replay::show(attack), |_| None) {
        return Ok(shown);
    }
    let rows = replays(attack, chosen, output)?.into_iter().filter_map(|replay| {
        Some(Row {
            target: targets::named(&replay.cell.target)?.card(),
            transcript: replay.deciding()?.clone(),
        })
    });
    Ok(Shown {
        card: attack.card(),
        rows: rows.collect(),
    })
}

/// Where somebody is in a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    step: usize,
    row: usize,
    /// Whether decisions are still a secret.
    hides: bool,
}

/// What somebody at the keyboard wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Next,
    Back,
    Verifier(usize),
    Hide,
    Blank,
    Command,
    Notes,
    Help,
    Quit,
}

impl Wish {
    fn read(line: &str) -> Option<Self> {
        Some(match line.trim() {
            "" | "n" => Self::Next,
            "p" => Self::Back,
            "h" => Self::Hide,
            "b" => Self::Blank,
            "c" => Self::Command,
            "s" => Self::Notes,
            "?" => Self::Help,
            "q" => Self::Quit,
            number => Self::Verifier(number.parse::<usize>().ok()?.checked_sub(1)?),
        })
    }
}

impl Place {
    /// Where that leads among `rows` verifiers; `None` if it ends the replay.
    fn after(self, wish: Wish, rows: usize) -> Option<Self> {
        match wish {
            Wish::Next if self.step + 1 == STEPS.len() => None,
            Wish::Next => Some(Self {
                step: self.step + 1,
                ..self
            }),
            Wish::Back => Some(Self {
                step: self.step.saturating_sub(1),
                ..self
            }),
            Wish::Verifier(row) if row < rows => Some(Self { row, ..self }),
            Wish::Hide => Some(Self {
                hides: !self.hides,
                ..self
            }),
            Wish::Quit => None,
            Wish::Verifier(_) | Wish::Blank | Wish::Command | Wish::Notes | Wish::Help => Some(self),
        }
    }
}

const HELP: &str = "Enter or n: next · p: previous · 1 to 5: another verifier · h: hide or show decisions · \
                    b: blank · c: the command of this replay · s: speaker's notes · q: quit";

/// Lines that push a screen's content away.
const SCREEN: usize = 60;

fn walk(shown: &Shown, output: &Output) -> Result<(), Failure> {
    output.note(&HELP);
    let mut place = Place::default();
    loop {
        let Some(row) = shown.rows.get(place.row) else {
            return Ok(());
        };
        tell(shown, row, place.step, place.hides, output)?;
        // Words that show something else come back to the same step.
        loop {
            output.note(&format!(
                "-- {} of {} · {} · ? for help",
                place.step + 1,
                STEPS.len(),
                row.target.id
            ));
            let mut line = String::new();
            let read = io::stdin().lock().read_line(&mut line);
            if read.map_err(|error| Failure::environment(format!("cannot read the keyboard: {error}")))? == 0
            {
                return Ok(());
            }
            let wish = Wish::read(&line).unwrap_or(Wish::Help);
            match wish {
                Wish::Help => output.note(&HELP),
                Wish::Blank => output.line(&"\n".repeat(SCREEN))?,
                Wish::Notes => output.line(&notes(shown))?,
                Wish::Command => output.line(&format!(
                    "tokenlab attack replay {} --target '{}' --auto",
                    shown.card.id, row.target.id
                ))?,
                _ => {
                    let Some(next_place) = place.after(wish, shown.rows.len()) else {
                        output.note(&next(shown));
                        return Ok(());
                    };
                    place = next_place;
                    break;
                }
            }
        }
    }
}

fn tell(shown: &Shown, row: &Row, step: usize, hides: bool, output: &Output) -> Result<(), Failure> {
    let title = STEPS.get(step).copied().unwrap_or_default();
    output.line(&format!("\n── {} · {}. {title} ──", shown.card.title, step + 1))?;
    for line in steps::lines(shown, row, step, hides) {
        output.line(&line)?;
    }
    Ok(())
}

/// What the plans of a class say of this attack.
fn notes(shown: &Shown) -> String {
    let notes = class::notes(&shown.card.id);
    if notes.is_empty() {
        return "no plan of a class has this attack, so there are no notes".into();
    }
    let lines: Vec<String> = notes
        .iter()
        .map(|(plan, notes)| format!("{plan}: {notes}"))
        .collect();
    lines.join("\n")
}

fn next(shown: &Shown) -> String {
    format!(
        "next: the same in a browser, tokenlab serve and /a/{} · tokenlab attack matrix",
        shown.card.id
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_forth_and_back_and_to_another_verifier() {
        let wish = |line: &str| Wish::read(line).unwrap();
        let start = Place::default();
        let second = start.after(wish("\n"), 5).unwrap();
        assert_eq!(second.step, 1);
        assert_eq!(second.after(wish("p\n"), 5), Some(start));
        assert_eq!(
            start.after(wish("p"), 5),
            Some(start),
            "nothing stands before the first"
        );
        assert_eq!(second.after(wish("3"), 5).unwrap().row, 2);
        assert_eq!(second.after(wish("6"), 5), Some(second), "there is no sixth");
        assert!(second.after(wish("h"), 5).unwrap().hides);
        assert_eq!(second.after(wish("q"), 5), None);
        let last = Place {
            step: STEPS.len() - 1,
            ..start
        };
        assert_eq!(last.after(wish("n"), 5), None);
        for line in ["0", "x", "-1", "99999999999999999999"] {
            assert_eq!(Wish::read(line), None, "{line}");
        }
    }
}
