//! One attack on a page of its own: what it assumes, how the token is forged,
//! how each family decides and by which line, and every transcript that a cell
//! of the matrix leads to.
//!
//! The order is that of a lesson: predict, forge, watch it decided, see why,
//! mend it, look around. What the lesson says stands between what was observed.
//! A cell that shows nothing new, as most contenders' do, is a row of a table;
//! the others can be opened.

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, html};
use tokenlab_record::catalogue::{Family, TargetKind};
use tokenlab_record::transcript::{CheckResult, Transcript, Verdict};

use super::evidence::{address, artefact, excerpt, parts};
use super::markdown::{self, Section};
use super::matrix::INDEX;
use super::standing::Meaning;
use super::{foot, head, plain_section};
use crate::format;
use crate::matrix::{Attack, Cell, Matrix, Outcome, Target, UNKNOWN, counts};
use crate::view::{View, capitalised, listed};

/// Most transcripts that stand in full on one page; the others are rows.
const MOST_IN_FULL: usize = 24;

/// Most letters of a sentence in a table.
const MOST_LETTERS: usize = 300;

/// The whole document.
pub(crate) fn html(view: &View<'_>, attack: &Attack<'_>) -> Markup {
    let page = Page::of(&view.matrix, attack);
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("{}, an attack", attack.title())))
            body {
                a.skip href="#main" { "Skip to the attack" }
                header {
                    (page.ways())
                    h1 { (attack.title()) }
                    @if let Some(card) = attack.card {
                        p.lead { "The flawed assumption: " em { (card.assumption) } }
                    }
                    (page.facts())
                    (page.contents())
                }
                main id="main" tabindex="-1" {
                    (page.lesson(&["Story", "Predict"]))
                    (plain_section("forging", "How the token is forged", &page.forging()))
                    (page.lesson(&["The forged token"]))
                    (plain_section("decisions", "How each family decides", &page.decisions()))
                    (page.lesson(&["Which check stops it"]))
                    (plain_section("lines", "The deciding lines", &page.lines()))
                    (page.lesson(&["The fix", "Elsewhere", "History"]))
                    (plain_section("references", "References", &page.references()))
                    (page.lesson_beyond())
                    (plain_section("transcripts", "Transcripts", &page.transcripts()))
                }
                (foot("the record in the folder above"))
            }
        }
    }
}

/// The sections of a lesson that have a place of their own on the page.
const PLACED: [&str; 7] = [
    "Story",
    "Predict",
    "The forged token",
    "Which check stops it",
    "The fix",
    "Elsewhere",
    "History",
];

/// An attack with all that its page asks.
struct Page<'p, 'a> {
    matrix: &'p Matrix<'a>,
    attack: &'p Attack<'a>,
    cells: Vec<(&'p Target<'a>, &'p Cell<'a>)>,
    lesson: Vec<Section<'a>>,
    /// Hardened targets that differ from one that fell in the missing check alone.
    twins: BTreeSet<&'a str>,
}

impl<'p, 'a> Page<'p, 'a> {
    fn of(matrix: &'p Matrix<'a>, attack: &'p Attack<'a>) -> Self {
        let cells: Vec<_> = matrix.of_attack(attack).collect();
        let fallen = cells.iter().filter(|(_, cell)| cell.outcome.is_success());
        let twins = fallen.filter_map(|(target, _)| target.card?.hardened.as_deref());
        Self {
            matrix,
            attack,
            lesson: attack
                .card
                .map_or_else(Vec::new, |card| markdown::sections(&card.lesson)),
            twins: twins.collect(),
            cells,
        }
    }

    /// To the matrix, to the run, to the attacks before and after.
    fn ways(&self) -> Markup {
        let all = &self.matrix.attacks;
        let at = all.iter().position(|attack| attack.id == self.attack.id);
        let before = at.and_then(|at| all.get(at.checked_sub(1)?));
        let after = at.and_then(|at| all.get(at + 1));
        html! {
            nav aria-label="Ways from here" {
                ul {
                    li { a href="../index.html#attacks" { "The run" } }
                    li { a href=(INDEX) { "The full matrix" } }
                    @if let Some(before) = before { li { "Before: " a href=(before.page) { (before.title()) } } }
                    @if let Some(after) = after { li { "Next: " a href=(after.page) { (after.title()) } } }
                }
            }
        }
    }

