//! Any record renders: empty, broken off, extreme, hostile.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml exempts test functions, not their helpers

use proptest::prelude::*;
use tokenlab_record::analysis::{Agreement, Analysis, Noise, Ranking, Row, Twin, analyse};
use tokenlab_record::catalogue::{Catalogue, Class, ContenderId, Family};
use tokenlab_record::environment::Environment;
use tokenlab_record::measurement::{Group, Model};
use tokenlab_record::run::{RunRecord, Status};
use tokenlab_record::stats::Interval;
use tokenlab_report::{attack_pages, page_html, render_analysed};

mod synthetic;

const TINY: synthetic::Size = synthetic::Size {
    launches: 1,
    rounds: 5,
    corpora: 2,
    attacks: true,
    crowd: false,
};

fn empty() -> RunRecord {
    let mut record = synthetic::run(TINY);
    record.manifest.groups.clear();
    record.manifest.only = None;
    record.manifest.status = Status::Partial;
    record.environment = Environment::default();
    record.catalogue = Catalogue::default();
    record.measurements.clear();
    record.canaries.clear();
    record.tokens.clear();
    record.refusals.clear();
    record.allocations.clear();
    record.second_opinions.clear();
    record.transcripts.clear();
    record.vectors.clear();
    record
}

/// Draws everything, pictures too, and returns the page.
fn drawn(name: &str, record: &RunRecord, analysis: &Analysis) -> String {
    let folder = tempfile::tempdir().unwrap();
    let rendered = render_analysed(record, analysis, folder.path())
        .unwrap_or_else(|error| panic!("{name} does not render: {error}"));
    let html = std::fs::read_to_string(rendered.index).unwrap();
    only_known_elements(&html).unwrap_or_else(|found| panic!("{name}: {found}"));
    for page in rendered.attacks {
        let html = std::fs::read_to_string(page).unwrap();
        only_known_elements(&html).unwrap_or_else(|found| panic!("{name}: {found}"));
    }
    html
}

/// Every `<` begins an element that the page uses: whatever else a record
/// brings along would show here.
fn only_known_elements(html: &str) -> Result<(), String> {
    const KNOWN: &[&str] = &[
        "!DOCTYPE", "a", "article", "body", "br", "caption", "circle", "code", "dd", "desc", "details", "dl",
        "dt", "em", "footer", "h1", "h2", "h3", "head", "header", "html", "li", "line", "main", "meta",
        "nav", "p", "polygon", "polyline", "rect", "section", "small", "span", "strong", "style", "summary",
        "svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul", "div", "del", "h4", "ins",
        "mark", "ol", "pre",
    ];
    for rest in html.split('<').skip(1) {
        let name: String = rest
            .trim_start_matches('/')
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '!')
            .collect();
        if !KNOWN.contains(&name.as_str()) {
            return Err(format!("<{}", rest.chars().take(60).collect::<String>()));
        }
    }
    Ok(())
}

#[test]
fn an_empty_record_is_a_page_of_sentences() {
    let record = empty();
    let html = drawn("empty", &record, &analyse(&record));
    assert!(!html.contains("<svg"), "there is nothing to draw");
    assert!(html.contains("This run verified no token of these classes"));
    assert!(html.contains("This run is partial"));
    assert!(html.contains("This run timed no block"));
    assert!(html.contains("No vectors were run."));
    let figures = html.matches("<article").count();
    assert_eq!(
        html.matches("No chart: ").count(),
        figures,
        "each figure says why it is empty"
    );
}

#[test]
fn a_run_in_which_everything_failed_says_why() {
    let mut record = synthetic::run(TINY);
    for measurement in &mut record.measurements {
        measurement.error = Some("no <entropy>".into());
    }
    let html = drawn("all failed", &record, &analyse(&record));
    assert!(html.contains("every contender of this class failed here"));
    assert!(html.contains("no &lt;entropy&gt;"));
}

