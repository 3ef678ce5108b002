//! The report: charts, tables and one page, drawn from a record.
//!
//! [`render`] is a function of a [`RunRecord`] and nothing else: it measures
//! nothing, reads no clock and no file, and the same record gives the same
//! bytes. So a page can be drawn again years later from committed lines, and
//! an old run gets whatever newer charts exist. [`render_comparison`] does the
//! same for two runs.
//!
//! The page is one file without script or network; the attacks have pages of
//! their own in a folder beside it. Its charts are drawn by
//! plotters, once as SVG into the page, where they follow the reader's colour
//! scheme, and once as PNG beside it. Rankings never cross a class: there is a
//! chart for each class that was measured, each with its own axis.
//!
//! * [`mod@format`], [`compared`]: numbers and words for readers, shared with
//!   the terminal.
//! * `view`: the record with the questions that every section asks of it; `matrix`:
//!   its attacks.
//! * `charts`: one kind of chart a file, each a list of shapes (`sketch`).
//! * `paint`, `palette`, `font`: from shapes to SVG and PNG.
//! * `page`, `table`, `export`: HTML, CSV, JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use tokenlab_record::analysis::{Analysis, analyse};
use tokenlab_record::compare::Comparison;
use tokenlab_record::run::RunRecord;
use tokenlab_record::study::Study;

mod axis;
mod charts;
pub mod compared;
mod export;
mod font;
pub mod format;
mod matrix;
mod page;
mod paint;
mod palette;
mod sketch;
mod table;
mod view;
pub mod web;

use charts::Figure;
use sketch::Sketch;
use view::View;

/// What [`render`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The page.
    pub index: PathBuf,
    /// The attack matrix and the attacks, a page each; none if no attack was run.
    pub attacks: Vec<PathBuf>,
    /// The charts as PNG, in the order of the page.
    pub charts: Vec<PathBuf>,
    /// The tables as CSV; none of a run that timed nothing.
    pub csv: Vec<PathBuf>,
    /// The rankings in Bencher Metric Format, if anything was to be timed.
    pub bencher: Option<PathBuf>,
}

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The file system refused.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A chart could not be drawn or encoded.
    #[error("cannot draw {}: {problem}", path.display())]
    Draw {
        /// Which file it was to become.
        path: PathBuf,
        /// In the words of the drawing library.
        problem: String,
    },
    /// A table could not be encoded.
    #[error("cannot write {} as CSV: {source}", path.display())]
    Csv {
        /// Which file it was to become.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
}

/// Renders everything into `folder`, which exists and holds the run's raw
/// files: `index.html`, the folder `attacks` with a page for each and one for
/// all, a PNG for each chart, `measurements.csv`, `tokens.csv`, `bencher.json`.
///
/// # Errors
/// [`ReportError`], by the file that could not be made. Every record renders;
/// what it lacks is said on the page.
pub fn render(record: &RunRecord, folder: &Path) -> Result<Rendered, ReportError> {
    render_analysed(record, &analyse(record), folder)
}

/// [`render`] for an analysis that is at hand already; it must be the record's own.
///
/// # Errors
/// As [`render`].
pub fn render_analysed(
    record: &RunRecord,
    analysis: &Analysis,
    folder: &Path,
) -> Result<Rendered, ReportError> {
    let view = View::new(record, analysis);
    let index = folder.join("index.html");
    if !record.manifest.measures() {
        write(&index, page::html(&view, &[]).into_string().as_bytes())?;
        return Ok(Rendered {
            index,
            attacks: write_attacks(&view, folder)?,
            charts: Vec::new(),
            csv: Vec::new(),
            bencher: None,
        });
    }
    let sections = charts::sections(&view);
    write(&index, page::html(&view, &sections).into_string().as_bytes())?;
    let attacks = write_attacks(&view, folder)?;

    let charts = pictures(sections.iter().flat_map(|section| &section.figures), folder)?;

    let mut csv = Vec::new();
    for (name, table) in [
        (export::MEASUREMENTS, export::measurements(&view)),
        (export::TOKENS, export::tokens(&view)),
    ] {
        let path = folder.join(name);
        let bytes = table.map_err(|source| ReportError::Csv {
            path: path.clone(),
            source,
        })?;
        write(&path, &bytes)?;
        csv.push(path);
    }
    let bencher = folder.join(export::bencher::BENCHER);
    write(&bencher, &export::bencher::metrics(&view))?;
    Ok(Rendered {
        index,
        attacks,
        charts,
        csv,
        bencher: Some(bencher),
    })
}

