//! A token taken apart, whole or broken, as far as it can be.

use maud::{Markup, html};
use tokenlab_harness::decode::{Decoded, decode};

use super::{document, shown};

pub(crate) fn html(token: &str) -> Markup {
    let lead = html! {
        p.lead { "Nothing is verified here: whoever holds a token can read what stands in the open." }
    };
    let main = html! {
        form action="/decode" method="get" {
            p {
                label for="token" { "A token" }
                textarea id="token" name="token" spellcheck="false" autocomplete="off" { (token) }
            }
            p { button { "Take it apart" } }
        }
        @if !token.is_empty() {
            section aria-labelledby="parts" {
                h2 id="parts" { "What stands in it" }
                (parts(&decode(token)))
            }
        }
    };
    document("Decode a token", &lead, &main)
}

/// The parts of a token, each with its problem if it has one.
pub(crate) fn parts(decoded: &Decoded) -> Markup {
    html! {
        p { "Read as " strong { (decoded.format.title()) } "." }
        dl.parts {
            @for part in &decoded.parts {
                dt { (part.name) }
                dd {
                    (shown(&part.text()))
                    @if let Some(problem) = &part.problem {
                        p.warning { strong { "Broken: " } (problem) }
                    }
                }
            }
        }
    }
}
