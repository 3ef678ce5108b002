//! The matrix on screen: targets down, attacks across, a word in every cell.

use tokenlab_attacks::{Cell, Target, catalogue};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Verdict;

use super::word;
use crate::output::{Failure, Output, table};

/// Prints the matrix by kind of target, weakest first, and then the score of
/// each attack.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(super) fn print(
    cells: &[&Cell],
    targets: &[&'static dyn Target],
    output: &Output,
) -> Result<(), Failure> {
    let attacks: Vec<&str> = catalogue::all().iter().map(|attack| attack.id()).collect();
    let mut header = vec!["target", "kind"];
    header.extend(&attacks);
    let kinds = [
        TargetKind::Flawed,
        TargetKind::Misconfigured,
        TargetKind::Historic,
        TargetKind::Hardened,
    ];
    let rows = kinds
        .iter()
        .flat_map(|kind| {
            targets
                .iter()
                .map(|target| target.card())
                .filter(|card| card.kind == *kind)
        })
        .map(|card| {
            let outcome = |attack: &&str| {
                cells
                    .iter()
                    .find(|cell| cell.attack == **attack && cell.target == card.id)
                    .map_or_else(String::new, |cell| marked(cell))
            };
            let outcomes: Vec<String> = attacks.iter().map(outcome).collect();
            [card.id.clone(), card.kind.slug().to_owned()]
                .into_iter()
                .chain(outcomes)
                .collect()
        })
        .collect();
    output.line(&table(&header, &[], rows))?;
    output.line(&"")?;
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
    output.note(&"next: tokenlab attack replay alg-none");
    Ok(())
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
