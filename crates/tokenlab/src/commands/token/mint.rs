//! `tokenlab token mint`: a token of every contender, and what verifies it.

use std::fs;
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use tokenlab_harness::exchange::line::{takes_assertion, takes_footer};
use tokenlab_harness::exchange::{Request, claims, mint};
use tokenlab_harness::{ClaimSet, Contender, Corpus, KeyRing, contenders, policy};
use tokenlab_record::catalogue::Family;

use super::only_one_form;
use crate::cli::TokenMint;
use crate::output::{Failure, Output};
use crate::suggest::select;

/// Prints a token and its key for every contender that was asked for.
///
/// # Errors
/// [`Failure`] if the claims can't be read, nothing matches, or a contender
/// can't make its token.
pub(super) fn run(arguments: &TokenMint, output: &Output) -> Result<(), Failure> {
    only_one_form(arguments.jsonl, output)?;
    let claims = claims_of(arguments)?;
    let chosen = chosen(arguments, output)?;
    let ring = KeyRing::from_seed(arguments.seed);
    let (mut minted, mut failed) = (Vec::new(), 0);
    for contender in chosen {
        let outcome = mint(
            contender,
            &ring,
            &claims,
            arguments.footer.as_deref(),
            arguments.implicit_assertion.as_deref(),
        );
        match outcome {
            Ok(line) if output.is_json() => minted.push(line),
            Ok(line) => show(&line, arguments.jsonl, output)?,
            Err(error) => {
                failed += 1;
                output.note(&format!("{}: {error}", contender.id()));
            }
        }
    }
    if output.is_json() {
        output.envelope("minted", &minted)?;
    }
    match failed {
        0 => Ok(()),
        // The notes have said it, and a second envelope would be no JSON document.
        _ if output.is_json() => Err(Failure::said(1)),
        1 => Err(Failure::expectation("a contender could not make its token")),
        several => Err(Failure::expectation(format!(
            "{several} contenders could not make their token"
        ))),
    }
}

/// Who is to mint; says who is not, and whose tokens have no place for what was bound.
fn chosen(arguments: &TokenMint, output: &Output) -> Result<Vec<&'static dyn Contender>, Failure> {
    let matching = select(
        "contender",
        arguments.contender.as_deref(),
        contenders::all().iter().map(AsRef::as_ref),
        |contender: &&dyn Contender| contender.id().as_str(),
    )?;
    let (sessions, mut chosen): (Vec<_>, Vec<_>) = matching
        .into_iter()
        .partition(|contender| contender.card().family == Family::Session);
    if !sessions.is_empty() {
        output.note(&format!(
            "left out {} session contenders: an id means nothing outside its store",
            sessions.len()
        ));
    }
    chosen.retain(|contender| {
        let missing = contender.missing();
        if let Some(missing) = &missing {
            output.note(missing);
        }
        missing.is_none()
    });
    if chosen.is_empty() {
        return Err(Failure::no_match(
            "none of the contenders chosen makes tokens here",
        ));
    }
    let without = |takes: fn(&str) -> bool| {
        chosen
            .iter()
            .filter(|contender| !takes(&contender.card().scheme))
            .count()
    };
    if arguments.footer.is_some() && without(takes_footer) > 0 {
        output.note(&format!(
            "{} contenders have no footer: only PASETO does",
            without(takes_footer)
        ));
    }
    if arguments.implicit_assertion.is_some() && without(takes_assertion) > 0 {
        output.note(&format!(
            "{} contenders have no implicit assertion: only PASETO v3 and v4 do",
            without(takes_assertion)
        ));
    }
    Ok(chosen)
}

fn claims_of(arguments: &TokenMint) -> Result<ClaimSet, Failure> {
    let Some(path) = &arguments.claims else {
        let typical = Corpus::named("typical")
            .ok_or_else(|| Failure::environment("this build has no typical corpus"))?;
        return Ok(typical.claims(0, policy::now()));
    };
    let text = read(path)
        .map_err(|error| Failure::usage(format!("cannot read claims from {}: {error}", path.display())))?;
    claims::read(&text).map_err(|error| {
        Failure::usage(format!(
            "{} holds no claims: {error}; want a JSON object, times as numbers or as RFC 3339 text",
            path.display()
        ))
    })
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path);
    }
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    Ok(text)
}

fn show(line: &Request, jsonl: bool, output: &Output) -> Result<(), Failure> {
    if jsonl {
        return output.line(&super::json_line(line)?);
    }
    let key = match &line.key {
        Value::String(text) => text.clone(),
        jwk => jwk.to_string(),
    };
    let id = line.id.as_str().unwrap_or_default();
    output.line(&format!(
        "{id}  ({})\n  token  {}\n  key    {key}",
        line.scheme, line.token
    ))
}
