//! The token editor: fields on one side of the button, the token on the other.

use maud::{Markup, html};
use tokenlab_attacks::workbench;

use super::{decode as anatomy, document, in_address, shown};
use crate::editor::{CHANGES, Draft, FORMATS, WAYS};

pub(crate) fn html(draft: &Draft) -> Markup {
    let lead = html! {
        p.lead { "Builds any token, the broken ones too. Everything you write stays as you wrote it." }
    };
    let main = html! {
        form action="/editor" method="get" {
            p {
                label for="token" { "Begin with a token" }
                textarea id="token" name="token" spellcheck="false" autocomplete="off" {}
            }
            p { button { "Take it apart" } }
        }
        section aria-labelledby="fields" {
            h2 id="fields" { "The token" }
            form action="/editor" method="post" {
                (choice("format", "Format", &draft.format, &FORMATS))
                (area("header", "Header (JWT and JWE)", &draft.header))
                (area("payload", "Payload", &draft.payload))
                (area("footer", "Footer (PASETO)", &draft.footer))
                (choice("way", "Signed", &draft.way, &WAYS))
                (area("secret", "Secret: any text, or hex: and pairs of digits; or a key as PEM, JWK or PASERK", &draft.secret))
                (area("signature", "Signature as text (JWT)", &draft.signature))
                (choice("change", "Then", &draft.change, &CHANGES))
                p { button { "Build" } }
            }
        }
        section aria-labelledby="built" {
            h2 id="built" { "Built" }
            @match draft.build() {
                Ok(token) => {
                    (shown(&token))
                    p { a href={ "/decode?token=" (in_address(&token)) } { "Take it apart" } }
                    (anatomy::parts(&tokenlab_harness::decode::decode(&token)))
                }
                Err(problem) => p.warning { strong { "Not built: " } (problem) "." },
            }
        }
        section aria-labelledby="keys" {
            h2 id="keys" { "Mallory's own public keys" }
            p { "For a header that brings a key along. The private halves sign above." }
            dl {
                @for name in ["RS256", "ES256", "EdDSA"] {
                    dt { (name) }
                    dd { @if let Ok(jwk) = workbench::own_jwk(name) { (shown(&jwk.to_string())) } }
                }
            }
        }
    };
    document("Build a token", &lead, &main)
}

fn choice(name: &str, label: &str, chosen: &str, all: &[(&str, &str)]) -> Markup {
    html! {
        p {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (value, text) in all { option value=(value) selected[*value == chosen] { (text) } }
            }
        }
    }
}

fn area(name: &str, label: &str, text: &str) -> Markup {
    html! {
        p {
            label for=(name) { (label) }
            // A browser drops the first line break of an area.
            textarea.small id=(name) name=(name) spellcheck="false" autocomplete="off" { "\n" (text) }
        }
    }
}
