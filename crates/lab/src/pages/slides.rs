//! A plan as slides: one HTML file that needs neither the lab nor a network.
//!
//! The replays are those of the lab, made when the file is. Without its few lines of
//! script the file is one long page, and on paper it is the handout.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use tokenlab_attacks::catalogue;
use tokenlab_report::web;

use super::{CSS, replay as steps};
use crate::class::{Item, Plan};
use crate::exercises;
use crate::replay::{self, STEPS};

/// What slides have besides the lab's own style.
const STYLE: &str = include_str!("../../assets/slides.css");

/// Arrow keys and space, and `n` for the notes.
const SCRIPT: &str = include_str!("../../assets/slides.js");

/// A slide: its heading, what stands on it, and what the teacher says.
struct Slide {
    title: String,
    body: Markup,
    notes: String,
}

/// The slides of a plan. Takes some milliseconds for each replay.
#[must_use]
pub fn html(plan: &Plan) -> String {
    let slides: Vec<Slide> = plan.items.iter().flat_map(of).collect();
    let total = slides.len();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (plan.title) }
                style { (PreEscaped(web::stylesheet())) (PreEscaped(CSS)) (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (plan.title) }
                    p.lead { (total) " slides. Arrow keys or space turn them, " kbd { "n" } " shows the notes; printed, \
                        this is the handout." }
                }
                main {
                    @for (number, slide) in slides.iter().enumerate() {
                        section.slide id={ "slide-" (number + 1) } aria-labelledby={ "title-" (number + 1) } {
                            h2 id={ "title-" (number + 1) } { (slide.title) }
                            (slide.body)
                            @if !slide.notes.is_empty() {
                                aside.notes aria-label="Notes" { p { (slide.notes) } }
                            }
                            p.place { (number + 1) " of " (total) }
                        }
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn of(item: &Item) -> Vec<Slide> {
    let title = format!("{} ({} min)", item.what, item.minutes);
    let shown = item.replay.as_deref().and_then(catalogue::named);
    if let Some(shown) = shown.and_then(replay::show) {
        let all: Vec<usize> = (0..STEPS.len()).collect();
        let chosen = if item.steps.is_empty() { &all } else { &item.steps };
        let slides = chosen.iter().enumerate().filter_map(|(place, step)| {
            let row = shown.rows.first()?;
            Some(Slide {
                title: format!("{title}: {}", STEPS.get(*step)?),
                body: steps::content(&shown, row, *step),
                notes: if place == 0 {
                    item.notes.clone()
                } else {
                    String::new()
                },
            })
        });
        return slides.collect();
    }
    let body = match (item.exercise.as_deref().and_then(exercises::named), &item.page) {
        (Some(exercise), _) => {
            let texts = web::sections(exercise.text, &|_| None);
            html! {
                h3 { (exercise.title()) }
                @for (_, text) in texts.iter().filter(|(title, _)| ["Story", "Task"].contains(title)) { (text) }
                p { "At " code { "http://127.0.0.1:7878/s/" em { "your name" } "/ex/" (exercise.id) } }
            }
        }
        (None, Some(page)) => html! { p { "In the lab: " code { "http://127.0.0.1:7878" (page) } } },
        (None, None) => html! {},
    };
    vec![Slide {
        title,
        body,
        notes: item.notes.clone(),
    }]
}
