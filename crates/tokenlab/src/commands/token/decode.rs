//! `tokenlab token decode`: a token taken apart, whole or broken.

use serde_json::json;
use tokenlab_harness::decode::decode;

use super::{bare, token_or_stdin};
use crate::output::{Failure, Output};

/// Decodes whatever can be decoded and says what is wrong with the rest.
///
/// # Errors
/// [`Failure`] if standard input can't be read as text.
pub(super) fn run(token: &str, output: &Output) -> Result<(), Failure> {
    let token = token_or_stdin(token)?;
    let decoded = decode(bare(&token));
    if output.is_json() {
        let parts: Vec<_> = decoded
            .parts
            .iter()
            .map(|part| json!({"name": part.name, "text": part.text(), "bytes": part.bytes.len(), "problem": part.problem, "datalog": part.datalog}))
            .collect();
        return output.envelope(
            "decoded",
            &json!({"format": decoded.format.title(), "parts": parts}),
        );
    }
    output.line(&decoded.format.title())?;
    for part in &decoded.parts {
        match &part.datalog {
            Some(datalog) => {
                for line in datalog.lines() {
                    output.line(&format!("{:>21}  {line}", part.name))?;
                }
            }
            None => output.line(&format!("{:>21}  {}", part.name, part.text()))?,
        }
        if let Some(problem) = &part.problem {
            output.line(&format!("{:>21}  ({problem})", ""))?;
        }
    }
    output.note(&"decoded, not verified: anyone can write such a token");
    Ok(())
}
