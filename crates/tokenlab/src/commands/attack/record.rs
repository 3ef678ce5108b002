//! What of the replays goes into a run folder, and what a folder needs beside it
//! to be a run.
//!
//! Every cell is there. A whole transcript has the token, the steps, the
//! difference and every check, some kilobytes of it, and a hundred libraries that
//! refuse one forgery alike would fill a repository with one story. So by default
//! a cell that repeats another is abridged to its outcome and the check that
//! decided; a replay brings the rest back. Kept whole is what tells something:
//! whoever falls by a mistake of its own, its hardened twin, whatever was not
//! expected, and the first of each outcome in each family.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::Zoned;
use tokenlab_attacks::{Replay, catalogue, source, targets};
use tokenlab_benches::environment;
use tokenlab_record::catalogue::{CATALOGUE_SCHEMA, Catalogue, Family, TargetKind};
use tokenlab_record::jsonl;
use tokenlab_record::run::{ATTACKS_ONLY, MANIFEST_SCHEMA, Manifest, Status, files, write_document};
use tokenlab_record::source::Excerpt;
use tokenlab_record::transcript::{TRANSCRIPT_SCHEMA, Transcript, Verdict};

use crate::output::Failure;

/// How much of each transcript is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All of what tells something, the outcome of the rest.
    Telling,
    /// All of everything.
    Whole,
}

/// Writes replays into a folder. What the folder has of the same cells is
/// replaced, and the cards of attacks and targets are those of this build. A
/// folder that holds no run becomes one, by `command`.
///
/// # Errors
/// [`Failure`] if the folder can't be read or written.
pub(crate) fn write(folder: &Path, replays: &[Replay], detail: Detail, command: &str) -> Result<(), Failure> {
    let path = folder.join(files::MANIFEST);
    let is_new = !path.exists();
    let manifest = if is_new {
        attacks_only(command)
    } else {
        let text = fs::read(&path).map_err(Failure::environment)?;
        serde_json::from_slice::<Manifest>(&text).map_err(|error| {
            Failure::environment(format!("{} is no run's manifest: {error}", path.display()))
        })?
    };
    let mut transcripts = earlier(folder, replays)?;
    transcripts.extend(chosen(replays, detail));
    for transcript in &mut transcripts {
        transcript.run.clone_from(&manifest.run);
    }
    write_lines(&folder.join(files::TRANSCRIPTS), &transcripts)?;
    write_lines(
        &folder.join(files::SOURCES),
        &sources(&manifest.run, &transcripts),
    )?;
    write_catalogue(folder)?;
    if is_new {
        let environment = environment::describe(Zoned::now().timestamp().to_string());
        write_document(&folder.join(files::ENVIRONMENT), &environment).map_err(Failure::environment)?;
        // Last: a folder with a manifest is a run.
        write_document(&path, &manifest).map_err(Failure::environment)?;
    }
    Ok(())
}

/// The cards of everything that attacks or is attacked.
pub(crate) fn cards(catalogue: &mut Catalogue) {
    catalogue.attacks = catalogue::all().iter().map(|attack| attack.card()).collect();
    catalogue.targets = targets::all().iter().map(|target| target.card()).collect();
}

fn attacks_only(command: &str) -> Manifest {
    Manifest {
        schema: MANIFEST_SCHEMA.into(),
        run: format!("{}-{ATTACKS_ONLY}", Zoned::now().strftime("%Y-%m-%dT%H-%M-%S")),
        profile: ATTACKS_ONLY.into(),
        only: None,
        seed: 0,
        launches: 0,
        rounds: 0,
        block_ns: 0,
        groups: Vec::new(),
        expected_s: 0.0,
        elapsed_s: 0.0,
        command: command.to_owned(),
        status: Status::Complete,
    }
}