    fn facts(&self) -> Markup {
        let meaning = Meaning::of(self.matrix, self.attack);
        let outcomes: Vec<String> = counts(self.cells.iter().map(|(_, cell)| *cell))
            .into_iter()
            .map(|(outcome, count)| format!("{count} {}", outcome.word()))
            .collect();
        html! {
            dl.facts {
                dt { "Name" } dd { code { (self.attack.id) } }
                dt { "Class" } dd { (self.attack.card.map_or(UNKNOWN, |card| card.class.title())) }
                @if let Some(card) = self.attack.card {
                    dt { "The attacker is given" }
                    dd {
                        "an account of her own, what the issuer publishes"
                        @for given in &card.given { br; (given) }
                    }
                    dt { "It breaks" }
                    dd { @for weakness in &card.breaks { code { (weakness) } " " } }
                    @if card.isolated {
                        dt { "It runs" } dd { "in a process of its own, under limits of time and memory" }
                    }
                }
                dt { "Outcomes" } dd { (listed(&outcomes)) }
                dt { "JWT against PASETO" } dd { strong { (meaning.verdict()) } " " (meaning.because()) }
            }
        }
    }

    fn contents(&self) -> Markup {
        html! {
            nav aria-label="Contents" {
                ul {
                    li { a href="#forging" { "How it is forged" } }
                    li { a href="#decisions" { "Decisions" } }
                    li { a href="#lines" { "Deciding lines" } }
                    @if self.lesson.iter().any(|section| section.title == "The fix") {
                        li { a href="#lesson-the-fix" { "The fix" } }
                    }
                    li { a href="#references" { "References" } }
                    li { a href="#transcripts" { "Transcripts" } }
                }
            }
        }
    }

    /// These sections of the lesson, in this order.
    fn lesson(&self, titles: &[&str]) -> Markup {
        let wanted = titles
            .iter()
            .filter_map(|title| self.lesson.iter().find(|section| section.title == *title));
        html! { @for part in wanted { (self.lesson_section(part)) } }
    }

    /// Whatever else the lesson has.
    fn lesson_beyond(&self) -> Markup {
        let beyond = self
            .lesson
            .iter()
            .filter(|section| !PLACED.contains(&section.title));
        html! { @for part in beyond { (self.lesson_section(part)) } }
    }

    fn lesson_section(&self, part: &Section<'_>) -> Markup {
        let anchor = format!("lesson-{}", crate::view::slug(part.title));
        plain_section(&anchor, part.title, &part.html(&|name| self.place(name)))
    }

    /// Where an attack or a target of that name stands.
    fn place(&self, name: &str) -> Option<String> {
        if let Some(attack) = self.matrix.attacks.iter().find(|attack| attack.id == name) {
            return (attack.id != self.attack.id).then(|| attack.page.clone());
        }
        let target = self.matrix.target(name)?;
        self.matrix.cell(self.attack, target)?;
        Some(format!("#{}", target.anchor))
    }

    /// How closely the attack is aimed at a target: the place, among the
    /// weaknesses that it breaks, of the first that the target has. A target that
    /// fell for something else, such as believing everything, comes last.
    fn aim(&self, target: &Target<'a>) -> usize {
        let breaks = self.attack.card.map_or(&[][..], |card| &card.breaks);
        let weaknesses = target.card.map_or(&[][..], |card| &card.weaknesses);
        let aimed = breaks.iter().position(|weakness| weaknesses.contains(weakness));
        aimed.unwrap_or(breaks.len())
    }

