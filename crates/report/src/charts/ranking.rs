//! Who is fastest: a sorted dot plot of one class, with whiskers.
//!
//! The axis is logarithmic, since a class spans up to two orders of magnitude
//! and ratios are what is compared.

use tokenlab_record::analysis::{Ranking, Row};
use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::Model;

use super::ranking_text::{caution, description, reading};
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

/// The chart of one model and class on its main corpus; `None` if nothing was
/// measured there.
pub(super) fn figure(view: &View<'_>, model: Model, class: Class) -> Option<Figure> {
    let ranking = view
        .main_ranking(model, class)
        .filter(|ranking| !ranking.rows.is_empty() || !ranking.failed.is_empty())?;
    let title = format!("{}: {}", capitalised(model.title()), class.title());
    let sketch = sketch(view, &title, ranking);
    Some(Figure {
        anchor: format!("{}-{}", model.slug(), class.slug()),
        class: Some(class),
        description: description(ranking),
        remark: match &sketch {
            Some(_) => remark(ranking),
            None => {
                Some("No chart: every contender of this class failed here; the table says why.".to_owned())
            }
        },
        sketch,
        reading: reading(ranking),
        caution: caution(model, class),
        table: Some(table(view, ranking)),
        title,
    })
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
    let two_levels = ranking.rows.iter().filter(|row| row.modes().is_some()).count() as u64;
    let modes = (two_levels > 0).then(|| {
        format!(
            "The launches of {} keep to two levels, by where the program came to lie in memory; each level has \
             its mark, and their middle is a time that nobody would see.",
            format::counted(two_levels, "contender", "contenders")
        )
    });
    let left_out = left_out(ranking.rows.len());
    let remarks: Vec<String> = left_out.into_iter().chain(failures).chain(modes).collect();
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
            format::clock_head(group.class),
            "95 %",
            "wall time, middle",
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
            Cell::number(time(row)),
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

/// The middle, or the two levels with the share of launches on the slower one.
fn time(row: &Row) -> String {
    row.modes().map_or_else(
        || format::duration_ns(row.cpu_ns.estimate),
        |modes| {
            format!(
                "{} or, in {} of launches, {}",
                format::duration_ns(modes.fast_ns),
                format::percent(modes.slow_share),
                format::duration_ns(modes.slow_ns)
            )
        },
    )
}

fn rank(row: &Row) -> String {
    format!("{}{}", row.rank, if row.tied { "=" } else { "" })
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
        "{claims}{} of one operation: median, 95 % interval · logarithmic · less is faster",
        ranking.group.class.clock()
    );
    let mut sketch = framed(view, title, &subtitle, HEAD_HEIGHT + rows_height + AXIS_HEIGHT);
    let top = sketch.crop_top + HEAD_HEIGHT;
    let bottom = top + rows_height;

    let head = format::clock_head(ranking.group.class);
    draw_frame(&mut sketch, &columns, &axis, (top, bottom), head);
    if let Some(fastest) = rows.first() {
        sketch.dashes(axis.at(fastest.cpu_ns.estimate), (top, bottom), 1.0, Ink::Muted);
    }
    let inks: Vec<Ink> = rows.iter().map(|row| view.ink(&row.contender)).collect();
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
    draw_legend(&mut sketch, &columns, bottom + 46.0, &inks);
    Some(sketch)
}

