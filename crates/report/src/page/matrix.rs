//! The attack matrix: what each target did with each attack.
//!
//! A cell folds the transcripts of all variants into the worst outcome, in
//! words as well as in colour, with the check that decided. "Can't be
//! expressed" is a different thing from "refused" and looks different.

use std::collections::BTreeMap;

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
    html! {
        p { (summary(&cells)) }
        p {
            strong { "How to read it. " }
            "A row is a target, a column an attack; a cell is the gravest outcome of the attack's variants "
            "there, and under it the check that decided: the one that refused, or the missing one that let "
            "the forgery through. " em { "Accepted" } " means that the target "
            "believed forged claims; " em { "inapplicable" } ", that the attack can't even be written down "
            "for that kind of token, which is not the same as being refused. Flawed, misconfigured and "
            "historic targets are there to fall: they show that the attack works."
        }
        p {
            strong { "What not to conclude. " }
            "A row of refusals says that these attacks failed, not that no attack succeeds."
        }
        div.scroll tabindex="0" role="region" aria-label="Table: attack matrix" {
            table.matrix {
                caption { "Targets by attacks" }
                thead {
                    tr {
                        th scope="col" { "target" }
                        @for (id, title) in &attacks { th scope="col" { (title) br; code { (id) } } }
                    }
                }
                @for (group, targets) in targets(view) {
                    tbody {
                        tr {
                            th.group scope="rowgroup" colspan=(attacks.len() + 1) { (group) }
                        }
                        @for target in targets {
                            tr {
                                th scope="row" { code { (target) } }
                                @for (attack, _) in &attacks {
                                    (cell(cells.get(&(*attack, target)).map_or(&[][..], Vec::as_slice)))
                                }
                            }
                        }
                    }
                }
            }
        }
        (legend(view))
        p.reproduce { "Run again: " code { "tokenlab attack run --all" } }
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

/// Target ids by family and kind, in the order of the catalogue; targets that
/// it lacks come last.
fn targets<'a>(view: &View<'a>) -> Vec<(String, Vec<&'a str>)> {
    const KINDS: [TargetKind; 4] = [
        TargetKind::Flawed,
        TargetKind::Misconfigured,
        TargetKind::Historic,
        TargetKind::Hardened,
    ];
    let cards = &view.record.catalogue.targets;
    let tried = |id: &str| {
        view.record
            .transcripts
            .iter()
            .any(|transcript| transcript.target == id)
    };
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for family in Family::ALL {
        for kind in KINDS {
            let of_group = |card: &&TargetCard| card.family == family && card.kind == kind;
            let ids: Vec<&str> = cards
                .iter()
                .filter(of_group)
                .map(|card| card.id.as_str())
                .filter(|id| tried(id))
                .collect();
            if !ids.is_empty() {
                groups.push((format!("{}: {}", family.title(), kind.slug()), ids));
            }
        }
    }
    let mut unknown: Vec<&str> = Vec::new();
    for transcript in &view.record.transcripts {
        let id = transcript.target.as_str();
        if !groups.iter().any(|(_, ids)| ids.contains(&id)) && !unknown.contains(&id) {
            unknown.push(id);
        }
    }
    if !unknown.is_empty() {
        groups.push(("Not in the catalogue".to_owned(), unknown));
    }
    groups
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
