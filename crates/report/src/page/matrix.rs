//! The attack matrix, twice: in short on the page of the run, attacks by
//! families, and in full on a page of its own, attacks by targets.
//!
//! Every outcome is a word as well as a colour, and "not expressible" is a
//! different thing from "refused". What a hardened JWT verifier does, and what
//! PASETO does not, stands beside the counts: it is what the counts are for.
//!
//! Every contender is a target, and most cells of most libraries say the same. In
//! the full matrix the contenders of a library share a row as long as all their
//! cells came out as expected, and stand one by one behind a fold. Whoever
//! surprises has a row of its own in any case.

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, html};
use tokenlab_record::catalogue::{Family, TargetKind};
use tokenlab_record::transcript::Verdict;

use super::standing::{Meaning, Standing};
use super::{foot, head};
use crate::format;
use crate::matrix::{Attack, Cell, Matrix, Outcome, Target, UNKNOWN, counts};
use crate::view::{View, capitalised, listed};

/// The folder of the pages about attacks, beside the page of the run.
pub(crate) const FOLDER: &str = "attacks";

/// File name of the full matrix in that folder.
pub(crate) const INDEX: &str = "index.html";

/// Fewer contenders of a library than this have rows of their own.
const FEWEST_FOLDED: usize = 3;

/// The summary for the page of the run, or a sentence without transcripts.
pub(super) fn summary(view: &View<'_>) -> Markup {
    let matrix = &view.matrix;
    if matrix.is_empty() {
        return html! {
            p.remark { "No attack was run with these measurements, so there is no matrix to show." }
        };
    }
    html! {
        p { (cells_in_words(matrix)) }
        (what_it_comes_to(matrix))
        p {
            strong { "How to read it. " }
            "A row is an attack; it leads to a page with the forged token, the check that decides and its "
            "source lines. A cell says what became of it at the targets of that family: "
            (words()) " Flawed, misconfigured and historic targets are there to fall: they "
            "show that the attack works. Where a hardened target falls as well, its format is open to the "
            "attack in any hands, and the cell says so. The last column weighs JWT against PASETO by hardened "
            "targets first, and by the flawed ones second."
        }
        p {
            strong { "What not to conclude. " }
            "Refusals say that these attacks failed, not that no attack succeeds. Counts of targets are no "
            "scores: there are more JWT libraries here than others."
        }
        p { a href={ (FOLDER) "/" (INDEX) } { "The full matrix: every attack against every target" } }
        div.scroll.tall tabindex="0" role="region" aria-label="Table: Attacks by families" {
            table.matrix.summary {
                caption { "Attacks by families" }
                thead {
                    tr {
                        th scope="col" { "attack" }
                        @for family in Family::ALL { th scope="col" { (capitalised(family.title())) } }
                        th scope="col" { "JWT against PASETO" }
                    }
                }
                @for (class, attacks) in matrix.by_class() {
                    tbody {
                        tr { th.group scope="rowgroup" colspan=(Family::ALL.len() + 2) { (class) } }
                        @for attack in attacks { (summary_row(matrix, attack)) }
                    }
                }
            }
        }
        p.reproduce { "Run again: " code { "tokenlab attack run --all" } }
    }
}

/// What the outcomes mean, in one sentence.
fn words() -> Markup {
    html! {
        em { "accepted" } " is a forgery believed, " em { "leaked" } " a secret given away, " em { "panicked" }
        " a crash, " em { "exhausted" } " a budget of time or memory used up, " em { "refused" }
        " a check that held, and " em { "not expressible" } " an attack that can't even be written down for "
        "that kind of token, which is not the same as being refused."
    }
}

fn summary_row(matrix: &Matrix<'_>, attack: &Attack<'_>) -> Markup {
    let meaning = Meaning::of(matrix, attack);
    html! {
        tr {
            th scope="row" {
                a href={ (FOLDER) "/" (attack.page) } { (attack.title()) } br;
                code { (attack.id) }
            }
            @for family in Family::ALL { (summary_cell(matrix, attack, family)) }
            td.wide { strong { (meaning.verdict()) } " " (meaning.because()) }
        }
    }
}

