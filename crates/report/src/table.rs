//! Tables for the page: a caption, heads, rows, in a region that scrolls by itself.

use std::collections::BTreeSet;

use maud::{Markup, html};
use tokenlab_record::catalogue::ContenderId;

use crate::charts::superscript;
use crate::view::View;

/// A table with a caption that no other table of the page has.
pub(crate) struct Table {
    caption: String,
    heads: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// One cell.
pub(crate) struct Cell {
    text: String,
    kind: Kind,
    footnote: Option<usize>,
    columns: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Id,
    Flag,
}

impl Cell {
    /// Words, at the left.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::new(text.into(), Kind::Text)
    }

    /// A figure, at the right.
    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self::new(text.into(), Kind::Number)
    }

    /// A contender by its id, with the mark of its footnote.
    pub(crate) fn contender(view: &View<'_>, id: &ContenderId) -> Self {
        let mut cell = Self::new(id.to_string(), Kind::Id);
        cell.footnote = view.footnote(id);
        cell
    }

    /// A contender by its id, where no footnotes are at hand.
    pub(crate) fn id(id: &ContenderId) -> Self {
        Self::new(id.to_string(), Kind::Id)
    }

    /// Words that ask for a second look.
    pub(crate) fn flag(text: impl Into<String>) -> Self {
        Self::new(text.into(), Kind::Flag)
    }

    /// The cell over several columns.
    pub(crate) const fn spanning(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    const fn new(text: String, kind: Kind) -> Self {
        Self {
            text,
            kind,
            footnote: None,
            columns: 1,
        }
    }

    fn html(&self) -> Markup {
        let columns = (self.columns > 1).then_some(self.columns);
        let mark = self.footnote.map(superscript).unwrap_or_default();
        match self.kind {
            Kind::Id => html! { th scope="row" colspan=[columns] { code { (self.text) } (mark) } },
            Kind::Text => html! { td colspan=[columns] { (self.text) } },
            Kind::Number => html! { td.number colspan=[columns] { (self.text) } },
            Kind::Flag => html! { td.flag colspan=[columns] { (self.text) } },
        }
    }
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(caption: impl Into<String>, heads: &[&str]) -> Self {
        Self {
            caption: caption.into(),
            heads: heads.iter().map(|head| (*head).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, whose cells stand under the heads.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// How many rows there are.
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Numbers of the footnotes that its contenders bear.
    pub(crate) fn footnotes(&self) -> BTreeSet<usize> {
        self.rows
            .iter()
            .flatten()
            .filter_map(|cell| cell.footnote)
            .collect()
    }

    /// What the table holds.
    pub(crate) fn caption(&self) -> &str {
        &self.caption
    }

    /// The table as HTML. A head stands at the right where figures do.
    pub(crate) fn html(&self) -> Markup {
        let is_number = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .any(|cell| cell.kind == Kind::Number)
        };
        html! {
            div.scroll tabindex="0" role="region" aria-label={ "Table: " (self.caption) } {
                table {
                    caption { (self.caption) }
                    thead {
                        tr {
                            @for (column, head) in self.heads.iter().enumerate() {
                                th scope="col" class=[is_number(column).then_some("number")] { (head) }
                            }
                        }
                    }
                    tbody {
                        @for row in &self.rows {
                            tr { @for cell in row { (cell.html()) } }
                        }
                    }
                }
            }
        }
    }
}
