//! `tokenlab serve` as a process: what it says, how it ends, and what outlives it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml exempts test functions, not their helpers

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A lab that is killed when it is dropped.
struct Lab {
    process: Child,
    url: String,
}

impl Lab {
    fn start(state: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_tokenlab"))
            .args(["serve", "--port", "0", "--state"])
            .arg(state)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        let url = url.trim().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url:?}");
        Self { process, url }
    }

    fn get(&self, path: &str, token: Option<&str>) -> String {
        let mut request = ureq::get(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        request.call().unwrap().body_mut().read_to_string().unwrap()
    }

    /// Solves the exercise about a signature of zeros: no key is needed for it.
    fn solve(&self) -> String {
        let honest = self.get("s/ada/t/zeros/token", None);
        let header = honest.split('.').next().unwrap();
        let claims = "eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWRtaW4iLCJhdWQiOiJhcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0";
        let forged = format!("{header}.{claims}.{}", "A".repeat(86));
        self.get("s/ada/t/zeros/whoami", Some(&forged))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[test]
fn what_was_shown_as_solved_outlives_a_kill_and_keys_are_of_the_folder() {
    let state = tempfile::tempdir().unwrap();
    let mut lab = Lab::start(state.path());
    let key = lab.get("t/jwt-rs256/key.pem", None);
    assert!(lab.solve().contains("\"solved\":true"));
    lab.process.kill().unwrap(); // SIGKILL: nobody gets to tidy up
    lab.process.wait().unwrap();

    let again = Lab::start(state.path());
    assert!(again.get("s/ada", None).contains("✓ solved, 1 try"));
    assert_eq!(again.get("t/jwt-rs256/key.pem", None), key);

    let other = tempfile::tempdir().unwrap();
    let elsewhere = Lab::start(other.path());
    assert_ne!(
        elsewhere.get("t/jwt-rs256/key.pem", None),
        key,
        "another class has other keys"
    );
}

#[test]
fn the_pages_about_attacks_are_there_after_a_while_and_have_every_attack() {
    let state = tempfile::tempdir().unwrap();
    let lab = Lab::start(state.path());
    let began = Instant::now();
    let page = loop {
        match ureq::get(format!("{}attacks/index.html", lab.url)).call() {
            Ok(mut answer) => break answer.body_mut().read_to_string().unwrap(),
            Err(ureq::Error::StatusCode(503)) if began.elapsed() < Duration::from_secs(300) => {
                thread::sleep(Duration::from_millis(500));
            }
            Err(error) => panic!("{error}"),
        }
    };
    for attack in ["alg-none", "jwe-zip-bomb", "biscuit-thirdparty-key"] {
        assert!(page.contains(attack), "{attack} is missing");
        assert!(
            lab.get(&format!("attacks/{attack}.html"), None)
                .contains("How each family decides")
        );
    }
}

#[test]
fn a_taken_port_is_said_with_the_next_free_one() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let state = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tokenlab"))
        .args(["serve", "--port", &port.to_string(), "--state"])
        .arg(state.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(&format!("port {port} is taken")), "{said}");
    assert!(said.contains("tokenlab serve --port "), "{said}");
    assert_eq!(state.path().read_dir().unwrap().count(), 0, "nothing was begun");
}

#[test]
fn asked_to_end_it_ends_well() {
    let state = tempfile::tempdir().unwrap();
    let mut lab = Lab::start(state.path());
    let killed = Command::new("kill")
        .arg(lab.process.id().to_string())
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(lab.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_seed_file_that_holds_none_is_said() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("seed"), "hello").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tokenlab"))
        .args(["serve", "--port", "0", "--state"])
        .arg(state.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("holds no seed; delete it"), "{said}");
}