/// How the targets of a family fared.
fn summary_cell(matrix: &Matrix<'_>, attack: &Attack<'_>, family: Family) -> Markup {
    let of_family: Vec<(&Target<'_>, &Cell<'_>)> = matrix
        .of_attack(attack)
        .filter(|(target, _)| target.family() == Some(family))
        .collect();
    if of_family.is_empty() {
        return html! { td { "not tried" } };
    }
    let hardened = Standing::of(matrix, attack, family).fallen_hardened;
    let unexpected = of_family.iter().filter(|(_, cell)| !cell.agrees()).count();
    html! {
        td {
            a.counts href={ (FOLDER) "/" (attack.page) "#family-" (family.scheme_prefix()) } {
                @for (outcome, count) in counts(of_family.iter().map(|(_, cell)| *cell)) {
                    span class={ "count " (outcome.style()) } { (count) " " (outcome.word()) } " "
                }
            }
            @if hardened > 0 { small { (hardened) " of them hardened" } }
            @if unexpected > 0 { strong.flag { (unexpected) " unexpected" } }
        }
    }
}

fn cells_in_words(matrix: &Matrix<'_>) -> String {
    let in_words: Vec<String> = counts(matrix.cells())
        .into_iter()
        .map(|(outcome, count)| format!("{} {}", format::count(count as u64), outcome.word()))
        .collect();
    let unexpected = matrix.cells().filter(|cell| !cell.agrees()).count();
    format!(
        "{} against {}, {}: {}. {}",
        format::counted(matrix.attacks.len() as u64, "attack", "attacks"),
        format::counted(matrix.targets.len() as u64, "target", "targets"),
        format::counted(matrix.cells().count() as u64, "cell", "cells"),
        listed(&in_words),
        match unexpected {
            0 => "Every cell came out as the weaknesses of its target say.".to_owned(),
            _ => format!(
                "{} did not come out as the weaknesses of the target say, and {} marked so.",
                format::counted(unexpected as u64, "cell", "cells"),
                if unexpected == 1 { "is" } else { "are" }
            ),
        }
    )
}

/// How many attacks each verdict on JWT against PASETO has.
fn what_it_comes_to(matrix: &Matrix<'_>) -> Markup {
    let mut meanings: Vec<Meaning> = matrix
        .attacks
        .iter()
        .map(|attack| Meaning::of(matrix, attack))
        .collect();
    meanings.sort_unstable();
    let alike = meanings.chunk_by(|one, other| one.verdict() == other.verdict());
    html! {
        ul {
            @for (count, first) in alike.filter_map(|alike| Some((alike.len(), alike.first()?))) {
                li {
                    (format::counted(count as u64, "attack", "attacks")) ": "
                    strong { (first.verdict()) } " " (first.in_general())
                }
            }
        }
    }
}

/// The full matrix as a document.
pub(crate) fn html(view: &View<'_>) -> Markup {
    let matrix = &view.matrix;
    let rows = rows(matrix);
    let classes = matrix.by_class();
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("Attack matrix, run {}", view.record.manifest.run)))
            body.broad {
                a.skip href="#main" { "Skip to the matrix" }
                header {
                    nav aria-label="Way back" { a href="../index.html#attacks" { "The run" } }
                    h1 { "Every attack against every target" }
                    p.lead { (cells_in_words(matrix)) }
                    nav aria-label="Contents" {
                        ul {
                            @for (number, (class, _)) in classes.iter().enumerate() {
                                li { a href={ "#class-" (number) } { (class) } }
                            }
                        }
                    }
                }
                main id="main" tabindex="-1" {
                    p {
                        strong { "How to read it. " }
                        "A row is a target, a column an attack; a cell is the gravest outcome of the attack's "
                        "variants there, and under it the check that decided: the one that refused, or the "
                        "missing one that let the forgery through. It leads to its transcript. " (words())
                        " Contenders of one library share a row where all their cells came out as expected, "
                        "and stand one by one behind the fold under each table."
                    }
                    @for (number, (class, attacks)) in classes.iter().enumerate() {
                        section id={ "class-" (number) } aria-labelledby={ "class-" (number) "-heading" } {
                            h2 id={ "class-" (number) "-heading" } { (class) }
                            (full_table(matrix, class, attacks, &rows))
                            (one_by_one(matrix, class, attacks, &rows))
                        }
                    }
                }
                (foot("the record in the folder above"))
            }
        }
    }
}

