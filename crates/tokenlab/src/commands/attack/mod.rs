//! `tokenlab attack`: the catalogue against every verifier.

mod exports;
mod isolated;
mod matrix;
mod outside;
pub(crate) mod record;
mod replay;

use tokenlab_attacks::{Attack, Cell, Replay, Target, catalogue, replay as attacks, targets};
use tokenlab_record::run::files;
use tokenlab_record::transcript::Verdict;

use crate::cli::{Attack as Arguments, AttackMatrix, AttackRun, AttackVerb};
use crate::output::{Failure, Output, table};
use crate::{runs, suggest};
use matrix::Matrix;
use outside::Outside;
pub(crate) use outside::program;
use record::Detail;

/// Runs one of the attack verbs.
///
/// # Errors
/// [`Failure`]: a name that matches nothing, a folder that can't be written, a
/// verifier that gets honest tokens wrong, under `--strict` an outcome that was
/// not expected.
pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        AttackVerb::List => list_attacks(output),
        AttackVerb::Run(arguments) => run_attacks(arguments, output),
        AttackVerb::Matrix(arguments) => show_matrix(arguments, output),
        AttackVerb::Replay(arguments) => replay::run(arguments, output),
        AttackVerb::Keys(arguments) => outside::show_keys(arguments, output),
        AttackVerb::Cell(arguments) => isolated::run_cells(arguments),
    }
}

/// Prints the cards of the catalogue.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(crate) fn list_attacks(output: &Output) -> Result<(), Failure> {
    let cards: Vec<_> = catalogue::all().iter().map(|attack| attack.card()).collect();
    if output.is_json() {
        return output.envelope("attacks", &cards);
    }
    let rows = cards
        .into_iter()
        .map(|card| {
            vec![
                card.id,
                card.class.title().to_owned(),
                card.title,
                card.breaks.join(", "),
            ]
        })
        .collect();
    output.line(&table(&["attack", "class", "title", "breaks"], &[], rows))
}

/// Prints the cards of the targets.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(crate) fn list_targets(output: &Output) -> Result<(), Failure> {
    let cards: Vec<_> = targets::all().iter().map(|target| target.card()).collect();
    if output.is_json() {
        return output.envelope("targets", &cards);
    }
    let rows = cards
        .into_iter()
        .map(|card| {
            let weaknesses = if card.weaknesses.is_empty() {
                "none".into()
            } else {
                card.weaknesses.join(", ")
            };
            vec![card.id, card.kind.slug().to_owned(), card.scheme, weaknesses]
        })
        .collect();
    output.line(&table(&["target", "kind", "scheme", "weakness"], &[], rows))
}

/// The attack of that name.
pub(crate) fn attack_named(id: &str) -> Result<&'static dyn Attack, Failure> {
    let attacks = catalogue::all();
    attacks
        .iter()
        .copied()
        .find(|attack| attack.id() == id)
        .ok_or_else(|| {
            let known: Vec<&str> = attacks.iter().map(|attack| attack.id()).collect();
            Failure::no_match(suggest::unknown("attack", id, &known))
        })
}

/// The targets that match a glob, all without one.
pub(crate) fn targets_matching(glob: Option<&str>) -> Result<Vec<&'static dyn Target>, Failure> {
    let all = targets::all().iter().map(AsRef::as_ref);
    suggest::select("target", glob, all, |target| target.id())
}

/// The attacks that match a glob, all without one.
fn attacks_matching(glob: Option<&str>) -> Result<Vec<&'static dyn Attack>, Failure> {
    let all = catalogue::all().iter().copied();
    suggest::select("attack", glob, all, |attack| attack.id())
}

