//! `compare` and `doctor` as their users meet them, on small invented runs.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use tokenlab_record::catalogue::{
    CATALOGUE_SCHEMA, Catalogue, Class, ContenderCard, ContenderId, Family, Primitive,
};
use tokenlab_record::environment::{ENVIRONMENT_SCHEMA, Environment};
use tokenlab_record::jsonl::Appender;
use tokenlab_record::measurement::{Group, MEASUREMENT_SCHEMA, Measurement, Model, Role};
use tokenlab_record::run::{MANIFEST_SCHEMA, Manifest, Status, files, write_document};
use tokenlab_record::stats::SplitMix64;

const LAUNCHES: u32 = 12;
const ROUNDS: usize = 6;

/// What a run folder is to hold.
struct Invented<'a> {
    name: &'a str,
    cpu_model: &'a str,
    version: &'a str,
    status: Status,
    /// Wall time over CPU time; above 1.05 every block counts as disturbed.
    wall_over_cpu: u64,
    cases: &'a [(&'a str, u64)],
}

const STEADY: Invented<'_> = Invented {
    name: "before",
    cpu_model: "Invented 1",
    version: "0.8.1",
    status: Status::Complete,
    wall_over_cpu: 1,
    cases: &[
        ("lab/steady", 40_000),
        ("lab/slowed", 40_000),
        ("lab/sped-up", 40_000),
    ],
};

const CHANGED: Invented<'_> = Invented {
    name: "after",
    cases: &[
        ("lab/steady", 40_000),
        ("lab/slowed", 48_000),
        ("lab/sped-up", 34_000),
    ],
    ..STEADY
};

/// A folder with `reports/NAME` for each run.
fn reports(runs: &[Invented<'_>]) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for (seed, run) in (1..).zip(runs) {
        write_run(&home.path().join("reports").join(run.name), run, seed);
    }
    home
}

fn write_run(folder: &Path, run: &Invented<'_>, seed: u64) {
    fs::create_dir_all(folder).expect("a run folder");
    let group = Group {
        model: Model::Verify,
        corpus: "typical".into(),
        class: Class::Signature128,
    };
    let manifest = Manifest {
        schema: MANIFEST_SCHEMA.into(),
        run: run.name.into(),
        profile: "default".into(),
        only: None,
        seed: 1,
        launches: LAUNCHES,
        rounds: 6,
        block_ns: 400_000,
        groups: vec![group.clone()],
        expected_s: 1.0,
        elapsed_s: 1.0,
        command: "tokenlab bench".into(),
        status: run.status,
    };
    let environment = Environment {
        schema: ENVIRONMENT_SCHEMA.into(),
        cpu_model: run.cpu_model.into(),
        cores: 2,
        build_profile: "release".into(),
        ..Environment::default()
    };
    let card = |(id, _): &(&str, u64)| ContenderCard {
        id: ContenderId::new(*id),
        family: Family::Paseto,
        class: Class::Signature128,
        scheme: "paseto.v4.public".into(),
        algorithm: "v4.public".into(),
        library: "lab".into(),
        package: "lab".into(),
        library_version: run.version.into(),
        backend: "invented".into(),
        primitive: Primitive::default(),
        footnote: None,
    };
    let catalogue = Catalogue {
        schema: CATALOGUE_SCHEMA.into(),
        contenders: run.cases.iter().map(card).collect(),
        ..Catalogue::default()
    };
    write_document(&folder.join(files::MANIFEST), &manifest).expect("the manifest");
    write_document(&folder.join(files::ENVIRONMENT), &environment).expect("the environment");
    write_document(&folder.join(files::CATALOGUE), &catalogue).expect("the catalogue");

    let mut random = SplitMix64::new(seed);
    let mut file = Appender::open(&folder.join(files::MEASUREMENTS)).expect("the lines");
    for launch in 0..LAUNCHES {
        for (id, ns) in run.cases {
            let level = 9_900 + random.below(201) as u64; // launches differ by a per cent
            let cpu_ns: Vec<u64> = (0..ROUNDS)
                .map(|_| ns * level / 1_000 + random.below(1_000) as u64)
                .collect();
            file.append(&Measurement {
                schema: MEASUREMENT_SCHEMA.into(),
                run: run.name.into(),
                contender: ContenderId::new(*id),
                role: Role::Contender,
                group: group.clone(),
                launch,
                iterations: 10,
                wall_ns: cpu_ns.iter().map(|ns| ns * run.wall_over_cpu).collect(),
                cpu_ns,
                verified: true,
                error: None,
            })
            .expect("a line");
        }
    }
}