    /// The cell that shows an outcome best, of those that `keep` keeps: one with
    /// its steps, and one that the attack is aimed at. Where hardened targets fell,
    /// their format did, and a flaw would distract from that. Of those that held, the
    /// twin of one that fell.
    fn example(
        &self,
        keep: impl Fn(&Target<'a>, &Cell<'a>) -> bool,
    ) -> Option<(&'p Target<'a>, &'p Cell<'a>)> {
        let kept = self
            .cells
            .iter()
            .copied()
            .filter(|(target, cell)| keep(target, cell));
        kept.min_by_key(|(target, cell)| {
            let rank = match (cell.outcome.is_success(), target.kind()) {
                (true, Some(TargetKind::Hardened)) => 0_u8,
                (true, Some(TargetKind::Flawed)) => 1,
                (true, Some(TargetKind::Historic)) => 2,
                (true, Some(TargetKind::Misconfigured)) => 3,
                (false, _) if self.twins.contains(target.id) => 0,
                (false, Some(TargetKind::Hardened)) if target.library().is_none() => 1,
                (false, Some(TargetKind::Hardened)) => 2,
                _ => 3,
            };
            let aim = cell.outcome.is_success().then(|| self.aim(target));
            (cell.deciding.is_abridged(), aim, rank)
        })
    }

    /// The steps and the change of the forgery that succeeds, or else of any.
    fn forging(&self) -> Markup {
        let shown = self
            .example(|_, cell| cell.outcome.is_success())
            .or_else(|| self.example(|_, _| true));
        let Some((target, cell)) = shown.filter(|(_, cell)| !cell.deciding.is_abridged()) else {
            return html! { p.remark { "This record has no steps. Replay: " (self.replay(None)) } };
        };
        html! {
            p {
                "Against " a href={ "#" (target.anchor) } { code { (target.id) } }
                @if let Some(card) = target.card { ", " (card.summary) }
                @if !cell.deciding.variant.is_empty() { "; variant " code { (cell.deciding.variant) } }
                ". Step by step in a terminal: " (self.replay(Some(target)))
            }
            (steps(cell.deciding))
            h3 { "What changes in the token" }
            @if cell.deciding.diff.iter().any(|part| part.before != part.after) {
                (parts(&cell.deciding.diff))
            } @else {
                p { "Nothing: it is an honest token, letter for letter." }
            }
        }
    }

    fn replay(&self, target: Option<&Target<'_>>) -> Markup {
        html! {
            code {
                "tokenlab attack replay " (self.attack.id)
                @if let Some(target) = target { " --target " (target.id) }
            }
        }
    }

    /// For each family, an example of each outcome that occurs.
    fn decisions(&self) -> Markup {
        html! {
            div.scroll tabindex="0" role="region" aria-label="Table: Decisions by family" {
                table.decisions {
                    caption { "Decisions by family: an example of each outcome" }
                    thead {
                        tr {
                            @for title in ["outcome", "example", "decided by", "in its words"] {
                                th scope="col" { (title) }
                            }
                        }
                    }
                    @for family in Family::ALL { (self.decisions_of(family)) }
                }
            }
        }
    }

    fn decisions_of(&self, family: Family) -> Markup {
        let of_family = |target: &Target<'_>| target.family() == Some(family);
        let counts = counts(
            self.cells
                .iter()
                .filter(|(target, _)| of_family(target))
                .map(|(_, cell)| *cell),
        );
        html! {
            tbody {
                tr {
                    th.group scope="rowgroup" colspan="4" { (capitalised(family.title())) }
                }
                @if counts.is_empty() { tr { td colspan="4" { "not tried" } } }
                @for (outcome, count) in counts {
                    @if let Some((target, cell)) =
                        self.example(|target, cell| of_family(target) && cell.outcome == outcome)
                    {
                        tr {
                            td class=(outcome.style()) { strong { (outcome.word()) } }
                            td {
                                a href={ "#" (target.anchor) } { code { (target.id) } }
                                @if let Some(kind) = target.kind() { ", " (kind.slug()) }
                                @if count > 1 { br; small { "and " (count - 1) " more" } }
                            }
                            td { (decider(cell)) }
                            td { (words(cell)) }
                        }
                    }
                }
            }
        }
    }

