//! `tokenlab fuzz explain FILE`: an input in terms of a token, and what each verifier
//! makes of it.

use std::fmt::Write;
use std::panic;

use serde_json::json;
use tokenlab_fuzz::Reach;
use tokenlab_fuzz::explain::{Explanation, explain, layer, smallest};
use tokenlab_harness::decode::decode;

use super::input;
use crate::cli::FuzzInput;
use crate::output::{Failure, Output, table};

/// Explains the input.
///
/// # Errors
/// [`Failure`]: usage if it can't be read; an expectation if it is a finding.
pub(super) fn run(arguments: &FuzzInput, output: &Output) -> Result<(), Failure> {
    let (target, data) = input(&arguments.file, arguments.target.as_deref())?;
    panic::set_hook(Box::new(|_| {})); // a panic is part of the explanation
    let explained = explain(target, &data);
    let smallest = smallest(target, &data);
    drop(panic::take_hook());

    if output.is_json() {
        output.envelope(
            "fuzz-input",
            &as_json(target.name, &explained, smallest.as_deref()),
        )?;
    } else {
        output.line(&format!("{}: {}", target.name, in_words(&explained)))?;
        if let Some(token) = &explained.token {
            show_token(token, &explained, output)?;
        }
        let differs = explained.nearest.as_ref().map(|(_, at)| *at);
        let is_its_text = explained.token.as_deref().map(str::as_bytes) == Some(data.as_slice());
        output.line(&format!("\ninput, {} bytes", data.len()))?;
        output.line(&hexdump(&data, differs.filter(|_| is_its_text)))?;
        if let Some(smallest) = &smallest {
            output.line(&format!(
                "\nsmallest input that is a finding too, {} bytes",
                smallest.len()
            ))?;
            output.line(&hexdump(smallest, None))?;
        }
    }
    match &explained.outcome {
        Ok(_) => {
            output.note(&format!(
                "next: tokenlab fuzz promote {} --target {}",
                arguments.file.display(),
                target.name
            ));
            Ok(())
        }
        Err(_) => {
            output.note(&format!("what it would mean: {}", target.crash_means));
            output.note(&format!("next: tokenlab fuzz promote {} --target {}, and then mend it; in somebody's library, tell its maintainers first, in private", arguments.file.display(), target.name));
            Err(Failure::said(1))
        }
    }
}

fn in_words(explained: &Explanation) -> String {
    match &explained.outcome {
        Ok(Reach::Accepted) => "no finding; it is accepted, rightly".into(),
        Ok(Reach::Refused) => match furthest(explained) {
            Some((contender, layer, detail)) => {
                format!(
                    "no finding; it is refused, at the furthest for its {layer}, by {contender}: {detail}"
                )
            }
            None => "no finding; it is refused".into(),
        },
        Err(finding) => format!("a finding: {finding}"),
    }
}

/// The verifier that came furthest before it refused: who, at which layer, its words.
fn furthest(explained: &Explanation) -> Option<(&str, &'static str, &str)> {
    const OUTSIDE_IN: [&str; 7] = [
        "shape",
        "base64url or JSON",
        "header",
        "key choice",
        "signature or tag",
        "claims",
        "time",
    ];
    let refusals = explained.answers.iter().filter_map(|(contender, answer)| {
        let rejection = answer.as_ref().err()?;
        Some((
            contender.as_str(),
            layer(rejection.reason),
            rejection.detail.as_ref(),
        ))
    });
    refusals.max_by_key(|(_, layer, _)| OUTSIDE_IN.iter().position(|name| name == layer))
}

