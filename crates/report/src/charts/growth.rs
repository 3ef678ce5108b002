//! What longer claims cost: time over payload bytes, both axes logarithmic.
//!
//! Two dozen lines in one panel teach nothing, so each scheme is drawn once, by
//! its fastest contender on the reference corpus, and at most ten of them; the
//! rule looks at no name. Lines carry their labels at the right end instead of
//! a legend.

use tokenlab_record::analysis::Row;
use tokenlab_record::catalogue::{Class, ContenderId};
use tokenlab_record::measurement::Model;

use super::{Figure, MARGIN, ROW_TEXT, SMALL_TEXT, WIDTH, family_legend, framed};
use crate::axis::LogAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Point, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::{View, capitalised};

/// Loading a key and refusing a signature hardly depend on the claims.
pub(super) const MODELS: [Model; 2] = [Model::Verify, Model::Issue];

/// More lines than this can't be followed by eye.
const MOST_LINES: usize = 10;

const CAUTION: &str = "The corpora differ in shape and not in length alone: a nested one costs more to parse \
                       than a flat one of the same length, so a line need not be smooth, and it says nothing \
                       between or beyond its points. A flat line means that the signature costs so much \
                       that the claims do not matter yet.";

/// One chart for each model and class that was measured on two lengths of claims.
pub(super) fn figures(view: &View<'_>) -> Vec<Figure> {
    Class::ALL
        .into_iter()
        .flat_map(|class| MODELS.map(|model| (model, class)))
        .filter_map(|(model, class)| figure(view, model, class))
        .collect()
}

fn figure(view: &View<'_>, model: Model, class: Class) -> Option<Figure> {
    let title = format!("{}, longer claims: {}", capitalised(model.title()), class.title());
    let schemes = lines(view, model, class);
    let sketch = sketch(
        view,
        &title,
        class,
        schemes.get(..schemes.len().min(MOST_LINES)).unwrap_or(&schemes),
    )?;
    let remark = (schemes.len() > MOST_LINES).then(|| {
        format!(
            "The chart shows the fastest {MOST_LINES} of {} schemes; the others are in the table.",
            schemes.len()
        )
    });
    Some(Figure {
        anchor: format!("growth-{}-{}", model.slug(), class.slug()),
        class: Some(class),
        description: format!(
            "Line chart of time over length of the claims for {}. All values are in the table below.",
            format::counted(schemes.len().min(MOST_LINES) as u64, "scheme", "schemes"),
        ),
        remark,
        reading: "A line is a scheme, shown by its fastest contender; a point is a corpus. To the right the \
                  claims grow, upwards the time does. On two logarithmic axes a slope of one means that \
                  twice the bytes take twice the time, and a flat line that length is free."
            .to_owned(),
        caution: CAUTION,
        table: Some(table(view, model, class)),
        sketch: Some(sketch),
        title,
    })
}

/// One contender over the corpora, shortest claims first.
struct Line<'a> {
    contender: &'a ContenderId,
    points: Vec<(f64, f64)>,
}

/// Every scheme by its fastest contender, fastest first, where it has two points.
fn lines<'a>(view: &View<'a>, model: Model, class: Class) -> Vec<Line<'a>> {
    let Some(reference) = view.main_ranking(model, class) else {
        return Vec::new();
    };
    let mut seen: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    for row in &reference.rows {
        let scheme = view
            .card(&row.contender)
            .map_or(row.contender.as_str(), |card| card.scheme.as_str());
        if seen.contains(&scheme) {
            continue;
        }
        let line = line(view, model, class, &row.contender);
        if line.points.len() > 1 {
            seen.push(scheme);
            lines.push(line);
        }
    }
    lines
}

