//! `tokenlab token` as its users meet it: mint, verify, diff, and lines of
//! every kind of brokenness through a pipe.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Runs tokenlab with `input` on standard input.
fn tokenlab(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokenlab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // In a thread of its own: a full pipe would stop both of us.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input); // a command that reads nothing closes it
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends");
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// The `data` of an envelope of that kind.
fn data(output: &Output, kind: &str) -> Value {
    let mut envelope: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)));
    assert_eq!(envelope["kind"], kind, "{envelope}");
    envelope["data"].take()
}

#[test]
fn everything_minted_is_verified() {
    let minted = tokenlab(&["token", "mint", "--jsonl"], b"");
    assert_eq!(minted.status.code(), Some(0), "{}", stderr(&minted));
    let cards = data(&tokenlab(&["list", "contenders", "--json"], b""), "contenders");
    let travelling: Vec<&Value> = cards
        .as_array()
        .expect("cards")
        .iter()
        .filter(|card| card["family"] != "session")
        .map(|card| &card["id"])
        .collect();
    let tokens = lines(&minted);
    let ids: Vec<&Value> = tokens.iter().map(|line| &line["id"]).collect();
    assert_eq!(ids, travelling);

    let verified = tokenlab(&["token", "verify", "--jsonl"], &minted.stdout);
    let answers = lines(&verified);
    assert_eq!(answers.len(), tokens.len());
    for (token, answer) in tokens.iter().zip(&answers) {
        assert_eq!(answer["id"], token["id"]);
        assert_eq!(answer["ok"], true, "{answer}");
        assert_eq!(answer["claims"], token["expected_claims"], "{answer}");
    }
    assert_eq!(verified.status.code(), Some(0), "{}", stderr(&verified));
}

/// An id means nothing outside its store: sessions are left out, and said to be.
#[test]
fn sessions_do_not_travel() {
    let cards = data(&tokenlab(&["list", "contenders", "--json"], b""), "contenders");
    let mut sessions = cards.as_array().expect("cards").iter();
    let Some(session) = sessions.find(|card| card["family"] == "session") else {
        println!("this build has no sessions");
        return;
    };
    let all = tokenlab(&["token", "mint", "--jsonl"], b"");
    assert!(stderr(&all).contains("session contenders"), "{}", stderr(&all));
    let id = session["id"].as_str().expect("an id");
    let one = tokenlab(&["token", "mint", "--contender", id], b"");
    assert_eq!(one.status.code(), Some(4), "{}", stderr(&one));
    assert!(stderr(&one).contains("outside its store"), "{}", stderr(&one));
}

#[test]
fn a_broken_line_is_answered_and_the_stream_goes_on() {
    let minted = tokenlab(&["token", "mint", "--jsonl", "--contender", "pasetors/v4.*"], b"");
    let good: Vec<&[u8]> = minted.stdout.split_inclusive(|byte| *byte == b'\n').collect();
    let long = vec![b'x'; 3 << 20];
    let mut other_scheme: Value = serde_json::from_slice(good[0]).expect("a line");
    other_scheme["scheme"] = json!("paseto.v9.local");
    let other_scheme = other_scheme.to_string();
    let broken: [(&[u8], &str); 6] = [
        (b"nonsense", "line 1: not a JSON object"),
        (b"", "line 3: the line is empty"),
        (b"\xff\xff", "line 5: not UTF-8"),
        (&long, "line 7: the line has 3145728 bytes"),
        (
            b"{\"id\":\"x\",\"scheme\":\"jwt.HS256\"}",
            "line 9: field \"token\" is missing",
        ),
        (other_scheme.as_bytes(), "no contender here implements"),
    ];
    let mut input = Vec::new();
    for (line, _) in &broken {
        input.extend_from_slice(line);
        input.push(b'\n');
        input.extend_from_slice(good[0]);
    }
    let output = tokenlab(&["token", "verify", "--jsonl"], &input);
    let answers = lines(&output);
    assert_eq!(answers.len(), 2 * broken.len());
    for (pair, (_, words)) in answers.chunks(2).zip(&broken) {
        let error = pair[0]["error"].as_str().expect("an error");
        assert!(error.contains(words), "{error}");
        assert_ne!(pair[0]["ok"], true);
        assert_eq!(pair[1]["ok"], true, "{}", pair[1]);
    }
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("6 of 12 lines are not ok"),
        "{}",
        stderr(&output)
    );
}

