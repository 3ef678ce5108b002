//! Somebody's own verifier before the attacks: programs and endpoints, sound,
//! naive and broken in every way, and the files that come of it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)] // clippy.toml exempts test functions, not their helpers

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

fn tokenlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokenlab"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("http_proxy", "http://127.0.0.1:9") // which nobody may use
        .output()
        .expect("the program starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The cells of an `attack run --json`.
fn cells(output: &Output) -> Vec<Value> {
    let envelope: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)));
    assert_eq!(envelope["kind"], "attack-run", "{envelope}");
    envelope["data"]["cells"].as_array().expect("cells").clone()
}

/// Runs attacks against the puppet; `None` where there is no Python.
fn against_puppet(mode: &str, more: &[&str]) -> Option<Output> {
    if Command::new("python3").arg("--version").output().is_err() {
        println!("no python3 here: the puppets are left out");
        return None;
    }
    let command = format!("python3 tests/puppets/verifier.py {mode}");
    let mut arguments = vec!["attack", "run", "--json", "--strict", "--against", &command];
    arguments.extend(more);
    Some(tokenlab(&arguments))
}

const HS256: [&str; 3] = ["alg-none", "--scheme", "jwt.HS256"];

/// The lab's own verifier, behind the same pipe as anybody's. What is read from
/// the clock is for a quiet machine and is left out.
#[test]
fn the_lab_holds_against_itself() {
    let listed = tokenlab(&["list", "attacks", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("an envelope");
    let attacks = listed["data"].as_array().expect("cards").iter();
    let ids = attacks.filter_map(|attack| attack["id"].as_str());
    let ids: Vec<&str> = ids.filter(|id| *id != "hmac-timing").collect();
    let command = format!("'{}' token verify --jsonl", env!("CARGO_BIN_EXE_tokenlab"));
    let run = [
        "attack",
        "run",
        "--strict",
        "--json",
        "--timeout",
        "60",
        "--against",
        &command,
    ];
    let output = tokenlab(&[run.as_slice(), ids.as_slice()].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let cells = cells(&output);
    for scheme in [
        "jwt.HS256",
        "jwt.RS256",
        "jwe.A256KW+A256GCM",
        "paseto.v4.public",
        "biscuit.v3",
    ] {
        let target = format!("outside/{scheme}");
        assert!(cells.iter().any(|cell| cell["target"] == target), "{target}");
    }
}

#[test]
fn a_naive_verifier_is_found_and_the_files_say_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (junit, sarif) = (folder.path().join("junit.xml"), folder.path().join("out.sarif"));
    let (junit_path, sarif_path) = (junit.to_str().expect("text"), sarif.to_str().expect("text"));
    let files = ["--all", "--junit", junit_path, "--sarif", sarif_path];
    let Some(output) = against_puppet("naive", &files) else {
        return;
    };
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(
        said.contains("takes the forged token of alg-none (variant none) for the victim's"),
        "{said}"
    );
    let cells = cells(&output);
    let found = cells
        .iter()
        .find(|cell| cell["attack"] == "alg-none")
        .expect("a cell");
    assert_eq!(
        (&found["target"], &found["verdict"]["kind"], &found["expected"]),
        (
            &"outside/jwt.HS256".into(),
            &"accepted".into(),
            &"rejected".into()
        )
    );
    assert!(
        cells.iter().all(|cell| cell["target"] == "outside/jwt.HS256"),
        "it knows one scheme"
    );

    let text = std::fs::read_to_string(&junit).expect("a file");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suites = document.root_element();
    assert_eq!(suites.tag_name().name(), "testsuites");
    assert_eq!(
        suites.attribute("tests").expect("a count"),
        cells.len().to_string()
    );
    let named = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    assert_eq!(named("testsuite").count(), 1);
    assert_eq!(named("testcase").count(), cells.len());
    for (counted, element) in [
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ] {
        let count = named(element).count().to_string();
        assert_eq!(suites.attribute(counted), Some(count.as_str()), "{counted}");
    }
    let failure = named("failure")
        .find(|failure| failure.parent().expect("a case").attribute("name") == Some("alg-none"))
        .expect("the finding");
    assert_eq!(failure.attribute("type"), Some("accepted"));

    let log: Value = serde_json::from_slice(&std::fs::read(&sarif).expect("a file")).expect("JSON");
    is_sarif(&log);
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    let result = results
        .iter()
        .find(|result| result["ruleId"] == "alg-none")
        .expect("the finding");
    assert_eq!(result["level"], "error");
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "tests/puppets/verifier.py");
    // A stolen token is believed by everybody, as expected: no result.
    assert!(
        results
            .iter()
            .all(|result| result["ruleId"] != "token-theft-replay")
    );
}

/// What SARIF 2.1.0 demands of the parts in use (§3.13 to §3.49).
fn is_sarif(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .expect("a schema")
            .ends_with("sarif-schema-2.1.0.json")
    );
    for run in log["runs"].as_array().expect("runs") {
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "tokenlab");
        let rules = driver["rules"].as_array().expect("rules");
        for rule in rules {
            assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
            // Some rules cite nothing whose address follows from its name.
            let uri = rule["helpUri"].as_str().unwrap_or("https://");
            assert!(uri.starts_with("https://"), "{uri}");
        }
        for result in run["results"].as_array().expect("results") {
            let index = result["ruleIndex"]
                .as_u64()
                .and_then(|index| usize::try_from(index).ok());
            assert_eq!(rules[index.expect("an index")]["id"], result["ruleId"]);
            assert!(result["message"]["text"].is_string());
            assert!(["error", "warning"].iter().any(|level| result["level"] == *level));
            let location = &result["locations"][0]["physicalLocation"];
            assert!(
                location["region"]["startLine"]
                    .as_u64()
                    .is_some_and(|line| line > 0)
            );
            let uri = location["artifactLocation"]["uri"].as_str().expect("a file");
            assert!(!uri.starts_with('/') && !uri.contains(' '), "{uri}");
        }
    }
}

