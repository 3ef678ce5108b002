//! `tokenlab learn`: exercises in a terminal, first of all those in which a program is
//! mended.
//!
//! It writes into the same journal as the lab, which finds it there.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;
use tokenlab_attacks::targets;
use tokenlab_lab::exercise::{Exercise, HINTS, Mend, Tier};
use tokenlab_lab::learner::Learner;
use tokenlab_lab::mend::{self, Examination};
use tokenlab_lab::progress::{Event, Progress, Standing};
use tokenlab_lab::{exercises, standing};
use tokenlab_report::web;

use super::attack;
use crate::cli::{Learn, LearnCheck, LearnOne, LearnVerb, State};
use crate::output::{Failure, Output, table};

/// Does what the verb says.
///
/// # Errors
/// [`Failure`] as each verb has it.
pub(crate) fn run(arguments: &Learn, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        LearnVerb::List { learner, state } => list(learner.as_deref(), state, output),
        LearnVerb::Start { id, to } => start(id, to.as_deref(), output),
        LearnVerb::Check(arguments) => check(arguments, output),
        LearnVerb::Hint(arguments) => hint(arguments, output),
        LearnVerb::Reset(arguments) => reset(arguments, output),
    }
}

/// The journal of a folder.
pub(super) fn journal(state: &State) -> PathBuf {
    state.folder.join("progress.jsonl")
}

pub(super) fn learner(name: &str) -> Result<Learner, Failure> {
    Learner::try_from(name.to_owned()).map_err(Failure::usage)
}

fn progress(state: &State) -> Result<Progress, Failure> {
    let (progress, _) = Progress::open(&journal(state)).map_err(Failure::environment)?;
    Ok(progress)
}

fn exercise(id: &str) -> Result<&'static Exercise, Failure> {
    exercises::named(id).ok_or_else(|| {
        let known: Vec<&str> = exercises::all().iter().map(|exercise| exercise.id).collect();
        Failure::no_match(format!(
            "there is no exercise {id:?}; there are {}",
            known.join(", ")
        ))
    })
}

fn to_mend(id: &str) -> Result<(&'static Exercise, &'static Mend), Failure> {
    let exercise = exercise(id)?;
    let task = exercise.to_mend().ok_or_else(|| {
        Failure::usage(format!(
            "{id} is a live verifier to get into, and has no program: tokenlab serve, and open /s/NAME/ex/{id}"
        ))
    })?;
    Ok((exercise, task))
}

fn list(name: Option<&str>, state: &State, output: &Output) -> Result<(), Failure> {
    let standings = match name {
        Some(name) => progress(state)?.of(&learner(name)?),
        None => Default::default(),
    };
    if output.is_json() {
        let listed: Vec<_> = exercises::all()
            .iter()
            .map(|exercise| {
                let one = standings.get(exercise.id).cloned().unwrap_or_default();
                json!({
                    "id": exercise.id,
                    "title": exercise.title(),
                    "tier": exercise.tier.title(),
                    "solved": one.solved_at.is_some(),
                    "tries": one.tries,
                    "hints": one.hints,
                })
            })
            .collect();
        return output.envelope("exercises", &listed);
    }
    let rows = exercises::all().iter().map(|exercise| {
        vec![
            exercise.id.to_owned(),
            exercise.tier.title().to_owned(),
            exercise.title().to_owned(),
            standing(standings.get(exercise.id)),
        ]
    });
    output.line(&table(
        &["exercise", "tier", "title", "standing"],
        &[],
        rows.collect(),
    ))?;
    output.note(&format!(
        "in a browser or with curl: tokenlab serve; of the tier {:?} in a terminal: tokenlab learn start ID",
        Tier::Mend.title()
    ));
    Ok(())
}

fn start(id: &str, to: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let (exercise, task) = to_mend(id)?;
    let path = to.map_or_else(|| PathBuf::from(format!("{id}.py")), Path::to_owned);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(task.program.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::environment(format!(
            "{} is there already, and what you have edited is not overwritten; --to names another file",
            path.display()
        )),
        _ => Failure::environment(format!("cannot write {}: {error}", path.display())),
    })?;
    if output.is_json() {
        return output.envelope("exercise-started", &json!({ "exercise": id, "file": path }));
    }
    output.line(&path.display())?;
    for title in ["Story", "Task"] {
        output.note(&format!("\n{}", section(exercise, title)));
    }
    output.note(&format!("\nThen: tokenlab learn check {id} --as NAME"));
    Ok(())
}