fn show_token(token: &str, explained: &Explanation, output: &Output) -> Result<(), Failure> {
    let decoded = decode(token);
    output.line(&format!("\ntoken: {}", decoded.format.title()))?;
    for part in &decoded.parts {
        output.line(&format!("{:>21}  {}", part.name, part.text()))?;
        if let Some(problem) = &part.problem {
            output.line(&format!("{:>21}  ({problem})", ""))?;
        }
    }
    if let Some((issued, at)) = &explained.nearest {
        let (whose, corpus) = (&issued.contender, &issued.corpus);
        let difference = if issued.token == token {
            "it is that token".to_owned()
        } else {
            format!("it differs from byte {at} on")
        };
        output.line(&format!(
            "nearest issued token: {corpus} of {whose}; {difference}"
        ))?;
    }
    let (own, others): (Vec<_>, Vec<_>) = explained.answers.iter().partition(|(_, answer)| {
        let refused = answer.as_ref().err().map(|rejection| layer(rejection.reason));
        refused != Some("header")
    });
    let rows = own.into_iter().map(|(contender, answer)| match answer {
        Ok(claims) => vec![contender.clone(), "accepts".into(), format!("{claims:?}")],
        Err(rejection) => vec![
            contender.clone(),
            format!("refuses: {}", layer(rejection.reason)),
            rejection.detail.to_string(),
        ],
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        output.line(&format!(
            "\n{}",
            table(&["verifier", "says", "in its words"], &[], rows)
        ))?;
    }
    if !others.is_empty() {
        output.line(&format!(
            "{} verifiers of other schemes refuse it for its header",
            others.len()
        ))?;
    }
    Ok(())
}

/// Sixteen bytes a line; under the line of byte `marked`, a mark.
fn hexdump(data: &[u8], marked: Option<usize>) -> String {
    const MOST: usize = 1024;
    let mut dump = String::new();
    for (row, bytes) in data.chunks(16).take(MOST / 16).enumerate() {
        let hexadecimal = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x} "); // writing to a String does not fail
            text
        });
        let readable = |byte: &u8| {
            if byte.is_ascii_graphic() {
                char::from(*byte)
            } else {
                '.'
            }
        };
        let text: String = bytes.iter().map(readable).collect();
        let _ = writeln!(dump, "{:06x}  {hexadecimal:<48} {text}", row * 16);
        if let Some(at) = marked.filter(|at| at / 16 == row && *at < data.len()) {
            let _ = writeln!(
                dump,
                "{:8}{:width$}^^ here it differs",
                "",
                "",
                width = at % 16 * 3
            );
        }
    }
    if data.len() > MOST {
        let _ = writeln!(dump, "… and {} bytes more", data.len() - MOST);
    }
    dump.trim_end().to_owned()
}

fn as_json(target: &str, explained: &Explanation, smallest: Option<&[u8]>) -> serde_json::Value {
    let answers: Vec<_> = explained
        .answers
        .iter()
        .map(|(contender, answer)| {
            let refused = answer.as_ref().err();
            json!({
                "contender": contender,
                "ok": answer.is_ok(),
                "layer": refused.map(|rejection| layer(rejection.reason)),
                "detail": refused.map(|rejection| &rejection.detail),
            })
        })
        .collect();
    json!({
        "target": target,
        "is_finding": explained.outcome.is_err(),
        "outcome": in_words(explained),
        "token": explained.token,
        "nearest": explained.nearest.as_ref().map(|(issued, at)| json!({
            "contender": issued.contender, "corpus": issued.corpus, "differs_from": at,
        })),
        "answers": answers,
        "smallest": smallest.map(|data| json!({"text": std::str::from_utf8(data).ok(), "bytes": data})),
    })
}

#[cfg(test)]
mod tests {
    use super::hexdump;

    #[test]
    fn a_dump_marks_a_byte_and_ends() {
        let dump = hexdump(b"0123456789abcdefXYZ\n", Some(17));
        let lines: Vec<&str> = dump.lines().collect();
        assert_eq!(lines.len(), 3, "{dump}");
        assert!(lines[0].starts_with("000000  30 31"), "{dump}");
        assert!(lines[1].ends_with("XYZ."), "{dump}");
        assert_eq!(lines[2].find('^'), lines[1].find("59"), "{dump}");
        assert!(hexdump(&[0; 5000], None).ends_with("3976 bytes more"));
        assert_eq!(hexdump(b"", Some(0)), "");
    }
}
