//! The command line as its users meet it: streams, exit codes, bad input.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn tokenlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokenlab"))
        .args(arguments)
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .env_remove("TOKENLAB_PROFILE")
        .output()
        .expect("the program starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// The `data` of a command's envelope, whose kind must be `kind`.
fn data(arguments: &[&str], kind: &str) -> Value {
    let output = tokenlab(arguments);
    let mut envelope: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", stdout(&output)));
    assert_eq!(envelope["schema"], "tokenlab/1", "{arguments:?}");
    assert_eq!(envelope["kind"], kind, "{arguments:?}");
    envelope["data"].take()
}

#[test]
fn every_list_has_cards_with_distinct_ids() {
    for (arguments, kind) in [
        (["list", "contenders", "--json"], "contenders"),
        (["list", "attacks", "--json"], "attacks"),
        (["list", "targets", "--json"], "targets"),
        (["list", "corpora", "--json"], "corpora"),
        (["fuzz", "list", "--json"], "fuzz-targets"),
    ] {
        let cards = data(&arguments, kind);
        let mut ids: Vec<&str> = cards
            .as_array()
            .unwrap_or_else(|| panic!("{arguments:?}"))
            .iter()
            .map(|card| {
                card["id"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{arguments:?}: {card}"))
            })
            .collect();
        let all = ids.len();
        assert!(all > 1, "{arguments:?}");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{arguments:?}");
    }
}

#[test]
fn a_name_that_is_none_gets_the_nearest_and_its_exit_code() {
    for (arguments, code, hint) in [
        (
            ["bench", "--profile", "smkoe"].as_slice(),
            2,
            "did you mean \"smoke\"?",
        ),
        (
            &["bench", "--only", "pasetors/v4.publik"],
            4,
            "did you mean \"pasetors/v4.public\"?",
        ),
        (&["attack", "run", "alg-nome"], 4, "did you mean \"alg-none\"?"),
        (
            &["attack", "replay", "kid-injektion"],
            4,
            "did you mean \"kid-injection\"?",
        ),
        (
            &["attack", "matrix", "--target", "jwt-unsecred"],
            4,
            "did you mean \"jwt-unsecured\"?",
        ),
        (
            &["attack", "matrix", "--attack", "kid-injektion"],
            4,
            "did you mean \"kid-injection\"?",
        ),
        (&["repotr"], 2, "report"),
        (&["report", "nowhere"], 4, "tokenlab bench"),
    ] {
        let output = tokenlab(arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(hint),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(output.stdout.is_empty(), "{arguments:?} mixes the streams");
    }
}

#[test]
fn an_error_under_json_is_an_envelope_too() {
    for (arguments, code) in [
        (["attack", "run", "alg-nome", "--json"].as_slice(), 4),
        (&["--json", "bogus"], 2),
    ] {
        let error = data(arguments, "error");
        assert_eq!(error["code"], code, "{arguments:?}");
        assert!(
            error["message"].as_str().is_some_and(|text| !text.is_empty()),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_folder_that_cannot_be_written_fails_before_measuring() {
    let output = tokenlab(&["bench", "--profile", "smoke", "--out", "/proc/tokenlab"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(
        said.contains("cannot write to /proc/tokenlab") && said.contains("--out"),
        "{said}"
    );
    assert!(!said.contains("plan:"), "it had begun: {said}");
}

#[test]
fn the_whole_catalogue_comes_out_as_expected() {
    let attacks = data(&["list", "attacks", "--json"], "attacks");
    // What costs time is measured by it, on a release build and beside nothing
    // else, as CI's smoke run has it.
    let attacks = attacks.as_array().expect("cards").iter();
    let attacks: Vec<_> = attacks.filter(|attack| attack["isolated"] != true).collect();
    let ids = attacks.iter().filter_map(|attack| attack["id"].as_str());
    let run: Vec<&str> = ["attack", "run", "--strict"].into_iter().chain(ids).collect();
    let output = tokenlab(&run);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    let cells = data(&["attack", "matrix", "--json"], "attack-matrix")["cells"].take();
    let cells = cells.as_array().expect("cells").clone();
    let contenders = data(&["list", "contenders", "--json"], "contenders");
    let contenders: Vec<&str> = contenders
        .as_array()
        .expect("cards")
        .iter()
        .filter_map(|card| card["id"].as_str())
        .collect();
    let attacks = data(&["list", "attacks", "--json"], "attacks");
    let holds = |cell: &Value| {
        let kind = cell["verdict"]["kind"].as_str().expect("a kind");
        matches!(kind, "rejected" | "inapplicable")
    };
    let in_process = |attack: &&Value| attack["isolated"] != true;
    for attack in attacks.as_array().expect("cards").iter().filter(in_process) {
        let of_attack = || cells.iter().filter(|cell| cell["attack"] == attack["id"]);
        assert!(
            of_attack().any(|cell| !holds(cell)),
            "{} succeeds nowhere",
            attack["id"]
        );
        for cell in of_attack().filter(|cell| contenders.iter().any(|id| cell["target"] == *id)) {
            // A contender falls only by what its format is in any hands: a bearer
            // token can be stolen, and anyone can encrypt to a public key.
            let by_format = cell["agrees"] == true && cell["expected"] != "rejected";
            assert!(holds(cell) || by_format, "{cell}");
            let reasoned = cell["decided_by"].is_string() || cell["verdict"]["why"].is_string();
            assert!(reasoned, "no deciding check and no reason: {cell}");
        }
    }
}

#[test]
fn the_matrix_counts_by_class_and_family_and_shows_single_cells_when_asked() {
    let counts = stdout(&tokenlab(&["attack", "matrix"]));
    for wanted in [
        "ALGORITHM AND KEY SELECTION",
        "alg-none",
        "PASETO (",
        "fell / refused / not expressible",
    ] {
        assert!(counts.contains(wanted), "no {wanted:?} in:\n{counts}");
    }
    let widest = counts.lines().map(|line| line.chars().count()).max();
    assert!(widest < Some(120), "{widest:?} columns");
    let cells = stdout(&tokenlab(&["attack", "matrix", "--attack", "alg-none"]));
    assert!(
        cells.contains("jwt-unsecured") && cells.contains("ACCEPTED"),
        "{cells}"
    );
    assert!(!cells.contains("kid-injection"), "{cells}");
    let cells = stdout(&tokenlab(&["attack", "matrix", "--target", "jwt-unsecured"]));
    assert!(
        cells.contains("kid-injection") && cells.contains("ACCEPTED"),
        "{cells}"
    );
    let cards = stdout(&tokenlab(&["list", "attacks"]));
    assert!(cards.contains("Algorithm and key selection"), "{cards}");
}

#[test]
fn attacks_alone_make_a_run_that_is_drawn_and_whose_cells_can_be_run_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().display().to_string();
    let page = folder.path().join("attacks/alg-none.html");
    let transcripts = || fs::read_to_string(folder.path().join("transcripts.jsonl")).expect("lines");
    let attack = |more: &[&str]| {
        let mut arguments = vec!["attack", "run", "--out", &run, "--target", "jwt-*"];
        arguments.extend(more);
        let output = tokenlab(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    };
    attack(&["alg-none", "kid-injection"]);
    let drawn = tokenlab(&["report", &run]);
    assert_eq!(drawn.status.code(), Some(0), "{}", stderr(&drawn));
    assert!(stdout(&drawn).contains("index.html"), "{}", stdout(&drawn));
    let html = fs::read_to_string(&page).expect("the page of the attack");
    for wanted in [
        "jwt-unsecured",
        "attacks/src/targets/jwt_unsecured.rs",
        "replacing(",
        "<ins>",
    ] {
        assert!(html.contains(wanted), "no {wanted:?}");
    }
    assert!(!folder.path().join("measurements.csv").exists());

    // A cell that is run again is replaced, not doubled.
    let cells = |text: &str, attack: &str| text.matches(&format!("\"attack\":\"{attack}\"")).count();
    let (before, lines) = (transcripts(), transcripts().lines().count());
    attack(&["alg-none"]);
    assert_eq!(cells(&transcripts(), "alg-none"), cells(&before, "alg-none"));
    assert_eq!(
        cells(&transcripts(), "kid-injection"),
        cells(&before, "kid-injection")
    );
    attack(&["alg-none", "--whole"]);
    assert!(transcripts().lines().count() >= lines);
    assert!(transcripts().len() > before.len(), "nothing was abridged");
    let again = tokenlab(&["report", &run]);
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
}

#[test]
fn a_replay_shows_the_forged_token_the_missing_check_and_the_sources() {
    let output = tokenlab(&["attack", "replay", "kid-injection", "--auto"]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for wanted in [
        "ABSENT",
        "FIRED",
        "UNION SELECT",
        "ACCEPTED as \"admin\"",
        "refused by",
        "attacks/src/",
        "RFC 8725",
        "1. Predict",
        "paseto-rs/v4.public",
        "not expressible",
        "- attacks/src/targets/jwt_kid_sql.rs:",
        "+ attacks/src/",
        "PASETO   holds if nobody has made this mistake",
        "9. Check",
    ] {
        assert!(shown.contains(wanted), "no {wanted:?} in:\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "escape codes into a pipe");
}

#[test]
fn whatever_is_pasted_is_decoded_as_far_as_it_goes() {
    let output = tokenlab(&["token", "decode", "Bearer  eyJhbGciOiJub25lIn0.e30."]);
    assert!(
        stdout(&output).contains(r#"{"alg":"none"}"#),
        "{}",
        stdout(&output)
    );
    for rubbish in ["", "...", "v4.local.", "ключ", "Bearer Bearer"] {
        let output = tokenlab(&["token", "decode", rubbish]);
        assert_eq!(output.status.code(), Some(0), "{rubbish:?}: {}", stderr(&output));
    }
}

/// A run of the two fastest contenders, without criterion.
fn small_bench(folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenlab"));
    command
        .args([
            "bench",
            "--profile",
            "smoke",
            "--only",
            "*/v4.local",
            "--no-criterion",
            "--progress",
            "lines",
        ])
        .arg("--out")
        .arg(folder)
        .args(more);
    command
}

fn files_of(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the run folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn a_run_is_planned_measured_drawn_and_drawn_again_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    let output = small_bench(&run, &[]).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("plan: "), "{}", stderr(&output));
    let shown = stdout(&output);
    for wanted in [
        "VERIFY A TOKEN",
        "shared key, encrypted",
        "pasetors/v4.local",
        "A/A twins",
        "index.html",
    ] {
        assert!(shown.contains(wanted), "no {wanted:?} in:\n{shown}");
    }
    let files = files_of(&run);
    for wanted in [
        "canaries.jsonl",
        "catalogue.json",
        "environment.json",
        "index.html",
        "measurements.csv",
        "measurements.jsonl",
        "run.json",
        "sources.jsonl",
        "tokens.csv",
        "tokens.jsonl",
        "transcripts.jsonl",
        "vectors.jsonl",
        "verify-aead.png",
    ] {
        assert!(
            files.iter().any(|file| file == wanted),
            "no {wanted} in {files:?}"
        );
    }

    let page = fs::read(run.join("index.html")).expect("the page");
    let again = tokenlab(&["report", &run.display().to_string()]);
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert_eq!(
        fs::read(run.join("index.html")).expect("the page"),
        page,
        "redrawing changed the page"
    );

    // A torn line costs that line and is named.
    let measurements = run.join("measurements.jsonl");
    let mut text = fs::read(&measurements).expect("the lines");
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    text.extend_from_slice(b"{\"schema\":\"tokenlab.measurement/1\",\"run\":\"to");
    fs::write(&measurements, text).expect("the lines are written");
    let damaged = tokenlab(&["report", &run.display().to_string()]);
    assert_eq!(damaged.status.code(), Some(0), "{}", stderr(&damaged));
    let named = format!("measurements.jsonl line {}", lines + 1);
    assert!(stderr(&damaged).contains(&named), "{}", stderr(&damaged));
    assert!(
        stdout(&damaged).contains("VERIFY A TOKEN"),
        "{}",
        stdout(&damaged)
    );

    // A finished run is neither measured over nor gone on with.
    for more in [[].as_slice(), &["--resume"]] {
        let refused = small_bench(&run, more).output().expect("the program starts");
        assert_eq!(refused.status.code(), Some(2), "{more:?}: {}", stderr(&refused));
    }
}

#[test]
fn an_interrupted_run_leaves_a_partial_report_and_is_gone_on_with() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process};

    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    let mut child = small_bench(&run, &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut notes = BufReader::new(child.stderr.take().expect("notes")).lines();
    notes
        .find(|line| {
            line.as_ref()
                .is_ok_and(|line| line.contains("launch 1 of 3 done"))
        })
        .expect("the first launch ends")
        .expect("text");
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process id")).expect("a process id");
    kill_process(pid, Signal::INT).expect("the signal is sent");
    let said: Vec<String> = notes.map_while(Result::ok).collect();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{said:?}");
    assert!(said.iter().any(|line| line.contains("--resume")), "{said:?}");
    assert!(stdout(&output).contains("PARTIAL"), "{}", stdout(&output));
    let lines = |file: &str| fs::read_to_string(run.join(file)).expect("lines").lines().count();
    let partial = lines("canaries.jsonl");
    assert!(partial > 0 && fs::metadata(run.join("index.html")).is_ok());

    let resumed = small_bench(&run, &["--resume"])
        .output()
        .expect("the program starts");
    assert_eq!(resumed.status.code(), Some(0), "{}", stderr(&resumed));
    assert!(!stdout(&resumed).contains("PARTIAL"), "{}", stdout(&resumed));
    let manifest: Value =
        serde_json::from_slice(&fs::read(run.join("run.json")).expect("the manifest")).expect("JSON");
    assert_eq!(manifest["status"], "complete");
    let groups = manifest["groups"].as_array().expect("groups").len();
    assert!(partial < 3 * groups, "it was not interrupted");
    assert_eq!(
        lines("canaries.jsonl"),
        3 * groups,
        "every launch of every group once"
    );
}

#[test]
fn an_input_of_fuzzing_is_explained_and_what_is_none_is_refused() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let seed = format!("{root}/fuzz/corpus/jwt/seed-HS256-tiny-honest");
    let explain = |arguments: &[&str]| tokenlab(&[&["fuzz", "explain", "--json"], arguments].concat());
    let output = explain(&[&seed]);
    assert_eq!(output.status.code(), Some(0));
    let envelope: Value = serde_json::from_slice(&output.stdout).unwrap();
    let data = &envelope["data"];
    assert_eq!(
        (&data["target"], &data["is_finding"]),
        (&"jwt".into(), &false.into())
    );
    let answers = data["answers"].as_array().unwrap();
    assert!(answers.iter().any(|answer| answer["ok"] == true));
    assert!(answers.iter().any(|answer| answer["layer"] == "header"));
    for (arguments, words) in [
        (&["/nowhere/jwt/crash"][..], "cannot read"),
        (&[seed.as_str(), "--target", "jtw"], "no fuzz target"),
        (&["Cargo.toml"], "--target"),
        (&[root, "--target", "jwt"], "no file"),
    ] {
        let output = explain(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn a_study_ends_with_a_document_a_chart_and_a_page_that_has_its_conclusion() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let output = tokenlab(&["study", "run", "migration", "--short", "--out", out]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document = fs::read(folder.path().join("migration.json")).unwrap();
    let study: Value = serde_json::from_slice(&document).unwrap();
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    for sentence in study["conclusion"].as_array().unwrap() {
        let sentence = sentence.as_str().unwrap();
        assert!(page.contains(sentence), "{sentence}");
        assert!(stdout(&output).contains(sentence), "{sentence}");
    }
    assert!(page.contains("short form"));
    assert!(
        fs::metadata(folder.path().join("study-migration-counts.png"))
            .unwrap()
            .len()
            > 1000
    );
    // Another study joins it on the page, and the first stays.
    let second = tokenlab(&["study", "run", "theft", "--short", "--out", out]);
    assert_eq!(second.status.code(), Some(0), "{}", stderr(&second));
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(page.contains("id=\"migration\"") && page.contains("id=\"theft\""));
    // What this commit has run is kept; with changes nobody knows, and it is run again.
    let resumed = tokenlab(&["study", "run", "migration", "--short", "--resume", "--out", out]);
    assert_eq!(resumed.status.code(), Some(0), "{}", stderr(&resumed));
    let is_kept = fs::read(folder.path().join("migration.json")).unwrap() == document;
    let has_changes = study["environment"]["dirty"].as_bool().unwrap();
    assert_eq!(is_kept, !has_changes, "{}", stderr(&resumed));
    let said = if has_changes {
        "s last time"
    } else {
        "migration is kept"
    };
    assert!(stderr(&resumed).contains(said), "{}", stderr(&resumed));
    let unknown = tokenlab(&["study", "run", "nothing"]);
    assert_eq!(unknown.status.code(), Some(4));
    assert!(stderr(&unknown).contains("revocation"), "{}", stderr(&unknown));
}
