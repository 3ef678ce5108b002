//! Who does how much work before saying no: a column for each kind of refusal,
//! a row for each contender, on one logarithmic axis of ratios.
//!
//! A refusal is held against accepting a token of the same size by the same
//! contender, so a column compares how far each verifier goes before it
//! notices, and not how fast its signature is.

use std::fmt::Write;

use tokenlab_record::analysis::Row;
use tokenlab_record::catalogue::{Class, ContenderId, Family};
use tokenlab_record::measurement::{Model, Refusal};

use super::{Figure, MARGIN, MOST_ROWS, ROW_TEXT, SMALL_TEXT, WIDTH, family_legend, framed, left_out};
use crate::axis::LogAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::View;

/// Below this share of what a bad signature costs, no cryptography can have
/// taken place: the rest of a verification is not nine tenths of it.
const BEFORE_CRYPTOGRAPHY: f64 = 0.10;

const CAUTION: &str = "A quick no is not a safer no: whether a verifier refuses every forgery is the matter of \
                       the attack matrix. What is refused late costs an attacker's victim the most, but a \
                       service that limits the length of what it reads is spared the last two columns. A \
                       JWT with a broken payload falls at its signature, which covers the encoded text, so \
                       nothing has to be decoded to refuse it; a PASETO has to be decoded to find its \
                       signature.";

/// One chart for each class of which some refusal was measured beside an acceptance.
pub(super) fn figures(view: &View<'_>) -> Vec<Figure> {
    Class::ALL
        .into_iter()
        .filter_map(|class| figure(view, class))
        .collect()
}

fn figure(view: &View<'_>, class: Class) -> Option<Figure> {
    let title = format!("The cost of refusing: {}", class.title());
    let lines = lines(view, class);
    let sketch = sketch(view, &title, class, &lines)?;
    Some(Figure {
        anchor: format!("refusals-{}", class.slug()),
        class: Some(class),
        description: format!(
            "Dot plot of the refusals of {}, relative to accepting. All values are in the table below.",
            format::counted(lines.len() as u64, "contender", "contenders"),
        ),
        remark: remark(view, class, &lines),
        reading: reading(view, class, &lines),
        caution: CAUTION,
        table: Some(table(view, class, &lines)),
        sketch: Some(sketch),
        title,
    })
}

/// The refusals of one contender.
struct Line<'a> {
    contender: &'a ContenderId,
    refusals: Vec<Refused<'a>>,
}

struct Refused<'a> {
    model: Model,
    row: &'a Row,
    /// Accepting a token of the same size; absent where none is accepted.
    accepting: Option<&'a Row>,
}

impl Refused<'_> {
    fn ratio(&self) -> Option<f64> {
        let ratio = self.row.cpu_ns.estimate / self.accepting?.cpu_ns.estimate;
        (ratio.is_finite() && ratio > 0.0).then_some(ratio)
    }
}

/// Every contender that refused something, in the order of the ranking of verifying.
fn lines<'a>(view: &View<'a>, class: Class) -> Vec<Line<'a>> {
    let row = |model, contender: &ContenderId| -> Option<&'a Row> {
        let ranking = view.main_ranking(model, class)?;
        ranking.rows.iter().find(|row| row.contender == *contender)
    };
    view.main_ranking(Model::Verify, class)
        .into_iter()
        .flat_map(|ranking| &ranking.rows)
        .map(|verified| Line {
            contender: &verified.contender,
            refusals: Model::REFUSALS
                .into_iter()
                .filter_map(|model| {
                    Some(Refused {
                        model,
                        row: row(model, &verified.contender)?,
                        accepting: row(model.acceptance()?, &verified.contender),
                    })
                })
                .collect(),
        })
        .filter(|line| line.refusals.iter().any(|refused| refused.ratio().is_some()))
        .collect()
}

/// What the drawing lacks: sizes that nobody accepted, and rows beyond its room.
fn remark(view: &View<'_>, class: Class, lines: &[Line<'_>]) -> Option<String> {
    let mut remarks: Vec<String> = left_out(lines.len()).into_iter().collect();
    for model in [Model::VerifyLong, Model::VerifyHuge] {
        let ranking = view.main_ranking(model, class);
        for (contender, why) in ranking.iter().flat_map(|ranking| &ranking.failed) {
            remarks.push(format!(
                "{contender} has no mark for {}, since it {why}.",
                size(model)
            ));
        }
    }
    (!remarks.is_empty()).then(|| remarks.join(" "))
}

