//! The reader of the token exchange format, and what the contenders make of
//! the lines it reads.
//!
//! Whoever writes a line brings the key along, so that a token which verifies
//! under it proves nothing. Three properties take the place of that one. A line
//! that is read and written again says the same. An answer is in agreement
//! with itself, and no library panicked on the way to it. And with the lab's
//! own key in the place of the line's, no token is accepted that nobody issued.

use std::sync::LazyLock;

use tokenlab_harness::exchange::{Answer, Key, Request, Verifier as Exchange};

use crate::issued::{self, RING};
use crate::seeds::Seed;
use crate::verifier::{Verifier, load_all};
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "exchange",
    summary: "lines of the token exchange format, through every contender of pure Rust",
    crash_means: "a line is misread, an answer contradicts itself, or a token that nobody issued is accepted",
    dictionary: Some("lines"),
    body,
    token: crate::no_token,
    seeds,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static EXCHANGE: LazyLock<Exchange> = LazyLock::new(|| Exchange::new(issued::fuzzed().collect()));
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(|_| true));
    let line = String::from_utf8_lossy(data);
    let reach = judge(&line, &EXCHANGE.answer(1, Ok(data.to_vec())))?;
    let Ok(request) = Request::from_line(data) else {
        return Ok(reach);
    };
    let written = serde_json::to_vec(&request).unwrap_or_default();
    if !Request::from_line(&written).is_ok_and(|again| says_the_same(&request, &again)) {
        return Err(wrong("is read otherwise once it is written again", &line));
    }
    let Some(key) = RING
        .key(&request.scheme)
        .and_then(|key| key.to_exchange(&request.scheme).ok())
    else {
        return Ok(reach);
    };
    let ours = EXCHANGE.verify(&Request {
        key,
        ..request.clone()
    });
    for verdict in ours.results.iter().filter(|verdict| verdict.ok) {
        let mut verifiers = VERIFIERS.iter();
        let verifier = verifiers.find(|verifier| verifier.id() == verdict.contender);
        if verifier.is_none_or(|verifier| verifier.issued_as(&request.token).is_none()) {
            return Err(wrong(
                "has a token that nobody issued and that is accepted",
                &line,
            ));
        }
    }
    Ok(reach.max(judge(&line, &ours)?))
}

/// Judges an answer to a line, whoever gave it.
///
/// # Errors
/// The finding, if there is one.
pub fn judge(line: &str, answer: &Answer) -> Result<Reach, Finding> {
    let expect = |holds: bool, problem| if holds { Ok(()) } else { Err(wrong(problem, line)) };
    let accepts = |wanted: bool| answer.results.iter().any(|verdict| verdict.ok == wanted);
    expect(
        answer.disagree == answer.ok.is_none(),
        "is disagreed on and answered all the same",
    )?;
    expect(
        answer.error.is_none() == (answer.ok == Some(true)),
        "is accepted with an error, or refused without one",
    )?;
    expect(
        answer.ok != Some(true) || (accepts(true) && !accepts(false) && answer.claims.is_some()),
        "is accepted although somebody refuses, or nobody was asked",
    )?;
    for verdict in &answer.results {
        expect(
            verdict.ok == verdict.claims.is_some() && verdict.ok == verdict.error.is_none(),
            "has a verdict without its claims or its reason",
        )?;
        let words = verdict.error.as_deref().unwrap_or_default();
        expect(!words.contains("panicked"), "makes a library panic")?;
    }
    Ok(if answer.ok == Some(true) {
        Reach::Accepted
    } else {
        Reach::Refused
    })
}

/// Whether two readings agree, but for numbers, which JSON may round.
fn says_the_same(one: &Request, other: &Request) -> bool {
    let texts = |request: &Request| {
        (
            request.scheme.clone(),
            request.token.clone(),
            request.footer.clone(),
            request.implicit_assertion.clone(),
            request.check_time,
            request.authorizer.clone(),
        )
    };
    texts(one) == texts(other)
}

fn wrong(problem: &'static str, line: &str) -> Finding {
    Finding::WrongAnswer {
        problem,
        line: line.to_owned(),
    }
}

/// One issued token of each scheme, and lines that are broken in all ways that
/// the reader has words for. With the public key where there is one: secrets
/// are not committed, whoever may compute them, so another one stands there.
fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for issued in issued::all()
        .iter()
        .filter(|issued| issued.corpus == issued::CORPORA[0])
    {
        let Some(scheme) = issued.issuer().map(|issuer| issuer.card().scheme.clone()) else {
            continue;
        };
        let name = format!("seed-{scheme}");
        if seeds.iter().any(|seed| seed.name == name) {
            continue;
        }
        let public = RING.key(&scheme).and_then(|key| key.public());
        let key = public
            .and_then(|public| Key::Public(public).to_exchange(&scheme).ok())
            .unwrap_or_else(|| format!("hex:{}", "00".repeat(32)).into());
        let line = serde_json::json!({ "id": issued.contender, "scheme": scheme, "token": issued.token, "key": key });
        seeds.push(Seed::new(name, line.to_string(), Reach::Accepted));
    }
    let with =
        |rest: &str| format!(r#"{{"id":1,"scheme":"jwt.HS256","token":"a.b.c","key":"utf8:k"{rest}}}"#);
    for (name, line) in [
        ("seed-empty", String::new()),
        ("seed-no-object", "[]".into()),
        ("seed-no-member", "{}".into()),
        ("seed-cut", r#"{"id":1,"scheme":"#.into()),
        ("seed-id-of-another-type", r#"{"id":[]}"#.into()),
        ("seed-no-token", r#"{"id":1,"scheme":"jwt.HS256","key":"utf8:k"}"#.into()),
        ("seed-member-twice", with(r#","id":2"#)),
        ("seed-footer-of-a-jwt", with(r#","footer":"f""#)),
        ("seed-assertion-of-a-jwt", with(r#","implicit_assertion":"i""#)),
        ("seed-authorizer-of-a-jwt", with(r#","authorizer":"allow if true""#)),
        ("seed-unknown-member", with(r#","unknown":{"a":[null]}"#)),
        ("seed-check-time-of-another-type", with(r#","check_time":1"#)),
        ("seed-expected-claims", with(r#","expected_claims":{"sub":"alice"}"#)),
        (
            "seed-key-of-another-scheme",
            r#"{"id":"k","scheme":"paseto.v4.public","token":"v4.public.AAAA","key":"k4.local.AAAA"}"#.into(),
        ),
        (
            "seed-unknown-scheme",
            r#"{"id":"s","scheme":"jwt.none","token":"a.b.","key":"utf8:"}"#.into(),
        ),
        (
            "seed-authorizer",
            r#"{"id":"b","scheme":"biscuit.v3","token":"AAAA","key":"ed25519/00","authorizer":"allow if true;"}"#
                .into(),
        ),
    ] {
        seeds.push(Seed::new(name, line, Reach::Refused));
    }
    seeds
}
