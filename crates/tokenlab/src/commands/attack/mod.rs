//! `tokenlab attack`: the catalogue against every verifier.

mod matrix;
mod replay;

use std::path::Path;

use tokenlab_attacks::{Attack, Cell, Replay, Target, catalogue, replay as attacks, targets};
use tokenlab_record::jsonl::Appender;
use tokenlab_record::run::{Manifest, files};
use tokenlab_record::transcript::Verdict;

use crate::cli::{Attack as Arguments, AttackMatrix, AttackRun, AttackVerb};
use crate::output::{Failure, Output, table};
use crate::{runs, suggest};

/// Runs one of the attack verbs.
///
/// # Errors
/// [`Failure`]: a name that matches nothing, a folder that can't be written,
/// under `--strict` an outcome that was not expected.
pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        AttackVerb::List => list_attacks(output),
        AttackVerb::Run(arguments) => run_attacks(arguments, output),
        AttackVerb::Matrix(arguments) => show_matrix(arguments, output),
        AttackVerb::Replay(arguments) => replay::run(arguments, output),
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
        .map(|card| vec![card.id, card.title, card.breaks.join(", ")])
        .collect();
    output.line(&table(&["attack", "title", "breaks"], &[], rows))
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

/// Appends transcripts to a folder's `transcripts.jsonl`, under the run's id
/// if the folder holds a run.
///
/// # Errors
/// [`Failure`] if the folder can't be written.
pub(crate) fn write_transcripts(folder: &Path, replays: &[Replay]) -> Result<(), Failure> {
    let run = std::fs::read(folder.join(files::MANIFEST))
        .ok()
        .and_then(|text| serde_json::from_slice::<Manifest>(&text).ok())
        .map_or_else(|| "attacks".to_owned(), |manifest| manifest.run);
    let mut file = Appender::open(&folder.join(files::TRANSCRIPTS)).map_err(Failure::environment)?;
    for transcript in replays.iter().flat_map(|replay| &replay.transcripts) {
        let mut transcript = transcript.clone();
        transcript.run.clone_from(&run);
        file.append(&transcript).map_err(Failure::environment)?;
    }
    Ok(())
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
    let targets = targets_matching(arguments.target.as_deref())?;
    if let Some(folder) = &arguments.out {
        runs::make_writable(folder)?;
    }
    let replays: Vec<Replay> = chosen
        .iter()
        .flat_map(|attack| targets.iter().map(|target| attacks::cell(*attack, *target)))
        .collect();
    if let Some(folder) = &arguments.out {
        write_transcripts(folder, &replays)?;
        output.note(&format!("wrote {}", folder.join(files::TRANSCRIPTS).display()));
    }
    let cells: Vec<&Cell> = replays.iter().map(|replay| &replay.cell).collect();
    if output.is_json() {
        output.envelope("attack-run", &serde_json::json!({"cells": cells}))?;
    } else {
        let rows = cells.iter().map(|cell| row(cell)).collect();
        output.line(&table(
            &["attack", "target", "outcome", "decided by", "as expected"],
            &[],
            rows,
        ))?;
    }
    let surprises = cells.iter().filter(|cell| !cell.agrees).count();
    output.note(&format!("{} cells, {surprises} not as expected", cells.len()));
    if arguments.strict && surprises > 0 {
        return Err(Failure::expectation(format!(
            "{surprises} of {} outcomes are not the expected ones",
            cells.len()
        )));
    }
    Ok(())
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
        (Verdict::Accepted { .. }, Some(check)) => format!("missing: {check}"),
        (_, Some(check)) => check.clone(),
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
        _ => "?",
    }
}

fn show_matrix(arguments: &AttackMatrix, output: &Output) -> Result<(), Failure> {
    let targets = targets_matching(arguments.target.as_deref())?;
    let kept = |target: &dyn Target| targets.iter().any(|kept| kept.id() == target.id());
    let replays = attacks::matrix(|_, target| kept(target));
    let cells: Vec<&Cell> = replays.iter().map(|replay| &replay.cell).collect();
    if output.is_json() {
        return output.envelope("attack-matrix", &serde_json::json!({"cells": cells}));
    }
    matrix::print(&cells, &targets, arguments.target.is_none(), output)
}
