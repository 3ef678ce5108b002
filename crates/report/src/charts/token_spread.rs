//! How long tokens are, class by class and family by family: from the shortest
//! to the longest kind.
//!
//! The only chart that shows all classes on one axis. Lengths are exact and
//! mean the same everywhere, so nothing is ranked by setting them side by side;
//! what the bytes buy stands in the names of the classes.

use tokenlab_record::catalogue::{Class, Family};
use tokenlab_record::measurement::TokenSize;

use super::token_bytes::{CAUTION, draw_limits, table};
use super::{Figure, MARGIN, ROW_TEXT, SMALL_TEXT, WIDTH, family_legend, framed};
use crate::axis::LinearAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::view::{View, capitalised, listed};

/// The tokens of one class and family.
struct Spread<'a> {
    class: Class,
    family: Option<Family>,
    shortest: &'a TokenSize,
    longest: &'a TokenSize,
    contenders: u64,
}

/// The chart of one corpus; `anchor` is its own.
pub(super) fn figure(view: &View<'_>, corpus: &str, anchor: String) -> Figure {
    let title = format!("Token length by class and family: {corpus} claims");
    let spreads = spreads(view, corpus);
    Figure {
        description: format!(
            "Ranges of {}, from the shortest to the longest token of each. All values are in the table below.",
            format::counted(spreads.len() as u64, "class and family", "classes and families"),
        ),
        class: None,
        sketch: Some(sketch(view, &title, &spreads)),
        remark: remark(view, &spreads),
        reading:
            "A row is a family within a class: its marks stand at the shortest and the longest token that \
                  any of its contenders issues for the same claims, and the figures at the right are those \
                  lengths. One mark means that all are equally long. Rule lines stand where cookies and \
                  headers end, if a token comes near."
                .to_owned(),
        caution: CAUTION,
        table: Some(table(view, corpus, None)),
        anchor,
        title,
    }
}

/// In the order of classes and families, strangers last.
fn spreads<'a>(view: &View<'a>, corpus: &str) -> Vec<Spread<'a>> {
    let families = || Family::ALL.into_iter().map(Some).chain([None]);
    let groups = Class::ALL
        .into_iter()
        .flat_map(|class| families().map(move |family| (class, family)));
    groups
        .filter_map(|(class, family)| {
            let tokens = || {
                view.record.tokens.iter().filter(|token| {
                    token.corpus == corpus && token.class == class && view.family(&token.contender) == family
                })
            };
            Some(Spread {
                class,
                family,
                shortest: tokens().min_by_key(|token| token.token_bytes)?,
                longest: tokens().max_by_key(|token| token.token_bytes)?,
                contenders: tokens().count() as u64,
            })
        })
        .collect()
}

/// Which kinds are the ends of each class that has several.
fn remark(view: &View<'_>, spreads: &[Spread<'_>]) -> Option<String> {
    let kind = |token: &TokenSize| {
        view.card(&token.contender)
            .map_or_else(|| token.contender.to_string(), |card| card.scheme.clone())
    };
    let mut ends = Vec::new();
    for class in Class::ALL {
        let of_class = || spreads.iter().filter(|spread| spread.class == class);
        let shortest = of_class()
            .map(|spread| spread.shortest)
            .min_by_key(|token| token.token_bytes);
        let longest = of_class()
            .map(|spread| spread.longest)
            .max_by_key(|token| token.token_bytes);
        if let (Some(shortest), Some(longest)) = (shortest, longest)
            && shortest.token_bytes < longest.token_bytes
        {
            ends.push(format!(
                "{} to {} ({})",
                kind(shortest),
                kind(longest),
                class.title()
            ));
        }
    }
    (!ends.is_empty()).then(|| format!("From the shortest to the longest: {}.", listed(&ends)))
}

const ROW_HEIGHT: f64 = 24.0;
const CLASS_HEIGHT: f64 = 28.0;
const TOP: f64 = 36.0;
const AXIS_HEIGHT: f64 = 62.0;
const LABEL_WIDTH: f64 = 210.0;
const VALUE_WIDTH: f64 = 150.0;

fn sketch(view: &View<'_>, title: &str, spreads: &[Spread<'_>]) -> Sketch {
    let longest = spreads.iter().map(|spread| f64::from(spread.longest.token_bytes));
    let axis = LinearAxis::over(longest, MARGIN + LABEL_WIDTH, WIDTH - MARGIN - VALUE_WIDTH);
    let classes: Vec<Class> = Class::ALL
        .into_iter()
        .filter(|class| spreads.iter().any(|spread| spread.class == *class))
        .collect();
    #[allow(clippy::cast_precision_loss)] // at most classes times families
    let height = spreads.len() as f64 * ROW_HEIGHT + classes.len() as f64 * CLASS_HEIGHT;
    let mut sketch = framed(
        view,
        title,
        "length of the whole token, bytes · linear, from 0 · exact · shorter is less to send",
        TOP + height + AXIS_HEIGHT,
    );
    let top = sketch.crop_top + TOP;
    let bottom = top + height;
    for tick in axis.ticks(64.0) {
        let x = axis.at(tick);
        sketch.vertical(x, (top, bottom + 5.0), 1.0, Ink::Grid);
        let label = format::tick_count(tick);
        sketch.text((x, bottom + 16.0), label, SMALL_TEXT, Align::Middle, Ink::Muted);
    }
    let mut y = top;
    for class in classes {
        let heading = capitalised(class.title());
        let middle = y + CLASS_HEIGHT / 2.0 + 3.0;
        // Over the grid, which would run through the words.
        let width = font::width(&heading, ROW_TEXT);
        sketch.block((MARGIN, middle - 9.0), width + 6.0, 18.0, Ink::Paper);
        sketch.text((MARGIN, middle), heading, ROW_TEXT, Align::Left, Ink::Muted);
        y += CLASS_HEIGHT;
        for spread in spreads.iter().filter(|spread| spread.class == class) {
            draw_row(&mut sketch, &axis, spread, y + ROW_HEIGHT / 2.0);
            y += ROW_HEIGHT;
        }
    }
    draw_limits(&mut sketch, &axis, (top, bottom));
    let inks: Vec<Ink> = spreads
        .iter()
        .map(|spread| Ink::of_family(spread.family))
        .collect();
    family_legend(&mut sketch, (MARGIN, bottom + 44.0), &inks);
    sketch
}

fn draw_row(sketch: &mut Sketch, axis: &LinearAxis, spread: &Spread<'_>, y: f64) {
    let family = spread.family.map_or("not in the catalogue", Family::title);
    let label = format!(
        "{family} ({})",
        format::counted(spread.contenders, "contender", "contenders")
    );
    let label = fitted(&label, ROW_TEXT, LABEL_WIDTH - 30.0);
    sketch.text((MARGIN + 14.0, y), label, ROW_TEXT, Align::Left, Ink::Text);
    let ink = Ink::of_family(spread.family);
    let (shortest, longest) = (spread.shortest.token_bytes, spread.longest.token_bytes);
    let (left, right) = (axis.at(f64::from(shortest)), axis.at(f64::from(longest)));
    let text = if shortest == longest {
        format!("{} B", format::count(longest.into()))
    } else {
        sketch.horizontal(y, (left, right), 2.0, ink);
        sketch.marker((left, y), 4.5, ink);
        format!(
            "{} to {} B",
            format::count(shortest.into()),
            format::count(longest.into())
        )
    };
    sketch.marker((right, y), 4.5, ink);
    sketch.text((WIDTH - MARGIN, y), text, ROW_TEXT, Align::Right, Ink::Text);
}
