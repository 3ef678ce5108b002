//! `tokenlab token`: tokens made, verified, taken apart and compared.

mod decode;
mod diff;
mod mint;
mod verify;

use std::io::Read;

use crate::cli::{Token, TokenVerb};
use crate::output::{Failure, Output};

/// Does what the verb says.
///
/// # Errors
/// [`Failure`] as each verb has it.
pub(crate) fn run(arguments: &Token, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        TokenVerb::Mint(arguments) => mint::run(arguments, output),
        TokenVerb::Verify(arguments) => verify::run(arguments, output),
        TokenVerb::Decode { token } => decode::run(token, output),
        TokenVerb::Diff { left, right } => diff::run(left, right, output),
    }
}

/// Lines and an envelope are two answers to one question.
fn only_one_form(jsonl: bool, output: &Output) -> Result<(), Failure> {
    if jsonl && output.is_json() {
        return Err(Failure::usage(
            "--jsonl prints lines and --json one envelope; choose one of them",
        ));
    }
    Ok(())
}

/// One line of the exchange format.
fn json_line(line: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(line).map_err(|error| Failure::environment(format!("cannot write a line: {error}")))
}

/// The token given, or standard input for `-`.
fn token_or_stdin(token: &str) -> Result<String, Failure> {
    if token != "-" {
        return Ok(token.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("cannot read a token from standard input: {error}")))?;
    Ok(text)
}

/// What people paste: with `Bearer`, spaces and line breaks around it.
fn bare(pasted: &str) -> &str {
    let mut token = pasted.trim();
    while let Some(rest) = token
        .strip_prefix("Bearer ")
        .or_else(|| token.strip_prefix("bearer "))
    {
        token = rest.trim_start();
    }
    token
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_people_paste_is_cleaned() {
        for pasted in ["a.b.c", " a.b.c\n", "Bearer a.b.c", "Bearer bearer  a.b.c \n"] {
            assert_eq!(super::bare(pasted), "a.b.c", "{pasted:?}");
        }
    }
}
