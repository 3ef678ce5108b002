//! What each step of a replay says, as lines of plain text.
//!
//! Lessons are Markdown, which reads as it stands. What is marked is marked by a word
//! or a sign, never by colour alone.

use tokenlab_attacks::{catalogue, source};
use tokenlab_harness::decode;
use tokenlab_lab::replay::{self, Row, Shown};
use tokenlab_record::transcript::{CheckResult, TraceEntry, Transcript, Verdict};
use tokenlab_report::{format, web};

use crate::commands::attack::word;

/// The step that shows how a verifier decided.
pub(super) const WHY: usize = 4;

/// Steps that tell of one verifier.
pub(super) const PER_VERIFIER: [usize; 3] = [1, 2, WHY];

/// The lines of a step. With `hides` the decisions stay a secret.
pub(super) fn lines(shown: &Shown, row: &Row, step: usize, hides: bool) -> Vec<String> {
    match step {
        0 => predict(shown),
        1 => honest(row),
        2 => forge(row),
        3 => sent(shown, hides),
        WHY => why(shown, row, hides),
        5 => fix(shown),
        6 => elsewhere(shown),
        7 => history(shown),
        _ => lesson(shown, "Check question"),
    }
}

/// A section of the lesson, line by line.
fn lesson(shown: &Shown, title: &str) -> Vec<String> {
    let texts = web::texts(&shown.card.lesson);
    let text = texts.iter().find(|(heading, _)| *heading == title);
    text.map_or_else(Vec::new, |(_, text)| {
        text.trim().lines().map(str::to_owned).collect()
    })
}

fn predict(shown: &Shown) -> Vec<String> {
    let mut lines = vec![
        format!("The flawed assumption: {}", shown.card.assumption),
        String::new(),
    ];
    lines.extend(lesson(shown, "Story"));
    lines.push(String::new());
    lines.extend(lesson(shown, "Predict"));
    lines.push(String::new());
    for (number, row) in shown.rows.iter().enumerate() {
        lines.push(format!(
            "  {}. {}: {}",
            number + 1,
            row.target.id,
            row.target.summary
        ));
    }
    lines
}

fn honest(row: &Row) -> Vec<String> {
    let token = &row.transcript.sample_token;
    let mut lines = vec![format!("A token of {}", row.target.id), format!("  {token}")];
    for part in decode::decode(token).parts {
        lines.push(format!("  {:<10} {}", part.name, part.text()));
    }
    lines
}

fn forge(row: &Row) -> Vec<String> {
    let transcript = &row.transcript;
    let mut lines = vec![format!(
        "Against {}, {} ({}; {})",
        row.target.id,
        row.target.summary,
        row.target.kind.slug(),
        row.target.provenance
    )];
    if let Some(analogue) = &transcript.analogue {
        lines.push(format!(
            "Not the same attack, but its nearest analogue here: {analogue}"
        ));
    }
    for (number, step) in transcript.steps.iter().enumerate() {
        lines.push(format!("{}. {}", number + 1, step.action));
        lines.extend(step.artefact.lines().map(|line| format!("   {line}")));
    }
    lines.push("What changed in the token".into());
    for part in transcript.diff.iter().filter(|part| part.before != part.after) {
        lines.push(format!("   {:<10} - {}", part.part, part.before));
        lines.push(format!("   {:<10} + {}", "", part.after));
    }
    lines
}

fn sent(shown: &Shown, hides: bool) -> Vec<String> {
    let width = shown
        .rows
        .iter()
        .map(|row| row.target.id.len())
        .max()
        .unwrap_or(0);
    let rows = shown.rows.iter().enumerate().map(|(number, row)| {
        let said = if hides {
            "?".to_owned()
        } else {
            conclusion(&row.transcript)
        };
        format!("{}. {:<width$}  {said}", number + 1, row.target.id)
    });
    rows.collect()
}