#[test]
fn one_contender_is_enough_for_a_chart() {
    let mut record = synthetic::run(TINY);
    let only = |id: &ContenderId| id.as_str() == "pasetors/v4.public";
    record.catalogue.contenders.retain(|card| only(&card.id));
    record.measurements.retain(|line| only(&line.contender));
    record.tokens.retain(|line| only(&line.contender));
    let html = drawn("one contender", &record, &analyse(&record));
    assert!(html.contains("is fastest with <code>pasetors/v4.public</code>"));
}

#[test]
fn a_record_whose_catalogue_or_lengths_are_lost_still_renders() {
    let mut record = synthetic::run(TINY);
    let analysis = analyse(&record);
    record.catalogue = Catalogue::default();
    let html = drawn("no catalogue", &record, &analysis);
    assert!(html.contains("Not in the catalogue"), "attacks without a card");
    record.tokens.clear();
    let html = drawn("no lengths", &record, &analysis);
    assert!(html.contains("this run recorded no token lengths"));
}

#[test]
fn lengths_that_contradict_themselves_and_add_up_to_too_much_still_render() {
    let mut record = synthetic::run(TINY);
    let analysis = analyse(&record);
    for (index, token) in record.tokens.iter_mut().enumerate() {
        token.token_bytes = if index % 2 == 0 { u32::MAX } else { 0 };
        token.anatomy.payload_bytes = u32::MAX;
        token.anatomy.authentication_bytes = u32::MAX;
    }
    drawn("contradicting lengths", &record, &analysis);
}

#[test]
fn more_rows_than_a_chart_has_room_for_are_in_the_table() {
    let record = synthetic::run(TINY);
    let mut analysis = analyse(&record);
    let charted = analysis
        .rankings
        .iter_mut()
        .find(|ranking| ranking.group.corpus == "typical");
    let ranking = charted.unwrap();
    let row = ranking.rows[0].clone();
    for index in 0..500_u32 {
        let mut row = row.clone();
        row.contender = ContenderId::new(format!("crowd/{index}"));
        row.rank = index + 100;
        ranking.rows.push(row);
    }
    let anchor = format!(
        "<article id=\"{}-{}\"",
        ranking.group.model.slug(),
        ranking.group.class.slug()
    );
    let html = drawn("a crowd", &record, &analysis);
    let article = html.split_once(&anchor).unwrap().1;
    let (chart, rest) = article.split_once("</svg>").unwrap();
    assert!(rest.contains("more are in the table"), "it says so");
    assert!(!chart.contains("crowd/250"), "a chart without end");
    assert!(rest.contains("crowd/250"), "a row is lost");
}

/// Names that mean something to HTML, XML, CSV, file systems and terminals.
fn hostile_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}/[A-Za-z0-9.+]{1,12}",
        r#"[<>"'&;/=!a-z\-\[\]]{0,40}"#,
        Just("</svg><script>alert(1)</script>".to_owned()),
        Just("\" onload=\"x".to_owned()),
        Just("../../x\u{0}\u{202e}\r\n".to_owned()),
        "\\PC{0,20}",
        "x{200}",
    ]
}

fn nanoseconds() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), Just(1e10), 1.0..1e10_f64, 1e3..1e6_f64]
}

fn interval(estimate: impl Strategy<Value = f64>) -> impl Strategy<Value = Interval> {
    (estimate, prop_oneof![Just(0.0), 0.0..3.0_f64]).prop_map(|(estimate, width)| Interval {
        low: estimate / (1.0 + width),
        estimate,
        high: estimate * (1.0 + width),
    })
}

prop_compose! {
    fn row()(
        contender in hostile_name(),
        rank in 1..30_u32,
        tied in any::<bool>(),
        cpu_ns in interval(nanoseconds()),
        wall_ns in nanoseconds(),
        ratio in interval(prop_oneof![Just(1.0), 1e-3..1e6_f64]),
        launches in any::<u32>(),
        launch_medians_ns in prop::collection::vec(nanoseconds(), 0..6),
    ) -> Row {
        Row {
            contender: ContenderId::new(contender),
            rank, tied, cpu_ns, wall_ns, ratio, launches, launch_medians_ns,
        }
    }
}

