//! The page of studies: a question each, with its conclusion before its numbers.

use maud::{DOCTYPE, Markup, html};
use tokenlab_record::study::{Field, Form, Study, StudyTable};

use super::{explained, foot, head, notes};
use crate::charts::Figure;
use crate::charts::study::value;
use crate::format;
use crate::table::{Cell, Table};

/// The whole document; a list of figures for each study.
pub(crate) fn html(studies: &[(&Study, Vec<Figure>)]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head("tokenlab: studies"))
            body {
                a.skip href="#main" { "Skip to the studies" }
                header {
                    h1 { "The life of a token" }
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
            @for figure in figures { (explained(figure, &html! {}, &again)) }
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