    /// For each verifier of our own that fell: the line where the check is
    /// missing, and beside it the line that refuses at its hardened twin.
    fn lines(&self) -> Markup {
        let mut fallen: Vec<_> = self
            .cells
            .iter()
            .filter(|(target, cell)| cell.outcome.is_success() && !target.is_hardened())
            .collect();
        fallen.sort_by_key(|(target, _)| self.aim(target));
        let mut shown: BTreeSet<(&str, u32)> = BTreeSet::new();
        let mut pieces: Vec<Markup> = Vec::new();
        for (target, cell) in fallen {
            let Some(entry) = cell.entry() else { continue };
            let Some(lines) = self.matrix.excerpt(entry) else {
                continue;
            };
            if !shown.insert((&entry.file, entry.line)) {
                continue;
            }
            let twin = target.card.and_then(|card| card.hardened.as_deref());
            let twin = twin.and_then(|id| self.matrix.target(id));
            let twin = twin.and_then(|twin| Some((twin, self.matrix.cell(self.attack, twin)?)));
            pieces.push(html! {
                h3 { code { (target.id) } " lacks " code { (entry.id) } }
                p { (place(&entry.file, entry.line)) @if !entry.detail.is_empty() { ": " (entry.detail) } }
                (excerpt(lines))
                @if let Some((twin, entry)) = twin.and_then(|(twin, cell)| Some((twin, cell.entry()?))) {
                    p {
                        strong { "Where it holds. " } "At " code { (twin.id) } ", which differs in this alone, "
                        code { (entry.id) } " fires, " (place(&entry.file, entry.line)) ": " (entry.detail)
                    }
                    @if shown.insert((&entry.file, entry.line)) {
                        @if let Some(lines) = self.matrix.excerpt(entry) { (excerpt(lines)) }
                    } @else {
                        p.remark { "These lines stand above." }
                    }
                }
            });
        }
        html! {
            @if pieces.is_empty() {
                p.remark {
                    "No verifier of this lab's own has a line to show: either nobody fell by a mistake of "
                    "their own, or the record has no source lines."
                }
            }
            @for piece in pieces { (piece) }
        }
    }

    fn references(&self) -> Markup {
        let references = self
            .attack
            .card
            .map_or(&[][..], |card| card.references.as_slice());
        html! {
            @if references.is_empty() { p.remark { "The catalogue of this record names none." } }
            ul {
                @for reference in references {
                    li {
                        @match address(&reference.label) {
                            Some(address) => a rel="noreferrer" href=(address) { (reference.label) },
                            None => strong { (reference.label) },
                        }
                        ": " (reference.note)
                    }
                }
            }
        }
    }

    /// Every cell, each under the anchor that the matrix leads to.
    fn transcripts(&self) -> Markup {
        let full = self.in_full();
        let groups = Family::ALL.into_iter().map(Some).chain([None]);
        html! {
            p {
                "Every cell of this attack's row in the matrix. Those that show something of their own can be "
                "opened; the others are rows: contenders that say what another has shown, and verifiers that "
                "were made to fall to something else. Any of them, step by step: "
                (self.replay(None)) code { " --target TARGET" }
            }
            @for family in groups {
                @let of_family: Vec<_> =
                    self.cells.iter().copied().filter(|(target, _)| target.family() == family).collect();
                @let anchor = family.map_or("family-unknown", family_anchor);
                @let title = family.map_or_else(|| UNKNOWN.to_owned(), |family| capitalised(family.title()));
                @if family.is_some() || !of_family.is_empty() {
                    h3 id=(anchor) { (title) }
                    @if of_family.is_empty() { p.remark { "not tried" } }
                    @for (target, cell) in &of_family {
                        @if full.contains(target.id) { (self.unfolded(target, cell)) }
                    }
                    (rows(&title, &of_family, &full))
                }
            }
        }
    }

