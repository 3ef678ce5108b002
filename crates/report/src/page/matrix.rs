//! The attack matrix: what each target did with each attack.
//!
//! A cell folds the transcripts of all variants into the worst outcome, in
//! words as well as in colour, with the check that decided. "Can't be
//! expressed" is a different thing from "refused" and looks different.
//!
//! Every contender is a target, and most libraries refuse everything with all of
//! theirs. Such a library is one row, with the checks that decided; its
//! contenders stand one by one behind a fold. Whoever falls, crashes or surprises
//! has a row of its own in any case.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use tokenlab_record::catalogue::{Family, TargetCard, TargetKind};
use tokenlab_record::transcript::{Transcript, Verdict};

use crate::format;
use crate::view::{View, capitalised, listed};

/// Wire name of the outcome whose deciding check is one that was not there.
const ACCEPTED: &str = "accepted";

/// The outcomes from the gravest down: wire name, and the word on the page.
const OUTCOMES: [(&str, &str); 5] = [
    (ACCEPTED, "accepted"),
    ("panicked", "panicked"),
    ("exhausted", "exhausted"),
    ("rejected", "refused"),
    ("inapplicable", "inapplicable"),
];

type Cells<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Transcript>>;

/// The matrix with its legend, or a sentence without transcripts.
pub(super) fn html(view: &View<'_>) -> Markup {
    let transcripts = &view.record.transcripts;
    if transcripts.is_empty() {
        return html! {
            p.remark { "No attack was run with these measurements, so there is no matrix to show." }
        };
    }
    let mut cells = Cells::new();
    for transcript in transcripts {
        cells
            .entry((&transcript.attack, &transcript.target))
            .or_default()
            .push(transcript);
    }
    let attacks = attacks(view);
    let groups = groups(view, &cells);
    let folded: Vec<(&str, &str, &Vec<&str>)> = groups
        .iter()
        .flat_map(|(_, rows)| rows)
        .filter_map(|row| match row {
            Row::Library { family, library, ids } => Some((*family, *library, ids)),
            Row::Target(_) => None,
        })
        .collect();
    html! {
        p { (summary(&cells)) }
        p {
            strong { "How to read it. " }
            "A row is a target, a column an attack; a cell is the gravest outcome of the attack's variants "
            "there, and under it the check that decided: the one that refused, or the missing one that let "
            "the forgery through. " em { "Accepted" } " means that the target "
            "believed forged claims; " em { "inapplicable" } ", that the attack can't even be written down "
            "for that kind of token, which is not the same as being refused. Flawed, misconfigured and "
            "historic targets are there to fall: they show that the attack works. A library whose "
            "contenders all refuse is one row, and they stand one by one behind the folds below."
        }
        p {
            strong { "What not to conclude. " }
            "A row of refusals says that these attacks failed, not that no attack succeeds."
        }
        (table(&Grid { caption: "Targets by attacks", attacks: &attacks, cells: &cells }, &groups))
        @for (family, library, ids) in folded {
            @let caption = format!("Attacks on the contenders of {library} ({family})");
            details {
                summary {
                    (library) ", " (family) ": "
                    (format::counted(ids.len() as u64, "contender", "contenders")) " one by one"
                }
                (table(
                    &Grid { caption: &caption, attacks: &attacks, cells: &cells },
                    &[(format!("{family}: {}", TargetKind::Hardened.slug()), ids.iter().map(|id| Row::Target(id)).collect())],
                ))
            }
        }
        (legend(view))
        p.reproduce { "Run again: " code { "tokenlab attack run --all" } }
    }
}

/// What all tables of the matrix have in common.
struct Grid<'a> {
    caption: &'a str,
    attacks: &'a [(&'a str, &'a str)],
    cells: &'a Cells<'a>,
}

impl<'a> Grid<'a> {
    fn cell(&self, attack: &'a str, target: &'a str) -> &'a [&'a Transcript] {
        self.cells.get(&(attack, target)).map_or(&[], Vec::as_slice)
    }
}

/// One row of the matrix.
enum Row<'a> {
    /// A target by its id.
    Target(&'a str),
    /// Contenders of one library that all hold.
    Library {
        family: &'static str,
        library: &'a str,
        ids: Vec<&'a str>,
    },
}

fn table<'a>(grid: &Grid<'a>, groups: &[(String, Vec<Row<'a>>)]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Table: " (grid.caption) } {
            table.matrix {
                caption { (grid.caption) }
                thead {
                    tr {
                        th scope="col" { "target" }
                        @for (id, title) in grid.attacks { th scope="col" { (title) br; code { (id) } } }
                    }
                }
                @for (group, rows) in groups {
                    tbody {
                        tr {
                            th.group scope="rowgroup" colspan=(grid.attacks.len() + 1) { (group) }
                        }
                        @for row in rows { tr { (row_html(grid, row)) } }
                    }
                }
            }
        }
    }
}

