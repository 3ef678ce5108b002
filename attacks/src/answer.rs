//! What a library answered, as a line of a trace: a library does not say which
//! checks it made, so its answer has to name the one.

use std::panic::Location;

use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::{CheckResult, Stage, TraceEntry};

use crate::trace::entry;

/// What a library answered, as one line of a trace. A library does not say
/// which checks it made, so only the one that its answer names is shown; the
/// place is the caller's, where the library was asked.
#[track_caller]
pub(crate) fn answer(library: &str, answered: &Result<ClaimSet, Rejection>) -> TraceEntry {
    let location = Location::caller();
    match answered {
        Ok(_) => entry(
            "library-verification",
            Stage::Claims,
            CheckResult::Passed,
            format!("{library} returned claims"),
            location,
        ),
        Err(Rejection { reason, detail }) => {
            let (id, stage) = named_by(*reason);
            entry(
                id,
                stage,
                CheckResult::Fired,
                format!("{library} answered: {detail}"),
                location,
            )
        }
    }
}

/// The check that a reason names, and its stage.
const fn named_by(reason: RejectReason) -> (&'static str, Stage) {
    match reason {
        RejectReason::Oversized | RejectReason::Malformed => ("library-shape", Stage::Shape),
        RejectReason::Encoding => ("library-encoding", Stage::Encoding),
        RejectReason::WrongScheme => ("library-scheme", Stage::Header),
        RejectReason::UnknownKey => ("library-key", Stage::KeyChoice),
        RejectReason::BadSignature => ("library-signature", Stage::Signature),
        RejectReason::MissingClaim(_)
        | RejectReason::InvalidClaims
        | RejectReason::Expired
        | RejectReason::NotYetValid
        | RejectReason::WrongIssuer
        | RejectReason::WrongAudience => ("library-claims", Stage::Claims),
        RejectReason::Unauthorized => ("library-authorizer", Stage::Application),
        _ => ("library-failure", Stage::Application),
    }
}