/// One row of the full matrix.
enum Row<'m, 'a> {
    /// A target.
    Target(&'m Target<'a>),
    /// Contenders of one library whose cells all came out as expected.
    Library(&'m str, Vec<&'m Target<'a>>),
}

/// Rows under the title of their group.
type Groups<'m, 'a> = Vec<(String, Vec<Row<'m, 'a>>)>;

fn full_table(matrix: &Matrix<'_>, class: &str, attacks: &[&Attack<'_>], groups: &Groups<'_, '_>) -> Markup {
    let caption = format!("{class}: targets by attacks");
    table(
        &caption,
        attacks,
        groups.iter().map(|(title, rows)| (title.as_str(), rows)),
        |row| match row {
            Row::Target(target) => target_row(matrix, attacks, target, true),
            Row::Library(library, targets) => html! {
                th scope="row" {
                    code { (library) "/…" } br;
                    small { (format::counted(targets.len() as u64, "contender", "contenders")) }
                }
                @for attack in attacks { (folded_cell(matrix, attack, targets)) }
            },
        },
    )
}

/// The contenders that share rows, each in its own.
fn one_by_one(matrix: &Matrix<'_>, class: &str, attacks: &[&Attack<'_>], groups: &Groups<'_, '_>) -> Markup {
    let folded: Vec<(&str, Vec<&Target<'_>>)> = groups
        .iter()
        .map(|(title, rows)| {
            let targets = rows.iter().filter_map(|row| match row {
                Row::Library(_, targets) => Some(targets.iter().copied()),
                Row::Target(_) => None,
            });
            (title.as_str(), targets.flatten().collect())
        })
        .filter(|(_, targets): &(_, Vec<_>)| !targets.is_empty())
        .collect();
    let count: usize = folded.iter().map(|(_, targets)| targets.len()).sum();
    html! {
        @if count > 0 {
            details {
                summary { (format::counted(count as u64, "contender", "contenders")) " one by one" }
                (table(
                    &format!("{class}: contenders one by one"),
                    attacks,
                    folded.iter().map(|(title, targets)| (*title, targets)),
                    |target| target_row(matrix, attacks, target, false),
                ))
            }
        }
    }
}

fn table<'r, R: 'r>(
    caption: &str,
    attacks: &[&Attack<'_>],
    groups: impl Iterator<Item = (&'r str, &'r Vec<R>)>,
    row: impl Fn(&R) -> Markup,
) -> Markup {
    html! {
        div.scroll.tall tabindex="0" role="region" aria-label={ "Table: " (caption) } {
            table.matrix {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "target" }
                        @for attack in attacks {
                            th scope="col" { a href=(attack.page) { (attack.title()) } br; code { (attack.id) } }
                        }
                    }
                }
                @for (title, rows) in groups {
                    tbody {
                        tr { th.group scope="rowgroup" colspan=(attacks.len() + 1) { (title) } }
                        @for item in rows { tr { (row(item)) } }
                    }
                }
            }
        }
    }
}

