//! The page as a document, and the files beside it.
#![allow(clippy::panic, clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reader::{element, invented, page};
use tokenlab_record::analysis::analyse;
use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::run::ATTACKS_ONLY;
use tokenlab_report::{Rendered, attack_pages, page_html, render_analysed};

mod reader;

use reader::synthetic;

/// Every value of an attribute.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split(&format!(" {name}=\""))
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
        .collect()
}

/// The files below a folder.
fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.insert(path);
        }
    }
    files
}

/// All that was written, as it says itself.
fn listed(rendered: &Rendered) -> Vec<PathBuf> {
    let mut files = vec![rendered.index.clone()];
    for more in [&rendered.attacks, &rendered.charts, &rendered.csv] {
        files.extend_from_slice(more);
    }
    files.extend(rendered.bencher.clone());
    files
}

#[test]
fn everything_that_is_written_is_listed_and_everything_linked_is_there() {
    let (record, analysis) = invented();
    let folder = tempfile::tempdir().unwrap();
    let rendered = render_analysed(&record, &analysis, folder.path()).unwrap();
    assert_eq!(
        files_below(folder.path()),
        listed(&rendered).into_iter().collect()
    );
    for chart in &rendered.charts {
        let bytes = std::fs::read(chart).unwrap();
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{}", chart.display());
    }

    let html = std::fs::read_to_string(&rendered.index).unwrap();
    let links: BTreeSet<&str> = attributes(&html, "href").into_iter().collect();
    for file in rendered
        .charts
        .iter()
        .chain(&rendered.csv)
        .chain(&rendered.bencher)
    {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(links.contains(name), "{name} is not linked");
    }
    let raw = [
        "run.json",
        "environment.json",
        "catalogue.json",
        "measurements.jsonl",
        "canaries.jsonl",
        "floors.jsonl",
        "tokens.jsonl",
        "refusals.jsonl",
        "allocations.jsonl",
        "second-opinion.jsonl",
        "transcripts.jsonl",
        "sources.jsonl",
        "vectors.jsonl",
    ];
    for page in [&rendered.index].into_iter().chain(&rendered.attacks) {
        let html = std::fs::read_to_string(page).unwrap();
        for link in attributes(&html, "href") {
            if link.starts_with("https://") || raw.contains(&link) {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let there = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            let there = std::fs::read_to_string(&there)
                .map(|there| anchor.is_empty() || there.contains(&format!(" id=\"{anchor}\"")))
                .unwrap_or_else(|_| there.is_file());
            assert!(there, "{}: {link} leads nowhere", page.display());
        }
    }
}

#[test]
fn every_cell_of_the_matrix_leads_to_its_transcript() {
    let (record, analysis) = invented();
    let pages = attack_pages(&record, &analysis);
    let (name, matrix) = &pages[0];
    assert_eq!(name, "attacks/index.html");
    for card in &record.catalogue.attacks {
        let page = format!("attacks/{}.html", card.id);
        let (_, html) = pages.iter().find(|(name, _)| *name == page).unwrap();
        let anchors = attributes(html, "id");
        let links = attributes(matrix, "href");
        let cells = links
            .iter()
            .filter_map(|link| link.strip_prefix(&format!("{}.html#", card.id)));
        let cells: BTreeSet<&str> = cells.collect();
        assert_eq!(
            cells.len(),
            record.catalogue.targets.len(),
            "{}: a cell leads nowhere",
            card.id
        );
        assert!(cells.iter().all(|cell| anchors.contains(cell)), "{}", card.id);
    }
}

#[test]
fn a_run_that_only_attacked_has_a_page_without_empty_charts() {
    let (mut record, _) = invented();
    record.manifest.profile = ATTACKS_ONLY.into();
    record.manifest.groups.clear();
    record.measurements.clear();
    record.canaries.clear();
    record.tokens.clear();
    let analysis = analyse(&record);
    let folder = tempfile::tempdir().unwrap();
    let rendered = render_analysed(&record, &analysis, folder.path()).unwrap();
    assert_eq!(
        files_below(folder.path()),
        listed(&rendered).into_iter().collect()
    );
    assert_eq!(rendered.attacks.len(), 1 + record.catalogue.attacks.len());
    assert!(rendered.charts.is_empty() && rendered.csv.is_empty() && rendered.bencher.is_none());
    let html = std::fs::read_to_string(&rendered.index).unwrap();
    assert!(html.contains("<section id=\"attacks\""));
    for absent in ["<article", "id=\"verdict\"", "measurements.csv", "No chart"] {
        assert!(!html.contains(absent), "{absent}");
    }
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let (record, analysis) = invented();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let rendered = folders
        .each_ref()
        .map(|folder| render_analysed(&record, &analysis, folder.path()).unwrap());
    let [first, second] = rendered.each_ref().map(listed);
    for (a, b) in first.iter().zip(&second) {
        assert_eq!(a.file_name(), b.file_name());
        assert_eq!(
            std::fs::read(a).unwrap(),
            std::fs::read(b).unwrap(),
            "{}",
            b.display()
        );
    }
}

#[test]
fn a_folder_that_can_not_be_written_is_named() {
    let (record, analysis) = invented();
    let folder = tempfile::tempdir().unwrap();
    let error = render_analysed(&record, &analysis, &folder.path().join("absent")).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("absent/index.html"), "{message}");
}

