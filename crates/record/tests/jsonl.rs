//! Records survive the disk, and damage costs only the damaged line.

use std::fs;

use tokenlab_record::catalogue::{Class, ContenderId};
use tokenlab_record::jsonl::{self, Appender};
use tokenlab_record::measurement::{TOKEN_SIZE_SCHEMA, TokenAnatomy, TokenSize};
use tokenlab_record::run::{MANIFEST_SCHEMA, Manifest, RunRecord, Status, files, write_document};

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
fn a_folder_with_damage_is_still_a_run_and_one_without_a_manifest_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let error = RunRecord::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("run.json"), "{error}");

    let manifest = Manifest {
        schema: MANIFEST_SCHEMA.into(),
        run: "test".into(),
        profile: "quick".into(),
        only: None,
        seed: 1,
        launches: 1,
        rounds: 1,
        block_ns: 1,
        groups: Vec::new(),
        expected_s: 1.0,
        elapsed_s: 0.5,
        command: "tokenlab bench".into(),
        status: Status::Partial,
    };
    write_document(&folder.path().join(files::MANIFEST), &manifest).unwrap();
    fs::write(folder.path().join(files::ENVIRONMENT), "{").unwrap();
    fs::write(folder.path().join(files::TOKENS), "rubbish\n").unwrap();
    let run = RunRecord::read(folder.path()).unwrap();
    assert_eq!(run.manifest, manifest);
    let damaged: Vec<&str> = run.damage.iter().map(|damage| damage.file.as_str()).collect();
    assert_eq!(damaged, [files::ENVIRONMENT, files::CATALOGUE, files::TOKENS]);
}