fn target_row(
    matrix: &Matrix<'_>,
    attacks: &[&Attack<'_>],
    target: &Target<'_>,
    with_checks: bool,
) -> Markup {
    html! {
        th scope="row" { code { (target.id) } }
        @for attack in attacks {
            @match matrix.cell(attack, target) {
                Some(cell) => (cell_html(attack, target, cell, with_checks)),
                None => td { "not tried" },
            }
        }
    }
}

fn cell_html(attack: &Attack<'_>, target: &Target<'_>, cell: &Cell<'_>, with_checks: bool) -> Markup {
    let checks: Vec<String> = cell.checks().into_iter().map(str::to_owned).collect();
    let analogues: Vec<String> = cell.analogues().into_iter().map(str::to_owned).collect();
    let said = match &cell.deciding.verdict {
        Verdict::Exhausted { detail } | Verdict::Panicked { detail } | Verdict::Leaked { detail } => {
            Some(detail.as_str())
        }
        _ => None,
    };
    html! {
        td class=(cell.outcome.style()) {
            a href={ (attack.page) "#" (target.anchor) } { (cell.outcome.word()) }
            @if with_checks {
                @if !checks.is_empty() {
                    br;
                    small { @if cell.outcome.is_success() { "missing: " } (listed(&checks)) }
                }
                @if let Some(said) = said { br; small { (said) } }
                @if !analogues.is_empty() { br; small { "analogue: " (listed(&analogues)) } }
            }
            @if !cell.agrees() { br; strong.flag { "unexpected" } }
        }
    }
}

/// The cells of contenders that came out as expected, in one: how many had each
/// outcome, and the checks that decided.
fn folded_cell(matrix: &Matrix<'_>, attack: &Attack<'_>, targets: &[&Target<'_>]) -> Markup {
    let cells: Vec<(&Target<'_>, &Cell<'_>)> = targets
        .iter()
        .filter_map(|target| Some((*target, matrix.cell(attack, target)?)))
        .collect();
    let counts = counts(cells.iter().map(|(_, cell)| *cell));
    let (Some((gravest, _)), Some((first, _))) = (counts.first(), cells.first()) else {
        return html! { td { "not tried" } };
    };
    let words: Vec<String> = match counts.as_slice() {
        [(outcome, count)] => vec![format!("{}, all {count}", outcome.word())],
        _ => counts
            .iter()
            .map(|(outcome, count)| format!("{}, {count}", outcome.word()))
            .collect(),
    };
    let checks = |outcome: Outcome| -> Vec<String> {
        let of_outcome = cells.iter().filter(|(_, cell)| cell.outcome == outcome);
        let all = of_outcome.flat_map(|(_, cell)| cell.checks());
        crate::matrix::distinct(all)
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    html! {
        td class=(gravest.style()) {
            a href={ (attack.page) "#" (first.anchor) } { (words.join("; ")) }
            @for (outcome, _) in &counts {
                @let checks = checks(*outcome);
                @if !checks.is_empty() {
                    br;
                    small { @if outcome.is_success() { "missing: " } (listed(&checks)) }
                }
            }
        }
    }
}

/// Targets by family and kind, in the order of the catalogue; targets that it
/// lacks come last.
fn rows<'m, 'a>(matrix: &'m Matrix<'a>) -> Groups<'m, 'a> {
    const KINDS: [TargetKind; 4] = [
        TargetKind::Flawed,
        TargetKind::Misconfigured,
        TargetKind::Historic,
        TargetKind::Hardened,
    ];
    let mut groups = Groups::new();
    for family in Family::ALL {
        for kind in KINDS {
            let targets: Vec<&Target<'_>> = matrix
                .targets
                .iter()
                .filter(|target| target.family() == Some(family) && target.kind() == Some(kind))
                .collect();
            if targets.is_empty() {
                continue;
            }
            let rows = match kind {
                TargetKind::Hardened => by_library(matrix, &targets),
                _ => targets.into_iter().map(Row::Target).collect(),
            };
            groups.push((format!("{}: {}", capitalised(family.title()), kind.slug()), rows));
        }
    }
    let unknown = matrix.targets.iter().filter(|target| target.card.is_none());
    let unknown: Vec<_> = unknown.map(Row::Target).collect();
    if !unknown.is_empty() {
        groups.push((UNKNOWN.to_owned(), unknown));
    }
    groups
}

/// Hardened targets, with those of each library together if they are many and
/// none surprises.
fn by_library<'m, 'a>(matrix: &Matrix<'a>, targets: &[&'m Target<'a>]) -> Vec<Row<'m, 'a>> {
    let quiet: BTreeSet<&str> = targets
        .iter()
        .filter(|target| matrix.is_as_expected(target))
        .map(|target| target.id)
        .collect();
    let library = |target: &Target<'a>| target.library().filter(|_| quiet.contains(target.id));
    let mut rows = Vec::new();
    let mut folded: BTreeSet<&str> = BTreeSet::new();
    for target in targets {
        let Some(name) = library(target) else {
            rows.push(Row::Target(target));
            continue;
        };
        let together: Vec<&Target<'_>> = targets
            .iter()
            .copied()
            .filter(|other| library(other) == Some(name))
            .collect();
        if together.len() < FEWEST_FOLDED {
            rows.push(Row::Target(target));
        } else if folded.insert(name) {
            rows.push(Row::Library(name, together));
        }
    }
    rows
}
