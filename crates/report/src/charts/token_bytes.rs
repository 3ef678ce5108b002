//! How long tokens are: bars from nothing, stacked by part.
//!
//! Lengths are exact, so there are no whiskers, and they add up, so the axis
//! is linear and starts at 0. Contenders of one scheme whose tokens agree byte
//! for byte in every part share a bar; the table has them all.

use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::TokenSize;

use super::{Figure, MARGIN, MOST_ROWS, ROW_TEXT, SMALL_TEXT, WIDTH, framed, left_out, token_spread};
use crate::axis::LinearAxis;
use crate::font;
use crate::format;
use crate::palette::Ink;
use crate::sketch::{Align, Sketch, fitted};
use crate::table::{Cell, Table};
use crate::view::{View, slug};

/// Lengths at which something on the way gives up, and what.
const LIMITS: [(u32, &str); 2] = [
    (4096, "4,096: a browser's limit for a cookie"),
    (8192, "8,192: a common limit for a request header"),
];

pub(super) const CAUTION: &str = "A longer token is not a weaker or a stronger one. PASETO writes times as text \
                                  where JWT writes numbers, so its payload is longer for the same claims; \
                                  encrypted tokens have a nonce, and hide what the others show; the id of a \
                                  session is short because its claims stay in a store, which every verifier \
                                  then has to ask. Compression and binary transports are not considered.";

/// For the everyday claims and for the longest a chart of all classes, and for
/// the everyday ones another that divides each token of a class into its parts.
pub(super) fn figures(view: &View<'_>) -> Vec<Figure> {
    let mut anchors: Vec<String> = Vec::new();
    let mut figures = Vec::new();
    for (index, corpus) in view.token_corpora().into_iter().enumerate() {
        let mut anchor = format!("token-bytes-{}", slug(corpus));
        if anchors.contains(&anchor) {
            anchor.push_str("-2");
        }
        anchors.push(anchor.clone());
        figures.push(token_spread::figure(view, corpus, anchor.clone()));
        if index == 0 {
            let of_class = |class| figure(view, corpus, class, &anchor);
            figures.extend(Class::ALL.into_iter().filter_map(of_class));
        }
    }
    figures
}

fn figure(view: &View<'_>, corpus: &str, class: Class, anchor: &str) -> Option<Figure> {
    let bars = bars(view, corpus, class);
    let shortest = bars.iter().map(|bar| bar.token.token_bytes).min()?;
    let longest = bars.iter().map(|bar| bar.token.token_bytes).max()?;
    let title = format!("Token length by part: {}", class.title());
    Some(Figure {
        anchor: format!("{anchor}-{}", class.slug()),
        class: Some(class),
        description: format!(
            "Stacked bars of {}, from {} to {} bytes. All values are in the table below.",
            format::counted(bars.len() as u64, "kind of token", "kinds of token"),
            format::count(shortest.into()),
            format::count(longest.into()),
        ),
        sketch: Some(sketch(view, &title, corpus, &bars)),
        remark: left_out(bars.len()),
        reading: "A bar is one kind of token for the same claims, divided into its parts: the header, the \
                  claims as JSON (in an encrypted token their ciphertext, which is as long), the nonce, the \
                  signature or tag, and what base64url and the dots add. Figures in the bars and at their \
                  ends are bytes; the lengths are exact. Rule lines stand where cookies and headers end, if \
                  a token comes near."
            .to_owned(),
        caution: CAUTION,
        table: Some(table(view, corpus, Some(class))),
        title,
    })
}

/// The token lengths of one corpus, of one class or of all, every contender in
/// a row of its own.
pub(crate) fn table(view: &View<'_>, corpus: &str, class: Option<Class>) -> Table {
    let of_what = class
        .map(|class| format!(", {}", class.title()))
        .unwrap_or_default();
    let mut table = Table::new(
        format!("Token length in bytes, {corpus} claims{of_what}"),
        &[
            "contender",
            "class",
            "token",
            "header",
            "payload",
            "nonce",
            "signature or tag",
            "encoding",
        ],
    );
    let mut tokens: Vec<&TokenSize> = view
        .record
        .tokens
        .iter()
        .filter(|token| token.corpus == corpus && class.is_none_or(|class| token.class == class))
        .collect();
    let place = |class: Class| Class::ALL.iter().position(|of| *of == class);
    tokens.sort_by_key(|token| (place(token.class), token.token_bytes, &token.contender));
    for token in tokens {
        let mut cells = vec![
            Cell::contender(view, &token.contender),
            Cell::text(token.class.title()),
            Cell::number(format::count(token.token_bytes.into())),
        ];
        cells.extend(parts(token).map(|(_, bytes)| Cell::number(format::count(bytes.into()))));
        table.push(cells);
    }
    table
}

