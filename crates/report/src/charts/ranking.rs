//! Who is fastest: a sorted dot plot of one class, with whiskers.
//!
//! The axis is logarithmic, since a class spans up to two orders of magnitude
//! and ratios are what is compared.

use std::fmt::Write;

use tokenlab_record::analysis::{Ranking, Row};
use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::Model;

use super::{
    Figure, MARGIN, MOST_ROWS, ROW_TEXT, SMALL_TEXT, WIDTH, family_legend, framed, left_out, superscript,
    whisker,
};
use crate::axis::LogAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::{View, capitalised};

/// The question that a model answers.
pub(super) const fn lead(model: Model) -> &'static str {
    match model {
        Model::Verify => {
            "Token in, checked claims out: signature or tag, and the claims policy. The key is loaded."
        }
        Model::Issue => "Claims in, token out. The key is loaded.",
        Model::RejectSignature => {
            "What does a forgery cost? A token whose signature or tag was altered, up to its refusal."
        }
        Model::Load => "From stored key material to a service that can issue and verify.",
        _ => "",
    }
}

const fn caution(model: Model) -> &'static str {
    match model {
        Model::Verify => {
            "Rows differ in algorithm, key size and cryptographic backend as well as in format, so the \
             distance between two rows is not the price of JWT or PASETO as such. Other classes have \
             charts of their own because they promise something else; a time here and a time there do \
             not compete."
        }
        Model::Issue => {
            "Rows differ in algorithm, key size and cryptographic backend as well as in format. A service \
             usually verifies a token far more often than it issues it, so a slow row here may still be \
             the cheaper choice."
        }
        Model::RejectSignature => {
            "This is the price of one kind of bad token. Tokens that fall at an earlier check (wrong \
             length, wrong algorithm, broken encoding) are another question, and no time here says \
             whether a verifier refuses every forgery: see the attack matrix."
        }
        Model::Load => {
            "A cheap load is not a saving by itself: a library may put off parsing the key until a token \
             comes, and then every token pays. Read it together with the charts of verifying and issuing."
        }
        _ => "",
    }
}

/// The chart of one model and class on its reference corpus.
pub(super) fn figure(view: &View<'_>, model: Model, class: Class) -> Figure {
    let title = format!("{}: {}", capitalised(model.title()), class.title());
    let ranking = view
        .reference_corpus(model)
        .and_then(|corpus| view.ranking(model, class, corpus));
    let sketch = ranking.and_then(|ranking| sketch(view, &title, ranking));
    let remark = match (ranking, &sketch) {
        (Some(ranking), Some(_)) => remark(ranking),
        (Some(ranking), None) if !ranking.failed.is_empty() => {
            Some("No chart: every contender of this class failed here; the table says why.".to_owned())
        }
        _ => Some("No chart: this run measured no contender of this class here.".to_owned()),
    };
    Figure {
        anchor: format!("{}-{}", model.slug(), class.slug()),
        description: ranking.map_or_else(String::new, description),
        sketch,
        remark,
        reading: ranking.map_or_else(String::new, |ranking| reading(model, ranking)),
        caution: caution(model),
        table: ranking.map(|ranking| table(view, ranking)),
        title,
    }
}

/// What the drawing lacks: failures, and rows beyond its room.
fn remark(ranking: &Ranking) -> Option<String> {
    let failed = ranking.failed.len() as u64;
    let failures = (failed > 0).then(|| {
        format!(
            "{} failed here and {} no row in the chart; the table says why.",
            format::counted(failed, "contender", "contenders"),
            if failed == 1 { "has" } else { "have" }
        )
    });
    let remarks: Vec<String> = left_out(ranking.rows.len()).into_iter().chain(failures).collect();
    (!remarks.is_empty()).then(|| remarks.join(" "))
}

/// The data of a ranking, failures included: an error is a row.
pub(crate) fn table(view: &View<'_>, ranking: &Ranking) -> Table {
    let group = &ranking.group;
    let mut table = Table::new(
        format!(
            "{}, {}, {} claims",
            capitalised(group.model.title()),
            group.class.title(),
            group.corpus
        ),
        &[
            "rank",
            "contender",
            "version",
            "backend",
            "CPU time",
            "95 %",
            "wall time",
            "ratio",
            "95 %",
            "launches",
        ],
    );
    let about = |id| {
        view.card(id).map_or_else(
            || (Cell::text("unknown"), Cell::text("unknown")),
            |card| (Cell::text(&card.library_version), Cell::text(&card.backend)),
        )
    };
    for row in &ranking.rows {
        let (version, backend) = about(&row.contender);
        table.push(vec![
            Cell::number(rank(row)),
            Cell::contender(view, &row.contender),
            version,
            backend,
            Cell::number(format::duration_ns(row.cpu_ns.estimate)),
            Cell::number(format::interval_half_width(row.cpu_ns)),
            Cell::number(format::duration_ns(row.wall_ns)),
            Cell::number(format::ratio(row.ratio.estimate)),
            Cell::number(format::interval_ends(row.ratio)),
            Cell::number(format::count(row.launches.into())),
        ]);
    }
    for (contender, why) in &ranking.failed {
        let (version, backend) = about(contender);
        table.push(vec![
            Cell::number("failed"),
            Cell::contender(view, contender),
            version,
            backend,
            Cell::text(why).spanning(6),
        ]);
    }
    table
}