#[test]
fn the_matrix_as_files_has_every_target_and_no_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let (junit, sarif) = (folder.path().join("junit.xml"), folder.path().join("out.sarif"));
    let output = tokenlab(&[
        "attack",
        "matrix",
        "--attack",
        "alg-*",
        "--target",
        "jwt-*",
        "--junit",
        junit.to_str().expect("text"),
        "--sarif",
        sarif.to_str().expect("text"),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = std::fs::read_to_string(&junit).expect("a file");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suites = document
        .descendants()
        .filter(|node| node.has_tag_name("testsuite"));
    let names: Vec<&str> = suites.filter_map(|suite| suite.attribute("name")).collect();
    assert!(
        names.contains(&"jwt-unsecured") && names.contains(&"jwt-rs256"),
        "{names:?}"
    );
    assert_eq!(document.root_element().attribute("failures"), Some("0"));
    let log: Value = serde_json::from_slice(&std::fs::read(&sarif).expect("a file")).expect("JSON");
    is_sarif(&log);
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_program_out_of_order_is_cut_off_and_the_matrix_goes_on() {
    for (mode, kind, words) in [
        ("crash", "panicked", "exit status: 1): the puppet's last words"),
        ("garbage", "rejected", "\"Listening...\", which is no JSON object"),
        ("other-id", "rejected", "answered one with the id \"another\""),
        ("flood", "rejected", "a line of more than 1048576 bytes"),
        ("slow", "exhausted", "no answer within 3 s"),
    ] {
        let timeout = if mode == "slow" { "3" } else { "20" };
        let more = [&["token-theft-replay", "--timeout", timeout], HS256.as_slice()].concat();
        let Some(output) = against_puppet(mode, &more) else {
            return;
        };
        assert_eq!(output.status.code(), Some(1), "{mode}: {}", stderr(&output));
        let cells = cells(&output);
        assert_eq!(cells.len(), 2, "{mode}: {cells:?}");
        for cell in &cells {
            assert_eq!(cell["agrees"], false, "{mode}: {cell}");
            assert_eq!(cell["verdict"]["kind"], kind, "{mode}: {cell}");
            let detail = cell["verdict"]["detail"].as_str().expect("a sentence");
            assert!(detail.contains(words), "{mode}: {detail}");
        }
        assert!(stderr(&output).contains("token-theft-replay"), "{mode}");
    }
}

#[test]
fn a_program_that_hangs_is_stopped_with_all_that_it_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let pids = folder.path().join("pids");
    let mode = format!("hang '{}'", pids.display());
    let began = Instant::now();
    let more = [&["--timeout", "3"], HS256.as_slice()].concat();
    let Some(output) = against_puppet(&mode, &more) else {
        return;
    };
    assert!(began.elapsed() < Duration::from_secs(120));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(cells(&output)[0]["verdict"]["kind"], "exhausted");
    let started = std::fs::read_to_string(&pids).expect("it hung at least once");
    for pid in started.split_whitespace() {
        // A process that nobody has waited for yet is still listed, and dead.
        let status = std::fs::read_to_string(Path::new("/proc").join(pid).join("status"));
        let runs = status.is_ok_and(|status| !status.contains("State:\tZ"));
        assert!(!runs, "process {pid} still runs");
    }
}

#[test]
fn a_verifier_that_gets_honest_tokens_wrong_is_told_so() {
    for (mode, words) in [
        ("refuses-all", "it refuses an honest token: no"),
        ("believes-all", "believes an honest token with one letter changed"),
    ] {
        let Some(output) = against_puppet(mode, &["alg-none"]) else {
            return;
        };
        assert_eq!(output.status.code(), Some(1), "{mode}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains(words) && said.contains("jwt.HS256"),
            "{mode}: {said}"
        );
    }
    let Some(output) = against_puppet("sound", &["alg-none", "--scheme", "jwt.RS256"]) else {
        return;
    };
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("does not know the scheme"));
}

