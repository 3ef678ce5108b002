//! The page of studies: a question each, with its conclusion before its numbers; and what the
//! report of a run shows of those that were run beside it.

use maud::{DOCTYPE, Markup, html};
use tokenlab_record::run::files;
use tokenlab_record::study::{Field, Form, Study, StudyTable};

use super::{explained, foot, head, notes};
use crate::charts::Figure;
use crate::charts::study::{figures, value};
use crate::format;
use crate::table::{Cell, Table};
use crate::view::View;

const TITLE: &str = "The life of a token";

/// The whole document; a list of figures for each study.
pub(crate) fn html(studies: &[(&Study, Vec<Figure>)]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head("tokenlab: studies"))
            body {
                a.skip href="#main" { "Skip to the studies" }
                header {
                    h1 { (TITLE) }
                    p.lead { "Claims about JWT, PASETO, Biscuit and sessions that were run as systems, with what came of it." }
                    nav aria-label="Contents" {
                        ul {
                            @for (study, _) in studies { li { a href={ "#" (study.id) } { (study.title) } } }
                        }
                    }
                }
                main id="main" tabindex="-1" {
                    @for (study, figures) in studies { (section(study, figures)) }
                }
                (foot("the studies beside this file"))
            }
        }
    }
}

/// The line of [`beside`] in the contents of a report.
pub(super) fn contents() -> Markup {
    html! { li { a href="#studies" { (TITLE) } } }
}

/// The studies that were run beside a run, each with its first chart and a way to the rest;
/// nothing without any.
pub(super) fn beside(view: &View<'_>) -> Markup {
    let studies = &view.record.studies;
    html! {
        @if !studies.is_empty() {
            section id="studies" aria-labelledby="studies-heading" {
                h2 id="studies-heading" { (TITLE) }
                p {
                    "Claims that were run as systems. Each has more charts, its tables and its method on "
                    a href={ (files::STUDIES) "/index.html" } { "a page of its own" } "."
                }
                @for study in studies { (in_short(study)) }
            }
        }
    }
}

fn in_short(study: &Study) -> Markup {
    let rest = html! {
        a href={ (files::STUDIES) "/index.html#" (study.id) } { "All of this study" }
        @if study.form == Form::Short { " (" (study.form.title()) ")" } ": " code { (study.command) }
    };
    html! {
        h3 id={ "studies-" (study.id) } { (study.title) }
        p { em { (study.question) } }
        ul { @for sentence in &study.conclusion { li { (sentence) } } }
        @match figures(study).first() {
            Some(figure) => (explained(figure, &html! {}, &rest, &format!("{}/", files::STUDIES))),
            None => p { (rest) },
        }
    }
}

fn section(study: &Study, figures: &[Figure]) -> Markup {
    let again = html! { "Run again: " code { (study.command) } };
    let environment = &study.environment;
    html! {
        section id=(study.id) aria-labelledby={ (study.id) "-heading" } {
            h2 id={ (study.id) "-heading" } { (study.title) }
            p { em { (study.question) } }
            @if study.form == Form::Short {
                (notes(&["This is the short form of the study: it shows that it works, and its numbers are rough.".to_owned()]))
            }
            h3 { "What follows" }
            ul { @for sentence in &study.conclusion { li { (sentence) } } }
            @for figure in figures { (explained(figure, &html! {}, &again, "")) }
            @for table in &study.tables { (drawn(table).html()) }
            h3 { "How it was measured" }
            ul { @for sentence in &study.method { li { (sentence) } } }
            p.reproduce {
                "On " (environment.cpu_model) ", " (format::counted(environment.cores.into(), "core", "cores")) ", "
                (environment.os) ", commit " code { (environment.commit) } @if environment.dirty { " with changes" }
                ", started " (environment.started_at) ", in " (format!("{:.0} s", study.elapsed_s)) ". " (again)
            }
        }
    }
}

fn drawn(table: &StudyTable) -> Table {
    let heads: Vec<&str> = table.heads.iter().map(String::as_str).collect();
    let mut drawn = Table::new(table.caption.clone(), &heads);
    for row in &table.rows {
        let cells = row.iter().map(|field| match field {
            Field::Text(text) => Cell::text(text),
            Field::Number(number, unit) => Cell::number(value(*number, *unit)),
        });
        drawn.push(cells.collect());
    }
    drawn
}
