//! Traces: which check decided, and where in the source it stands.

use std::panic::Location;

use tokenlab_record::transcript::{CheckResult, Stage, TraceEntry};

/// One line of a trace. `location` is a place in this repository; the compiler
/// names it from the workspace root, which is what a reader wants.
pub(crate) fn entry(
    id: &str,
    stage: Stage,
    result: CheckResult,
    detail: impl Into<String>,
    location: &Location<'_>,
) -> TraceEntry {
    TraceEntry {
        id: id.to_owned(),
        stage,
        result,
        detail: detail.into(),
        file: location.file().replace('\\', "/"),
        line: location.line(),
    }
}

/// The check that decided: the one that fired if the token was refused, the
/// absent one that let it through if it was believed.
#[must_use]
pub fn deciding(trace: &[TraceEntry], believed: bool) -> Option<&TraceEntry> {
    let wanted = if believed {
        CheckResult::Absent
    } else {
        CheckResult::Fired
    };
    trace.iter().find(|entry| entry.result == wanted)
}
