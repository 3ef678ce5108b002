//! `tokenlab token decode`: a token taken apart, whole or broken.

use std::io::Read;

use serde_json::json;
use tokenlab_harness::decode::decode;

use crate::cli::{Token, TokenVerb};
use crate::output::{Failure, Output};

/// Decodes whatever can be decoded and says what is wrong with the rest.
///
/// # Errors
/// [`Failure`] if standard input can't be read as text.
pub(crate) fn run(arguments: &Token, output: &Output) -> Result<(), Failure> {
    let TokenVerb::Decode { token } = &arguments.verb;
    let token = if token == "-" {
        read_stdin()?
    } else {
        token.clone()
    };
    let decoded = decode(bare(&token));
    if output.is_json() {
        let parts: Vec<_> = decoded
            .parts
            .iter()
            .map(|part| json!({"name": part.name, "text": part.text(), "bytes": part.bytes.len(), "problem": part.problem}))
            .collect();
        return output.envelope(
            "decoded",
            &json!({"format": decoded.format.title(), "parts": parts}),
        );
    }
    output.line(&decoded.format.title())?;
    for part in &decoded.parts {
        output.line(&format!("{:>13}  {}", part.name, part.text()))?;
        if let Some(problem) = &part.problem {
            output.line(&format!("{:>13}  ({problem})", ""))?;
        }
    }
    output.note(&"decoded, not verified: anyone can write such a token");
    Ok(())
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

fn read_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("cannot read a token from standard input: {error}")))?;
    Ok(text)
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