/// Tokens that agree in every part.
struct Bar<'a> {
    token: &'a TokenSize,
    label: String,
}

fn parts(token: &TokenSize) -> [(Ink, u32); 5] {
    [
        (Ink::Header, token.anatomy.header_bytes),
        (Ink::Payload, token.anatomy.payload_bytes),
        (Ink::Nonce, token.anatomy.nonce_bytes),
        (Ink::Authentication, token.anatomy.authentication_bytes),
        (Ink::Encoding, token.anatomy.encoding_bytes),
    ]
}

/// The bars of one corpus and class, shortest first.
fn bars<'a>(view: &View<'a>, corpus: &str, class: Class) -> Vec<Bar<'a>> {
    let mut bars: Vec<(Bar<'a>, &str, usize)> = Vec::new();
    let tokens = view.record.tokens.iter();
    for token in tokens.filter(|token| token.corpus == corpus && token.class == class) {
        let scheme = view
            .card(&token.contender)
            .map_or(token.contender.as_str(), |card| card.scheme.as_str());
        let same = bars.iter_mut().find(|(bar, of, _)| {
            *of == scheme && bar.token.token_bytes == token.token_bytes && bar.token.anatomy == token.anatomy
        });
        if let Some((_, _, contenders)) = same {
            *contenders += 1;
        } else {
            let label = scheme.to_owned();
            bars.push((Bar { token, label }, scheme, 1));
        }
    }
    bars.sort_by_key(|(bar, scheme, _)| (bar.token.token_bytes, *scheme));
    bars.into_iter()
        .map(|(mut bar, _, contenders)| {
            if contenders > 1 {
                bar.label = format!("{} ({contenders} contenders)", bar.label);
            }
            bar
        })
        .collect()
}

const ROW_HEIGHT: f64 = 26.0;
const TOP: f64 = 36.0;
const AXIS_HEIGHT: f64 = 68.0;
const WIDEST_LABEL: f64 = 300.0;
const TOTAL_WIDTH: f64 = 76.0;

fn sketch(view: &View<'_>, title: &str, corpus: &str, bars: &[Bar<'_>]) -> Sketch {
    let bars = bars.get(..bars.len().min(MOST_ROWS)).unwrap_or(bars);
    let widest = bars
        .iter()
        .map(|bar| font::width(&bar.label, ROW_TEXT))
        .fold(120.0, f64::max)
        .min(WIDEST_LABEL);
    let plot = (MARGIN + widest + 14.0, WIDTH - MARGIN - TOTAL_WIDTH);
    let longest = bars.iter().map(|bar| f64::from(bar.token.token_bytes));
    let axis = LinearAxis::over(longest, plot.0, plot.1);
    #[allow(clippy::cast_precision_loss)] // at most MOST_ROWS
    let rows_height = bars.len() as f64 * ROW_HEIGHT;
    let mut sketch = framed(
        view,
        title,
        &format!(
            "{corpus} claims · length of the whole token, bytes · linear, from 0 · exact · shorter is less to send"
        ),
        TOP + rows_height + AXIS_HEIGHT,
    );
    let top = sketch.crop_top + TOP;
    let bottom = top + rows_height;
    for tick in axis.ticks(64.0) {
        let x = axis.at(tick);
        sketch.vertical(x, (top, bottom + 5.0), 1.0, Ink::Grid);
        let label = format::tick_count(tick);
        sketch.text((x, bottom + 16.0), label, SMALL_TEXT, Align::Middle, Ink::Muted);
    }
    let mut y = top;
    for bar in bars {
        draw_bar(&mut sketch, &axis, bar, widest, y);
        y += ROW_HEIGHT;
    }
    draw_limits(&mut sketch, &axis, (top, bottom));
    draw_legend(&mut sketch, bottom + 48.0);
    sketch
}

/// Rule lines at the lengths where something gives up, as far as the axis
/// reaches, each named on a line of its own above the plot.
pub(super) fn draw_limits(sketch: &mut Sketch, axis: &LinearAxis, (top, bottom): (f64, f64)) {
    let mut height = top - 11.0;
    for (limit, what) in LIMITS {
        if !axis.holds(f64::from(limit)) {
            continue;
        }
        let x = axis.at(f64::from(limit));
        sketch.vertical(x, (height + 6.0, bottom), 1.5, Ink::Warning);
        // Towards the side that has room.
        let (align, at) = if x > WIDTH / 2.0 {
            (Align::Right, x + 2.0)
        } else {
            (Align::Left, x - 2.0)
        };
        sketch.text((at, height), what, SMALL_TEXT, align, Ink::Warning);
        height -= 15.0;
    }
}

