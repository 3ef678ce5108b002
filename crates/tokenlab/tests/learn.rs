//! `tokenlab learn` and `tokenlab class` as a learner and a teacher use them: programs are
//! mended, and progress travels.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // clippy.toml exempts test functions, not their helpers

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use tokenlab_lab::exercise::Exercise;
use tokenlab_lab::exercises;

/// A folder to work in, with a class of its own.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn tokenlab(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tokenlab"))
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("TOKENLAB_STATE")
            .output()
            .unwrap()
    }

    /// What a command that succeeds prints.
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.tokenlab(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn check(&self, exercise: &Exercise) -> (Option<i32>, String) {
        let output = self.tokenlab(&["learn", "check", exercise.id, "--as", "ada"]);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    }
}

fn to_mend() -> impl Iterator<Item = &'static Exercise> {
    exercises::all()
        .iter()
        .filter(|exercise| exercise.to_mend().is_some())
}

/// Whether Python and patch are here; says so if not.
fn has_tools() -> bool {
    let runs = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    if runs("python3") && runs("patch") {
        return true;
    }
    let required = std::env::var_os("TOKENLAB_REQUIRE").is_some();
    assert!(!required, "python3 and patch are required here");
    eprintln!("not run: programs to mend need python3, their solutions patch");
    false
}

fn patched(folder: &Path, exercise: &Exercise) {
    fs::write(folder.join("solution.patch"), exercise.solution).unwrap();
    let patched = Command::new("patch")
        .args(["-p1", "-s", "-i", "solution.patch"])
        .current_dir(folder)
        .status();
    assert!(patched.unwrap().success(), "{}", exercise.id);
}

#[test]
fn every_program_falls_as_it_comes_and_holds_with_its_patch() {
    if !has_tools() {
        return;
    }
    let desk = Desk::new();
    for exercise in to_mend() {
        desk.said(&["learn", "start", exercise.id]);
        let (code, said) = desk.check(exercise);
        assert_eq!(code, Some(1), "{}: {said}", exercise.id);
        assert!(said.contains("✗ "), "{}: {said}", exercise.id);
        assert!(
            !said.contains("✗ a token as it is usually issued"),
            "{} believes nothing from the start: {said}",
            exercise.id
        );
        patched(desk.0.path(), exercise);
        let (code, said) = desk.check(exercise);
        assert_eq!(code, Some(0), "{}: {said}", exercise.id);
        assert!(said.contains("Solved, 2 tries"), "{}: {said}", exercise.id);
    }
    let csv = desk.said(&["class", "csv"]);
    assert_eq!(csv.matches(",yes,").count(), to_mend().count(), "{csv}");
}

#[test]
fn whoever_refuses_everybody_or_believes_everybody_has_mended_nothing() {
    if !has_tools() {
        return;
    }
    let desk = Desk::new();
    for exercise in to_mend() {
        for answer in ["{\"ok\": False, \"error\": \"no\"}", "{\"ok\": True}"] {
            let program = format!(
                "import json, sys\nfor line in sys.stdin:\n    print(json.dumps({{\"id\": json.loads(line)[\"id\"]}} | {answer}), flush=True)\n"
            );
            fs::write(desk.path(&format!("{}.py", exercise.id)), program).unwrap();
            let (code, said) = desk.check(exercise);
            assert_eq!(code, Some(1), "{}: {said}", exercise.id);
        }
    }
    assert!(!desk.said(&["class", "csv"]).contains(",yes,"));
}

#[test]
fn what_was_edited_is_never_overwritten_and_what_is_missing_is_named() {
    let desk = Desk::new();
    desk.said(&["learn", "start", "mend-none"]);
    fs::write(desk.path("mend-none.py"), "# mine").unwrap();
    let again = desk.tokenlab(&["learn", "start", "mend-none"]);
    assert_eq!(again.status.code(), Some(3));
    assert_eq!(fs::read_to_string(desk.path("mend-none.py")).unwrap(), "# mine");
    for (arguments, code, sentence) in [
        (
            ["learn", "check", "mend-tag", "--as", "ada"],
            3,
            "tokenlab learn start mend-tag",
        ),
        (["learn", "check", "mend-x", "--as", "ada"], 4, "mend-none"),
        (
            ["learn", "check", "alg-none", "--as", "ada"],
            2,
            "/s/NAME/ex/alg-none",
        ),
        (
            ["learn", "check", "mend-none", "--as", "=cmd"],
            2,
            "1 to 24 letters",
        ),
    ] {
        let output = desk.tokenlab(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(sentence), "{arguments:?}: {said}");
    }
}

#[test]
fn hints_come_one_by_one_and_progress_travels_to_the_teacher() {
    let (learner, teacher) = (Desk::new(), Desk::new());
    for beginning in ["Hint 1: ", "Hint 2: ", "Hint 3: ", "Solution: ", "Solution: "] {
        let said = learner.said(&["learn", "hint", "mend-none", "--as", "ada"]);
        assert!(said.starts_with(beginning), "{said}");
    }
    learner.said(&["class", "export", "ada"]);
    let file = learner.path("ada.progress");
    let import = ["class", "import", file.to_str().unwrap()];
    assert!(teacher.said(&import).contains("5 new of 5 events of ada"));
    assert!(teacher.said(&import).contains("0 new of 5 events of ada"));
    assert_eq!(teacher.said(&["class", "csv"]), learner.said(&["class", "csv"]));

    let text = fs::read_to_string(&file).unwrap();
    let changed = tokenlab_harness::tamper::payload(text.trim()).unwrap();
    fs::write(&file, changed).unwrap();
    let refused = teacher.tokenlab(&import);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("changed after it was signed"));
}

#[test]
fn slides_are_one_file_that_fetches_nothing() {
    let desk = Desk::new();
    for plan in ["45", "90"] {
        let path = desk.said(&["class", "slides", plan]);
        let page = fs::read_to_string(desk.path(path.trim())).unwrap();
        assert!(page.matches("<section class=\"slide\"").count() > 10, "{plan}");
        for elsewhere in ["src=", "<link", "@import", "url("] {
            assert!(!page.contains(elsewhere), "{plan} fetches something: {elsewhere}");
        }
    }
}
