//! Who offers what: a table for each family, with a row for each wire scheme and a
//! column for each library that has any of them, in words. Computed from the cards of the run, so that it is what this build had.

use maud::{Markup, html};
use tokenlab_record::catalogue::Family;
use tokenlab_record::support::{Library, NOT_OFFERED, Scheme, Support};

use crate::format;
use crate::view::{View, capitalised};

/// The matrix, or a sentence without cards.
pub(super) fn html(view: &View<'_>) -> Markup {
    let support = Support::of(&view.record.catalogue.contenders);
    if support.schemes.is_empty() {
        return html! { p.remark { "No contender took part, so there is nothing to list." } };
    }
    html! {
        p {
            (format::counted(support.schemes.len() as u64, "scheme", "schemes")) ", "
            (format::counted(support.libraries.len() as u64, "library", "libraries")) ", "
            (format::counted(view.record.catalogue.contenders.len() as u64, "contender", "contenders"))
            ": what the build behind this run can issue and verify. The same for another build: "
            code { "tokenlab list support" } "."
        }
        p {
            strong { "How to read it. " }
            "A cell names what does the cryptography, once for each contender; " (NOT_OFFERED)
            " means that no contender here offers the scheme by that library. Where a library takes part at "
            "several versions, because no single one has every scheme, the cell says which."
        }
        p {
            strong { "What not to conclude. " }
            "A library may do more than this: what it has only behind a feature that this build leaves out, "
            "or under a name that is no standard, is not here."
        }
        @for family in Family::ALL { (table(&support, family)) }
    }
}

/// The schemes of one family by the libraries that have any of them.
fn table(support: &Support, family: Family) -> Markup {
    let schemes: Vec<&Scheme> = support
        .schemes
        .iter()
        .filter(|scheme| scheme.family == family)
        .collect();
    let offers = |library: &&Library| schemes.iter().any(|scheme| scheme.cell(library) != NOT_OFFERED);
    let libraries: Vec<&Library> = support.libraries.iter().filter(offers).collect();
    if libraries.is_empty() {
        return html! {};
    }
    let caption = format!("{}: schemes by libraries", capitalised(family.title()));
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Table: " (caption) } {
            table.support {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "scheme" }
                        th scope="col" { "class" }
                        @for library in &libraries {
                            th scope="col" {
                                (library.name)
                                @for version in &library.versions { br; small { (version) } }
                            }
                        }
                    }
                }
                tbody {
                    @for scheme in schemes {
                        tr {
                            th scope="row" { code { (scheme.id) } }
                            td { (scheme.class.title()) }
                            @for library in &libraries { (cell(&scheme.cell(library))) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(text: &str) -> Markup {
    html! {
        @if text == NOT_OFFERED { td.lacking { (text) } } @else { td.offered { (text) } }
    }
}