fn line<'a>(view: &View<'a>, model: Model, class: Class, contender: &'a ContenderId) -> Line<'a> {
    let mut points: Vec<(f64, f64)> = view
        .rankings(model)
        .filter(|ranking| ranking.group.class == class)
        .filter_map(|ranking| {
            let row = ranking.rows.iter().find(|row| row.contender == *contender)?;
            let token = view.token(contender, &ranking.group.corpus)?;
            Some((f64::from(token.anatomy.payload_bytes), row.cpu_ns.estimate))
        })
        .filter(|(bytes, ns)| *bytes > 0.0 && *ns > 0.0 && ns.is_finite())
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    Line { contender, points }
}

/// Corpora of a model and class, by the shortest payload that any contender has.
fn corpora<'a>(view: &View<'a>, model: Model, class: Class) -> Vec<(&'a str, Option<u32>)> {
    let mut corpora: Vec<(&str, Option<u32>)> = view
        .rankings(model)
        .filter(|ranking| ranking.group.class == class)
        .map(|ranking| {
            let corpus = ranking.group.corpus.as_str();
            let bytes = view
                .record
                .tokens
                .iter()
                .filter(|token| token.corpus == corpus && token.class == class)
                .map(|token| token.anatomy.payload_bytes)
                .min();
            (corpus, bytes)
        })
        .collect();
    corpora.sort_by_key(|(corpus, bytes)| (*bytes, *corpus));
    corpora.dedup();
    corpora
}

fn table(view: &View<'_>, model: Model, class: Class) -> Table {
    let corpora = corpora(view, model, class);
    let heads: Vec<String> = corpora
        .iter()
        .map(|(corpus, bytes)| match bytes {
            Some(bytes) => format!("{corpus} ({} B)", format::count((*bytes).into())),
            None => (*corpus).to_owned(),
        })
        .collect();
    let mut columns = vec!["contender"];
    columns.extend(heads.iter().map(String::as_str));
    let mut table = Table::new(
        format!(
            "{}, {}: {} by claims, with the shortest payload of each",
            capitalised(model.title()),
            class.title(),
            format::clock_head(class)
        ),
        &columns,
    );
    let of_class = |corpus: &str| view.ranking(model, class, corpus);
    let mut contenders: Vec<&ContenderId> = Vec::new();
    let rows = corpora.iter().filter_map(|(corpus, _)| of_class(corpus));
    for row in rows.flat_map(|ranking| &ranking.rows) {
        if !contenders.contains(&&row.contender) {
            contenders.push(&row.contender);
        }
    }
    for contender in contenders {
        let mut cells = vec![Cell::contender(view, contender)];
        cells.extend(corpora.iter().map(|(corpus, _)| {
            let row: Option<&Row> = of_class(corpus)
                .and_then(|ranking| ranking.rows.iter().find(|row| row.contender == *contender));
            Cell::number(row.map_or_else(
                || "not measured".to_owned(),
                |row| format::duration_ns(row.cpu_ns.estimate),
            ))
        }));
        table.push(cells);
    }
    table
}

const PLOT_HEIGHT: f64 = 340.0;
const TOP: f64 = 14.0;
const AXIS_HEIGHT: f64 = 78.0;
const WIDEST_LABEL: f64 = 270.0;
const LABEL_PITCH: f64 = 17.0;

