//! The matrix on screen: attacks down by class, families across, how many of
//! their targets fell. A few attacks or targets are shown cell by cell.

use std::collections::BTreeMap;

use tokenlab_attacks::{Attack, Cell, Target};
use tokenlab_record::catalogue::{AttackClass, Family, TargetKind};
use tokenlab_record::transcript::Verdict;

use super::word;
use crate::output::{Failure, Output, table};

/// More columns of cells than this make a line that no terminal holds.
const MOST_ACROSS: usize = 4;

/// Fewer contenders of a library than this have rows of their own.
const FEWEST_FOLDED: usize = 3;

/// Everything that was run, in report order.
pub(super) struct Matrix<'a> {
    pub(super) cells: Vec<&'a Cell>,
    pub(super) attacks: Vec<&'static dyn Attack>,
    pub(super) targets: Vec<&'static dyn Target>,
}

impl Matrix<'_> {
    /// Prints how many targets of each family fell, refused, or had no place for
    /// each attack.
    ///
    /// # Errors
    /// [`Failure`] if standard output is gone.
    pub(super) fn print_counts(&self, output: &Output) -> Result<(), Failure> {
        let families = Family::ALL.map(|family| {
            let of_family = self.targets.iter().filter(|target| family_of(**target) == family);
            format!("{} ({})", family.title(), of_family.count())
        });
        let mut header = vec!["attack"];
        header.extend(families.iter().map(String::as_str));
        let right: Vec<usize> = (1..=families.len()).collect();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for class in AttackClass::ALL {
            let of_class: Vec<_> = self
                .attacks
                .iter()
                .filter(|attack| attack.profile().class == class)
                .collect();
            if of_class.is_empty() {
                continue;
            }
            rows.push(vec![class.title().to_uppercase()]);
            for attack in of_class {
                let counts = Family::ALL.map(|family| self.count(*attack, family));
                rows.push([format!("  {}", attack.id())].into_iter().chain(counts).collect());
            }
        }
        output.line(&table(&header, &right, rows))?;
        output.line(&"\nfell / refused / not expressible, of the targets of each family; ! is unexpected")?;
        output.line(&self.totals())?;
        output.note(
            &"single cells: tokenlab attack matrix --attack alg-none · --target jwt-rs256 · both take globs",
        );
        output.note(&"next: tokenlab attack replay alg-none");
        Ok(())
    }

    fn count(&self, attack: &dyn Attack, family: Family) -> String {
        let (mut fell, mut refused, mut inexpressible, mut unexpected) = (0_usize, 0_usize, 0_usize, false);
        let of_both = |cell: &&&Cell| cell.attack == attack.id() && cell.family == family;
        for cell in self.cells.iter().filter(of_both) {
            match cell.verdict {
                Verdict::Rejected { .. } => refused += 1,
                Verdict::Inapplicable { .. } => inexpressible += 1,
                _ => fell += 1,
            }
            unexpected |= !cell.agrees;
        }
        if fell + refused + inexpressible == 0 {
            return "not tried".to_owned();
        }
        let mark = if unexpected { " !" } else { "" };
        format!("{fell} / {refused} / {inexpressible}{mark}")
    }

    fn totals(&self) -> String {
        let mut words: BTreeMap<&str, usize> = BTreeMap::new();
        for cell in &self.cells {
            *words.entry(word(&cell.verdict)).or_default() += 1;
        }
        let words: Vec<String> = words
            .into_iter()
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        let unexpected = self.cells.iter().filter(|cell| !cell.agrees).count();
        format!(
            "{} attacks against {} targets, {} cells, {unexpected} not as expected:\n{}",
            self.attacks.len(),
            self.targets.len(),
            self.cells.len(),
            words.join(", ")
        )
    }

    /// Prints a word for every cell. Under `fold` the contenders of a library
    /// whose cells all came out as expected share a row.
    ///
    /// # Errors
    /// [`Failure`] if standard output is gone.
    pub(super) fn print_cells(&self, fold: bool, output: &Output) -> Result<(), Failure> {
        let rows = self.rows(fold);
        if rows.len() <= MOST_ACROSS {
            self.print_attacks_down(&rows, output)?;
        } else {
            self.print_targets_down(&rows, output)?;
        }
        output.line(&self.totals())?;
        if let Some(folded) = rows.iter().find(|row| row.ids.len() > 1) {
            output.note(&format!(
                "contenders of one library share a row where all came out as expected; one by one: \
                 --target '{}'",
                folded.glob()
            ));
        }
        let attack = self.attacks.first().map_or("alg-none", |attack| attack.id());
        output.note(&format!("next: tokenlab attack replay {attack}"));
        Ok(())
    }

    fn print_attacks_down(&self, rows: &[Row], output: &Output) -> Result<(), Failure> {
        let mut header = vec!["attack"];
        header.extend(rows.iter().map(|row| row.name.as_str()));
        let lines = self.attacks.iter().map(|attack| {
            let outcomes = rows.iter().map(|row| row.outcome(&self.cells, attack.id()));
            [attack.id().to_owned()].into_iter().chain(outcomes).collect()
        });
        output.line(&table(&header, &[], lines.collect()))?;
        output.line(&"")
    }

    fn print_targets_down(&self, rows: &[Row], output: &Output) -> Result<(), Failure> {
        for across in self.attacks.chunks(MOST_ACROSS) {
            let mut header = vec!["target", "kind"];
            header.extend(across.iter().map(|attack| attack.id()));
            let lines = rows.iter().map(|row| {
                let outcomes = across.iter().map(|attack| row.outcome(&self.cells, attack.id()));
                [row.name.clone(), row.kind.slug().to_owned()]
                    .into_iter()
                    .chain(outcomes)
                    .collect()
            });
            output.line(&table(&header, &[], lines.collect()))?;
            output.line(&"")?;
        }
        Ok(())
    }

    /// By kind, weakest first, and within a kind in the order of the registry.
    fn rows(&self, fold: bool) -> Vec<Row> {
        let is_quiet = |id: &str| {
            let mut of_target = self.cells.iter().filter(|cell| cell.target == id);
            of_target.all(|cell| cell.agrees)
        };
        let mut rows: Vec<Row> = Vec::new();
        for kind in [
            TargetKind::Flawed,
            TargetKind::Misconfigured,
            TargetKind::Historic,
            TargetKind::Hardened,
        ] {
            let profiles: Vec<_> = self
                .targets
                .iter()
                .map(|target| target.profile())
                .filter(|profile| profile.kind == kind)
                .collect();
            let may_fold = fold && kind == TargetKind::Hardened;
            let library = |id: &str| {
                let (library, _) = id.split_once('/').filter(|_| may_fold && is_quiet(id))?;
                Some(library.to_owned())
            };
            let libraries: Vec<Option<String>> =
                profiles.iter().map(|profile| library(&profile.id)).collect();
            for (profile, library) in profiles.iter().zip(&libraries) {
                let of_library: Vec<String> = profiles
                    .iter()
                    .zip(&libraries)
                    .filter(|(_, of)| library.is_some() && *of == library)
                    .map(|(profile, _)| profile.id.clone())
                    .collect();
                match library {
                    Some(library) if of_library.len() >= FEWEST_FOLDED => {
                        if of_library.first() == Some(&profile.id) {
                            rows.push(Row {
                                name: format!("{library}/… ({})", of_library.len()),
                                kind,
                                ids: of_library,
                            });
                        }
                    }
                    _ => rows.push(Row {
                        name: profile.id.clone(),
                        kind,
                        ids: vec![profile.id.clone()],
                    }),
                }
            }
        }
        rows
    }
}

fn family_of(target: &dyn Target) -> Family {
    target.profile().scheme.family()
}

/// One row or column: a target, or several that share it.
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
            let word = cell.map_or_else(|| "not tried".to_owned(), |cell| marked(cell));
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

/// The outcome in a word, marked where it is not what was expected.
fn marked(cell: &Cell) -> String {
    let word = word(&cell.verdict);
    if cell.agrees {
        word.to_owned()
    } else {
        format!("{word} (unexpected!)")
    }
}
