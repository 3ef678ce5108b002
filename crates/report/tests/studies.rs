//! Studies: a page of their own, and a section of the run beside which they were run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // clippy.toml exempts test functions, not their helpers

mod synthetic;

use std::fs;

use synthetic::Size;
use tokenlab_record::catalogue::Family;
use tokenlab_record::environment::Environment;
use tokenlab_record::run::{RunRecord, files, write_document};
use tokenlab_record::stats::Interval;
use tokenlab_record::study::{Bar, BarChart, Field, Form, STUDY_SCHEMA, Study, StudyTable, Unit};
use tokenlab_report::{render, render_studies};

const SMALL: Size = Size {
    launches: 1,
    rounds: 2,
    corpora: 1,
    attacks: false,
    crowd: false,
};

fn study(id: &str, started_at: &str) -> Study {
    let bar = |label: &str, ns: f64| Bar {
        label: label.into(),
        family: Some(Family::Paseto),
        value: Interval {
            low: ns * 0.9,
            estimate: ns,
            high: ns * 1.1,
        },
    };
    Study {
        schema: STUDY_SCHEMA.into(),
        id: id.into(),
        title: format!("The {id} of <b>tokens</b>"),
        question: "What does it cost?".into(),
        form: Form::Short,
        command: format!("tokenlab study run {id} --short"),
        environment: Environment {
            started_at: started_at.into(),
            ..Environment::default()
        },
        elapsed_s: 1.0,
        method: vec!["By hand.".into()],
        charts: vec![BarChart {
            name: "cost".into(),
            title: "Cost".into(),
            subtitle: "of one".into(),
            unit: Unit::Nanoseconds,
            bars: vec![bar("one", 100.0), bar("another", 300.0)],
        }],
        tables: vec![StudyTable {
            caption: "Lost".into(),
            heads: vec!["who".into(), "how many".into()],
            rows: vec![vec![Field::text("<i>"), Field::count(3)]],
        }],
        conclusion: vec![format!("Seventeen of {id}.")],
    }
}

#[test]
fn a_page_has_every_study_whole_and_the_report_beside_it_has_it_in_short() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join(files::STUDIES);
    fs::create_dir(&own).unwrap();
    let studies = [
        study("zebra", "2026-01-01T00:00:00Z"),
        study("ant", "2026-01-02T00:00:00Z"),
    ];
    for study in &studies {
        write_document(&own.join(format!("{}.json", study.id)), study).unwrap();
    }
    let rendered = render_studies(&studies, &own).unwrap();
    let page = fs::read_to_string(&rendered.page).unwrap();
    // Its title has an element in it, and so has a field.
    assert!(!page.contains("<b>") && !page.contains("<i>"));
    for study in &studies {
        assert!(page.contains(&format!("id=\"{}\"", study.id)), "{}", study.id);
        assert!(page.contains(&study.conclusion[0]) && page.contains("By hand."));
    }
    assert_eq!(rendered.charts.len(), 2);
    assert!(
        rendered
            .charts
            .iter()
            .all(|chart| fs::metadata(chart).unwrap().len() > 1000)
    );

    // The run that they stand beside, as it is read from its folder.
    let run = synthetic::run(SMALL);
    for (file, document) in [
        (files::MANIFEST, serde_json::to_value(&run.manifest).unwrap()),
        (
            files::ENVIRONMENT,
            serde_json::to_value(&run.environment).unwrap(),
        ),
        (files::CATALOGUE, serde_json::to_value(&run.catalogue).unwrap()),
    ] {
        write_document(&folder.path().join(file), &document).unwrap();
    }
    fs::write(own.join("torn.json"), "{\"schema\":").unwrap();
    let record = RunRecord::read(folder.path()).unwrap();
    let read: Vec<&str> = record.studies.iter().map(|study| study.id.as_str()).collect();
    assert_eq!(read, ["zebra", "ant"], "in the order in which they began");
    assert!(
        record
            .damage
            .iter()
            .any(|damage| damage.file.ends_with("torn.json"))
    );
    let index = fs::read_to_string(render(&record, folder.path()).unwrap().index).unwrap();
    assert!(!index.contains("<b>"));
    for study in &studies {
        assert!(index.contains(&study.conclusion[0]), "{}", study.id);
        assert!(index.contains(&format!("studies/index.html#{}", study.id)));
        let picture = format!("studies/study-{}-cost.png", study.id);
        assert!(index.contains(&format!("href=\"{picture}\"")) && folder.path().join(picture).is_file());
    }
    let alone = RunRecord {
        studies: Vec::new(),
        ..record
    };
    let index = fs::read_to_string(render(&alone, folder.path()).unwrap().index).unwrap();
    assert!(!index.contains("#studies"));
}
