//! The verifiers that can be asked over HTTP.

use maud::{Markup, html};
use tokenlab_attacks::{Scheme, Target};

use super::exercise::command;
use super::{document, in_address, shown};
use crate::live;

/// Where a target is; the slash of a contender's id would be another segment.
fn address(target: &dyn Target) -> String {
    format!("/t/{}", in_address(&target.id().replace('/', "~")))
}

pub(crate) fn list() -> Markup {
    let lead = html! {
        p.lead { "Each takes a token at " code { "/t/<name>/whoami" } " and says who you are, or which check \
                  refused. Left out are those whose flaw would take this server along." }
    };
    let main = html! {
        div.scroll tabindex="0" role="region" aria-label="Live verifiers" {
            table {
                caption { "Every verifier of the attack range that answers here." }
                thead { tr { th { "verifier" } th { "kind" } th { "takes" } th { "what it is" } } }
                tbody {
                    @for target in live::all() {
                        @let card = target.card();
                        tr {
                            th scope="row" { a href=(address(target)) { (card.id) } }
                            td { (card.kind.slug()) }
                            td { (card.scheme) }
                            td { (card.summary) }
                        }
                    }
                }
            }
        }
    };
    document("Live verifiers", &lead, &main)
}

pub(crate) fn one(target: &dyn Target, host: &str) -> Markup {
    let is_session = matches!(target.profile().scheme, Scheme::Session(_));
    let card = target.card();
    let place = address(target);
    let lead = html! { p.lead { (card.summary) } };
    let main = html! {
        dl.facts {
            dt { "Takes" } dd { (card.scheme) }
            dt { "Kind" } dd { (card.kind.slug()) }
            dt { "After" } dd { (card.provenance) }
            @if let Some(twin) = card.hardened.as_deref().and_then(live::named) {
                dt { "Its fix" } dd { a href=(address(twin)) { (twin.id()) } }
            }
        }
        section aria-labelledby="ask" {
            h2 id="ask" { "Ask it" }
            p { "An honest token (" a href={ (place) "/token" } { "as text" } "):" }
            (shown(&target.exposure().sample_token))
            (shown(&command(host, &place, is_session)))
            @if live::published(target).is_some() {
                p { a href={ (place) "/key" } { "The issuer's public key" } }
            }
        }
    };
    document(&card.id, &lead, &main)
}