fn rank(row: &Row) -> String {
    format!("{}{}", row.rank, if row.tied { "=" } else { "" })
}

fn description(ranking: &Ranking) -> String {
    let (Some(first), Some(last)) = (ranking.rows.first(), ranking.rows.last()) else {
        return String::new();
    };
    format!(
        "Dot plot of {}, fastest first, from {} at {} to {} at {}. All values are in the table below.",
        format::counted(ranking.rows.len() as u64, "contender", "contenders"),
        first.contender,
        format::duration_ns(first.cpu_ns.estimate),
        last.contender,
        format::duration_ns(last.cpu_ns.estimate),
    )
}

fn reading(model: Model, ranking: &Ranking) -> String {
    let mut text = String::from(
        "A row is a contender, fastest first. The marker is the median thread CPU time of one operation, \
         the whisker its 95 % interval; the strokes under it are the medians of single launches, so two \
         clusters of strokes mean two modes. At the right: the time, half its interval, and the ratio to \
         the fastest of this class, paired within rounds. Ranks with = can't be told apart.",
    );
    if let (true, Some(first), Some(last)) = (model != Model::Load, ranking.rows.first(), ranking.rows.last())
    {
        // Nanoseconds an operation times a thousand a second is millionths of a core.
        let share = |row: &Row| format::percent(row.cpu_ns.estimate / 1e6);
        let _ = write!(
            text,
            " At 1,000 tokens a second the first row takes {} of one core and the last {}.",
            share(first),
            share(last)
        );
    }
    text
}

const ROW_HEIGHT: f64 = 28.0;
const AXIS_HEIGHT: f64 = 62.0;
const HEAD_HEIGHT: f64 = 24.0;
const RANK_WIDTH: f64 = 34.0;
const WIDEST_LABEL: f64 = 300.0;
const VALUE_WIDTH: f64 = 74.0;
const INTERVAL_WIDTH: f64 = 82.0;
const RATIO_WIDTH: f64 = 72.0;

/// Where the columns stand.
struct Columns {
    label: f64,
    plot: (f64, f64),
    value: f64,
    interval: f64,
    ratio: f64,
}

impl Columns {
    fn new(labels: &[String]) -> Self {
        let widest = labels
            .iter()
            .map(|label| font::width(label, ROW_TEXT))
            .fold(120.0, f64::max);
        let label = MARGIN + RANK_WIDTH;
        let ratio = WIDTH - MARGIN;
        let interval = ratio - RATIO_WIDTH;
        let value = interval - INTERVAL_WIDTH;
        Self {
            label,
            plot: (label + widest.min(WIDEST_LABEL) + 18.0, value - VALUE_WIDTH - 8.0),
            value,
            interval,
            ratio,
        }
    }
}

fn sketch(view: &View<'_>, title: &str, ranking: &Ranking) -> Option<Sketch> {
    let rows: Vec<&Row> = ranking.rows.iter().take(MOST_ROWS).collect();
    let labels: Vec<String> = rows
        .iter()
        .map(|row| {
            let id = fitted(row.contender.as_str(), ROW_TEXT, WIDEST_LABEL - 16.0);
            let mark = view.footnote(&row.contender).map(superscript);
            id + &mark.unwrap_or_default()
        })
        .collect();
    let columns = Columns::new(&labels);
    let values = rows
        .iter()
        .flat_map(|row| [row.cpu_ns.low, row.cpu_ns.estimate, row.cpu_ns.high])
        .chain(rows.iter().flat_map(|row| row.launch_medians_ns.iter().copied()));
    let axis = LogAxis::over(values, columns.plot.0, columns.plot.1)?;

    #[allow(clippy::cast_precision_loss)] // at most MOST_ROWS
    let rows_height = rows.len() as f64 * ROW_HEIGHT;
    // What a token says does not matter to the loading of a key.
    let claims = match ranking.group.model {
        Model::Load => String::new(),
        _ => format!("{} claims · ", ranking.group.corpus),
    };
    let subtitle = format!(
        "{claims}thread CPU time of one operation: median, 95 % interval · logarithmic · less is faster"
    );
    let mut sketch = framed(view, title, &subtitle, HEAD_HEIGHT + rows_height + AXIS_HEIGHT);
    let top = sketch.crop_top + HEAD_HEIGHT;
    let bottom = top + rows_height;

    draw_frame(&mut sketch, &columns, &axis, (top, bottom));
    if let Some(fastest) = rows.first() {
        sketch.dashes(axis.at(fastest.cpu_ns.estimate), (top, bottom), 1.0, Ink::Muted);
    }
    let mut y = top + ROW_HEIGHT / 2.0;
    for (row, label) in rows.into_iter().zip(&labels) {
        draw_row(
            &mut sketch,
            &columns,
            &axis,
            (row, label, view.ink(&row.contender)),
            y,
        );
        y += ROW_HEIGHT;
    }
    draw_legend(&mut sketch, &columns, bottom + 46.0);
    Some(sketch)
}