fn why(shown: &Shown, row: &Row, hides: bool) -> Vec<String> {
    if hides {
        return vec!["hidden; h shows it".into()];
    }
    let mut lines = lesson(shown, "Which check stops it");
    lines.push(String::new());
    lines.push(format!("How {} decided", row.target.id));
    lines.extend(row.transcript.trace.iter().map(trace_line));
    if let Some(entry) = row.transcript.deciding() {
        lines.extend(excerpt(entry));
    }
    if let Some(ratio) = row.transcript.cost_ratio() {
        lines.push(format!("{} the time of an honest token", format::ratio(ratio)));
    }
    lines
}

/// The lesson's fix, and the difference between the two verifiers that are running: what
/// the flawed one has, or has not, where its twin has a check.
fn fix(shown: &Shown) -> Vec<String> {
    let mut lines = lesson(shown, "The fix");
    let [flawed, hardened, ..] = shown.rows.as_slice() else {
        return lines;
    };
    let of = |row: &Row, id: &str| row.transcript.trace.iter().find(|entry| entry.id == id).cloned();
    let absent = flawed
        .transcript
        .trace
        .iter()
        .filter(|entry| entry.result == CheckResult::Absent);
    let pairs: Vec<_> = absent
        .filter_map(|entry| Some((entry, of(hardened, &entry.id)?)))
        .collect();
    if pairs.is_empty() {
        return lines;
    }
    lines.push(String::new());
    lines.push(format!("From {} to {}", flawed.target.id, hardened.target.id));
    for (lost, kept) in pairs {
        for (sign, entry) in [("-", lost), ("+", &kept)] {
            lines.extend(excerpt(entry).into_iter().map(|line| format!("{sign} {line}")));
        }
    }
    lines
}

/// The lesson's word on other formats, and how every family stands.
fn elsewhere(shown: &Shown) -> Vec<String> {
    let mut lines = lesson(shown, "Elsewhere");
    if let Some(attack) = catalogue::named(&shown.card.id) {
        lines.push(String::new());
        lines.extend(
            replay::counterparts(attack, shown)
                .iter()
                .map(|one| format!("{:<8} {}", one.family.title(), one.stands.in_words())),
        );
    }
    lines
}

fn history(shown: &Shown) -> Vec<String> {
    let mut lines = lesson(shown, "History");
    lines.push("Sources".into());
    for reference in &shown.card.references {
        lines.push(format!("   {}: {}", reference.label, reference.note));
    }
    lines
}

fn trace_line(entry: &TraceEntry) -> String {
    let result = match entry.result {
        CheckResult::Fired => "FIRED  ",
        CheckResult::Passed => "passed ",
        CheckResult::Skipped => "skipped",
        CheckResult::Absent => "ABSENT ",
    };
    let detail = if entry.detail.is_empty() {
        String::new()
    } else {
        format!("  {}", entry.detail)
    };
    format!("   {:<11} {result} {:<24}{detail}", entry.stage.title(), entry.id)
}

/// The lines of source that decided, the one that is meant behind an arrow.
fn excerpt(entry: &TraceEntry) -> Vec<String> {
    let Some(excerpt) = source::excerpt("", &entry.file, entry.line) else {
        return Vec::new();
    };
    let mut lines = vec![format!("{}:{}", entry.file, entry.line)];
    for (number, line) in (excerpt.first..).zip(excerpt.text.lines()) {
        let mark = if number == excerpt.line { ">" } else { " " };
        lines.push(format!("  {mark} {number:>4}  {line}"));
    }
    lines
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
            format!("✗ ACCEPTED as {who}: the verifier lacks {by}")
        }
        Verdict::Rejected { reason, detail } => format!("✓ refused by {by}: {reason} ({detail})"),
        Verdict::Inapplicable { why } => format!("– not expressible: {why}"),
        Verdict::Exhausted { detail } | Verdict::Panicked { detail } | Verdict::Leaked { detail } => {
            format!(
                "✗ {}: {detail}; the verifier lacks {by}",
                word(&transcript.verdict)
            )
        }
        _ => "no verdict".to_owned(),
    }
}
