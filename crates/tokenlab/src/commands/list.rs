//! `tokenlab list`: the registries, as cards.

use serde_json::json;
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::corpus::CORPORA;
use tokenlab_harness::{contenders, policy};
use tokenlab_record::catalogue::Family;
use tokenlab_record::support::Support;

use crate::cli::{List, Listed};
use crate::commands::attack;
use crate::output::{Failure, Output, table};

/// Prints the cards of one registry.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(crate) fn run(arguments: &List, output: &Output) -> Result<(), Failure> {
    match arguments.what {
        Listed::Contenders => list_contenders(output),
        Listed::Attacks => attack::list_attacks(output),
        Listed::Targets => attack::list_targets(output),
        Listed::Corpora => list_corpora(output),
        Listed::Support => list_support(output),
    }
}

fn list_contenders(output: &Output) -> Result<(), Failure> {
    let cards: Vec<_> = contenders::all()
        .iter()
        .map(|contender| contender.card())
        .collect();
    if output.is_json() {
        return output.envelope("contenders", &cards);
    }
    let rows = cards
        .iter()
        .map(|card| {
            vec![
                card.id.to_string(),
                card.class.title().to_owned(),
                format!("{} {}", card.library, card.library_version),
                card.backend.clone(),
            ]
        })
        .collect();
    output.line(&table(&["contender", "class", "library", "backend"], &[], rows))
}

fn list_corpora(output: &Output) -> Result<(), Failure> {
    let sized = CORPORA.iter().map(|corpus| {
        let json = corpus.claims(0, policy::now()).to_json::<NumericDate>();
        (corpus, json.map_or(0, |text| text.len()))
    });
    if output.is_json() {
        let cards: Vec<_> = sized
            .map(|(corpus, bytes)| json!({"id": corpus.name, "summary": corpus.summary, "json_bytes": bytes}))
            .collect();
        return output.envelope("corpora", &cards);
    }
    let rows = sized
        .map(|(corpus, bytes)| {
            vec![
                corpus.name.to_owned(),
                bytes.to_string(),
                corpus.summary.to_owned(),
            ]
        })
        .collect();
    output.line(&table(&["corpus", "JSON bytes", "what it is"], &[1], rows))
}

/// The same matrix as on the page, by family, of this build.
fn list_support(output: &Output) -> Result<(), Failure> {
    let support = Support::of(contenders::all().iter().map(|contender| contender.card()));
    if output.is_json() {
        return output.envelope("support", &support.schemes);
    }
    for family in Family::ALL {
        let of_family = || {
            support
                .schemes
                .iter()
                .filter(move |scheme| scheme.family == family)
        };
        // A library without a scheme of this family would be a column of dashes.
        let libraries: Vec<_> = support
            .libraries
            .iter()
            .filter(|library| {
                of_family().any(|scheme| scheme.offers.iter().any(|offer| offer.library == library.name))
            })
            .collect();
        if libraries.is_empty() {
            continue;
        }
        let heads: Vec<String> = libraries
            .iter()
            .map(|library| format!("{} {}", library.name, library.versions.join(", ")))
            .collect();
        let mut header = vec![family.title(), "class"];
        header.extend(heads.iter().map(String::as_str));
        let rows = of_family()
            .map(|scheme| {
                [scheme.id.clone(), scheme.class.slug().to_owned()]
                    .into_iter()
                    .chain(libraries.iter().map(|library| scheme.cell(library)))
                    .collect()
            })
            .collect();
        output.line(&table(&header, &[], rows))?;
        output.line(&"")?;
    }
    Ok(())
}