const fn size(model: Model) -> &'static str {
    match model {
        Model::VerifyHuge | Model::RejectHuge => "1 MiB",
        _ => "64 KiB",
    }
}

/// How to read it, with what the data says of the order of checks.
fn reading(view: &View<'_>, class: Class, lines: &[Line<'_>]) -> String {
    let mut text = format!(
        "A row is a contender, a column something that it refuses, from what a careful verifier notices \
         first to what it notices last; the figure and its mark are the {} of the refusal relative to \
         accepting an honest token of the same size (dashed: 1×, as much work as accepting). All columns \
         have the same logarithmic axis, with more work to the right.",
        class.clock()
    );
    if Model::RejectVersion.applies_to(class) {
        text.push_str(
            " Another version is an honest token of the same purpose (v3.public for v4.public, another \
             algorithm for a JWT), another purpose one of the same family (v4.local for v4.public, an HMAC \
             for a signature and the other way round).",
        );
    }
    for family in Family::ALL {
        let of_family = lines
            .iter()
            .filter(|line| view.family(line.contender) == Some(family));
        let worst = of_family
            .filter_map(|line| Some((line, scheme_share(line)?)))
            .max_by(|a, b| a.1.1.total_cmp(&b.1.1));
        let Some((line, (ns, share))) = worst else {
            continue;
        };
        let _ = write!(
            text,
            " {} verifiers of this class refuse another version, algorithm or purpose for at most {} of what \
             a bad signature costs them ({}: {}){}",
            family.title(),
            format::percent(share),
            line.contender,
            format::duration_ns(ns),
            if share < BEFORE_CRYPTOGRAPHY {
                ", which leaves no room for cryptography: they refuse before any."
            } else {
                "; where the cryptography is that cheap, the time alone does not show whether it was spent."
            },
        );
    }
    text
}

/// The slower of the two refusals of a scheme: its time, and that as a share
/// of refusing a bad signature.
fn scheme_share(line: &Line<'_>) -> Option<(f64, f64)> {
    let ns = |model| {
        let refused = line.refusals.iter().find(|refused| refused.model == model)?;
        Some(refused.row.cpu_ns.estimate)
    };
    let slower = ns(Model::RejectVersion)
        .into_iter()
        .chain(ns(Model::RejectPurpose))
        .max_by(f64::total_cmp)?;
    Some((slower, slower / ns(Model::RejectSignature)?))
}

fn table(view: &View<'_>, class: Class, lines: &[Line<'_>]) -> Table {
    let mut table = Table::new(
        format!("The cost of refusing, {}", class.title()),
        &[
            "contender",
            "refusal",
            "reason",
            "its words",
            format::clock_head(class),
            "95 %",
            "accepting",
            "ratio",
        ],
    );
    for line in lines {
        for refused in &line.refusals {
            let seen = seen(view, line.contender, refused.model);
            table.push(vec![
                Cell::contender(view, line.contender),
                Cell::text(refused.model.title()),
                Cell::text(seen.map_or("not recorded", |seen| seen.reason.as_str())),
                Cell::text(seen.map_or("not recorded", |seen| seen.detail.as_str())),
                Cell::number(format::duration_ns(refused.row.cpu_ns.estimate)),
                Cell::number(format::interval_half_width(refused.row.cpu_ns)),
                Cell::number(refused.accepting.map_or_else(
                    || "not accepted".to_owned(),
                    |row| format::duration_ns(row.cpu_ns.estimate),
                )),
                Cell::number(refused.ratio().map_or_else(|| "none".to_owned(), format::ratio)),
            ]);
        }
    }
    table
}

fn seen<'a>(view: &View<'a>, contender: &ContenderId, model: Model) -> Option<&'a Refusal> {
    let mut refusals = view.record.refusals.iter();
    refusals.find(|refusal| refusal.contender == *contender && refusal.model == model)
}

const ROW_HEIGHT: f64 = 34.0;
const HEAD_HEIGHT: f64 = 40.0;
const AXIS_HEIGHT: f64 = 58.0;
const WIDEST_LABEL: f64 = 236.0;
/// Between two columns.
const GAP: f64 = 10.0;
/// Smaller than other rows' text, since a column is narrow.
const CELL_TEXT: f64 = 11.0;

/// The head of a column in two lines.
const fn head(model: Model) -> (&'static str, &'static str) {
    match model {
        Model::RejectMissingPart => ("a part", "missing"),
        Model::RejectHeader => ("broken", "header"),
        Model::RejectVersion => ("another", "version"),
        Model::RejectPurpose => ("another", "purpose"),
        Model::RejectEncoding => ("payload no", "base64url"),
        Model::RejectSignature => ("bad", "signature"),
        Model::RejectExpired => ("expired", "token"),
        Model::RejectLong => ("bad,", "64 KiB"),
        Model::RejectHuge => ("bad,", "1 MiB"),
        _ => ("", ""),
    }
}

