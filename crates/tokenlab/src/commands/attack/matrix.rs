//! The matrix on screen: targets down, attacks across, a word in every cell.

use tokenlab_attacks::{Cell, Target, catalogue};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Verdict;

use super::word;
use crate::output::{Failure, Output, table};

/// More attacks than this make a line that no terminal holds; the others follow
/// in tables of their own.
const MOST_ACROSS: usize = 5;

/// Fewer contenders of a library than this have rows of their own.
const FEWEST_FOLDED: usize = 3;

/// Prints the matrix by kind of target, weakest first, and then the score of
/// each attack. Under `fold` the contenders of a library that all hold share a row.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(super) fn print(
    cells: &[&Cell],
    targets: &[&'static dyn Target],
    fold: bool,
    output: &Output,
) -> Result<(), Failure> {
    let attacks: Vec<&str> = catalogue::all().iter().map(|attack| attack.id()).collect();
    let rows = rows(cells, targets, fold);
    for across in attacks.chunks(MOST_ACROSS) {
        let mut header = vec!["target", "kind"];
        header.extend(across);
        let lines = rows.iter().map(|row| {
            let outcomes = across.iter().map(|attack| row.outcome(cells, attack));
            [row.name.clone(), row.kind.slug().to_owned()]
                .into_iter()
                .chain(outcomes)
                .collect()
        });
        output.line(&table(&header, &[], lines.collect()))?;
        output.line(&"")?;
    }
    for attack in attacks {
        let of_attack = || cells.iter().filter(|cell| cell.attack == attack);
        let accepted = of_attack()
            .filter(|cell| matches!(cell.verdict, Verdict::Accepted { .. }))
            .count();
        let inexpressible = of_attack()
            .filter(|cell| matches!(cell.verdict, Verdict::Inapplicable { .. }))
            .count();
        let all = of_attack().count();
        output.line(&format!(
            "{attack}: accepted by {accepted}, refused by {}, not expressible in {inexpressible} of {all}",
            all - accepted - inexpressible
        ))?;
    }
    if let Some(folded) = rows.iter().find(|row| row.ids.len() > 1) {
        output.note(&format!(
            "contenders of one library that all refuse share a row; one by one: tokenlab attack matrix --target \
             '{}'",
            folded.glob()
        ));
    }
    output.note(&"next: tokenlab attack replay alg-none");
    Ok(())
}

/// One row: a target, or several that hold.
struct Row {
    name: String,
    kind: TargetKind,
    ids: Vec<String>,
}

impl Row {
    /// What matches its targets.
    fn glob(&self) -> String {
        let library = self.ids.first().and_then(|id| id.split_once('/'));
        library.map_or_else(String::new, |(library, _)| format!("{library}/*"))
    }

    /// The outcome of an attack in a word, or the words with their counts.
    fn outcome(&self, cells: &[&Cell], attack: &str) -> String {
        let mut words: Vec<(String, usize)> = Vec::new();
        for id in &self.ids {
            let cell = cells
                .iter()
                .find(|cell| cell.attack == attack && cell.target == *id);
            let word = cell.map_or_else(String::new, |cell| marked(cell));
            match words.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => words.push((word, 1)),
            }
        }
        match words.as_slice() {
            [(word, _)] => word.clone(),
            several => {
                let counted = several.iter().map(|(word, count)| format!("{word} {count}"));
                counted.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// By kind, weakest first, and within a kind in the order of the registry.
fn rows(cells: &[&Cell], targets: &[&'static dyn Target], fold: bool) -> Vec<Row> {
    let holds = |id: &str| {
        let mut of_target = cells.iter().filter(|cell| cell.target == id);
        of_target.all(|cell| {
            cell.agrees
                && matches!(
                    cell.verdict,
                    Verdict::Rejected { .. } | Verdict::Inapplicable { .. }
                )
        })
    };
    let mut rows: Vec<Row> = Vec::new();
    for kind in [
        TargetKind::Flawed,
        TargetKind::Misconfigured,
        TargetKind::Historic,
        TargetKind::Hardened,
    ] {
        let cards: Vec<_> = targets
            .iter()
            .map(|target| target.card())
            .filter(|card| card.kind == kind)
            .collect();
        let may_fold = fold && kind == TargetKind::Hardened;
        let library = |id: &str| {
            let (library, _) = id.split_once('/').filter(|_| may_fold && holds(id))?;
            Some(library.to_owned())
        };
        let libraries: Vec<Option<String>> = cards.iter().map(|card| library(&card.id)).collect();
        for (card, library) in cards.iter().zip(&libraries) {
            let of_library: Vec<String> = cards
                .iter()
                .zip(&libraries)
                .filter(|(_, of)| library.is_some() && *of == library)
                .map(|(card, _)| card.id.clone())
                .collect();
            match library {
                Some(library) if of_library.len() >= FEWEST_FOLDED => {
                    if of_library.first() == Some(&card.id) {
                        rows.push(Row {
                            name: format!("{library}/… ({})", of_library.len()),
                            kind,
                            ids: of_library,
                        });
                    }
                }
                _ => rows.push(Row {
                    name: card.id.clone(),
                    kind,
                    ids: vec![card.id.clone()],
                }),
            }
        }
    }
    rows
}

/// The outcome in a word, marked where it is not what was expected.
fn marked(cell: &Cell) -> String {
    let word = word(&cell.verdict);
    if cell.agrees {
        word.to_owned()
    } else {
        format!("{word} (unexpected!)")
    }
}