/// The pages about attacks, as they would be written below the folder of the
/// run: the path of each, and the page.
#[must_use]
pub fn attack_pages(record: &RunRecord, analysis: &Analysis) -> Vec<(String, String)> {
    attacks_of(&View::new(record, analysis))
}

fn attacks_of(view: &View<'_>) -> Vec<(String, String)> {
    use page::matrix::{FOLDER, INDEX};
    if view.matrix.is_empty() {
        return Vec::new();
    }
    let all = (
        format!("{FOLDER}/{INDEX}"),
        page::matrix::html(view).into_string(),
    );
    let each = view.matrix.attacks.iter().map(|attack| {
        let page = page::attack::html(view, attack).into_string();
        (format!("{FOLDER}/{}", attack.page), page)
    });
    [all].into_iter().chain(each).collect()
}

fn write_attacks(view: &View<'_>, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let pages = attacks_of(view);
    if !pages.is_empty() {
        let path = folder.join(page::matrix::FOLDER);
        fs::create_dir_all(&path).map_err(|source| ReportError::Write { path, source })?;
    }
    pages
        .into_iter()
        .map(|(name, html)| {
            let path = folder.join(name);
            write(&path, html.as_bytes())?;
            Ok(path)
        })
        .collect()
}

/// The page alone, as it would be written to `index.html`.
#[must_use]
pub fn page_html(record: &RunRecord, analysis: &Analysis) -> String {
    let view = View::new(record, analysis);
    page::html(&view, &charts::sections(&view)).into_string()
}

/// What [`render_comparison`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedComparison {
    /// The page.
    pub page: PathBuf,
    /// The charts as PNG, in the order of the page.
    pub charts: Vec<PathBuf>,
}

/// Renders two runs side by side into `folder`, which exists: `compare.html`
/// and a PNG for each chart.
///
/// # Errors
/// [`ReportError`], by the file that could not be made.
pub fn render_comparison(comparison: &Comparison, folder: &Path) -> Result<RenderedComparison, ReportError> {
    let figures = charts::comparison::figures(comparison);
    let page = folder.join("compare.html");
    let html = page::comparison::html(comparison, &figures).into_string();
    write(&page, html.as_bytes())?;
    Ok(RenderedComparison {
        page,
        charts: pictures(&figures, folder)?,
    })
}

/// The page of two runs alone, as it would be written to `compare.html`.
#[must_use]
pub fn comparison_html(comparison: &Comparison) -> String {
    page::comparison::html(comparison, &charts::comparison::figures(comparison)).into_string()
}

/// What [`render_studies`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedStudies {
    /// The page.
    pub page: PathBuf,
    /// The charts as PNG, in the order of the page.
    pub charts: Vec<PathBuf>,
}

/// Renders studies into `folder`, which exists: `index.html` and a PNG for each chart.
///
/// # Errors
/// [`ReportError`], by the file that could not be made.
pub fn render_studies(studies: &[Study], folder: &Path) -> Result<RenderedStudies, ReportError> {
    let drawn: Vec<(&Study, Vec<Figure>)> = studies
        .iter()
        .map(|study| (study, charts::study::figures(study)))
        .collect();
    let page = folder.join("index.html");
    write(&page, page::study::html(&drawn).into_string().as_bytes())?;
    let figures = drawn.iter().flat_map(|(_, figures)| figures);
    Ok(RenderedStudies {
        page,
        charts: pictures(figures, folder)?,
    })
}

fn pictures<'a>(
    figures: impl IntoIterator<Item = &'a Figure>,
    folder: &Path,
) -> Result<Vec<PathBuf>, ReportError> {
    let wanted: Vec<(PathBuf, &Sketch)> = figures
        .into_iter()
        .filter_map(|figure| Some((folder.join(figure.png_name()), figure.sketch.as_ref()?)))
        .collect();
    // Pictures are most of the work of a page, and know nothing of each other.
    let painters = thread::available_parallelism().map_or(1, usize::from);
    let share = wanted.len().div_ceil(painters).max(1);
    thread::scope(|scope| {
        let painting: Vec<_> = wanted
            .chunks(share)
            .map(|share| scope.spawn(|| share.iter().try_for_each(|(path, sketch)| picture(path, sketch))))
            .collect();
        painting.into_iter().try_for_each(|painter| {
            painter
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    Ok(wanted.into_iter().map(|(path, _)| path).collect())
}

fn picture(path: &Path, sketch: &Sketch) -> Result<(), ReportError> {
    let bytes = paint::png(sketch).map_err(|problem| ReportError::Draw {
        path: path.to_owned(),
        problem,
    })?;
    write(path, &bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    fs::write(path, bytes).map_err(|source| ReportError::Write {
        path: path.to_owned(),
        source,
    })
}
