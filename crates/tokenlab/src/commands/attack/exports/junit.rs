//! JUnit's XML, as Jenkins, GitLab and the test reporters of GitHub read it.
//!
//! A suite for each target and in it a case for each attack: viewers fold suites
//! and count in them, and the question is which attacks a verifier falls to. What
//! the attacker gained unexpectedly is a failure, another surprise an error, an
//! attack that the format has no place for is skipped.
//!
//! Written by hand: three elements and an escape are less than a crate for them.

use std::fmt::Write;

use tokenlab_attacks::Replay;
use tokenlab_record::transcript::Verdict;

use super::{is_success, surprise};

/// The document.
pub(super) fn document(replays: &[Replay]) -> String {
    let mut targets: Vec<&str> = Vec::new();
    for replay in replays {
        if !targets.contains(&replay.cell.target.as_str()) {
            targets.push(&replay.cell.target);
        }
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all: Vec<&Replay> = replays.iter().collect();
    line(
        &mut text,
        format_args!("<testsuites name=\"tokenlab attack\"{}>", counts(&all)),
    );
    for target in targets {
        let of_target: Vec<&Replay> = replays
            .iter()
            .filter(|replay| replay.cell.target == target)
            .collect();
        line(
            &mut text,
            format_args!("  <testsuite name=\"{}\"{}>", escaped(target), counts(&of_target)),
        );
        for replay in of_target {
            case(&mut text, replay);
        }
        line(&mut text, format_args!("  </testsuite>"));
    }
    line(&mut text, format_args!("</testsuites>"));
    text
}

fn case(text: &mut String, replay: &Replay) {
    let cell = &replay.cell;
    line(
        text,
        format_args!(
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6}\">",
            escaped(&cell.target),
            escaped(&cell.attack),
            took(replay)
        ),
    );
    let kind = cell.verdict.kind();
    match (Outcome::of(replay), surprise(replay), &cell.verdict) {
        (outcome @ (Outcome::Failure | Outcome::Error), sentence, _) => {
            let element = if outcome == Outcome::Failure {
                "failure"
            } else {
                "error"
            };
            let sentence = sentence.unwrap_or_default();
            line(
                text,
                format_args!(
                    "      <{element} type=\"{kind}\" message=\"{}\">{}</{element}>",
                    escaped(&sentence),
                    escaped(&story(replay))
                ),
            );
        }
        (Outcome::Skipped, _, Verdict::Inapplicable { why }) => {
            line(
                text,
                format_args!("      <skipped message=\"{}\"/>", escaped(why)),
            );
        }
        (_, _, Verdict::Accepted { .. }) => line(
            text,
            format_args!(
                "      <system-out>accepted, as expected of this target; what is missing: {}</system-out>",
                escaped(
                    cell.decided_by
                        .as_deref()
                        .unwrap_or("nothing that the lab could name")
                )
            ),
        ),
        _ => {}
    }
    line(text, format_args!("    </testcase>"));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failure,
    Error,
    Skipped,
}

impl Outcome {
    fn of(replay: &Replay) -> Self {
        if is_success(replay) {
            Self::Failure
        } else if !replay.cell.agrees {
            Self::Error
        } else if matches!(replay.cell.verdict, Verdict::Inapplicable { .. }) {
            Self::Skipped
        } else {
            Self::Passed
        }
    }
}

/// The attributes that every suite has.
fn counts(replays: &[&Replay]) -> String {
    let count = |wanted| {
        let of_kind = replays.iter().filter(|replay| Outcome::of(replay) == wanted);
        of_kind.count()
    };
    let time: f64 = replays.iter().map(|replay| took(replay)).sum();
    format!(
        " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{time:.6}\"",
        replays.len(),
        count(Outcome::Failure),
        count(Outcome::Error),
        count(Outcome::Skipped)
    )
}

/// Seconds that the target took.
fn took(replay: &Replay) -> f64 {
    let nanoseconds: u64 = replay
        .transcripts
        .iter()
        .map(|transcript| transcript.elapsed_ns)
        .sum();
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

/// How the deciding forgery came about, step by step.
fn story(replay: &Replay) -> String {
    let steps = replay
        .deciding()
        .map(|transcript| transcript.steps.as_slice())
        .unwrap_or_default();
    let told: Vec<String> = steps
        .iter()
        .map(|step| match step.artefact.as_str() {
            "" => step.action.clone(),
            artefact => format!("{}\n  {artefact}", step.action),
        })
        .collect();
    told.join("\n")
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{content}");
}

/// Text in an attribute or an element. Characters that XML 1.0 has no way to
/// write (§2.2) become their replacement.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' => safe.push(char),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            char if char.is_control() => safe.push('\u{fffd}'),
            char => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let text = "<a b=\"c\">&amp;</a>]]>\u{0}\u{1b}\u{fffe}é";
        let xml = format!("<x y=\"{0}\">{0}</x>", escaped(text));
        let document = roxmltree::Document::parse(&xml).unwrap();
        let wanted = "<a b=\"c\">&amp;</a>]]>\u{fffd}\u{fffd}\u{fffd}é";
        assert_eq!(document.root_element().text(), Some(wanted));
        assert_eq!(document.root_element().attribute("y"), Some(wanted));
    }
}