fn sketch(view: &View<'_>, title: &str, class: Class, lines: &[Line<'_>]) -> Option<Sketch> {
    let points = || lines.iter().flat_map(|line| line.points.iter().copied());
    let mut sketch = framed(
        view,
        title,
        &format!(
            "{} of one operation over bytes of claims · both logarithmic · the fastest contender of each scheme",
            class.clock()
        ),
        TOP + PLOT_HEIGHT + AXIS_HEIGHT,
    );
    let top = sketch.crop_top + TOP;
    let bottom = top + PLOT_HEIGHT;
    let labels: Vec<String> = lines
        .iter()
        .map(|line| fitted(line.contender.as_str(), ROW_TEXT, WIDEST_LABEL))
        .collect();
    let widest = labels
        .iter()
        .map(|label| font::width(label, ROW_TEXT))
        .fold(0.0, f64::max);
    let (left, right) = (MARGIN + 66.0, WIDTH - MARGIN - widest - 48.0);
    let x = LogAxis::over(points().map(|(bytes, _)| bytes), left, right)?;
    let y = LogAxis::over(points().map(|(_, ns)| ns), bottom, top)?;

    for tick in x.ticks(60.0) {
        sketch.vertical(x.at(tick), (top, bottom), 1.0, Ink::Grid);
        let label = format!("{} B", format::tick_count(tick));
        sketch.text(
            (x.at(tick), bottom + 14.0),
            label,
            SMALL_TEXT,
            Align::Middle,
            Ink::Muted,
        );
    }
    for tick in y.ticks(34.0) {
        sketch.horizontal(y.at(tick), (left, right), 1.0, Ink::Grid);
        let label = format::tick_duration_ns(tick);
        sketch.text(
            (left - 8.0, y.at(tick)),
            label,
            SMALL_TEXT,
            Align::Right,
            Ink::Muted,
        );
    }
    let middle = (left + right) / 2.0;
    sketch.text(
        (middle, bottom + 34.0),
        "length of the claims as JSON",
        SMALL_TEXT,
        Align::Middle,
        Ink::Muted,
    );

    let ends: Vec<f64> = lines
        .iter()
        .filter_map(|line| line.points.last())
        .map(|(_, ns)| y.at(*ns))
        .collect();
    let heights = spread(&ends, (top, bottom));
    for ((line, label), height) in lines.iter().zip(labels).zip(heights) {
        let ink = view.ink(line.contender);
        let places: Vec<Point> = line
            .points
            .iter()
            .map(|(bytes, ns)| (x.at(*bytes), y.at(*ns)))
            .collect();
        if let Some(end) = places.last() {
            sketch.path(
                vec![*end, (right + 12.0, end.1), (right + 26.0, height)],
                1.0,
                Ink::Muted,
            );
        }
        for place in &places {
            sketch.marker(*place, 4.0, ink);
        }
        sketch.path(places, 2.0, ink);
        sketch.marker((right + 36.0, height), 4.0, ink);
        sketch.text((right + 46.0, height), label, ROW_TEXT, Align::Left, Ink::Text);
    }
    let inks: Vec<Ink> = lines.iter().map(|line| view.ink(line.contender)).collect();
    let end = family_legend(&mut sketch, (left, bottom + 60.0), &inks);
    let note = "a point is a corpus";
    if end + font::width(note, SMALL_TEXT) < WIDTH {
        sketch.text((end, bottom + 60.0), note, SMALL_TEXT, Align::Left, Ink::Muted);
    }
    Some(sketch)
}

/// Heights for labels as near to `wanted` as they can be without touching, in
/// the order of `wanted`.
fn spread(wanted: &[f64], (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut places: Vec<(usize, f64)> = wanted.iter().copied().enumerate().collect();
    places.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut floor = top;
    for (_, place) in &mut places {
        *place = place.max(floor);
        floor = *place + LABEL_PITCH;
    }
    let mut ceiling = bottom;
    for (_, place) in places.iter_mut().rev() {
        *place = place.min(ceiling);
        ceiling = *place - LABEL_PITCH;
    }
    places.sort_by_key(|(index, _)| *index);
    places.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_order_and_their_distance() {
        let wanted = [100.0, 101.0, 340.0, 339.0, 99.0];
        let places = spread(&wanted, (0.0, 340.0));
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
        for pair in order.windows(2) {
            assert!(
                places[pair[1]] - places[pair[0]] >= LABEL_PITCH - 1e-9,
                "{places:?}"
            );
        }
        assert!(
            places.iter().all(|place| (0.0..=340.0).contains(place)),
            "{places:?}"
        );
    }

    #[test]
    fn a_label_that_has_room_stays_where_it_wants() {
        assert_eq!(spread(&[10.0, 100.0], (0.0, 200.0)), [10.0, 100.0]);
    }
}
