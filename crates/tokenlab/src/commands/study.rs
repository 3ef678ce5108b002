//! `tokenlab study`: claims about the life of a token, run.
//!
//! A folder keeps the latest of each study as a document, and is drawn as one page.

use std::env;
use std::fs;
use std::path::Path;
use std::time::Instant;

use jiff::Zoned;
use serde_json::json;
use tokenlab_benches::environment;
use tokenlab_record::environment::Environment;
use tokenlab_record::run::{RunRecord, files, write_document};
use tokenlab_record::study::{Form, STUDY_SCHEMA, Study};
use tokenlab_report::render_studies;
use tokenlab_studies::deployment::node::NodeProgram;
use tokenlab_studies::deployment::service;
use tokenlab_studies::{Stage, StudyCard, all, named};

use crate::cli::{Study as Arguments, StudyRun, StudyVerb};
use crate::output::{Failure, Output, table};
use crate::runs;

/// Does what the verb says.
///
/// # Errors
/// [`Failure`] as each verb has it.
pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        StudyVerb::List => list(output),
        StudyVerb::Run(arguments) => run_studies(arguments, output),
        StudyVerb::Node => service::serve().map_err(Failure::environment),
    }
}

fn list(output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        let cards: Vec<_> = all()
            .iter()
            .map(|card| {
                json!({
                    "id": card.id,
                    "title": card.title,
                    "question": card.question,
                    "missing": card.missing(),
                })
            })
            .collect();
        return output.envelope("studies", &cards);
    }
    let rows = all().iter().map(|card| {
        let lacks = card.missing().unwrap_or_else(|| "ready".into());
        vec![card.id.to_owned(), card.question.to_owned(), lacks]
    });
    output.line(&table(&["study", "question", "here"], &[], rows.collect()))
}

/// Runs the study that is named, or all; a failing one ends it, as Ctrl-C does, and what was
/// run before is kept. What this machine lacks something for is named, and the others run.
fn run_studies(arguments: &StudyRun, output: &Output) -> Result<(), Failure> {
    let chosen: Vec<&StudyCard> = match arguments.id.as_deref() {
        None => all().to_vec(),
        Some(id) => vec![named(id).ok_or_else(|| {
            let known: Vec<&str> = all().iter().map(|card| card.id).collect();
            Failure::no_match(format!(
                "there is no study {id:?}; there are {}",
                known.join(", ")
            ))
        })?],
    };
    runs::make_writable(&arguments.out)?;
    let environment = environment::describe(Zoned::now().timestamp().to_string());
    let mut lacking = Vec::new();
    for (place, card) in (1..).zip(&chosen) {
        let note = |what: &str| output.note(&format!("study {place} of {}: {}{what}", chosen.len(), card.id));
        if let Some(missing) = card.missing() {
            note(&format!(": {missing}"));
            lacking.push(format!("{}: {missing}", card.id));
            continue;
        }
        match read(card, &arguments.out)?.filter(|study| study.form == form(arguments)) {
            Some(study) if arguments.resume && is_of(&study, &environment) => {
                note(&format!(" is kept, of {}", study.environment.started_at));
                continue;
            }
            Some(study) => note(&format!(", which took {:.0} s last time", study.elapsed_s)),
            None => note(""),
        }
        let study = one(card, arguments, output)?;
        write_document(&arguments.out.join(format!("{}.json", card.id)), &study)
            .map_err(Failure::environment)?;
        if output.is_json() {
            output.envelope("study", &study)?;
        } else {
            output.line(&format!("{}: {}", study.title, study.question))?;
            for sentence in &study.conclusion {
                output.line(&format!("  {sentence}"))?;
            }
        }
    }
    if lacking.len() == chosen.len() {
        return Err(not_run(&lacking));
    }
    let rendered = render_studies(&studies(&arguments.out)?, &arguments.out).map_err(Failure::environment)?;
    output.note(&format!("drawn: {}", rendered.page.display()));
    draw_run(&arguments.out, output)?;
    if lacking.is_empty() {
        Ok(())
    } else {
        Err(not_run(&lacking))
    }
}

fn not_run(lacking: &[String]) -> Failure {
    Failure::environment(format!("not run on this machine: {}", lacking.join("; ")))
}

/// Whether a study was run by the very code that runs now.
fn is_of(study: &Study, now: &Environment) -> bool {
    study.environment.commit == now.commit && !study.environment.dirty && !now.dirty
}

/// Draws the report of the run again that the folder belongs to, if it belongs to one.
fn draw_run(studies: &Path, output: &Output) -> Result<(), Failure> {
    let run = studies.parent().filter(|_| studies.ends_with(files::STUDIES));
    let Some(run) = run.filter(|run| run.join(files::MANIFEST).is_file()) else {
        return Ok(());
    };
    let record = RunRecord::read(run).map_err(Failure::environment)?;
    let rendered = tokenlab_report::render(&record, run).map_err(Failure::environment)?;
    output.note(&format!("drawn: {}", rendered.index.display()));
    Ok(())
}

fn one(card: &StudyCard, arguments: &StudyRun, output: &Output) -> Result<Study, Failure> {
    let form = form(arguments);
    let environment = environment::describe(Zoned::now().timestamp().to_string());
    let began = Instant::now();
    let say = |what: &str| {
        output.note(&format!(
            "{}: {what} ({:.0} s)",
            card.id,
            began.elapsed().as_secs_f64()
        ));
    };
    let node = NodeProgram {
        path: env::current_exe().map_err(Failure::environment)?,
        arguments: vec!["study".into(), "node".into()],
    };
    let stage = Stage {
        form,
        node: &node,
        say: &say,
    };
    let findings = (card.run)(&stage)
        .map_err(|error| Failure::environment(format!("the study {} came to no end: {error}", card.id)))?;
    Ok(Study {
        schema: STUDY_SCHEMA.into(),
        id: card.id.into(),
        title: card.title.into(),
        question: card.question.into(),
        form,
        command: format!(
            "tokenlab study run {}{}",
            card.id,
            if arguments.short { " --short" } else { "" }
        ),
        environment,
        elapsed_s: began.elapsed().as_secs_f64(),
        method: findings.method,
        charts: findings.charts,
        tables: findings.tables,
        conclusion: findings.conclusion,
    })
}

const fn form(arguments: &StudyRun) -> Form {
    if arguments.short { Form::Short } else { Form::Full }
}

/// The studies that a folder has, in the order of the registry.
fn studies(folder: &Path) -> Result<Vec<Study>, Failure> {
    let found = all().iter().map(|card| read(card, folder));
    Ok(found
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// The study of a folder, if it has it.
fn read(card: &StudyCard, folder: &Path) -> Result<Option<Study>, Failure> {
    let path = folder.join(format!("{}.json", card.id));
    let Ok(text) = fs::read(&path) else {
        return Ok(None);
    };
    serde_json::from_slice(&text).map(Some).map_err(|error| {
        Failure::environment(format!(
            "{} is no study: {error}; delete it, and run it again",
            path.display()
        ))
    })
}