prop_compose! {
    fn group()(
        model in prop::sample::select(Model::ALL.to_vec()),
        class in prop::sample::select(Class::ALL.to_vec()),
        corpus in prop_oneof![Just("typical".to_owned()), hostile_name()],
    ) -> Group {
        Group { model, corpus, class }
    }
}

prop_compose! {
    fn ranking()(
        group in group(),
        rows in prop::collection::vec(row(), 0..6),
        failed in prop::collection::vec((hostile_name(), hostile_name()), 0..2),
    ) -> Ranking {
        let failed = failed.into_iter().map(|(id, why)| (ContenderId::new(id), why)).collect();
        Ranking { group, rows, failed }
    }
}

prop_compose! {
    fn analysis()(
        rankings in prop::collection::vec(ranking(), 0..6),
        twins in prop::collection::vec((group(), hostile_name(), interval(0.5..2.0_f64)), 0..3),
        agreements in prop::collection::vec((hostile_name(), hostile_name(), nanoseconds(), nanoseconds()), 0..3),
        (blocks, preempted, canary, noisy) in any::<(u64, u64, u64, bool)>(),
    ) -> Analysis {
        Analysis {
            rankings,
            twins: twins
                .into_iter()
                .map(|(group, id, ratio)| Twin { group, contender: ContenderId::new(id), ratio, log_ratios: Vec::new() })
                .collect(),
            planted: Vec::new(),
            noisy: Vec::new(),
            noise: Noise { blocks, preempted, canary, share: 0.5, noisy },
            agreements: agreements
                .into_iter()
                .map(|(id, corpus, paired_ns, criterion_ns)| Agreement {
                    contender: ContenderId::new(id),
                    model: Model::Verify,
                    corpus,
                    paired_ns,
                    criterion_ns,
                    ratio: criterion_ns / paired_ns,
                    disagrees: true,
                })
                .collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_name_and_no_figure_breaks_the_page(
        analysis in analysis(),
        names in prop::collection::vec(hostile_name(), 12),
    ) {
        let mut record = empty();
        // A catalogue and transcripts of hostile words, so that every section has some.
        let whole = synthetic::run(synthetic::Size { corpora: 1, ..TINY });
        record.transcripts = whole.transcripts.into_iter().take(names.len()).collect();
        record.tokens = whole.tokens.into_iter().take(names.len()).collect();
        record.catalogue.contenders = whole.catalogue.contenders.into_iter().take(names.len()).collect();
        for (index, name) in names.iter().enumerate() {
            let transcript = &mut record.transcripts[index];
            transcript.attack.clone_from(name);
            transcript.decided_by = Some(name.clone());
            transcript.variant.clone_from(name);
            transcript.steps[0].artefact.clone_from(name);
            transcript.diff[0].after.clone_from(name);
            transcript.trace.iter_mut().for_each(|entry| entry.detail.clone_from(name));
            if index % 3 == 0 {
                transcript.target.clone_from(name);
            }
            if let Some(card) = whole.catalogue.attacks.get(index) {
                let mut card = card.clone();
                card.id.clone_from(name);
                card.lesson = format!("## {name}\n\n{name} `{name}` [x]({name})\n");
                card.references[0].label.clone_from(name);
                record.catalogue.attacks.push(card);
            }
            record.tokens[index].corpus.clone_from(name);
            let card = &mut record.catalogue.contenders[index];
            card.id = ContenderId::new(name.as_str());
            card.backend.clone_from(name);
            card.footnote = Some(name.clone());
            card.family = if index % 2 == 0 { Family::Jwt } else { Family::Paseto };
        }
        record.manifest.run.clone_from(&names[0]);
        record.manifest.command.clone_from(&names[1]);
        let index = page_html(&record, &analysis);
        let attacks = attack_pages(&record, &analysis).into_iter().map(|(_, html)| html);
        for html in [index].into_iter().chain(attacks) {
            prop_assert_eq!(only_known_elements(&html), Ok(()));
            prop_assert!(!html.contains("\" onload=\""), "an attribute got in");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn pictures_of_anything_are_drawn(analysis in analysis()) {
        drawn("anything", &empty(), &analysis);
    }
}
