//! Records survive the disk, and damage costs only the damaged line.

mod invented;

use std::fs;

use invented::empty;
use tokenlab_record::catalogue::{Class, ContenderId};
use tokenlab_record::environment::Environment;
use tokenlab_record::jsonl::{self, Appender};
use tokenlab_record::measurement::{TOKEN_SIZE_SCHEMA, TokenAnatomy, TokenSize};
use tokenlab_record::run::{ATTACKS_ONLY, Manifest, RunRecord, Status, files, write_document};
use tokenlab_record::study::{Form, STUDY_SCHEMA, Study};

fn size(corpus: &str) -> TokenSize {
    TokenSize {
        schema: TOKEN_SIZE_SCHEMA.into(),
        run: "test".into(),
        contender: ContenderId::new("a/b"),
        class: Class::Signature128,
        corpus: corpus.into(),
        token_bytes: 10,
        anatomy: TokenAnatomy::default(),
    }
}

#[test]
fn what_was_appended_is_read_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.jsonl");
    for corpus in ["tiny", "large"] {
        Appender::open(&path).unwrap().append(&size(corpus)).unwrap();
    }
    let (records, damage) = jsonl::read::<TokenSize>(&path, TOKEN_SIZE_SCHEMA).unwrap();
    assert_eq!(records, [size("tiny"), size("large")]);
    assert_eq!(damage, []);
    let lines = fs::read_to_string(path).unwrap().lines().count();
    assert_eq!(lines, 2, "nothing but the records");
}

#[test]
fn each_damaged_line_is_named_and_the_rest_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.jsonl");
    let good = serde_json::to_string(&size("tiny")).unwrap();
    let other_schema = good.replace(TOKEN_SIZE_SCHEMA, "tokenlab.token-size/9");
    let text = format!(
        "{good}\n{{\"schema\":\n\n{other_schema}\n\u{0}\n{{}}\n{good}\n{}",
        &good[..20]
    );
    fs::write(&path, text).unwrap();
    let (records, damage) = jsonl::read::<TokenSize>(&path, TOKEN_SIZE_SCHEMA).unwrap();
    assert_eq!(records.len(), 2);
    let lines: Vec<usize> = damage.iter().map(|damage| damage.line).collect();
    assert_eq!(lines, [2, 4, 5, 6, 8], "{damage:?}");
    assert!(
        damage[1].to_string().contains("tokens.jsonl line 4: schema is"),
        "{}",
        damage[1]
    );
}

#[test]
fn appending_after_a_torn_line_damages_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.jsonl");
    fs::write(&path, "{\"schema\":\"half").unwrap();
    Appender::open(&path).unwrap().append(&size("tiny")).unwrap();
    let (records, damage) = jsonl::read::<TokenSize>(&path, TOKEN_SIZE_SCHEMA).unwrap();
    assert_eq!(records, [size("tiny")]);
    assert_eq!(damage.len(), 1);
}

#[test]
fn a_missing_file_is_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let (records, damage) =
        jsonl::read::<TokenSize>(&folder.path().join("none.jsonl"), TOKEN_SIZE_SCHEMA).unwrap();
    assert!(records.is_empty() && damage.is_empty());
}

#[test]
fn a_path_that_can_be_no_file_is_an_error_and_not_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("tokens.jsonl");
    assert!(jsonl::read::<TokenSize>(&below, TOKEN_SIZE_SCHEMA).is_err());
    assert!(Appender::open(&below).is_err());
}

#[test]
fn a_folder_with_damage_is_still_a_run_and_one_without_a_manifest_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let error = RunRecord::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("run.json"), "{error}");

    let manifest = Manifest {
        status: Status::Partial,
        ..empty().manifest
    };
    write_document(&folder.path().join(files::MANIFEST), &manifest).unwrap();
    fs::write(folder.path().join(files::ENVIRONMENT), "{").unwrap();
    fs::write(folder.path().join(files::TOKENS), "rubbish\n").unwrap();
    let run = RunRecord::read(folder.path()).unwrap();
    assert_eq!(run.manifest, manifest);
    let damaged: Vec<&str> = run.damage.iter().map(|damage| damage.file.as_str()).collect();
    assert_eq!(damaged, [files::ENVIRONMENT, files::CATALOGUE, files::TOKENS]);
}

#[test]
fn a_run_of_attacks_alone_times_nothing() {
    let timed = empty().manifest;
    let attacks_only = Manifest {
        profile: ATTACKS_ONLY.into(),
        ..timed.clone()
    };
    assert!(timed.measures() && !attacks_only.measures());
}

#[test]
fn studies_come_in_the_order_in_which_they_began_and_torn_ones_are_damage() {
    let folder = tempfile::tempdir().unwrap();
    write_document(&folder.path().join(files::MANIFEST), &empty().manifest).unwrap();
    let studies = folder.path().join(files::STUDIES);
    fs::create_dir(&studies).unwrap();
    for (id, started_at) in [
        ("http", "2026-11-26T10:00:00Z"),
        ("theft", "2026-11-26T09:00:00Z"),
    ] {
        let study = Study {
            schema: STUDY_SCHEMA.into(),
            id: id.into(),
            title: id.into(),
            question: "What does it take?".into(),
            form: Form::Short,
            command: format!("tokenlab study run {id}"),
            environment: Environment {
                started_at: started_at.into(),
                ..Environment::default()
            },
            elapsed_s: 1.0,
            method: Vec::new(),
            charts: Vec::new(),
            tables: Vec::new(),
            conclusion: Vec::new(),
        };
        write_document(&studies.join(format!("{id}.json")), &study).unwrap();
    }
    fs::write(studies.join("torn.json"), "{").unwrap();
    fs::write(studies.join("index.html"), "<p>no document").unwrap();

    let run = RunRecord::read(folder.path()).unwrap();
    let ids: Vec<&str> = run.studies.iter().map(|study| study.id.as_str()).collect();
    assert_eq!(ids, ["theft", "http"]);
    let damaged = |name: &str| run.damage.iter().any(|damage| damage.file.ends_with(name));
    assert!(damaged("torn.json") && !damaged("index.html"), "{:?}", run.damage);
}