fn tokenlab(home: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokenlab"))
        .args(arguments)
        .current_dir(home.path())
        .output()
        .expect("the program starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

#[test]
fn what_changed_is_printed_and_drawn_and_is_no_failure_without_a_limit() {
    let home = reports(&[STEADY, CHANGED]);
    let output = tokenlab(&home, &["compare", "before", "after"]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for wanted in [
        "after (new) over before (old)",
        "verify/lab/slowed/typical",
        "verify/lab/sped-up/typical",
        "Of 3 cases in both runs 1 is slower, 1 is faster, and 1 shows no change",
        "reports/compare-before-after/compare.html",
    ] {
        assert!(shown.contains(wanted), "no {wanted:?} in:\n{shown}");
    }
    assert!(!shown.contains("lab/steady"), "{shown}");
    assert!(!shown.contains("CAVEAT"), "{shown}");
    let folder = home.path().join("reports/compare-before-after");
    for file in ["compare.html", "compare-verify.png"] {
        assert!(folder.join(file).is_file(), "no {file}");
    }
}

#[test]
fn a_limit_fails_on_the_cases_beyond_it_by_name_and_on_no_other() {
    let home = reports(&[STEADY, CHANGED]);
    for limit in ["10%", "10", "1%"] {
        let output = tokenlab(&home, &["compare", "before", "after", "--fail-over", limit]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{limit}: {said}");
        assert!(
            said.contains("1 case is more than")
                && said.contains("verify/lab/slowed/typical  1.20×  (95 %: 1."),
            "{limit}: {said}"
        );
        assert!(
            !said.contains("sped-up") && !said.contains("steady"),
            "{limit}: {said}"
        );
    }
    for (arguments, why) in [
        (
            ["compare", "before", "after", "--fail-over", "30%"],
            "the limit is wider",
        ),
        (
            ["compare", "after", "after", "--fail-over", "0%"],
            "a run is as quick as itself",
        ),
    ] {
        let output = tokenlab(&home, &arguments);
        assert_eq!(output.status.code(), Some(0), "{why}: {}", stderr(&output));
    }
    let only = [
        "compare",
        "before",
        "after",
        "--fail-over",
        "10%",
        "--only",
        "*/steady",
    ];
    let output = tokenlab(&home, &only);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn nonsense_ends_with_its_own_exit_code_and_says_why() {
    let nothing_shared = Invented {
        name: "strangers",
        cases: &[("lab/other", 40_000)],
        ..STEADY
    };
    let home = reports(&[STEADY, CHANGED, nothing_shared]);
    for (arguments, code, hint) in [
        (
            ["compare", "before", "after", "--fail-over", "0.1"].as_slice(),
            2,
            "write the sign",
        ),
        (
            &["compare", "before", "after", "--fail-over", "-5%"],
            2,
            "0% or more",
        ),
        (
            &["compare", "before", "after", "--fail-over", "much"],
            2,
            "no percentage",
        ),
        (&["compare", "before"], 2, "<B>"),
        (&["compare", "before", "aftr"], 4, "did you mean \"after\"?"),
        (
            &["compare", "before", "strangers"],
            4,
            "before and strangers have no case in common",
        ),
        (
            &["compare", "before", "after", "--only", "lab/slwed"],
            4,
            "did you mean \"lab/slowed\"?",
        ),
        (
            &["compare", "before", "after", "--out", "/proc/tokenlab"],
            3,
            "--out",
        ),
    ] {
        let output = tokenlab(&home, arguments);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(hint), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?} mixes the streams");
    }
}

#[test]
fn two_machines_are_refused_by_field_and_shown_on_demand_without_ranks() {
    let elsewhere = Invented {
        cpu_model: "Invented 2",
        ..CHANGED
    };
    let home = reports(&[STEADY, elsewhere]);
    let refused = tokenlab(&home, &["compare", "before", "after"]);
    let said = stderr(&refused);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(
        said.contains("processor: Invented 1 in the old run, Invented 2 in the new one")
            && said.contains("--across-machines"),
        "{said}"
    );
    assert!(!home.path().join("reports/compare-before-after").exists());

    let output = tokenlab(&home, &["compare", "before", "after", "--across-machines"]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        shown.contains("CAVEAT: The runs were made on two machines"),
        "{shown}"
    );
    assert!(!shown.contains("rank\n") && !shown.contains("→"), "{shown}");

    fs::remove_file(home.path().join("reports/after/environment.json")).expect("it was there");
    let unknown = tokenlab(&home, &["compare", "before", "after"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", stdout(&unknown));
    assert!(stderr(&unknown).contains("not recorded"), "{}", stderr(&unknown));
}

#[test]
fn what_weakens_the_comparison_and_what_else_changed_is_said() {
    let worse = Invented {
        status: Status::Partial,
        wall_over_cpu: 2,
        version: "0.9.0",
        cases: &[("lab/steady", 40_000), ("lab/come", 40_000)],
        ..CHANGED
    };
    let home = reports(&[STEADY, worse]);
    let shown = stdout(&tokenlab(&home, &["compare", "before", "after"]));
    for wanted in [
        "CAVEAT: The new run is partial",
        "CAVEAT: The new run is noisy",
        "library: lab 0.8.1 in the old run, lab 0.9.0 in the new one",
        "only in the old run:\n  verify/lab/",
        "only in the new run:\n  verify/lab/come/typical",
    ] {
        assert!(shown.contains(wanted), "no {wanted:?} in:\n{shown}");
    }
    let gone = tokenlab(&home, &["compare", "before", "after", "--only", "lab/slowed"]);
    assert_eq!(
        gone.status.code(),
        Some(4),
        "nothing was compared: {}",
        stdout(&gone)
    );
    assert!(
        stderr(&gone).contains("no such case in common"),
        "{}",
        stderr(&gone)
    );
}

#[test]
fn json_has_every_case_and_the_page() {
    let home = reports(&[STEADY, CHANGED]);
    let out: PathBuf = home.path().join("elsewhere");
    let out = out.display().to_string();
    let output = tokenlab(&home, &["compare", "before", "after", "--json", "--out", &out]);
    let envelope: Value = serde_json::from_slice(&output.stdout).expect("one envelope");
    assert_eq!(envelope["kind"], "compare");
    let data = &envelope["data"];
    let mut findings: Vec<(&str, &str)> = data["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| {
            let ratio = &case["ratio"];
            let ends = [&ratio["low"], &ratio["estimate"], &ratio["high"]]
                .map(|end| end.as_f64().expect("a number"));
            assert!(ends[0] <= ends[1] && ends[1] <= ends[2], "{case}");
            let text = |field: &str| case[field].as_str().expect("text");
            (text("contender"), text("finding"))
        })
        .collect();
    findings.sort_unstable();
    assert_eq!(
        findings,
        [
            ("lab/slowed", "slower"),
            ("lab/sped-up", "faster"),
            ("lab/steady", "no change")
        ]
    );
    let page = data["page"].as_str().expect("a path");
    assert!(page.starts_with(&out) && Path::new(page).is_file(), "{page}");
}

#[test]
fn the_doctor_looks_at_everything_and_has_a_line_for_each_lack() {
    let home = tempfile::tempdir().expect("a folder");
    let findings = |path: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenlab"));
        command.args(["doctor", "--json"]).current_dir(home.path());
        if let Some(path) = path {
            command.env("PATH", path);
        }
        let output = command.output().expect("the program starts");
        let line = stdout(&output).lines().next().expect("an envelope").to_owned();
        let mut envelope: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(envelope["kind"], "doctor");
        let found = envelope["data"].as_array_mut().expect("findings").split_off(0);
        (output.status.code(), found)
    };
    let (_, here) = findings(None);
    // No program is found on an empty path.
    let (code, bare) = findings(Some(""));
    assert_eq!(code, Some(3), "bench can't do without a toolchain");
    assert_eq!(here.len(), bare.len());
    for what in [
        "toolchain",
        "valgrind",
        "nightly",
        "cargo-fuzz",
        "just",
        "chromium",
    ] {
        let finding = bare
            .iter()
            .find(|finding| finding["what"] == what)
            .unwrap_or_else(|| panic!("{what} is not looked for"));
        assert_eq!(finding["ok"], false, "{what}");
        assert!(
            finding["fix"].as_str().is_some_and(|fix| !fix.is_empty()),
            "{what}"
        );
    }
    let toolchain = here.iter().find(|finding| finding["what"] == "toolchain");
    assert!(
        toolchain.is_some_and(|finding| finding["ok"] == true),
        "cargo runs these tests: {here:?}"
    );
}