#[test]
fn the_page_fetches_nothing_and_runs_nothing() {
    let html = page();
    for forbidden in [
        "<script", "<iframe", "<link", "http:", "https:", "url(", "@import", " src=",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
}

#[test]
fn the_pages_about_attacks_fetch_nothing_and_lead_to_known_sites_alone() {
    let (record, analysis) = invented();
    for (name, html) in attack_pages(&record, &analysis) {
        for forbidden in [
            "<script", "<iframe", "<link", "http:", "url(", "@import", " src=", " style=",
        ] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
        for link in attributes(&html, "href")
            .into_iter()
            .filter(|link| link.contains("//"))
        {
            let known = [
                "https://www.rfc-editor.org/",
                "https://www.cve.org/",
                "https://cwe.mitre.org/",
            ];
            assert!(known.iter().any(|site| link.starts_with(site)), "{name}: {link}");
        }
    }
}

#[test]
fn what_a_screen_reader_goes_by_is_there_and_unique() {
    let (record, analysis) = invented();
    accessible("index.html", &page(), 1);
    for (name, html) in attack_pages(&record, &analysis) {
        accessible(&name, &html, 2);
    }
}

/// Landmarks, names and ids of a page; it has so many kinds of navigation.
fn accessible(name: &str, html: &str, navigations: usize) {
    assert!(html.contains("<html lang=\"en\">"));
    assert_eq!(html.matches("<h1").count(), 1);
    for landmark in ["<header", "<main", "<footer"] {
        assert_eq!(html.matches(landmark).count(), 1, "{name}: {landmark}");
    }
    assert_eq!(html.matches("<nav").count(), navigations, "{name}");
    let ids = attributes(html, "id");
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "{name}: an id occurs twice");
    for names in attributes(html, "aria-labelledby") {
        for name in names.split_whitespace() {
            assert!(distinct.contains(name), "{name} names nothing");
        }
    }
    let labels = attributes(html, "aria-label");
    assert_eq!(
        labels.iter().collect::<BTreeSet<_>>().len(),
        labels.len(),
        "{name}: two regions of one name: {labels:?}"
    );
    let regions = html.matches("role=\"region\"").count();
    assert_eq!(
        html.matches("tabindex=\"0\" role=\"region\" aria-label=").count(),
        regions
    );
    assert_eq!(html.matches("<svg").count(), html.matches("<svg viewBox").count());
    assert_eq!(html.matches("<svg").count(), html.matches("<title id=").count());
    assert_eq!(html.matches("<svg").count(), html.matches("<desc id=").count());
}

#[test]
fn under_each_chart_stand_its_explanation_its_data_and_its_command() {
    let (record, _) = invented();
    let html = page();
    let mut charts = 0;
    for anchor in attributes(&html, "id") {
        if !html.contains(&format!("<article id=\"{anchor}\"")) {
            continue;
        }
        let article = element(&html, "article", anchor);
        if !article.contains("<svg") {
            assert!(article.contains("No chart"), "{anchor} is empty without a word");
            continue;
        }
        charts += 1;
        for part in [
            "How to read it.",
            "What not to conclude.",
            "<table>",
            &record.manifest.command,
        ] {
            assert!(article.contains(part), "{anchor} lacks {part:?}");
        }
        // The run may have any name and stand anywhere.
        assert!(article.contains("<code>tokenlab report .</code>"), "{anchor}");
    }
    // Four models in ten classes, five more of capabilities and two of sessions;
    // the refusals and two kinds of growth in ten classes, three figures of
    // allocations in each; two charts of floors for two models in the nine classes
    // that have them, the format tax of two models, the lengths of two corpora and
    // of ten classes by part, the second instrument, the twins.
    let ranked = 4 * 10 + 5 + 2;
    let by_class = 10 + 2 * 10 + 3 * 10;
    assert_eq!(charts, ranked + by_class + 2 * 2 * 9 + 2 + (2 + 10) + 1 + 1);
}

