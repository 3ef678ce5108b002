//! The verdict: one sentence a class, computed, with no side taken.
//!
//! A sentence names the fastest contender, the fastest of the other family
//! where the class has both, and the slowest, all of verifying, and the
//! fastest of issuing. It never sets one class against another.

use maud::{Markup, html};
use tokenlab_record::analysis::{Ranking, Row};
use tokenlab_record::catalogue::{Class, Family};
use tokenlab_record::measurement::Model;

use crate::format;
use crate::view::{View, capitalised};

/// A sentence for each class.
pub(super) fn html(view: &View<'_>) -> Markup {
    html! {
        ul.verdict {
            @for class in Class::ALL {
                li { strong { (capitalised(class.title())) } ": " (sentence(view, class)) "." }
            }
        }
        p {
            "Times are medians of thread CPU time for one operation. Classes promise different things and "
            "are not ranked against each other; how sure a figure is, and what it does not say, stands "
            "under its chart."
        }
    }
}

fn sentence(view: &View<'_>, class: Class) -> Markup {
    let verify = measured(view, Model::Verify, class);
    let issue = measured(view, Model::Issue, class);
    let (Some(ranking), Some((first, rest))) = (verify, verify.and_then(|it| it.rows.split_first())) else {
        return html! { "this run verified no token of this class" (issuing(issue, false)) };
    };
    html! {
        "verifying a token with " (ranking.group.corpus) " claims is fastest with " (named(first))
        @match tied(rest, first) {
            0 => {}
            others => { ", level with " (format::counted(others as u64, "other", "others")) }
        }
        (other_family(view, ranking, first))
        @if let Some(last) = rest.last().filter(|last| last.rank != first.rank) {
            "; the slowest of " (ranking.rows.len()) ", " (named(last)) ", takes "
            (format::ratio(last.ratio.estimate)) " the time"
        }
        (issuing(issue, true))
    }
}

fn measured<'a>(view: &View<'a>, model: Model, class: Class) -> Option<&'a Ranking> {
    let corpus = view.reference_corpus(model)?;
    view.ranking(model, class, corpus)
        .filter(|ranking| !ranking.rows.is_empty())
}

fn named(row: &Row) -> Markup {
    html! { code { (row.contender) } " (" (format::duration_ns(row.cpu_ns.estimate)) ")" }
}

/// How many of `rest` can't be told apart from `first`.
fn tied(rest: &[Row], first: &Row) -> usize {
    rest.iter().filter(|row| row.rank == first.rank).count()
}

/// The best of the family that is not first, or that there is none.
fn other_family(view: &View<'_>, ranking: &Ranking, first: &Row) -> Markup {
    let Some(family) = view.family(&first.contender) else {
        return html! {};
    };
    let other = ranking
        .rows
        .iter()
        .find(|row| view.family(&row.contender).is_some_and(|of_row| of_row != family));
    let other_name = |row: &Row| view.family(&row.contender).map_or("other", Family::title);
    html! {
        @match other {
            None if ranking.rows.len() > 1 => {
                "; every contender measured here is a " (family.title())
            }
            None => {}
            Some(row) if row.rank == first.rank => {
                ", and can't be told apart from the fastest " (other_name(row)) ", " (named(row))
            }
            Some(row) => {
                "; the fastest " (other_name(row)) ", " (named(row)) ", takes "
                (format::ratio(row.ratio.estimate)) " the time (95 %: "
                (format::interval_ends(row.ratio)) ")"
            }
        }
    }
}

fn issuing(ranking: Option<&Ranking>, also: bool) -> Markup {
    html! {
        @if let Some(first) = ranking.and_then(|ranking| ranking.rows.first()) {
            "; issuing" @if also { " one" } " is fastest with " (named(first))
        }
    }
}