#[test]
fn a_sound_program_holds() {
    let Some(output) = against_puppet("sound", &HS256) else {
        return;
    };
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(cells(&output)[0]["decided_by"], "outside-answer");
}

/// A bearer token can be stolen, and a verifier that does something about it is
/// not held to falling.
#[test]
fn a_verifier_may_be_better_than_its_format() {
    let more = ["token-theft-replay", "--scheme", "jwt.HS256"];
    for (mode, kind) in [("sound", "accepted"), ("bound", "rejected")] {
        let Some(output) = against_puppet(mode, &more) else {
            return;
        };
        assert_eq!(output.status.code(), Some(0), "{mode}: {}", stderr(&output));
        assert_eq!(cells(&output)[0]["verdict"]["kind"], kind, "{mode}");
    }
}

#[test]
fn what_is_no_verifier_is_refused_before_anything_is_sent() {
    for (arguments, code, words) in [
        (["--against", "'unbalanced"].as_slice(), 2, "no command line"),
        (&["--against", ""], 2, "no command line"),
        (&["--against", "/no/such/program"], 3, "cannot start"),
        (
            &["--against", "true", "--scheme", "jwt.none"],
            4,
            "no tokens of the scheme",
        ),
        (&["--against", "true", "--target", "*"], 2, "cannot be used with"),
        (&["--against", "true", "--timeout", "0"], 2, "want seconds"),
        (&["--scheme", "jwt.RS256"], 2, "required"),
        (&["--against-http", "http://127.0.0.1/"], 2, "--scheme"),
        (
            &["--against-http", "http://10.0.0.1/", "--scheme", "jwt.RS256"],
            2,
            "10.0.0.1 is no loopback address",
        ),
        (
            &["--against-http", "http://example.com/", "--scheme", "jwt.RS256"],
            2,
            "neither an address nor localhost",
        ),
        (
            &["--against-http", "https://127.0.0.1/", "--scheme", "jwt.RS256"],
            2,
            "http://",
        ),
    ] {
        let all = [&["attack", "run", "alg-none"], arguments].concat();
        let output = tokenlab(&all);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(words),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

/// What a server says to a token.
type Answer = fn(&str) -> String;

/// A server on a free port of this machine, which answers each token as `answer`
/// says and runs until this process ends.
fn serve(answer: Answer) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || respond(&stream, answer));
        }
    });
    address
}