#[test]
fn a_page_of_more_than_a_hundred_contenders_is_bounded() {
    let record = synthetic::run(synthetic::Size {
        launches: 2,
        rounds: 6,
        corpora: 2,
        attacks: true,
        crowd: true,
    });
    let contenders = record.catalogue.contenders.len();
    assert!(contenders > 100, "{contenders}");
    let html = page_html(&record, &analyse(&record));
    let megabytes = html.len() / 1_000_000;
    assert!(megabytes < 8, "{megabytes} MB");
    for (name, html) in attack_pages(&record, &analyse(&record)) {
        assert!(html.len() < 1_000_000, "{name}: {} bytes", html.len());
    }
    // Each contender has a row somewhere, whatever a chart leaves out.
    for card in &record.catalogue.contenders {
        assert!(html.contains(&format!("<code>{}</code>", card.id)), "{}", card.id);
    }
    // The chart of the format tax shows what shares its code and the fastest of
    // each algorithm; its table has all pairs.
    let article = element(&html, "article", "format-tax-verify");
    let (chart, table) = article.split_once("</svg>").unwrap();
    let shown = chart.matches(" → ").count();
    let all = table.matches("<tr>").count();
    assert!((1..=12).contains(&shown), "{shown} pairs in the chart");
    assert!(all > 30, "{all} pairs in the table");
    assert!(table.contains("The table has all"), "{table}");
}

#[test]
fn a_hostile_name_stays_text_on_the_page_and_in_the_charts() {
    let (mut record, _) = invented();
    let hostile = r#"x"><img src=y onerror='alert(1)'>&amp;/v4.public"#;
    let rename = |id: &mut ContenderId| {
        if id.as_str() == "rusty_paseto/v4.public" {
            *id = ContenderId::new(hostile);
        }
    };
    record
        .catalogue
        .contenders
        .iter_mut()
        .for_each(|card| rename(&mut card.id));
    record
        .measurements
        .iter_mut()
        .for_each(|line| rename(&mut line.contender));
    record
        .tokens
        .iter_mut()
        .for_each(|line| rename(&mut line.contender));
    record.manifest.run = format!("</title><script>{hostile}");
    let html = page_html(&record, &analyse(&record));
    assert!(!html.contains("<img"), "an element got in");
    assert!(!html.contains("<script"), "an element got in");
    assert!(!html.contains("x\"&gt;"), "an attribute was left");
    let article = element(&html, "article", "verify-signature-128");
    let (chart, table) = article.split_once("</svg>").unwrap();
    let escaped = "x&quot;&gt;&lt;img src=y";
    assert!(chart.contains(escaped), "the chart shows the name");
    assert!(table.contains(escaped), "the table shows the name");
}

#[test]
fn csv_reads_back_as_it_was_whatever_a_name_holds() {
    let (mut record, _) = invented();
    let hostile = "a,b\"c\nd";
    for card in &mut record.catalogue.contenders {
        if card.id.as_str() == "pasetors/v4.local" {
            card.backend = hostile.into();
        }
    }
    for measurement in &mut record.measurements {
        if measurement.contender.as_str() == "pasetors/v2.local" {
            measurement.error = Some(hostile.into());
        }
    }
    let analysis = analyse(&record);
    let folder = tempfile::tempdir().unwrap();
    render_analysed(&record, &analysis, folder.path()).unwrap();

    let mut reader = csv::Reader::from_path(folder.path().join("measurements.csv")).unwrap();
    let heads = reader.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cases = analysis
        .rankings
        .iter()
        .map(|ranking| (ranking.rows.len(), ranking.failed.len()));
    assert_eq!(
        rows.len(),
        cases.map(|(measured, failed)| measured + failed).sum::<usize>()
    );
    for row in &rows {
        let contender = &row[column("contender")];
        assert_eq!(
            &row[column("backend")] == hostile,
            contender == "pasetors/v4.local",
            "{row:?}"
        );
        let failed = contender == "pasetors/v2.local";
        assert_eq!(&row[column("error")] == hostile, failed, "{row:?}");
        assert_eq!(row[column("cpu_ns")].parse::<f64>().is_err(), failed, "{row:?}");
    }
    let first = &analysis.rankings[0].rows[0];
    let row = rows.iter().find(|row| &row[column("rank")] == "1").unwrap();
    assert_eq!(
        row[column("cpu_ns")].parse(),
        Ok(first.cpu_ns.estimate),
        "full precision"
    );

    let mut reader = csv::Reader::from_path(folder.path().join("tokens.csv")).unwrap();
    assert_eq!(reader.records().map(Result::unwrap).count(), record.tokens.len());
}
