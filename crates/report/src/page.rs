//! The page: one file, no script, no network; and beside it a page for the whole
//! attack matrix and one for each attack.
//!
//! Order: what must be known about the run, the verdict, charts with their
//! explanations, further tables, who offers what, official vectors, the attack
//! matrix, studies that were run beside it, then noise, method, environment, damage and the raw files. The contents lead by question
//! and by class. A run that only attacked has the matrix, its surroundings and its files. Every text
//! comes out of maud, which escapes; the exceptions are the SVG, which `paint` escapes, and lessons,
//! which `markdown` does.

pub(crate) mod attack;
pub(crate) mod comparison;
pub(crate) mod evidence;
pub(crate) mod markdown;
pub(crate) mod matrix;
mod provenance;
mod standing;
pub(crate) mod study;
mod support;
mod vectors;
mod verdict;

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use tokenlab_record::analysis::Ranking;
use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::Model;
use tokenlab_record::run::Status;

use crate::charts::{self, Figure, Section, TWINS};
use crate::format;
use crate::paint;
use crate::palette;
use crate::table::Table;
use crate::view::{View, capitalised};

pub(crate) const CSS: &str = include_str!("../assets/page.css");

/// Allows the style of the page itself and nothing that is fetched.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The whole document.
pub(crate) fn html(view: &View<'_>, sections: &[Section]) -> Markup {
    if view.record.manifest.measures() {
        measured(view, sections)
    } else {
        attacked(view)
    }
}

/// The document of a run that timed nothing.
fn attacked(view: &View<'_>) -> Markup {
    let manifest = &view.record.manifest;
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("tokenlab attacks {}", manifest.run)))
            body {
                a.skip href="#main" { "Skip to the matrix" }
                header {
                    h1 { "Attacks on JWT, PASETO and their neighbours" }
                    (lead(view))
                    (warnings(view))
                    nav aria-label="Contents" {
                        ul {
                            li { a href="#attacks" { "Attack matrix" } }
                            @if !view.record.studies.is_empty() { (study::contents()) }
                            li { a href="#environment" { "Environment" } }
                            li { a href="#damage" { "Damage" } }
                            li { a href="#files" { "Raw files" } }
                        }
                    }
                }
                main id="main" tabindex="-1" {
                    (plain_section("attacks", "Attack matrix", &matrix::summary(view)))
                    (study::beside(view))
                    (plain_section("environment", "Environment", &provenance::environment(view)))
                    (plain_section("damage", "Damage", &provenance::damage(view)))
                    (plain_section("files", "Raw files", &provenance::files(view, &[])))
                }
                (foot("the record beside this file"))
            }
        }
    }
}

/// A section without charts.
fn plain_section(anchor: &str, title: &str, inside: &Markup) -> Markup {
    html! {
        section id=(anchor) aria-labelledby={ (anchor) "-heading" } {
            h2 id={ (anchor) "-heading" } { (title) }
            (inside)
        }
    }
}

/// Which run this is.
fn lead(view: &View<'_>) -> Markup {
    let (manifest, environment) = (&view.record.manifest, &view.record.environment);
    html! {
        p.lead {
            "Run " code { (manifest.run) } ", profile " (manifest.profile)
            @if !environment.started_at.is_empty() { ", started " (environment.started_at) }
            @if !environment.cpu_model.is_empty() { ", on " (environment.cpu_model) }
            "."
        }
    }
}

/// The document of a run that measured.
fn measured(view: &View<'_>, sections: &[Section]) -> Markup {
    let manifest = &view.record.manifest;
    let (timed, twins): (Vec<&Section>, Vec<&Section>) =
        sections.iter().partition(|section| section.anchor != TWINS);
    let tables = further_tables(view);
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("tokenlab run {}", manifest.run)))
            body {
                a.skip href="#main" { "Skip to the verdict" }
                header {
                    h1 { "JWT, PASETO and their neighbours side by side" }
                    (lead(view))
                    (warnings(view))
                    (contents(view, &timed, !tables.is_empty()))
                }
                main id="main" tabindex="-1" {
                    (plain_section("verdict", "Verdict", &verdict::html(view)))
                    @for section in &timed {
                        (section_html(view, section))
                    }
                    @if !tables.is_empty() {
                        section id="tables" aria-labelledby="tables-heading" {
                            h2 id="tables-heading" { "Further tables" }
                            p { "The same rankings on the claims that have no chart of their own." }
                            @for table in &tables { (folded(table)) }
                            (footnotes(view, &tables.iter().flat_map(Table::footnotes).collect()))
                        }
                    }
                    (plain_section("support", "Who offers what", &support::html(view)))
                    (plain_section("vectors", "Official vectors", &vectors::html(view)))
                    (plain_section("attacks", "Attack matrix", &matrix::summary(view)))
                    (study::beside(view))
                    section id="noise" aria-labelledby="noise-heading" {
                        h2 id="noise-heading" { "Noise and the A/A control" }
                        (provenance::noise(view))
                        @for section in &twins {
                            p { (section.lead) }
                            @for figure in &section.figures { (figure_html(view, figure)) }
                        }
                    }
                    (plain_section("self-check", "Self-check of the instrument", &provenance::self_check(view)))
                    (plain_section("method", "Method in short", &provenance::method(view)))
                    (plain_section("environment", "Environment", &provenance::environment(view)))
                    (plain_section("damage", "Damage", &provenance::damage(view)))
                    (plain_section("files", "Raw files", &provenance::files(view, sections)))
                }
                (foot("the record beside this file"))
            }
        }
    }
}

