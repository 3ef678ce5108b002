//! Every contender's tokens by every other that implements the scheme.

use serde_json::{Value, json};
use tokenlab_harness::exchange::{Request, Verifier, mint};
use tokenlab_harness::{Contender, Corpus, KeyRing, contenders, policy};
use tokenlab_record::catalogue::Family;

/// Those whose tokens travel.
fn travelling() -> Vec<&'static dyn Contender> {
    contenders::available()
        .filter(|contender| contender.card().family != Family::Session)
        .collect()
}

fn minted(contender: &dyn Contender, corpus: &str) -> Request {
    let ring = KeyRing::from_seed(3);
    let claims = Corpus::named(corpus).unwrap().claims(7, policy::now());
    mint(
        contender,
        &ring,
        &claims,
        Some("{\"kid\":\"é\"}"),
        Some("tenant-7"),
    )
    .unwrap_or_else(|error| panic!("{}: {error}", contender.id()))
}

#[test]
fn what_one_mints_every_other_reads() {
    let verifier = Verifier::all();
    let (mut tokens, mut verifications) = (0, 0);
    for contender in travelling() {
        for corpus in ["typical", "unicode", "nested"] {
            let line = minted(contender, corpus);
            // Through the wire, as a stranger would get it.
            let line = serde_json::to_string(&line).unwrap();
            let request = Request::from_line(line.as_bytes()).unwrap();
            let answer = verifier.verify(&request);
            assert_eq!(answer.ok, Some(true), "{} {corpus}: {answer:?}", contender.id());
            assert_eq!(
                answer.claims,
                request.expected_claims,
                "{} {corpus}",
                contender.id()
            );
            tokens += 1;
            verifications += answer.results.len();
        }
    }
    assert!(tokens > 0, "nothing was minted");
    println!("{tokens} tokens, {verifications} verifications");
}

#[test]
fn what_was_tampered_with_is_refused_by_all() {
    let verifier = Verifier::all();
    for contender in travelling() {
        let mut request = minted(contender, "tiny");
        let at = request.token.len() / 2;
        let old = request.token.remove(at);
        request.token.insert(at, if old == 'A' { 'B' } else { 'A' });
        let answer = verifier.verify(&request);
        assert_eq!(answer.ok, Some(false), "{}: {answer:?}", contender.id());
        assert!(answer.results.iter().all(|verdict| verdict.error.is_some()));
    }
}

#[test]
fn what_is_bound_to_a_token_binds() {
    let verifier = Verifier::all();
    for contender in travelling() {
        let request = minted(contender, "tiny");
        if request.footer.is_some() {
            let other = Request {
                footer: Some("another".into()),
                ..request.clone()
            };
            assert_eq!(verifier.verify(&other).ok, Some(false), "{}", contender.id());
            let any = Request {
                footer: None,
                ..request.clone()
            };
            assert_eq!(verifier.verify(&any).ok, Some(true), "{}", contender.id());
        }
        if request.implicit_assertion.is_some() {
            for assertion in [None, Some("tenant-8".to_owned())] {
                let other = Request {
                    implicit_assertion: assertion,
                    ..request.clone()
                };
                assert_eq!(verifier.verify(&other).ok, Some(false), "{}", contender.id());
            }
        }
        let mut unexpected = request.clone();
        unexpected
            .expected_claims
            .as_mut()
            .unwrap()
            .insert("sub".into(), json!("mallory"));
        let answer = verifier.verify(&unexpected);
        assert_eq!(answer.ok, Some(false), "{}", contender.id());
        assert!(answer.error.unwrap().contains("sub is"), "{}", contender.id());
    }
}

#[test]
fn the_clock_is_asked_only_where_the_line_says_so() {
    let verifier = Verifier::all();
    let ring = KeyRing::from_seed(3);
    for contender in travelling() {
        let mut claims = Corpus::named("tiny").unwrap().claims(0, policy::now());
        claims.exp = Some(policy::now() - 100);
        let stale = mint(contender, &ring, &claims, None, None).unwrap();
        assert_eq!(verifier.verify(&stale).ok, Some(true), "{}", contender.id());
        let checked = Request {
            check_time: true,
            ..stale
        };
        let answer = verifier.verify(&checked);
        assert_eq!(answer.ok, Some(false), "{}", contender.id());
        assert!(answer.error.unwrap().contains("expired"), "{}", contender.id());
        let fresh = Request {
            check_time: true,
            ..minted(contender, "typical")
        };
        assert_eq!(verifier.verify(&fresh).ok, Some(true), "{}", contender.id());
    }
}

#[test]
fn another_schemes_token_is_refused_without_a_panic() {
    let verifier = Verifier::all();
    let lines: Vec<Request> = travelling()
        .into_iter()
        .map(|contender| minted(contender, "tiny"))
        .collect();
    let mut schemes: Vec<&Request> = Vec::new();
    for line in &lines {
        if !schemes.iter().any(|known| known.scheme == line.scheme) {
            schemes.push(line);
        }
    }
    for own in &schemes {
        for foreign in schemes.iter().filter(|other| other.scheme != own.scheme) {
            let request = Request {
                token: foreign.token.clone(),
                ..(*own).clone()
            };
            let answer = verifier.verify(&request);
            assert_eq!(
                answer.ok,
                Some(false),
                "{} under {}: {answer:?}",
                foreign.scheme,
                own.scheme
            );
        }
        for hostile in [
            "",
            ".",
            "..",
            "....",
            "a.b.c",
            "\u{0}",
            "ключ.😀.=",
            &"A.".repeat(5_000),
            "v4.public.",
            "e30.e30.",
        ] {
            let request = Request {
                token: hostile.to_owned(),
                ..(*own).clone()
            };
            let answer = verifier.verify(&request);
            assert_eq!(answer.ok, Some(false), "{hostile:.20} under {}", own.scheme);
            let panicked = answer
                .error
                .as_ref()
                .is_some_and(|error| error.contains("panicked"));
            assert!(!panicked, "{hostile:.20} under {}: {answer:?}", own.scheme);
        }
    }
}

/// Tokens of other people's making.
#[test]
fn published_tokens_are_read() {
    let rfc7515_a1 = json!({
        "id": "RFC 7515 A.1",
        "scheme": "jwt.HS256",
        "key": {"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"},
        "token": "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "expected_claims": {"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true},
    });
    let paseto_4_s_3 = json!({
        "id": "PASETO 4-S-3",
        "scheme": "paseto.v4.public",
        "key": "hex:1eb9dbbbbc047c03fd70604e0071f0987e16b28b757225c11f00415d0e20b1a2",
        "token": "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9NPWciuD3d0o5eXJXG5pJy-DiVEoyPYWs1YSTwWHNJq6DZD3je5gf-0M4JR9ipdUSJbIovzmBECeaWmaqcaP0DQ.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
        "footer": "{\"kid\":\"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN\"}",
        "implicit_assertion": "{\"test-vector\":\"4-S-3\"}",
        "expected_claims": {"data": "this is a signed message", "exp": "2022-01-01T00:00:00+00:00"},
    });
    for line in [rfc7515_a1, paseto_4_s_3] {
        let request = Request::from_line(line.to_string().as_bytes()).unwrap();
        let answer = Verifier::all().verify(&request);
        assert_eq!(answer.ok, Some(true), "{answer:?}");
        assert!(answer.results.len() > 1, "{answer:?}");
        let late = Request {
            check_time: true,
            ..request
        };
        let answer = Verifier::all().verify(&late);
        assert_eq!(answer.ok, Some(false), "{}", line["id"]);
        assert_eq!(answer.claims.map(Value::Object), None);
    }
}
