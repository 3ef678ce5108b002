//! The first page: what there is, and where to begin.

use maud::{Markup, html};

use super::document;
use crate::exercise::Tier;
use crate::{class, exercises};

pub(crate) fn html() -> Markup {
    let lead = html! {
        p.lead { "JWT, PASETO, Biscuit and sessions under published attacks, on your own machine." }
    };
    let main = html! {
        section aria-labelledby="begin" {
            h2 id="begin" { "Solve the exercises" }
            p {
                "There are " (exercises::all().len()) " in " (Tier::ALL.len()) " tiers. Your name stands in every \
                 address, so that curl, a proxy, jwt_tool and this browser need no login."
            }
            form.line action="/enter" method="get" {
                p {
                    label for="name" { "Your name" }
                    input id="name" name="name" required maxlength="24" autocomplete="off";
                }
                p { button { "Begin" } }
            }
        }
        section aria-labelledby="look" {
            h2 id="look" { "Look around" }
            ul {
                li { a href="/a" { "Every attack step by step" } ", with a question before the answer." }
                li { a href="/attacks/index.html" { "Every attack against every verifier" }
                     ", with what was forged, which check decided, and its line of source." }
                li { a href="/targets" { "Every verifier as an endpoint" } " that takes tokens from curl." }
                li { a href="/decode" { "Take a token apart" } ", whole or broken, and " a href="/editor" { "build another" } "." }
                li { a href="/board" { "The class" } ": who solved what, and who is stuck." }
            }
        }
        section aria-labelledby="teach" {
            h2 id="teach" { "Teach" }
            ul {
                @for name in class::names() {
                    li { a href={ "/class/" (name) } { "A plan for " (name) " minutes" } ", with notes." }
                }
            }
        }
    };
    document("tokenlab", &lead, &main)
}
