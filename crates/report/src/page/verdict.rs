//! The verdict: one sentence a class, computed, with no side taken.
//!
//! A sentence names the fastest contender, the fastest of another family where
//! the class has several, and the slowest, all of verifying, and the fastest of
//! issuing. It never sets one class against another. Classes of which nothing
//! was verified share a sentence.

use maud::{Markup, html};
use tokenlab_record::analysis::{Ranking, Row};
use tokenlab_record::catalogue::{Class, Family};
use tokenlab_record::measurement::Model;

use crate::format;
use crate::view::{View, capitalised};

/// A sentence for each class.
pub(super) fn html(view: &View<'_>) -> Markup {
    let silent: Vec<&str> = Class::ALL
        .into_iter()
        .filter(|class| sentence(view, *class).is_none())
        .map(Class::title)
        .collect();
    html! {
        ul.verdict {
            @for class in Class::ALL {
                @if let Some(sentence) = sentence(view, class) {
                    li { strong { (capitalised(class.title())) } ": " (sentence) "." }
                }
            }
        }
        @if !silent.is_empty() {
            p.remark {
                "This run verified no token of these classes: " (silent.join("; ")) "."
            }
        }
        p {
            "Times are medians of thread CPU time for one operation"
            @if Class::ALL.into_iter().any(|class| class.waits() && measured(view, Model::Verify, class).is_some()) {
                ", of session lookups of wall time, since they wait for a disk or a server"
            }
            ". Classes promise different things and "
            "are not ranked against each other; how sure a figure is, and what it does not say, stands "
            "under its chart."
        }
    }
}

/// `None` if no token of the class was verified.
fn sentence(view: &View<'_>, class: Class) -> Option<Markup> {
    let ranking = measured(view, Model::Verify, class)?;
    let (first, rest) = ranking.rows.split_first()?;
    Some(html! {
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
        (issuing(measured(view, Model::Issue, class)))
    })
}

fn measured<'a>(view: &View<'a>, model: Model, class: Class) -> Option<&'a Ranking> {
    view.main_ranking(model, class)
        .filter(|ranking| !ranking.rows.is_empty())
}

fn named(row: &Row) -> Markup {
    html! { code { (row.contender) } " (" (format::duration_ns(row.cpu_ns.estimate)) ")" }
}

/// How many of `rest` can't be told apart from `first`.
fn tied(rest: &[Row], first: &Row) -> usize {
    rest.iter().filter(|row| row.rank == first.rank).count()
}

/// The best of another family than the first one's, or that there is none.
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

fn issuing(ranking: Option<&Ranking>) -> Markup {
    html! {
        @if let Some(first) = ranking.and_then(|ranking| ranking.rows.first()) {
            "; issuing one is fastest with " (named(first))
        }
    }
}