fn row_html<'a>(grid: &Grid<'a>, row: &Row<'a>) -> Markup {
    match row {
        Row::Target(target) => html! {
            th scope="row" { code { (target) } }
            @for (attack, _) in grid.attacks { (cell(grid.cell(attack, target))) }
        },
        Row::Library { library, ids, .. } => html! {
            th scope="row" {
                code { (library) "/…" } br;
                small { (format::counted(ids.len() as u64, "contender", "contenders")) }
            }
            @for (attack, _) in grid.attacks {
                @let of_ids: Vec<_> = ids.iter().map(|target| grid.cell(attack, target)).collect();
                (folded_cell(&of_ids))
            }
        },
    }
}

/// The cells of several targets that hold, in one: how many refused, how many
/// could not be asked, and the distinct checks that decided.
fn folded_cell(cells: &[&[&Transcript]]) -> Markup {
    let count = |wanted: &str| {
        let matching = cells
            .iter()
            .filter(|cell| worst(cell).is_some_and(|(kind, _)| kind == wanted));
        matching.count()
    };
    let counts: Vec<(&str, &str, usize)> = OUTCOMES
        .into_iter()
        .map(|(kind, word)| (kind, word, count(kind)))
        .filter(|(_, _, count)| *count > 0)
        .collect();
    let Some((kind, ..)) = counts.first() else {
        return html! { td { "not tried" } };
    };
    let words: Vec<String> = match counts.as_slice() {
        [(_, word, count)] if *count == cells.len() => vec![format!("{word}, all {count}")],
        _ => counts
            .iter()
            .map(|(_, word, count)| format!("{word}, {count}"))
            .collect(),
    };
    let mut checks: Vec<String> = Vec::new();
    for transcript in cells.iter().copied().flatten() {
        let check = transcript.decided_by.as_deref().unwrap_or_default();
        if !check.is_empty() && !checks.iter().any(|known| known == check) {
            checks.push(check.to_owned());
        }
    }
    let why = cells
        .iter()
        .copied()
        .flatten()
        .find_map(|transcript| match &transcript.verdict {
            Verdict::Inapplicable { why } => Some(why.as_str()),
            _ => None,
        });
    html! {
        td class=(kind) {
            strong { (words.join("; ")) }
            @if !checks.is_empty() { br; small { "by " (listed(&checks)) } }
            @if let Some(why) = why { br; small { (why) } }
        }
    }
}

fn cell(transcripts: &[&Transcript]) -> Markup {
    let Some((kind, word)) = worst(transcripts) else {
        return html! { td { "not tried" } };
    };
    let deciding: Vec<&&Transcript> = transcripts
        .iter()
        .filter(|transcript| transcript.verdict.kind() == kind)
        .collect();
    let mut checks: Vec<String> = Vec::new();
    for transcript in &deciding {
        let check = transcript.decided_by.as_deref().unwrap_or_default();
        if !check.is_empty() && !checks.iter().any(|known| known == check) {
            checks.push(check.to_owned());
        }
    }
    let why = deciding.iter().find_map(|transcript| match &transcript.verdict {
        Verdict::Inapplicable { why } => Some(why.as_str()),
        Verdict::Exhausted { detail } | Verdict::Panicked { detail } => Some(detail.as_str()),
        _ => None,
    });
    let analogue = deciding.iter().any(|transcript| transcript.analogue.is_some());
    let unexpected = transcripts.iter().any(|transcript| !transcript.agrees);
    html! {
        td class=(kind) {
            strong { (word) }
            @if transcripts.len() > 1 && deciding.len() < transcripts.len() {
                " (" (deciding.len()) " of " (transcripts.len()) " variants)"
            }
            @if !checks.is_empty() {
                br;
                small { @if kind == ACCEPTED { "missing: " } @else { "by " } (listed(&checks)) }
            }
            @if let Some(why) = why { br; small { (why) } }
            @if analogue { br; small { "nearest analogue" } }
            @if unexpected { br; strong.flag { "unexpected" } }
        }
    }
}

/// The gravest outcome of a cell; `None` of an empty one.
fn worst(transcripts: &[&Transcript]) -> Option<(&'static str, &'static str)> {
    OUTCOMES.into_iter().find(|(kind, _)| {
        transcripts
            .iter()
            .any(|transcript| transcript.verdict.kind() == *kind)
    })
}