/// Column heads, stripes, grid and the labels of the axis.
fn draw_frame(
    sketch: &mut Sketch,
    columns: &Columns,
    axis: &LogAxis,
    (top, bottom): (f64, f64),
    clock: &str,
) {
    let head = top - HEAD_HEIGHT / 2.0;
    for (x, text, align) in [
        (columns.label, "contender", Align::Left),
        (columns.value, clock, Align::Right),
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
    let (time, spread) = match row.modes() {
        None => (
            format::duration_ns(row.cpu_ns.estimate),
            format::interval_half_width(row.cpu_ns),
        ),
        Some(modes) => (
            format::duration_ns(modes.fast_ns),
            format!("or {}", format::duration_ns(modes.slow_ns)),
        ),
    };
    write(columns.value, time, Align::Right, Ink::Text);
    write(columns.interval, spread, Align::Right, Ink::Muted);
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
    match row.modes() {
        None => sketch.marker((axis.at(row.cpu_ns.estimate), middle), 4.5, ink),
        Some(modes) => {
            for level in [modes.fast_ns, modes.slow_ns] {
                sketch.marker((axis.at(level), middle), 4.5, ink);
            }
        }
    }
}

fn draw_legend(sketch: &mut Sketch, columns: &Columns, y: f64, inks: &[Ink]) {
    let mut x = family_legend(sketch, (columns.label, y), inks);
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

#[cfg(test)]
mod tests {
    use tokenlab_record::analysis::Analysis;
    use tokenlab_record::catalogue::{ContenderId, Family};
    use tokenlab_record::measurement::Group;
    use tokenlab_record::stats::Interval;

    use super::*;
    use crate::charts::synthetic;
    use crate::sketch::Shape;

    #[test]
    fn a_legend_names_the_families_that_occur_and_no_other() {
        let record = synthetic::run(synthetic::Size {
            launches: 2,
            rounds: 5,
            corpora: 1,
            attacks: false,
            crowd: false,
        });
        let analysis = tokenlab_record::analysis::analyse(&record);
        let view = View::new(&record, &analysis);
        for (class, families) in [
            (Class::Mac, &["JWT"][..]),
            (Class::Aead, &["JWE", "PASETO"]),
            (Class::Signature128, &["JWT", "PASETO"]),
            (Class::Capability, &["Biscuit"]),
            (Class::Session, &["session"]),
        ] {
            let figure = figure(&view, Model::Verify, class).expect("every class was measured");
            let shapes = figure.sketch.expect("and has a chart").shapes;
            let named: Vec<&str> = shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Text(label) => Some(label.text.as_str()),
                    _ => None,
                })
                .filter(|text| Family::ALL.iter().any(|family| family.title() == *text))
                .collect();
            assert_eq!(named, families, "{class:?}");
        }
    }

    #[test]
    fn equal_ratios_are_equal_distances_and_whiskers_reach_their_ends() {
        let row = |id: &str, ns: f64| Row {
            contender: ContenderId::new(id),
            rank: 1,
            tied: false,
            cpu_ns: Interval {
                low: ns / 2.0,
                estimate: ns,
                high: ns * 2.0,
            },
            wall_ns: ns,
            ratio: Interval::exact(ns / 100.0),
            launches: 1,
            launch_medians_ns: Vec::new(),
        };
        let ranking = Ranking {
            group: Group {
                model: Model::Verify,
                corpus: "typical".into(),
                class: Class::Mac,
            },
            rows: vec![
                row("jsonwebtoken/HS256+aws-lc", 100.0),
                row("jsonwebtoken/HS384+aws-lc", 1_000.0),
                row("jsonwebtoken/HS512+aws-lc", 10_000.0),
            ],
            failed: Vec::new(),
        };
        let record = synthetic::run(synthetic::Size {
            launches: 1,
            rounds: 1,
            corpora: 1,
            attacks: false,
            crowd: false,
        });
        let analysis = Analysis {
            rankings: Vec::new(),
            twins: Vec::new(),
            planted: Vec::new(),
            noisy: Vec::new(),
            noise: tokenlab_record::analysis::Noise::default(),
            agreements: Vec::new(),
        };
        let sketch = sketch(&View::new(&record, &analysis), "title", &ranking).expect("a chart");
        let legend = sketch.height - sketch.crop_bottom - 30.0;
        let markers: Vec<(f64, f64)> = sketch
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Disc { centre, .. } if centre.1 < legend => Some(*centre),
                _ => None,
            })
            .collect();
        let [(first, _), (second, _), (third, _)] = markers[..] else {
            panic!("three rows, {} markers", markers.len());
        };
        let decade = second - first;
        assert!(decade > 50.0, "{markers:?}");
        assert!((third - second - decade).abs() < 1e-6, "{markers:?}");
        // From half to twice the estimate is log10(4) of a decade.
        let whiskers: Vec<f64> = sketch
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Block {
                    top,
                    width,
                    ink: Ink::Jwt,
                    ..
                } if *top < legend && *width > 3.0 => Some(*width),
                _ => None,
            })
            .collect();
        assert_eq!(whiskers.len(), 3, "{whiskers:?}");
        for whisker in whiskers {
            assert!(
                (whisker - decade * 4_f64.log10()).abs() < 1e-6,
                "{whisker} of {decade}"
            );
        }
    }
}