/// What every document begins with.
fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(CONTENT_SECURITY_POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            style { (PreEscaped(palette::css())) (PreEscaped(CSS)) }
        }
    }
}

/// What every document ends with; `source` says from what it was drawn.
fn foot(source: &str) -> Markup {
    html! {
        footer {
            p {
                "Drawn by tokenlab from " (source) ". Nothing on this page was fetched, and nothing runs."
            }
        }
    }
}

/// What must be known before any number is read.
fn warnings(view: &View<'_>) -> Markup {
    let manifest = &view.record.manifest;
    let noise = &view.analysis.noise;
    let mut warnings: Vec<String> = Vec::new();
    if manifest.status != Status::Complete {
        warnings.push(
            "This run is partial: it was interrupted or is still going. What is shown is sound, but it is \
             not all that was planned, and intervals are wider than they would have been."
                .to_owned(),
        );
    }
    if noise.noisy {
        warnings.push(format!(
            "This run is noisy: {} of its timed blocks were disturbed and dropped. Small differences may be \
             the machine's and not the contenders'; measure again on a quiet machine before quoting them.",
            format::percent(noise.share)
        ));
    }
    if view.is_unoptimised() {
        warnings.push(format!(
            "This run was made by a {} build. Its times say nothing about an optimised program.",
            view.record.environment.build_profile
        ));
    }
    if !view.record.damage.is_empty() {
        warnings.push(format!(
            "{} of the record could not be read and took no part; see the list of damage.",
            format::counted(view.record.damage.len() as u64, "line", "lines")
        ));
    }
    notes(&warnings)
}

fn notes(warnings: &[String]) -> Markup {
    html! {
        @for warning in warnings {
            p.warning role="note" { strong { "Note. " } (warning) }
        }
    }
}

fn contents(view: &View<'_>, sections: &[&Section], tables: bool) -> Markup {
    html! {
        nav aria-label="Contents" {
            p { "By question" }
            ul {
                li { a href="#verdict" { "Verdict" } }
                @for section in sections {
                    li { a href={ "#" (section.anchor) } { (section.title) } }
                }
                @if tables { li { a href="#tables" { "Further tables" } } }
                li { a href="#support" { "Who offers what" } }
                li { a href="#vectors" { "Official vectors" } }
                li { a href="#attacks" { "Attack matrix" } }
                @if !view.record.studies.is_empty() { (study::contents()) }
                li { a href="#noise" { "Noise" } }
                li { a href="#method" { "Method" } }
                li { a href="#environment" { "Environment" } }
                li { a href="#damage" { "Damage" } }
                li { a href="#files" { "Raw files" } }
            }
            (by_class(sections))
        }
    }
}

/// The first chart of each class in every section that has one.
fn by_class(sections: &[&Section]) -> Markup {
    let of_class = |class: Class| -> Vec<(&str, &str)> {
        sections
            .iter()
            .filter_map(|section| {
                let mut figures = section.figures.iter();
                let figure = figures.find(|figure| figure.class == Some(class))?;
                Some((figure.anchor.as_str(), section.title.as_str()))
            })
            .collect()
    };
    let classes: Vec<_> = Class::ALL
        .into_iter()
        .map(|class| (class, of_class(class)))
        .filter(|(_, links)| !links.is_empty())
        .collect();
    html! {
        @if !classes.is_empty() {
            p { "By class" }
            dl.classes {
                @for (class, links) in &classes {
                    dt { (capitalised(class.title())) }
                    dd { @for (anchor, title) in links { a href={ "#" (anchor) } { (title) } " " } }
                }
            }
        }
    }
}