/// The transcripts that the folder has of cells that were not run again.
fn earlier(folder: &Path, replays: &[Replay]) -> Result<Vec<Transcript>, Failure> {
    let again: BTreeSet<(&str, &str)> = replays
        .iter()
        .map(|replay| (replay.cell.attack.as_str(), replay.cell.target.as_str()))
        .collect();
    let path = folder.join(files::TRANSCRIPTS);
    let (mut kept, _) = jsonl::read::<Transcript>(&path, TRANSCRIPT_SCHEMA).map_err(Failure::environment)?;
    kept.retain(|transcript| !again.contains(&(transcript.attack.as_str(), transcript.target.as_str())));
    Ok(kept)
}

/// What is written of each replay.
fn chosen(replays: &[Replay], detail: Detail) -> Vec<Transcript> {
    if detail == Detail::Whole {
        let all = replays.iter().flat_map(|replay| &replay.transcripts);
        return all.cloned().collect();
    }
    let twins: BTreeSet<(&str, &str)> = replays
        .iter()
        .filter(|replay| is_success(&replay.cell.verdict))
        .filter_map(|replay| {
            let target = targets::named(&replay.cell.target)?;
            Some((replay.cell.attack.as_str(), target.profile().hardened?))
        })
        .collect();
    let mut seen: BTreeSet<(&str, Family, &str)> = BTreeSet::new();
    let mut written = Vec::new();
    for replay in replays {
        let cell = &replay.cell;
        let is_first = seen.insert((&cell.attack, cell.family, cell.verdict.kind()));
        let is_telling = !cell.agrees
            || is_success(&cell.verdict) && has_mistake(&cell.target)
            || twins.contains(&(&cell.attack, &cell.target));
        let Some(deciding) = replay.deciding() else {
            continue;
        };
        if is_telling || is_first {
            written.push(deciding.clone());
        } else {
            written.push(deciding.abridged());
        }
        if is_telling {
            let others = replay
                .transcripts
                .iter()
                .filter(|other| !std::ptr::eq(*other, deciding));
            written.extend(others.map(Transcript::abridged));
        } else if matches!(cell.verdict, Verdict::Inapplicable { .. }) {
            // That the nearest analogue was tried is part of the outcome.
            let tried = replay.transcripts.iter().find(|other| other.analogue.is_some());
            written.extend(tried.map(Transcript::abridged));
        }
    }
    written
}

/// Whether the attacker got something.
const fn is_success(verdict: &Verdict) -> bool {
    !matches!(verdict, Verdict::Rejected { .. } | Verdict::Inapplicable { .. })
}

/// Whether a target has a weakness that is not just its format's.
fn has_mistake(id: &str) -> bool {
    targets::named(id).is_some_and(|target| target.profile().kind != TargetKind::Hardened)
}

/// The lines of source that decided, each once.
fn sources(run: &str, transcripts: &[Transcript]) -> Vec<Excerpt> {
    let entries = transcripts.iter().filter_map(Transcript::deciding);
    let places: BTreeSet<(&str, u32)> = entries.map(|entry| (entry.file.as_str(), entry.line)).collect();
    places
        .into_iter()
        .filter_map(|(file, line)| source::excerpt(run, file, line))
        .collect()
}

/// Puts this build's cards of attacks and targets into the folder's catalogue.
fn write_catalogue(folder: &Path) -> Result<(), Failure> {
    let path = folder.join(files::CATALOGUE);
    let mut catalogue = fs::read(&path)
        .ok()
        .and_then(|text| serde_json::from_slice::<Catalogue>(&text).ok())
        .unwrap_or_default();
    catalogue.schema = CATALOGUE_SCHEMA.into();
    cards(&mut catalogue);
    write_document(&path, &catalogue).map_err(Failure::environment)
}

/// Writes lines whole or not at all: to a neighbour first, then renamed into place.
fn write_lines<T: serde::Serialize>(path: &Path, lines: &[T]) -> Result<(), Failure> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line).map_err(Failure::environment)?;
        text.push(b'\n');
    }
    let neighbour = path.with_extension("jsonl.new");
    fs::write(&neighbour, text)
        .and_then(|()| fs::rename(&neighbour, path))
        .map_err(Failure::environment)
}
