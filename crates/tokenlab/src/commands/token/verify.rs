//! `tokenlab token verify`: tokens from anywhere, by every contender that
//! implements their scheme.

use std::io;

use serde_json::Value;
use tokenlab_harness::exchange::line::Lines;
use tokenlab_harness::exchange::{Answer, Request, Verifier};
use tokenlab_harness::{Contender, contenders};

use super::{bare, only_one_form, token_or_stdin};
use crate::cli::TokenVerify;
use crate::output::{Failure, Output, table};
use crate::suggest::select;

/// Verifies one token, or a stream of lines.
///
/// # Errors
/// [`Failure`] if anything is not ok, or what was given makes no sense.
pub(super) fn run(arguments: &TokenVerify, output: &Output) -> Result<(), Failure> {
    only_one_form(arguments.jsonl, output)?;
    let verifier = Verifier::new(select(
        "contender",
        arguments.contender.as_deref(),
        contenders::available(),
        |contender: &&dyn Contender| contender.id().as_str(),
    )?);
    if arguments.jsonl {
        return stream(&verifier, output);
    }
    one(&verifier, arguments, output)
}

/// Answers every line as it comes; standard output is flushed at each line feed.
fn stream(verifier: &Verifier, output: &Output) -> Result<(), Failure> {
    let (mut lines, mut not_ok) = (0_u64, 0_u64);
    for line in Lines::new(io::stdin().lock()) {
        let line =
            line.map_err(|error| Failure::environment(format!("cannot read standard input: {error}")))?;
        lines += 1;
        let answer = verifier.answer(lines, line);
        not_ok += u64::from(answer.ok != Some(true));
        output.line(&super::json_line(&answer)?)?;
    }
    match not_ok {
        0 => Ok(()),
        _ => Err(Failure::expectation(format!(
            "{not_ok} of {lines} lines are not ok"
        ))),
    }
}

fn one(verifier: &Verifier, arguments: &TokenVerify, output: &Output) -> Result<(), Failure> {
    let given = token_or_stdin(arguments.token.as_deref().unwrap_or_default())?;
    let request = Request {
        id: Value::Null,
        scheme: arguments.scheme.clone().unwrap_or_default(),
        token: bare(&given).to_owned(),
        key: key_of(arguments.key.as_deref().unwrap_or_default())?,
        expected_claims: None,
        footer: arguments.footer.clone(),
        implicit_assertion: arguments.implicit_assertion.clone(),
        check_time: arguments.check_time,
        authorizer: arguments.authorizer.clone(),
    };
    request.check_places().map_err(Failure::usage)?;
    let answer = verifier.verify(&request);
    if output.is_json() {
        output.envelope("verified", &answer)?;
    } else {
        show(&answer, output)?;
    }
    match (answer.ok, answer.error) {
        (Some(true), _) => Ok(()),
        // The envelope has said it; a second one would be no JSON document.
        (_, Some(error)) if !output.is_json() => Err(Failure::expectation(printable(&error))),
        _ => Err(Failure::said(1)),
    }
}

fn show(answer: &Answer, output: &Output) -> Result<(), Failure> {
    if !answer.results.is_empty() {
        let rows = answer
            .results
            .iter()
            .map(|verdict| {
                vec![
                    verdict.contender.clone(),
                    if verdict.ok { "accepts" } else { "refuses" }.to_owned(),
                    printable(verdict.error.as_deref().unwrap_or_default()),
                ]
            })
            .collect();
        output.line(&table(&["contender", "verdict", "why"], &[], rows))?;
    }
    if let Some(claims) = &answer.claims {
        let pretty = serde_json::to_string_pretty(claims).unwrap_or_default();
        output.line(&format!("\n{}", printable(&pretty)))?;
    }
    Ok(())
}

/// Text that may quote a hostile token, without what would steer a terminal.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' => shown.push(char),
            other if other.is_control() => shown.extend(other.escape_unicode()),
            other => shown.push(other),
        }
    }
    shown
}

/// A key on the command line: text, a JWK, or `@FILE` with one of them in it.
fn key_of(given: &str) -> Result<Value, Failure> {
    let text = match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Failure::usage(format!("cannot read a key from {path}: {error}")))?,
        None => given.to_owned(),
    };
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text)
            .map_err(|error| Failure::usage(format!("the key begins like a JWK but is no JSON: {error}")));
    }
    // A file ends with a line feed; a secret given as text keeps its spaces.
    Ok(Value::String(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_printed_steers_a_terminal() {
        assert_eq!(super::printable("é\n\u{1b}[2J\u{9b}x"), "é\n\\u{1b}[2J\\u{9b}x");
    }
}