/// A table behind its name: there are dozens that most readers pass over.
fn folded(table: &Table) -> Markup {
    html! {
        details {
            summary {
                (table.caption()) " (" (format::counted(table.len() as u64, "row", "rows")) ")"
            }
            (table.html())
        }
    }
}

fn section_html(view: &View<'_>, section: &Section) -> Markup {
    let heading = format!("{}-heading", section.anchor);
    html! {
        section id=(section.anchor) aria-labelledby=(heading) {
            h2 id=(heading) { (section.title) }
            p { (section.lead) }
            @if let Some(absent) = &section.absent { p.remark { (absent) } }
            @for figure in &section.figures { (figure_html(view, figure)) }
        }
    }
}

fn figure_html(view: &View<'_>, figure: &Figure) -> Markup {
    let marks = figure.table.as_ref().map(Table::footnotes).unwrap_or_default();
    let again = html! {
        "Measure again: " code { (view.record.manifest.command) }
        " · redraw, in the folder of this page: " code { "tokenlab report ." }
    };
    explained(figure, &footnotes(view, &marks), &again, "")
}

/// A figure with all that stands under it; `again` says how it came about, and its picture is
/// in the folder `pictures`, which ends with a slash or is the page's own.
fn explained(figure: &Figure, footnotes: &Markup, again: &Markup, pictures: &str) -> Markup {
    let drawn = figure
        .sketch
        .as_ref()
        .map(|sketch| paint::svg(sketch, &figure.anchor, &figure.title, &figure.description));
    html! {
        article id=(figure.anchor) aria-labelledby={ (figure.anchor) "-heading" } {
            h3 id={ (figure.anchor) "-heading" } {
                (figure.title) " "
                a.anchor href={ "#" (figure.anchor) } aria-label={ "Link to " (figure.title) } { "#" }
            }
            @match drawn {
                Some(Ok(svg)) => {
                    div.scroll.chart tabindex="0" role="region" aria-label={ "Chart: " (figure.title) } {
                        (PreEscaped(svg))
                    }
                }
                Some(Err(problem)) => p { "This chart could not be drawn: " (problem) "." },
                None => {}
            }
            @if let Some(remark) = &figure.remark { p.remark { (remark) } }
            (footnotes)
            @if figure.sketch.is_some() {
                p { strong { "How to read it. " } (figure.reading) }
                p { strong { "What not to conclude. " } (figure.caution) }
            }
            @if let Some(table) = &figure.table {
                details {
                    summary {
                        "Data of this chart: " (table.caption()) " ("
                        (format::counted(table.len() as u64, "row", "rows")) ")"
                    }
                    (table.html())
                }
            }
            @if figure.sketch.is_some() {
                p.reproduce {
                    (again) " · picture: " a href={ (pictures) (figure.png_name()) } { (figure.png_name()) }
                }
            }
        }
    }
}

/// What the marks behind contenders mean.
fn footnotes(view: &View<'_>, numbers: &BTreeSet<usize>) -> Markup {
    let numbered = numbers.iter().filter_map(|number| {
        let text = view.footnotes.get(number.checked_sub(1)?)?;
        Some((charts::superscript(*number), *text))
    });
    html! {
        @if !numbers.is_empty() {
            ul.footnotes {
                @for (mark, text) in numbered { li { (mark) " " (text) } }
            }
        }
    }
}

/// The rankings and token lengths that have no chart.
fn further_tables(view: &View<'_>) -> Vec<Table> {
    let is_drawn = |ranking: &Ranking| {
        let group = &ranking.group;
        let main = view.main_ranking(group.model, group.class);
        main.is_some_and(|main| main.group == *group)
    };
    let mut tables: Vec<Table> = Model::ALL
        .into_iter()
        .flat_map(|model| view.rankings(model))
        .filter(|ranking| !is_drawn(ranking))
        .map(|ranking| charts::ranking_table(view, ranking))
        .collect();
    let drawn = view.token_corpora();
    let mut rest: Vec<&str> = Vec::new();
    for token in &view.record.tokens {
        let corpus = token.corpus.as_str();
        if !drawn.contains(&corpus) && !rest.contains(&corpus) {
            rest.push(corpus);
        }
    }
    tables.extend(
        rest.into_iter()
            .map(|corpus| charts::token_table(view, corpus, None)),
    );
    tables
}