fn respond(mut stream: &TcpStream, answer: Answer) {
    let mut token = String::new();
    for line in BufReader::new(stream.take(4 << 20)).lines().map_while(Result::ok) {
        if line.is_empty() {
            let _ = stream.write_all(answer(&token).as_bytes()); // a client that is gone wants none
            return;
        }
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("authorization")
        {
            value.trim_start_matches("Bearer ").clone_into(&mut token);
        }
    }
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The honest token of the lab's issuer, as its user is shown it.
fn sample() -> String {
    let output = tokenlab(&["attack", "keys", "--scheme", "jwt.HS256", "--json"]);
    let envelope: Value = serde_json::from_slice(&output.stdout).expect("an envelope");
    assert_eq!(envelope["kind"], "attack-keys");
    let data = &envelope["data"];
    assert_eq!(data["key"]["kty"], "oct");
    assert_eq!(
        (&data["issuer"], &data["audience"]),
        (&"https://issuer.example".into(), &"api.example".into())
    );
    data["token"].as_str().expect("a token").to_owned()
}

static SAMPLE: std::sync::LazyLock<String> = std::sync::LazyLock::new(sample);

/// The second attack sends tokens of 200,000 letters and more, which have to arrive.
fn against_endpoint(answer: Answer, timeout: &str) -> Output {
    let url = format!("http://{}/me", serve(answer));
    tokenlab(&[
        "attack",
        "run",
        "alg-none",
        "size-depth-dos",
        "--strict",
        "--json",
        "--scheme",
        "jwt.HS256",
        "--timeout",
        timeout,
        "--against-http",
        &url,
    ])
}

#[test]
fn an_endpoint_is_attacked_like_any_verifier() {
    let sound = |token: &str| {
        if token == *SAMPLE {
            http("200 OK", r#"{"sub":"mallory"}"#)
        } else {
            http("401 Unauthorized", "no")
        }
    };
    let naive = |token: &str| {
        if token == *SAMPLE || token.ends_with('.') {
            http("204 No Content", "")
        } else {
            http("403 Forbidden", "")
        }
    };
    let output = against_endpoint(sound, "20");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let output = against_endpoint(naive, "20");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(cells(&output)[0]["verdict"]["kind"], "accepted");
}

/// What is right for the honest token and for the changed one; `None` for others.
fn begins_well(token: &str) -> Option<String> {
    let signed = |token: &str| token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
    if token == *SAMPLE {
        return Some(http("200 OK", ""));
    }
    let is_changed = signed(token) == signed(&SAMPLE) && token.len() == SAMPLE.len();
    is_changed.then(|| http("401 Unauthorized", ""))
}

#[test]
fn an_endpoint_that_answers_something_else_is_shown_as_such() {
    let cases: [(Answer, &str, &str); 5] = [
        (
            (|token| begins_well(token).unwrap_or_else(|| http("500 Oops", "boom"))),
            "rejected",
            "HTTP 500",
        ),
        (
            |token| {
                begins_well(token).unwrap_or_else(|| {
                    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n".into()
                })
            },
            "rejected",
            "no redirect is followed",
        ),
        (
            |token| {
                begins_well(token).unwrap_or_else(|| {
                    thread::sleep(Duration::from_secs(5));
                    String::new()
                })
            },
            "exhausted",
            "no answer within 2 s",
        ),
        (
            |token| begins_well(token).unwrap_or_else(|| http("200 OK", &"x".repeat(2 << 20))),
            "rejected",
            "more than 1048576 bytes",
        ),
        (
            |token| begins_well(token).unwrap_or_default(),
            "panicked",
            "the connection broke",
        ),
    ];
    for (answer, kind, words) in cases {
        let output = against_endpoint(answer, "2");
        assert_eq!(output.status.code(), Some(1), "{words}: {}", stderr(&output));
        let cell = cells(&output)[0].clone();
        assert_eq!(cell["verdict"]["kind"], kind, "{cell}");
        let detail = cell["verdict"]["detail"].as_str().expect("a sentence");
        assert!(detail.contains(words), "{words}: {detail}");
    }
}

#[test]
fn an_endpoint_that_is_not_there_is_the_machines_fault() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    let output = tokenlab(&[
        "attack",
        "run",
        "alg-none",
        "--scheme",
        "jwt.HS256",
        "--against-http",
        &url,
    ]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("nobody listens"), "{}", stderr(&output));
}