fn check(arguments: &LearnCheck, output: &Output) -> Result<(), Failure> {
    let LearnOne {
        id,
        learner: name,
        state,
    } = &arguments.one;
    let (exercise, task) = to_mend(id)?;
    let learner = learner(name)?;
    let progress = progress(state)?;
    let command = arguments
        .program
        .clone()
        .unwrap_or_else(|| format!("python3 {id}.py"));
    if arguments.program.is_none() && !Path::new(&format!("{id}.py")).is_file() {
        return Err(Failure::environment(format!(
            "there is no {id}.py in this folder; tokenlab learn start {id} writes it, and --program names another"
        )));
    }
    let seed = u64::from(std::process::id());
    // Other keys each time, so that no program has seen its tokens before.
    targets::choose_seed(seed).map_err(Failure::environment)?;
    let program = attack::program(&command, arguments.timeout)?;
    let examination = mend::examine(task, program)
        .ok_or_else(|| Failure::environment(format!("no library here issues {}", task.scheme)))?;
    let event = if examination.is_passed() {
        Event::Solved
    } else {
        Event::Tried
    };
    let standing = record(&progress, &learner, exercise, event)?;
    tell(exercise, &learner, &examination, &standing, output)
}

/// Says what came of an examination. One that was not passed ends with 1.
fn tell(
    exercise: &Exercise,
    learner: &Learner,
    examination: &Examination,
    now: &Standing,
    output: &Output,
) -> Result<(), Failure> {
    if output.is_json() {
        let findings: Vec<_> = examination
            .all()
            .map(|finding| json!({ "about": finding.what, "problem": finding.problem }))
            .collect();
        output.envelope(
            "examination",
            &json!({ "exercise": exercise.id, "solved": examination.is_passed(), "findings": findings }),
        )?;
        return if examination.is_passed() {
            Ok(())
        } else {
            Err(Failure::said(1))
        };
    }
    for finding in examination.all() {
        match &finding.problem {
            None => output.line(&format!("✓ {}", finding.what))?,
            Some(problem) => output.line(&format!("✗ {}: {problem}", finding.what))?,
        }
    }
    let wrong = examination
        .all()
        .filter(|finding| finding.problem.is_some())
        .count();
    if wrong == 0 {
        output.line(&format!(
            "Solved, {}.",
            standing(Some(now)).trim_start_matches("✓ solved, ")
        ))?;
        output.note(&format!("\n{}", section(exercise, "Why")));
        return Ok(());
    }
    Err(Failure::expectation(format!(
        "not yet: {wrong} of {} answers are wrong; tokenlab learn hint {} --as {learner}",
        examination.all().count(),
        exercise.id
    )))
}

fn hint(arguments: &LearnOne, output: &Output) -> Result<(), Failure> {
    let exercise = exercise(&arguments.id)?;
    let learner = learner(&arguments.learner)?;
    let progress = progress(&arguments.state)?;
    let open = progress.of(&learner).get(exercise.id).map_or(0, |one| one.hints);
    let number = usize::from(open).saturating_add(1).min(HINTS + 1);
    let event = Event::Hint {
        number: u8::try_from(number).unwrap_or(u8::MAX),
    };
    record(&progress, &learner, exercise, event)?;
    if number <= HINTS {
        let heading = Exercise::hint_heading(number);
        return output.line(&format!("{heading}: {}", section(exercise, &heading)));
    }
    output.line(&format!("Solution: {}", section(exercise, "Solution")))?;
    output.line(&format!("\n{}", exercise.solution.trim_end()))
}

fn reset(arguments: &LearnOne, output: &Output) -> Result<(), Failure> {
    let exercise = exercise(&arguments.id)?;
    let learner = learner(&arguments.learner)?;
    record(&progress(&arguments.state)?, &learner, exercise, Event::Reset)?;
    output.line(&format!("{} begins anew for {learner}", exercise.id))
}

fn record(
    progress: &Progress,
    learner: &Learner,
    exercise: &Exercise,
    event: Event,
) -> Result<Standing, Failure> {
    progress
        .record(Timestamp::now().as_second(), learner, exercise.id, event)
        .map_err(Failure::environment)
}

/// A section of an exercise's text, as it stands.
fn section(exercise: &Exercise, title: &str) -> &'static str {
    let texts = web::texts(exercise.text);
    let found = texts.iter().find(|(heading, _)| *heading == title);
    found.map_or("", |(_, text)| text.trim())
}
