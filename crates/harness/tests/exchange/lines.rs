//! Lines, whole and broken, as a stream.

use proptest::prelude::*;
use serde_json::{Value, json};
use tokenlab_harness::exchange::line::{LINE_BYTES_MAX, Lines};
use tokenlab_harness::exchange::{Answer, Request, Verifier};

fn answers(input: &[u8]) -> Vec<Answer> {
    let verifier = Verifier::all();
    let lines = Lines::new(std::io::BufReader::with_capacity(7, input));
    lines
        .zip(1..)
        .map(|(line, number)| verifier.answer(number, line.unwrap()))
        .collect()
}

fn line() -> Value {
    json!({"id": "a", "scheme": "jwt.HS256", "token": "a.b.c", "key": "utf8:a-string-secret-at-least-256-bits-long"})
}

fn line_with(name: &str, value: Value) -> Vec<u8> {
    let mut line = line();
    line[name] = value;
    line.to_string().into_bytes()
}

#[test]
fn every_line_gets_an_answer_and_the_stream_goes_on() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let mut without_id = line();
    without_id.as_object_mut().unwrap().remove("id");
    let table: Vec<(Vec<u8>, Value, &str)> = vec![
        (b"".to_vec(), Value::Null, "line 1: the line is empty"),
        (b"not json".to_vec(), Value::Null, "line 2: not a JSON object"),
        (b"[1]".to_vec(), Value::Null, "line 3: not a JSON object"),
        (
            b"{\"id\":\"x\"".to_vec(),
            Value::Null,
            "line 4: not a JSON object",
        ),
        (
            b"\xff\xfe{}".to_vec(),
            Value::Null,
            "line 5: not UTF-8 from byte 0 on",
        ),
        (b"{}".to_vec(), Value::Null, "line 6: field \"id\" is missing"),
        (
            line_with("id", json!([])),
            Value::Null,
            "field \"id\" is an array, want a string or a number",
        ),
        (
            b"{\"id\":7}".to_vec(),
            json!(7),
            "line 8: field \"scheme\" is missing",
        ),
        (
            line_with("scheme", json!(5)),
            json!("a"),
            "field \"scheme\" is a number, want a string",
        ),
        (
            line_with("token", Value::Null),
            json!("a"),
            "field \"token\" is missing",
        ),
        (
            line_with("key", Value::Null),
            json!("a"),
            "field \"key\" is missing",
        ),
        (
            line_with("check_time", json!("yes")),
            json!("a"),
            "want true or false",
        ),
        (
            line_with("expected_claims", json!([])),
            json!("a"),
            "want an object",
        ),
        (
            line_with("footer", json!({"kid": "1"})),
            json!("a"),
            "field \"footer\" is an object, want a string",
        ),
        (
            line_with("footer", json!("kid")),
            json!("a"),
            "which only PASETO has",
        ),
        (
            line_with("implicit_assertion", json!("x")),
            json!("a"),
            "which only PASETO v3 and v4 has",
        ),
        (
            line_with("authorizer", json!("allow if true;")),
            json!("a"),
            "which only Biscuit has",
        ),
        (
            b"{\"id\":1,\"id\":2}".to_vec(),
            Value::Null,
            "\"id\" occurs twice",
        ),
        (deep.into_bytes(), Value::Null, "not a JSON object"),
        (
            vec![b' '; LINE_BYTES_MAX + 1],
            Value::Null,
            "up to 1048576 are read",
        ),
        (
            without_id.to_string().into_bytes(),
            Value::Null,
            "field \"id\" is missing",
        ),
    ];
    let mut input = Vec::new();
    for (line, _, _) in &table {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.extend(line().to_string().bytes()); // and the last without a line feed
    let answers = answers(&input);
    assert_eq!(answers.len(), table.len() + 1);
    for ((line, id, words), answer) in table.iter().zip(&answers) {
        let shown = String::from_utf8_lossy(&line[..line.len().min(80)]);
        assert_eq!(answer.id, *id, "{shown}");
        assert_eq!((answer.ok, answer.disagree), (Some(false), false), "{shown}");
        let error = answer.error.as_ref().unwrap();
        assert!(error.contains(words), "{shown}: {error}");
    }
    let last = answers.last().unwrap();
    assert_eq!(last.id, json!("a"));
    assert!(!last.results.is_empty() && last.ok == Some(false), "{last:?}");
}

#[test]
fn a_scheme_that_nobody_implements_is_neither_accepted_nor_refused() {
    for scheme in [
        "jwt.none",
        "jwt.hs256",
        "",
        "session.redis",
        "paseto.v9.local",
        "x",
    ] {
        let request = Request::from_line(&line_with("scheme", json!(scheme))).unwrap();
        let answer = Verifier::all().verify(&request);
        assert_eq!((answer.ok, answer.disagree), (None, true), "{scheme}");
        assert!(
            answer.error.unwrap().contains("no contender here implements"),
            "{scheme}"
        );
    }
}

#[test]
fn an_answer_has_the_fields_that_others_rely_on() {
    let answer = serde_json::to_value(&answers(b"x")[0]).unwrap();
    let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 5, "{names:?}");
    for name in ["id", "ok", "claims", "error", "results"] {
        assert!(answer.get(name).is_some(), "{name}");
    }
    let request = Request::from_line(&line_with("scheme", json!("x"))).unwrap();
    let answer = serde_json::to_value(Verifier::all().verify(&request)).unwrap();
    assert_eq!((&answer["ok"], &answer["disagree"]), (&Value::Null, &json!(true)));
}

#[test]
fn what_is_empty_is_not_there() {
    for field in ["footer", "implicit_assertion", "authorizer"] {
        for value in [Value::Null, json!("")] {
            Request::from_line(&line_with(field, value)).unwrap();
        }
    }
}

proptest! {
    #[test]
    fn a_line_comes_back_as_it_went(
        id in "\\PC{0,10}",
        token in "\\PC{0,40}",
        footer in proptest::option::of("\\PC{0,10}"),
        assertion in proptest::option::of("\\PC{0,10}"),
        check_time in any::<bool>(),
        claim in proptest::option::of("\\PC{0,10}"),
    ) {
        let request = Request {
            id: json!(id),
            scheme: "paseto.v4.public".into(),
            token,
            key: json!({"kty": "OKP"}),
            expected_claims: claim.map(|claim| json!({"sub": claim}).as_object().unwrap().clone()),
            footer,
            implicit_assertion: assertion,
            check_time,
            authorizer: None,
        };
        let line = serde_json::to_string(&request).unwrap();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(Request::from_line(line.as_bytes()).unwrap(), request);
    }

    #[test]
    fn any_bytes_are_as_many_answers_as_lines(input in proptest::collection::vec(any::<u8>(), 0..200)) {
        let lines = input.split(|byte| *byte == b'\n').count();
        let expected = lines - usize::from(input.last().is_none_or(|last| *last == b'\n'));
        prop_assert_eq!(answers(&input).len(), expected);
    }
}
