//! A learner's own web site: what is on it, and who has fetched it.

use std::collections::BTreeMap;

use maud::{Markup, html};
use tokenlab_attacks::model::own_site::{Document, HOST};
use tokenlab_report::format::counted;

use super::{document, in_address, shown};
use crate::learner::Learner;

/// Where the site of a learner is filled.
pub(crate) fn address(learner: &Learner) -> String {
    format!("/s/{}/site", in_address(learner.as_str()))
}

pub(crate) fn html(learner: &Learner, documents: &BTreeMap<String, Document>, host: &str) -> Markup {
    let place = address(learner);
    let lead = html! {
        p.lead { "What you publish here is found by every verifier of the lab that follows addresses, at "
            code { "http://" (HOST) "/" (learner) "/…" } ". The site exists inside the lab: no name is looked up and \
            nothing leaves this machine." }
    };
    let main = html! {
        section aria-labelledby="published" {
            h2 id="published" { "Published" }
            @if documents.is_empty() { p { "Nothing yet." } }
            ul {
                @for (path, document) in documents {
                    li {
                        code { "http://" (HOST) (path) } ", " (counted(document.content.len() as u64, "byte", "bytes")) ", "
                        @if document.fetched == 0 { "not fetched yet" }
                        @else { strong { "fetched " (counted(document.fetched, "time", "times")) " by a verifier" } }
                    }
                }
            }
        }
        section aria-labelledby="publish" {
            h2 id="publish" { "Publish" }
            p { "In a terminal:" }
            (shown(&format!("curl -s -T keys.json http://{host}{place}/keys.json")))
            form action=(place) method="post" {
                p {
                    label for="file" { "Or from here, as" }
                    input id="file" name="file" value="keys.json" required maxlength="40" autocomplete="off";
                }
                p {
                    label for="content" { "Content" }
                    textarea id="content" name="content" required spellcheck="false" autocomplete="off" {}
                }
                p { button { "Publish" } }
            }
        }
    };
    document(&format!("Web site of {learner}"), &lead, &main)
}