    /// The targets whose transcripts stand in full.
    fn in_full(&self) -> BTreeSet<&'a str> {
        let rank = |target: &Target<'a>, cell: &Cell<'a>| {
            if !cell.agrees() {
                Some(0_u8)
            } else if cell.outcome.is_success() && !target.is_hardened() {
                Some(1)
            } else {
                self.twins.contains(target.id).then_some(2)
            }
        };
        let cells = self.cells.iter();
        let mut ranked: Vec<(u8, &str)> = cells
            .filter_map(|(target, cell)| Some((rank(target, cell)?, target.id)))
            .collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        let ranked = ranked.into_iter().map(|(_, id)| id);
        let mut full: BTreeSet<&str> = ranked.take(MOST_IN_FULL).collect();
        for family in Family::ALL {
            for outcome in Outcome::ALL {
                let example =
                    self.example(|target, cell| target.family() == Some(family) && cell.outcome == outcome);
                full.extend(example.map(|(target, _)| target.id));
            }
        }
        full
    }

    /// A cell that can be opened.
    fn unfolded(&self, target: &Target<'_>, cell: &Cell<'_>) -> Markup {
        html! {
            details.transcript id=(target.anchor) {
                summary {
                    span class={ "count " (cell.outcome.style()) } { (cell.outcome.word()) } " "
                    code { (target.id) } ", " (decider(cell))
                    @if !cell.agrees() { " " strong.flag { "unexpected" } }
                }
                @if let Some(card) = target.card {
                    p { (capitalised(&card.summary)) " (" (card.kind.slug()) "; " (card.provenance) ")." }
                }
                p.reproduce { "Run again: " (self.replay(Some(target))) }
                (whole(cell.deciding, cell.transcripts.len() > 1))
                @for transcript in &cell.transcripts {
                    @if !std::ptr::eq(*transcript, cell.deciding) { (variant(transcript)) }
                }
            }
        }
    }
}

fn family_anchor(family: Family) -> &'static str {
    match family {
        Family::Jwt => "family-jwt",
        Family::Jwe => "family-jwe",
        Family::Paseto => "family-paseto",
        Family::Biscuit => "family-biscuit",
        Family::Session => "family-session",
        _ => "family-other",
    }
}