fn draw_bar(sketch: &mut Sketch, axis: &LinearAxis, bar: &Bar<'_>, widest: f64, top: f64) {
    const GAP: f64 = 4.0;
    let middle = top + ROW_HEIGHT / 2.0;
    let label = fitted(&bar.label, ROW_TEXT, widest);
    sketch.text((MARGIN, middle), label, ROW_TEXT, Align::Left, Ink::Text);
    let mut sum = 0.0;
    for (ink, bytes) in parts(bar.token).into_iter().filter(|(_, bytes)| *bytes > 0) {
        let left = axis.at(sum);
        sum += f64::from(bytes);
        let width = axis.at(sum) - left;
        // A sliver of paper between the parts keeps them apart without colour.
        sketch.block(
            (left, top + GAP),
            (width - 1.0).max(0.5),
            ROW_HEIGHT - 2.0 * GAP,
            ink,
        );
        let figure = format::count(bytes.into());
        if font::width(&figure, 11.0) + 6.0 < width {
            sketch.text(
                (left + width / 2.0, middle),
                figure,
                11.0,
                Align::Middle,
                Ink::Paper,
            );
        }
    }
    let total = format!("{} B", format::count(bar.token.token_bytes.into()));
    let end = axis.at(f64::from(bar.token.token_bytes).max(sum));
    sketch.text((end + 8.0, middle), total, ROW_TEXT, Align::Left, Ink::Text);
}

fn draw_legend(sketch: &mut Sketch, y: f64) {
    let mut x = MARGIN;
    for (ink, name) in [
        (Ink::Header, "header"),
        (Ink::Payload, "payload"),
        (Ink::Nonce, "nonce"),
        (Ink::Authentication, "signature or tag"),
        (Ink::Encoding, "base64url and dots"),
    ] {
        sketch.block((x, y - 6.0), 12.0, 12.0, ink);
        sketch.text((x + 18.0, y), name, SMALL_TEXT, Align::Left, Ink::Text);
        x += 18.0 + font::width(name, SMALL_TEXT) + 20.0;
    }
    sketch.text((x, y), "(in this order)", SMALL_TEXT, Align::Left, Ink::Muted);
}

#[cfg(test)]
mod tests {
    use tokenlab_record::analysis::analyse;

    use super::*;
    use crate::charts::synthetic;
    use crate::sketch::Shape;

    #[test]
    fn each_part_is_as_wide_as_it_is_long_and_follows_the_last() {
        let record = synthetic::run(synthetic::Size {
            launches: 1,
            rounds: 1,
            corpora: 1,
            attacks: false,
            crowd: false,
        });
        let analysis = analyse(&record);
        let view = View::new(&record, &analysis);
        let bars = bars(&view, "typical", Class::Signature128);
        assert!(bars.len() > 3, "{}", bars.len());
        let axis = LinearAxis::over([1000.0], 200.0, 900.0);
        let pixels_a_byte = axis.at(1.0) - axis.at(0.0);
        for bar in bars {
            let mut sketch = Sketch::new(WIDTH, 100.0);
            draw_bar(&mut sketch, &axis, &bar, 120.0, 10.0);
            let drawn: Vec<(f64, f64, Ink)> = sketch
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Block { left, width, ink, .. } => Some((*left, *width, *ink)),
                    _ => None,
                })
                .collect();
            let lengths: Vec<(Ink, u32)> = parts(bar.token)
                .into_iter()
                .filter(|(_, bytes)| *bytes > 0)
                .collect();
            assert_eq!(drawn.len(), lengths.len(), "{}", bar.label);
            let mut wanted_left = 200.0;
            for ((left, width, ink), (part, bytes)) in drawn.into_iter().zip(lengths) {
                let wanted_width = f64::from(bytes) * pixels_a_byte;
                assert_eq!(ink, part, "{}", bar.label);
                assert!(
                    (left - wanted_left).abs() < 1e-6,
                    "{} {part:?} at {left}",
                    bar.label
                );
                // Less the sliver of paper.
                assert!(
                    (width + 1.0 - wanted_width).abs() < 1e-6,
                    "{} {part:?} of {width}",
                    bar.label
                );
                wanted_left += wanted_width;
            }
        }
    }
}