/// The answer to a line is there before the next line is.
#[test]
fn answers_are_not_held_back() {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokenlab"))
        .args(["token", "verify", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for number in 1..=3 {
        writeln!(stdin, "{{\"id\":{number}}}").expect("it listens");
        let answer = answers.next().expect("an answer").expect("text");
        assert!(answer.starts_with(&format!("{{\"id\":{number},")), "{answer}");
    }
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[test]
fn one_token_is_verified_by_hand() {
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7515 A.1
    let key = r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
    let verify = |flags: &[&str]| {
        let fixed = ["token", "verify", token, "--scheme", "jwt.HS256", "--key"];
        tokenlab(&[&fixed, flags].concat(), b"")
    };
    let fine = verify(&[key]);
    assert_eq!(fine.status.code(), Some(0), "{}", stderr(&fine));
    let text = String::from_utf8_lossy(&fine.stdout);
    assert!(
        text.contains("accepts") && text.contains("\"iss\": \"joe\""),
        "{text}"
    );

    let late = verify(&[key, "--check-time"]);
    assert_eq!(late.status.code(), Some(1));
    assert!(stderr(&late).contains("expired"), "{}", stderr(&late));

    let wrong = verify(&["utf8:0123456789abcdef0123456789abcdef", "--json"]);
    assert_eq!(wrong.status.code(), Some(1));
    let answer = data(&wrong, "verified");
    assert_eq!(answer["ok"], false);
    assert!(
        answer["error"]
            .as_str()
            .is_some_and(|error| error.contains("bad-signature"))
    );

    let short = verify(&["utf8:secret"]);
    assert!(
        stderr(&short).contains("a secret of 6 bytes was given"),
        "{}",
        stderr(&short)
    );

    let pem = verify(&["-----BEGIN CERTIFICATE-----\n"]);
    assert!(
        stderr(&pem).contains("a certificate was given"),
        "{}",
        stderr(&pem)
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_its_exit_code() {
    for (arguments, code, words) in [
        (
            ["token", "mint", "--contender", "nobody/*"].as_slice(),
            4,
            "there is no contender",
        ),
        (&["token", "mint", "--jsonl", "--json"], 2, "choose one"),
        (
            &["token", "mint", "--claims", "/nowhere"],
            2,
            "cannot read claims from /nowhere",
        ),
        (&["token", "verify"], 2, "--scheme"),
        (&["token", "verify", "x", "--jsonl"], 2, "--jsonl"),
        (
            &["token", "verify", "--jsonl", "--contender", "nobody/*"],
            4,
            "there is no contender",
        ),
        (
            &[
                "token",
                "verify",
                "x",
                "--scheme",
                "jwt.HS256",
                "--key",
                "utf8:x",
                "--footer",
                "f",
            ],
            2,
            "which only PASETO has",
        ),
        (
            &[
                "token",
                "verify",
                "x",
                "--scheme",
                "jwt.HS256",
                "--key",
                "@/nowhere",
            ],
            2,
            "cannot read a key from /nowhere",
        ),
        (
            &["token", "verify", "x", "--scheme", "jwt.HS256", "--key", "{"],
            2,
            "begins like a JWK",
        ),
    ] {
        let output = tokenlab(arguments, b"");
        let said = format!("{}{}", stderr(&output), String::from_utf8_lossy(&output.stdout));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn claims_may_come_from_a_file_with_times_either_way() {
    let mut expected = Vec::new();
    for claims in [
        r#"{"sub":"a","exp":2000000000}"#,
        r#"{"sub":"a","exp":"2033-05-18T03:33:20Z"}"#,
    ] {
        let arguments = [
            "token",
            "mint",
            "--jsonl",
            "--claims",
            "-",
            "--contender",
            "pasetors/v4.public",
        ];
        let output = tokenlab(&arguments, claims.as_bytes());
        expected.push(lines(&output)[0]["expected_claims"].clone());
    }
    assert_eq!(expected[0], json!({"sub": "a", "exp": "2033-05-18T03:33:20Z"}));
    assert_eq!(expected[0], expected[1]);
    let output = tokenlab(&["token", "mint", "--claims", "-"], br#"{"exp":"soon"}"#);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("claim exp is not a time"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_is_bound_goes_where_it_has_a_place() {
    let arguments = [
        "token",
        "mint",
        "--jsonl",
        "--footer",
        "foot",
        "--implicit-assertion",
        "bound",
        "--contender",
        "*/v?.*",
    ];
    let minted = tokenlab(&arguments, b"");
    for line in lines(&minted) {
        let scheme = line["scheme"].as_str().expect("a scheme");
        let takes_assertion = scheme.contains(".v3.") || scheme.contains(".v4.");
        assert_eq!(line["footer"], "foot", "{scheme}");
        assert_eq!(line["implicit_assertion"] == "bound", takes_assertion, "{scheme}");
    }
    let verified = tokenlab(&["token", "verify", "--jsonl"], &minted.stdout);
    assert_eq!(verified.status.code(), Some(0), "{}", stderr(&verified));
}

#[test]
fn a_diff_shows_what_differs_and_works_on_broken_tokens() {
    let one = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.AAAA";
    let other = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.AAAB";
    let output = tokenlab(&["token", "diff", one, other], b"");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    for words in [
        "header = {\"alg\":\"HS256\"}",
        "sub is \"alice\" and \"bob\"",
        "from byte 2 on",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let diff = data(&tokenlab(&["token", "diff", one, other, "--json"], b""), "diff");
    let same: Vec<&Value> = diff["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| &part["same"])
        .collect();
    assert_eq!(same, [true, false, false]);
    for (left, right, words) in [
        ("", "x", "no such part"),
        ("v4.local.AAAA", "v4.local.AAAB", "want at least 64"),
        ("a.b", "a.b.c.d.e.f", "no such part"),
    ] {
        let output = tokenlab(&["token", "diff", left, right], b"");
        assert_eq!(output.status.code(), Some(0), "{left} {right}");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(words), "{left} {right}: {text}");
    }
}