fn run_attacks(arguments: &AttackRun, output: &Output) -> Result<(), Failure> {
    let chosen: Vec<&'static dyn Attack> = if arguments.all {
        catalogue::all().to_vec()
    } else {
        arguments
            .ids
            .iter()
            .map(|id| attack_named(id))
            .collect::<Result<_, _>>()?
    };
    if let Some(folder) = &arguments.out {
        runs::make_writable(folder)?;
    }
    let outside = Outside::meet(arguments, output)?;
    let replays = if let Some(outside) = &outside {
        outside.attack(&chosen)
    } else {
        let targets = targets_matching(arguments.target.as_deref())?;
        replays(
            |attack, target| {
                chosen.iter().any(|kept| kept.id() == attack.id())
                    && targets.iter().any(|kept| kept.id() == target.id())
            },
            output,
        )?
    };
    let source = outside.as_ref().and_then(|outside| outside.file.as_deref());
    exports::write(&arguments.files, &replays, source, output)?;
    if let Some(folder) = &arguments.out {
        let detail = if arguments.whole {
            Detail::Whole
        } else {
            Detail::Telling
        };
        record::write(folder, &replays, detail, &command(arguments))?;
        output.note(&format!(
            "wrote {}; `tokenlab report {}` draws the pages",
            folder.join(files::TRANSCRIPTS).display(),
            folder.display()
        ));
    }
    let cells: Vec<&Cell> = replays.iter().map(|replay| &replay.cell).collect();
    if output.is_json() {
        let unsupported = outside.as_ref().map(|outside| &outside.unsupported);
        output.envelope(
            "attack-run",
            &serde_json::json!({"cells": cells, "unsupported": unsupported}),
        )?;
    } else {
        let rows = cells.iter().map(|cell| row(cell)).collect();
        output.line(&table(
            &["attack", "target", "outcome", "decided by", "as expected"],
            &[],
            rows,
        ))?;
    }
    for sentence in replays.iter().filter_map(exports::surprise) {
        output.note(&format!("not as expected: {sentence}"));
    }
    let surprises = cells.iter().filter(|cell| !cell.agrees).count();
    output.note(&format!("{} cells, {surprises} not as expected", cells.len()));
    if arguments.strict && surprises > 0 {
        if output.is_json() {
            // The envelope has said it; a second one would be no JSON document.
            return Err(Failure::said(1));
        }
        return Err(Failure::expectation(format!(
            "{surprises} of {} outcomes are not the expected ones",
            cells.len()
        )));
    }
    Ok(())
}

/// The command that makes the run again.
fn command(arguments: &AttackRun) -> String {
    let mut command = "cargo run --release -p tokenlab -- attack run".to_owned();
    if arguments.all {
        command.push_str(" --all");
    }
    for id in &arguments.ids {
        command.push_str(&format!(" {id}"));
    }
    if let Some(target) = &arguments.target {
        command.push_str(&format!(" --target '{target}'"));
    }
    command
}

/// Every pair that `keep` keeps, in report order: most in this process, isolated
/// attacks in children of it.
///
/// # Errors
/// [`Failure`] if no child can be started.
pub(crate) fn replays(
    keep: impl Fn(&dyn Attack, &dyn Target) -> bool,
    output: &Output,
) -> Result<Vec<Replay>, Failure> {
    let mut replays = attacks::matrix(&keep);
    replays.extend(isolated::replay(keep, output)?);
    replays.sort_by_key(|replay| {
        let mut order = catalogue::all().iter();
        order.position(|attack| attack.id() == replay.cell.attack)
    });
    Ok(replays)
}

/// One cell, wherever it has to run.
fn cell(
    attack: &'static dyn Attack,
    target: &dyn Target,
    output: &Output,
) -> Result<Option<Replay>, Failure> {
    if !attack.profile().isolated {
        return Ok(Some(attacks::cell(attack, target)));
    }
    let is_meant =
        |one: &dyn Attack, other: &dyn Target| one.id() == attack.id() && other.id() == target.id();
    Ok(isolated::replay(is_meant, output)?.pop())
}

fn row(cell: &Cell) -> Vec<String> {
    vec![
        cell.attack.clone(),
        cell.target.clone(),
        word(&cell.verdict).to_owned(),
        decided(cell),
        if cell.agrees { "yes" } else { "NO" }.to_owned(),
    ]
}

fn decided(cell: &Cell) -> String {
    match (&cell.verdict, &cell.decided_by) {
        (Verdict::Inapplicable { why }, _) => why.clone(),
        (Verdict::Rejected { .. }, Some(check)) => check.clone(),
        (_, Some(check)) => format!("missing: {check}"),
        (_, None) => String::new(),
    }
}

/// A verdict in a word; capitals where the attacker won.
pub(crate) const fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted { .. } => "ACCEPTED",
        Verdict::Rejected { .. } => "refused",
        Verdict::Inapplicable { .. } => "not expressible",
        Verdict::Exhausted { .. } => "EXHAUSTED",
        Verdict::Panicked { .. } => "PANICKED",
        Verdict::Leaked { .. } => "LEAKED",
        _ => "?",
    }
}

fn show_matrix(arguments: &AttackMatrix, output: &Output) -> Result<(), Failure> {
    let targets = targets_matching(arguments.target.as_deref())?;
    let attacks = attacks_matching(arguments.attack.as_deref())?;
    let replays = replays(
        |attack, target| {
            attacks.iter().any(|kept| kept.id() == attack.id())
                && targets.iter().any(|kept| kept.id() == target.id())
        },
        output,
    )?;
    exports::write(&arguments.files, &replays, None, output)?;
    let cells: Vec<&Cell> = replays.iter().map(|replay| &replay.cell).collect();
    if output.is_json() {
        return output.envelope("attack-matrix", &serde_json::json!({"cells": cells}));
    }
    let matrix = Matrix {
        cells,
        attacks,
        targets,
    };
    if arguments.target.is_none() && arguments.attack.is_none() {
        matrix.print_counts(output)
    } else {
        matrix.print_cells(arguments.target.is_none(), output)
    }
}
