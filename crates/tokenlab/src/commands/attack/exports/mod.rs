//! Outcomes as files for others to show: JUnit for test viewers, SARIF for code
//! scanning.

mod junit;
mod sarif;

use std::path::Path;

use tokenlab_attacks::Replay;
use tokenlab_harness::RejectReason;
use tokenlab_record::transcript::{Expected, Goal, Transcript, Verdict};

use crate::cli::AttackFiles;
use crate::output::{Failure, Output};

/// Writes the files that were asked for. `source` is the file that findings are
/// shown in if the verifier is not one of the lab's.
///
/// # Errors
/// [`Failure`] if one can't be written.
pub(super) fn write(
    wanted: &AttackFiles,
    replays: &[Replay],
    source: Option<&str>,
    output: &Output,
) -> Result<(), Failure> {
    if let Some(path) = &wanted.junit {
        put(path, &junit::document(replays), output)?;
    }
    if let Some(path) = &wanted.sarif {
        let text = serde_json::to_string_pretty(&sarif::document(replays, source))
            .map_err(|error| Failure::environment(format!("cannot write SARIF: {error}")))?;
        put(path, &text, output)?;
    }
    Ok(())
}

fn put(path: &Path, text: &str, output: &Output) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::environment(format!("cannot write {}: {error}", path.display())))?;
    output.note(&format!("wrote {}", path.display()));
    Ok(())
}

/// What is wrong with a cell that did not come out as expected, in a sentence
/// about the forgery that shows it; `None` if it did.
pub(super) fn surprise(replay: &Replay) -> Option<String> {
    if replay.cell.agrees {
        return None;
    }
    let target = &replay.cell.target;
    let Some(transcript) = telling(replay) else {
        return Some(format!("{target}: no token was forged"));
    };
    let variant = match transcript.variant.as_str() {
        "" => String::new(),
        variant => format!(" (variant {variant})"),
    };
    let attack = &replay.cell.attack;
    Some(match &transcript.verdict {
        Verdict::Accepted { claims } if replay.cell.expected == Expected::Accepted => format!(
            "{target} believes the forged token of {attack}{variant}, and not for the victim's: {claims}"
        ),
        Verdict::Accepted { .. } => match transcript.goal {
            Goal::Victim => format!("{target} takes the forged token of {attack}{variant} for the victim's"),
            Goal::Belief => {
                format!("{target} believes the token of {attack}{variant}, which it should refuse")
            }
        },
        Verdict::Leaked { detail } => format!("{target} told a secret to {attack}{variant}: {detail}"),
        Verdict::Panicked { detail } => format!("{target} crashed on {attack}{variant}: {detail}"),
        Verdict::Exhausted { detail } => format!("{target} was cut off on {attack}{variant}: {detail}"),
        Verdict::Rejected { detail, .. } if is_failure(transcript) => {
            format!("{target} neither believed nor refused on {attack}{variant}: {detail}")
        }
        Verdict::Inapplicable { why } => format!("{attack} was not tried on {target}: {why}"),
        _ => format!("{target} refused {attack}{variant}, to which its weaknesses should have let it fall"),
    })
}

/// The transcript that shows the surprise: the deciding one, unless it is a
/// refusal as expected and another one failed to decide.
fn telling(replay: &Replay) -> Option<&Transcript> {
    let deciding = replay.deciding();
    let refused = deciding.is_some_and(|transcript| matches!(transcript.verdict, Verdict::Rejected { .. }));
    let failed = replay.transcripts.iter().find(|other| is_failure(other));
    failed.filter(|_| refused).or(deciding)
}

fn is_failure(transcript: &Transcript) -> bool {
    matches!(&transcript.verdict, Verdict::Rejected { reason, .. } if reason == RejectReason::Internal.id())
}

/// Whether a surprise is the attacker's success, and not a mishap.
fn is_success(replay: &Replay) -> bool {
    let cell = &replay.cell;
    !cell.agrees
        && match cell.verdict {
            Verdict::Accepted { .. } => cell.expected != Expected::Accepted,
            Verdict::Leaked { .. } => cell.expected != Expected::Leaked,
            _ => false,
        }
}