/// Column heads, stripes, grid and the labels of the axis.
fn draw_frame(sketch: &mut Sketch, columns: &Columns, axis: &LogAxis, (top, bottom): (f64, f64)) {
    let head = top - HEAD_HEIGHT / 2.0;
    for (x, text, align) in [
        (columns.label, "contender", Align::Left),
        (columns.value, "CPU time", Align::Right),
        (columns.interval, "95 %", Align::Right),
        (columns.ratio, "ratio", Align::Right),
    ] {
        sketch.text((x, head), text, SMALL_TEXT, align, Ink::Muted);
    }
    let mut stripe = top;
    while stripe < bottom {
        sketch.block((MARGIN / 2.0, stripe), WIDTH - MARGIN, ROW_HEIGHT, Ink::Stripe);
        stripe += 2.0 * ROW_HEIGHT;
    }
    for tick in axis.ticks(56.0) {
        let x = axis.at(tick);
        sketch.vertical(x, (top, bottom + 5.0), 1.0, Ink::Grid);
        let label = format::tick_duration_ns(tick);
        sketch.text((x, bottom + 16.0), label, SMALL_TEXT, Align::Middle, Ink::Muted);
    }
}

fn draw_row(
    sketch: &mut Sketch,
    columns: &Columns,
    axis: &LogAxis,
    (row, label, ink): (&Row, &str, Ink),
    y: f64,
) {
    let mut write = |x, text: String, align, ink| sketch.text((x, y), text, ROW_TEXT, align, ink);
    write(columns.label - 10.0, rank(row), Align::Right, Ink::Muted);
    write(columns.label, label.to_owned(), Align::Left, Ink::Text);
    let time = format::duration_ns(row.cpu_ns.estimate);
    write(columns.value, time, Align::Right, Ink::Text);
    let half = format::interval_half_width(row.cpu_ns);
    write(columns.interval, half, Align::Right, Ink::Muted);
    let ratio = format::ratio(row.ratio.estimate);
    write(columns.ratio, ratio, Align::Right, Ink::Text);

    let middle = y - 3.0;
    if row.launch_medians_ns.len() > 1 {
        for median in &row.launch_medians_ns {
            sketch.vertical(axis.at(*median), (y + 6.0, y + 11.0), 1.0, Ink::Muted);
        }
    }
    let (low, high) = (axis.at(row.cpu_ns.low), axis.at(row.cpu_ns.high));
    whisker(sketch, middle, (low, high), ink);
    sketch.marker((axis.at(row.cpu_ns.estimate), middle), 4.5, ink);
}

fn draw_legend(sketch: &mut Sketch, columns: &Columns, y: f64) {
    let mut x = family_legend(sketch, (columns.label, y));
    whisker(sketch, y, (x, x + 22.0), Ink::Text);
    x += 30.0;
    let note = "95 % interval";
    sketch.text((x, y), note, SMALL_TEXT, Align::Left, Ink::Text);
    x += font::width(note, SMALL_TEXT) + 18.0;
    for step in [0.0, 4.0, 7.0] {
        sketch.vertical(x + step, (y - 3.0, y + 3.0), 1.0, Ink::Muted);
    }
    x += 14.0;
    let note = "median of one launch";
    sketch.text((x, y), note, SMALL_TEXT, Align::Left, Ink::Text);
    x += font::width(note, SMALL_TEXT) + 18.0;
    sketch.dashes(x, (y - 7.0, y + 7.0), 1.0, Ink::Muted);
    sketch.text((x + 8.0, y), "the fastest", SMALL_TEXT, Align::Left, Ink::Text);
}
