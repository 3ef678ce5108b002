//! `tokenlab attack replay`: one attack, step by step, as a class would see it.

use std::io::{self, BufRead, IsTerminal};

use tokenlab_attacks::{Attack, Replay, Target, isolation, targets};
use tokenlab_record::catalogue::{AttackCard, TargetCard};
use tokenlab_record::transcript::{CheckResult, TraceEntry, Transcript, Verdict};
use tokenlab_report::format;

use super::{attack_named, cell, targets_matching, word};
use crate::cli::AttackReplay;
use crate::output::{Failure, Output};

/// Replays the attack against the chosen target, or against one that falls
/// and one that holds.
///
/// # Errors
/// [`Failure`]: a name that matches nothing.
pub(super) fn run(arguments: &AttackReplay, output: &Output) -> Result<(), Failure> {
    let attack = attack_named(&arguments.id)?;
    let targets = match &arguments.target {
        Some(id) => targets_matching(Some(id))?,
        None => one_that_falls_and_one_that_holds(attack),
    };
    let mut replays: Vec<Replay> = Vec::new();
    for target in targets {
        replays.extend(cell(attack, target, output)?);
    }
    if output.is_json() {
        let transcripts: Vec<&Transcript> = replays.iter().flat_map(|replay| &replay.transcripts).collect();
        return output.envelope("attack-replay", &transcripts);
    }
    let pause = Pause(!arguments.auto && io::stdin().is_terminal() && io::stdout().is_terminal());
    introduce(&attack.card(), output)?;
    for replay in &replays {
        let Some(transcript) = replay.deciding() else {
            continue;
        };
        let card = targets::all()
            .iter()
            .map(|target| target.card())
            .find(|card| card.id == replay.cell.target);
        pause.wait(output)?;
        show(transcript, card.as_ref(), &pause, output)?;
    }
    cite(&attack.card(), output)
}

/// The first target that falls, and the one that differs from it in nothing but
/// the missing check.
fn one_that_falls_and_one_that_holds(attack: &dyn Attack) -> Vec<&'static dyn Target> {
    let mut all = targets::all().iter().map(AsRef::as_ref);
    let Some(falls) = all.find(|target| isolation::is_to_fall(attack, *target)) else {
        return Vec::new();
    };
    let holds = falls.profile().hardened.and_then(targets::named);
    [falls].into_iter().chain(holds).collect()
}

/// Waits for Enter between steps, on a terminal.
struct Pause(bool);

impl Pause {
    fn wait(&self, output: &Output) -> Result<(), Failure> {
        if self.0 {
            output.note(&"  — Enter —");
            io::stdin()
                .lock()
                .read_line(&mut String::new())
                .map_err(|error| Failure::environment(format!("cannot read the keyboard: {error}")))?;
        }
        Ok(())
    }
}

fn introduce(card: &AttackCard, output: &Output) -> Result<(), Failure> {
    output.line(&format!("{} · {}", card.id, card.title))?;
    output.line(&format!("The flawed assumption: {}", card.assumption))
}

fn show(
    transcript: &Transcript,
    card: Option<&TargetCard>,
    pause: &Pause,
    output: &Output,
) -> Result<(), Failure> {
    output.line(&format!("\n── against {} {}", transcript.target, "─".repeat(40)))?;
    if let Some(card) = card {
        output.line(&format!(
            "{} ({}; {})",
            card.summary,
            card.kind.slug(),
            card.provenance
        ))?;
    }
    if let Some(analogue) = &transcript.analogue {
        output.line(&format!(
            "Not the same attack, but its nearest analogue here: {analogue}"
        ))?;
    }
    for (number, step) in transcript.steps.iter().enumerate() {
        output.line(&format!("\n{}. {}", number + 1, step.action))?;
        for line in step.artefact.lines() {
            output.line(&format!("   {line}"))?;
        }
    }
    pause.wait(output)?;
    output.line(&"\nWhat changed in the token")?;
    for part in transcript.diff.iter().filter(|part| part.before != part.after) {
        output.line(&format!("   {:<10} - {}", part.part, part.before))?;
        output.line(&format!("   {:<10} + {}", "", part.after))?;
    }
    pause.wait(output)?;
    output.line(&"\nHow the verifier decided")?;
    for entry in &transcript.trace {
        output.line(&trace_line(entry))?;
    }
    output.line(&format!("\n{}", conclusion(transcript)))?;
    match transcript.cost_ratio() {
        Some(ratio) => output.line(&format!("{} the time of an honest token", format::ratio(ratio))),
        None => Ok(()),
    }
}

fn trace_line(entry: &TraceEntry) -> String {
    let result = match entry.result {
        CheckResult::Fired => "FIRED  ",
        CheckResult::Passed => "passed ",
        CheckResult::Skipped => "skipped",
        CheckResult::Absent => "ABSENT ",
    };
    let source = match entry.result {
        CheckResult::Fired | CheckResult::Absent => format!("  {}:{}", entry.file, entry.line),
        CheckResult::Passed | CheckResult::Skipped => String::new(),
    };
    let detail = if entry.detail.is_empty() {
        String::new()
    } else {
        format!("  {}", entry.detail)
    };
    format!(
        "   {:<11} {result} {:<24}{detail}{source}",
        entry.stage.title(),
        entry.id
    )
}

fn conclusion(transcript: &Transcript) -> String {
    let by = transcript
        .decided_by
        .as_deref()
        .unwrap_or("nothing that could be named");
    match &transcript.verdict {
        Verdict::Accepted { claims } => {
            let who = claims
                .get("sub")
                .map_or_else(|| "nobody".to_owned(), ToString::to_string);
            format!("ACCEPTED as {who}: the verifier lacks {by}")
        }
        Verdict::Rejected { reason, detail } => format!("refused by {by}: {reason} ({detail})"),
        Verdict::Inapplicable { why } => format!("not expressible: {why}"),
        Verdict::Exhausted { detail } | Verdict::Panicked { detail } | Verdict::Leaked { detail } => {
            format!("{}: {detail}; the verifier lacks {by}", word(&transcript.verdict))
        }
        _ => "no verdict".to_owned(),
    }
}

fn cite(card: &AttackCard, output: &Output) -> Result<(), Failure> {
    output.line(&"\nSources")?;
    for reference in &card.references {
        output.line(&format!("   {}: {}", reference.label, reference.note))?;
    }
    output.note(&format!(
        "next: attacks/lessons/{}.md · tokenlab attack matrix",
        card.id
    ));
    Ok(())
}