fn summary(cells: &Cells<'_>) -> String {
    let counts: Vec<String> = OUTCOMES
        .into_iter()
        .filter_map(|(kind, word)| {
            let count = cells
                .values()
                .filter(|cell| worst(cell).is_some_and(|(worst, _)| worst == kind))
                .count();
            (count > 0).then(|| format!("{} {word}", format::count(count as u64)))
        })
        .collect();
    let unexpected = cells
        .values()
        .filter(|cell| cell.iter().any(|transcript| !transcript.agrees))
        .count();
    format!(
        "{}: {}. {}",
        format::counted(cells.len() as u64, "cell", "cells"),
        listed(&counts),
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

/// Ids and titles of the attacks, those of the catalogue first.
fn attacks<'a>(view: &View<'a>) -> Vec<(&'a str, &'a str)> {
    let mut attacks: Vec<(&str, &str)> = Vec::new();
    let cards = view.record.catalogue.attacks.iter();
    let known = cards.map(|card| (card.id.as_str(), card.title.as_str()));
    let ran = view.record.transcripts.iter();
    let tried = |id: &str| {
        view.record
            .transcripts
            .iter()
            .any(|transcript| transcript.attack == id)
    };
    for (id, title) in known
        .filter(|(id, _)| tried(id))
        .chain(ran.map(|transcript| (transcript.attack.as_str(), "")))
    {
        if !attacks.iter().any(|(other, _)| *other == id) {
            attacks.push((id, title));
        }
    }
    attacks
}

/// Fewer contenders of a library than this have rows of their own.
const FEWEST_FOLDED: usize = 3;

/// Targets by family and kind, in the order of the catalogue; targets that it
/// lacks come last.
fn groups<'a>(view: &View<'a>, cells: &Cells<'a>) -> Vec<(String, Vec<Row<'a>>)> {
    const KINDS: [TargetKind; 4] = [
        TargetKind::Flawed,
        TargetKind::Misconfigured,
        TargetKind::Historic,
        TargetKind::Hardened,
    ];
    let tried: BTreeSet<&str> = cells.keys().map(|(_, target)| *target).collect();
    let cards = &view.record.catalogue.targets;
    let mut groups: Vec<(String, Vec<Row<'_>>)> = Vec::new();
    for family in Family::ALL {
        for kind in KINDS {
            let of_group = |card: &&TargetCard| card.family == family && card.kind == kind;
            let ids: Vec<&str> = cards
                .iter()
                .filter(of_group)
                .map(|card| card.id.as_str())
                .filter(|id| tried.contains(id))
                .collect();
            if !ids.is_empty() {
                let rows = match kind {
                    TargetKind::Hardened => by_library(family, &ids, cells),
                    _ => ids.into_iter().map(Row::Target).collect(),
                };
                groups.push((format!("{}: {}", capitalised(family.title()), kind.slug()), rows));
            }
        }
    }
    let known: BTreeSet<&str> = cards.iter().map(|card| card.id.as_str()).collect();
    let mut unknown: Vec<&str> = Vec::new();
    for transcript in &view.record.transcripts {
        let id = transcript.target.as_str();
        if !known.contains(id) && !unknown.contains(&id) {
            unknown.push(id);
        }
    }
    if !unknown.is_empty() {
        let rows = unknown.into_iter().map(Row::Target).collect();
        groups.push(("Not in the catalogue".to_owned(), rows));
    }
    groups
}

/// Hardened targets with those of each library together, if they hold and are
/// many.
fn by_library<'a>(family: Family, ids: &[&'a str], cells: &Cells<'a>) -> Vec<Row<'a>> {
    let library = |id: &'a str| id.split_once('/').map(|(library, _)| library);
    let holding: BTreeSet<&str> = ids.iter().copied().filter(|id| holds(id, cells)).collect();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for id in ids {
        let of_library = |library: &'a str| -> Vec<&'a str> {
            let same = ids
                .iter()
                .filter(|id| id.split_once('/').is_some_and(|(of, _)| of == library));
            same.copied().filter(|id| holding.contains(id)).collect()
        };
        let together = library(id)
            .filter(|_| holding.contains(id))
            .map(|library| (library, of_library(library)))
            .filter(|(_, ids)| ids.len() >= FEWEST_FOLDED);
        match together {
            None => rows.push(Row::Target(id)),
            Some((library, ids)) if ids.first() == Some(id) => rows.push(Row::Library {
                family: family.title(),
                library,
                ids,
            }),
            Some(_) => {} // stands in the row of the first
        }
    }
    rows
}

/// Whether a target refused whatever could be put to it, as it should.
fn holds(target: &str, cells: &Cells<'_>) -> bool {
    let of_target = cells.iter().filter(|((_, of), _)| *of == target);
    of_target
        .flat_map(|(_, transcripts)| transcripts)
        .all(|transcript| {
            transcript.agrees
                && matches!(
                    transcript.verdict,
                    Verdict::Rejected { .. } | Verdict::Inapplicable { .. }
                )
        })
}

/// What each attack assumes, and where to read on.
fn legend(view: &View<'_>) -> Markup {
    html! {
        dl {
            @for card in &view.record.catalogue.attacks {
                dt { (card.title) " (" code { (card.id) } ")" }
                dd {
                    (capitalised(&card.assumption))
                    @for reference in &card.references {
                        br; small { (reference.label) ": " (reference.note) }
                    }
                }
            }
        }
    }
}
