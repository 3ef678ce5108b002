//! `tokenlab class`: what a teacher carries from machine to machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tokenlab_lab::portable::{self, PortableError};
use tokenlab_lab::progress::Progress;
use tokenlab_lab::{class, csv, slides};

use super::learn::{journal, learner};
use crate::cli::{Class, ClassVerb, State};
use crate::output::{Failure, Output};

/// Does what the verb says.
///
/// # Errors
/// [`Failure`] as each verb has it.
pub(crate) fn run(arguments: &Class, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        ClassVerb::Export { learner, out, state } => export(learner, out.as_deref(), state, output),
        ClassVerb::Import { files, state } => import(files, state, output),
        ClassVerb::Csv { out, state } => table(out.as_deref(), state, output),
        ClassVerb::Slides { plan, out } => write_slides(plan, out.as_deref(), output),
    }
}

fn export(name: &str, out: Option<&Path>, state: &State, output: &Output) -> Result<(), Failure> {
    let learner = learner(name)?;
    let key = portable::installation(&state.folder.join("installation.key"), || {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(bytes)
    })
    .map_err(Failure::environment)?;
    let token = portable::export(&journal(state), &learner, &key).map_err(failed)?;
    let path = out.map_or_else(|| PathBuf::from(format!("{learner}.progress")), Path::to_owned);
    write(&path, &format!("{token}\n"), output)?;
    output.note(
        &"a v4.public token: anybody can read it, and nobody can change it unnoticed; it says which installation \
          made it, and not that its learner was honest",
    );
    Ok(())
}

/// Imports what it can, and says of each other file what is wrong with it.
fn import(files: &[PathBuf], state: &State, output: &Output) -> Result<(), Failure> {
    // Makes the folder, and completes a line that was cut off.
    Progress::open(&journal(state)).map_err(Failure::environment)?;
    let mut problems = Vec::new();
    let mut learners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut imported = Vec::new();
    for path in files {
        let read = portable::text_of(path).and_then(|text| portable::read(&text));
        let file = match read {
            Ok(file) => file,
            Err(problem) => {
                problems.push(format!("{}: {problem}", path.display()));
                continue;
            }
        };
        let fresh = portable::import(&journal(state), &file).map_err(failed)?;
        let from = learners.entry(file.installation.clone()).or_default();
        from.push(file.learner.to_string());
        if !output.is_json() {
            output.line(&format!(
                "{}: {fresh} new of {} events of {}, from installation {}",
                path.display(),
                file.lines.len(),
                file.learner,
                short(&file.installation)
            ))?;
        }
        imported.push(json!({
            "file": path,
            "learner": file.learner,
            "installation": file.installation,
            "events": file.lines.len(),
            "new": fresh,
        }));
    }
    if output.is_json() {
        output.envelope(
            "class-import",
            &json!({ "files": imported, "problems": problems }),
        )?;
    }
    for (installation, names) in learners.iter_mut() {
        names.sort();
        names.dedup();
        if names.len() > 1 {
            output.note(&format!(
                "{} are from one installation, {}: one machine that several used, or one learner with several names",
                names.join(", "),
                short(installation)
            ));
        }
    }
    match problems.as_slice() {
        [] => Ok(()),
        _ if output.is_json() => Err(Failure::said(1)),
        _ => Err(Failure::expectation(format!(
            "not imported:\n  {}",
            problems.join("\n  ")
        ))),
    }
}

fn table(out: Option<&Path>, state: &State, output: &Output) -> Result<(), Failure> {
    let (progress, damaged) = Progress::open(&journal(state)).map_err(Failure::environment)?;
    if damaged > 0 {
        output.note(&format!("{damaged} lines of the journal could not be read"));
    }
    let text = csv(&progress.board());
    match out {
        Some(path) => write(path, &text, output),
        None => output.line(&text.trim_end()),
    }
}

fn write_slides(name: &str, out: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let plan = class::named(name).ok_or_else(|| {
        let known: Vec<&str> = class::names().collect();
        Failure::no_match(format!(
            "there is no plan {name:?}; there are {}",
            known.join(" and ")
        ))
    })?;
    let path = out.map_or_else(|| PathBuf::from(format!("class-{name}.html")), Path::to_owned);
    write(&path, &slides(&plan), output)
}

fn write(path: &Path, text: &str, output: &Output) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::environment(format!("cannot write {}: {error}", path.display())))?;
    if output.is_json() {
        return output.envelope("written", &json!({ "file": path }));
    }
    output.line(&path.display())
}

/// The beginning of a PASERK id, enough to tell installations apart.
fn short(kid: &str) -> &str {
    kid.get(..15).unwrap_or(kid)
}

fn failed(error: PortableError) -> Failure {
    match error {
        PortableError::Nobody(_) => Failure::no_match(error),
        _ => Failure::environment(error),
    }
}