/// The cells that are rows.
fn rows(title: &str, cells: &[(&Target<'_>, &Cell<'_>)], full: &BTreeSet<&str>) -> Markup {
    let rows: Vec<_> = cells
        .iter()
        .filter(|(target, _)| !full.contains(target.id))
        .collect();
    html! {
        @if !rows.is_empty() {
            div.scroll tabindex="0" role="region" aria-label={ "Table: " (title) " in rows" } {
                table {
                    caption { (title) ": " (format::counted(rows.len() as u64, "cell", "cells")) " in rows" }
                    thead {
                        tr {
                            @for head in ["target", "outcome", "decided by", "in its words"] {
                                th scope="col" { (head) }
                            }
                        }
                    }
                    tbody {
                        @for (target, cell) in rows {
                            tr id=(target.anchor) {
                                th scope="row" { code { (target.id) } }
                                td class=(cell.outcome.style()) {
                                    (cell.outcome.word())
                                    @if !cell.agrees() { br; strong.flag { "unexpected" } }
                                }
                                td { (decider(cell)) }
                                td { (words(cell)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The check that decided, and how.
fn decider(cell: &Cell<'_>) -> Markup {
    let checks: Vec<String> = cell.checks().into_iter().map(str::to_owned).collect();
    let analogues: Vec<String> = cell.analogues().into_iter().map(str::to_owned).collect();
    html! {
        @if !checks.is_empty() {
            @if cell.outcome.is_success() { "missing: " } @else { "by " }
            (listed(&checks))
        } @else if !analogues.is_empty() {
            "its analogue by " (listed(&analogues))
        } @else if cell.outcome == Outcome::Inexpressible {
            "the format"
        } @else {
            "nothing that could be named"
        }
    }
}

/// What was said in deciding.
fn words(cell: &Cell<'_>) -> Markup {
    let transcript = cell.deciding;
    let said = match &transcript.verdict {
        Verdict::Accepted { .. } => cell.entry().map_or("", |entry| entry.detail.as_str()),
        Verdict::Rejected { detail, .. }
        | Verdict::Exhausted { detail }
        | Verdict::Panicked { detail }
        | Verdict::Leaked { detail } => detail,
        Verdict::Inapplicable { why } => why,
        _ => "",
    };
    let shown: String = said.chars().take(MOST_LETTERS).collect();
    html! {
        (shown) @if shown.len() < said.len() { "…" }
        (cost(transcript))
    }
}

/// How much longer the forgery took than an honest token, where that is known.
fn cost(transcript: &Transcript) -> Markup {
    html! {
        @if let (Some(ratio), Some(honest)) = (transcript.cost_ratio(), transcript.honest_ns) {
            p.cost {
                "Took " (nanoseconds(transcript.elapsed_ns)) ", " strong { (format::ratio(ratio)) }
                " the time of an honest token (" (nanoseconds(honest)) ")."
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)] // a time, shown to three figures
fn nanoseconds(ns: u64) -> String {
    format::duration_ns(ns as f64)
}

fn place(file: &str, line: u32) -> Markup {
    html! { code { (file) ":" (line) } }
}

fn steps(transcript: &Transcript) -> Markup {
    html! {
        ol {
            @for step in &transcript.steps {
                li {
                    (step.action)
                    @if !step.artefact.is_empty() { (artefact(&step.artefact)) }
                }
            }
        }
    }
}

/// The transcript that decided a cell, with as much as the record has of it;
/// `named` if there are others beside it.
fn whole(transcript: &Transcript, named: bool) -> Markup {
    html! {
        @if named { (name(transcript)) }
        (steps(transcript))
        @if transcript.diff.iter().any(|part| part.before != part.after) { (parts(&transcript.diff)) }
        @if !transcript.trace.is_empty() { (trace(transcript)) }
        p { (conclusion(transcript)) }
        (cost(transcript))
    }
}

/// Another variant in the same cell: how it ended.
fn variant(transcript: &Transcript) -> Markup {
    html! {
        (name(transcript))
        p {
            (conclusion(transcript))
            @if let Some(entry) = transcript.deciding() {
                " " small { "(" (entry.stage.title()) ": " (entry.id) ")" }
            }
        }
        (cost(transcript))
    }
}

fn name(transcript: &Transcript) -> Markup {
    html! {
        @if !transcript.variant.is_empty() { h4 { "Variant " code { (transcript.variant) } } }
        @if let Some(analogue) = &transcript.analogue {
            p { strong { "The nearest analogue here. " } (analogue) }
        }
    }
}

fn trace(transcript: &Transcript) -> Markup {
    html! {
        ul.trace {
            @for entry in &transcript.trace {
                li class=[matches!(entry.result, CheckResult::Fired | CheckResult::Absent).then_some("telling")] {
                    (entry.stage.title()) ": " code { (entry.id) } " " strong { (result(entry.result)) }
                    @if !entry.detail.is_empty() { ", " (entry.detail) }
                    @if matches!(entry.result, CheckResult::Fired | CheckResult::Absent) {
                        " " small { (place(&entry.file, entry.line)) }
                    }
                }
            }
        }
    }
}

const fn result(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Fired => "fired",
        CheckResult::Passed => "passed",
        CheckResult::Skipped => "skipped",
        CheckResult::Absent => "absent",
    }
}

/// How it ended, in a sentence.
fn conclusion(transcript: &Transcript) -> Markup {
    html! {
        @match &transcript.verdict {
            Verdict::Accepted { claims } => {
                strong { "Accepted" } " as " code {
                    (claims.get("sub").map_or_else(|| "nobody".to_owned(), ToString::to_string))
                } "."
            }
            Verdict::Rejected { reason, detail } => {
                strong { "Refused" } ", " code { (reason) } ": " (detail)
            }
            Verdict::Inapplicable { why } => { strong { "Not expressible" } ": " (why) }
            Verdict::Exhausted { detail } => { strong { "Exhausted" } ": " (detail) }
            Verdict::Panicked { detail } => { strong { "Panicked" } ": " (detail) }
            Verdict::Leaked { detail } => { strong { "Leaked" } ": " (detail) }
            _ => "No verdict."
        }
    }
}