fn sketch(view: &View<'_>, title: &str, class: Class, lines: &[Line<'_>]) -> Option<Sketch> {
    let lines = lines.get(..lines.len().min(MOST_ROWS)).unwrap_or(lines);
    let refused = || lines.iter().flat_map(|line| &line.refusals);
    let columns: Vec<Model> = Model::REFUSALS
        .into_iter()
        .filter(|model| refused().any(|refused| refused.model == *model && refused.ratio().is_some()))
        .collect();
    if columns.is_empty() {
        return None;
    }
    let widest = lines
        .iter()
        .map(|line| font::width(line.contender.as_str(), ROW_TEXT))
        .fold(120.0, f64::max)
        .min(WIDEST_LABEL);
    let left = MARGIN + widest + 16.0;
    #[allow(clippy::cast_precision_loss)] // at most the number of models
    let pitch = (WIDTH - MARGIN - left) / columns.len() as f64;
    let ratios = || refused().filter_map(Refused::ratio).chain([1.0]);
    let axis_from = |from: f64| LogAxis::over(ratios(), from, from + pitch - GAP);

    #[allow(clippy::cast_precision_loss)] // at most MOST_ROWS
    let rows_height = lines.len() as f64 * ROW_HEIGHT;
    let mut sketch = framed(
        view,
        title,
        &format!(
            "{} of a refusal over accepting an honest token of the same size · logarithmic, the same axis in \
             all columns · less is sooner",
            format::clock_head(class)
        ),
        HEAD_HEIGHT + rows_height + AXIS_HEIGHT,
    );
    let top = sketch.crop_top + HEAD_HEIGHT;
    let bottom = top + rows_height;
    let mut stripe = top;
    while stripe < bottom {
        sketch.block((MARGIN / 2.0, stripe), WIDTH - MARGIN, ROW_HEIGHT, Ink::Stripe);
        stripe += 2.0 * ROW_HEIGHT;
    }
    let mut y = top + ROW_HEIGHT / 2.0;
    for line in lines {
        let label = fitted(line.contender.as_str(), ROW_TEXT, widest);
        sketch.text((MARGIN, y), label, ROW_TEXT, Align::Left, Ink::Text);
        y += ROW_HEIGHT;
    }
    let mut from = left;
    for model in columns {
        let axis = axis_from(from)?;
        draw_column(
            &mut sketch,
            view,
            &axis,
            (model, lines),
            (from, pitch - GAP),
            (top, bottom),
        );
        from += pitch;
    }
    let inks: Vec<Ink> = lines.iter().map(|line| view.ink(line.contender)).collect();
    family_legend(&mut sketch, (MARGIN, bottom + 42.0), &inks);
    Some(sketch)
}

fn draw_column(
    sketch: &mut Sketch,
    view: &View<'_>,
    axis: &LogAxis,
    (model, lines): (Model, &[Line<'_>]),
    (left, width): (f64, f64),
    (top, bottom): (f64, f64),
) {
    let middle = left + width / 2.0;
    let (first, second) = head(model);
    for (text, up) in [(first, 26.0), (second, 11.0)] {
        let text = fitted(text, SMALL_TEXT, width);
        sketch.text((middle, top - up), text, SMALL_TEXT, Align::Middle, Ink::Muted);
    }
    sketch.dashes(axis.at(1.0), (top, bottom), 1.0, Ink::Muted);
    sketch.text(
        (axis.at(1.0), bottom + 14.0),
        "1×",
        CELL_TEXT,
        Align::Middle,
        Ink::Muted,
    );
    let mut y = top;
    for line in lines {
        let refused = line.refusals.iter().find(|refused| refused.model == model);
        if let Some(ratio) = refused.and_then(Refused::ratio) {
            let track = y + ROW_HEIGHT - 10.0;
            sketch.horizontal(track, (left, left + width), 1.0, Ink::Grid);
            sketch.horizontal(track, (left, axis.at(ratio)), 2.0, view.ink(line.contender));
            sketch.marker((axis.at(ratio), track), 4.0, view.ink(line.contender));
            sketch.text(
                (left, y + 11.0),
                format::ratio(ratio),
                CELL_TEXT,
                Align::Left,
                Ink::Text,
            );
        }
        y += ROW_HEIGHT;
    }
}
