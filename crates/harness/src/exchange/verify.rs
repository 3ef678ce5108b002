//! Answers lines: asks every contender that implements a line's scheme.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value};
use tokenlab_record::catalogue::Family;

use super::claims::{self, difference};
use super::key::Key;
use super::line::{Answer, BrokenLine, Request, Verdict};
use crate::contender::{Bound, Contender};
use crate::contenders;
use crate::policy;

/// Contenders that are asked.
pub struct Verifier {
    contenders: Vec<&'static dyn Contender>,
}

impl Verifier {
    /// Asks these contenders, in this order.
    #[must_use]
    pub const fn new(contenders: Vec<&'static dyn Contender>) -> Self {
        Self { contenders }
    }

    /// Asks every contender that can run here.
    #[must_use]
    pub fn all() -> Self {
        Self::new(contenders::available().collect())
    }

    /// Answers the line with this number, which counts from 1, whatever it is.
    #[must_use]
    pub fn answer(&self, number: u64, line: Result<Vec<u8>, BrokenLine>) -> Answer {
        match line.and_then(|line| Request::from_line(&line)) {
            Ok(request) => self.verify(&request),
            Err(broken) => Answer::broken(number, broken),
        }
    }

    /// Answers a request.
    #[must_use]
    pub fn verify(&self, request: &Request) -> Answer {
        let asked: Vec<&dyn Contender> = self
            .contenders
            .iter()
            .copied()
            .filter(|contender| {
                let card = contender.card();
                // An id means nothing outside its store.
                card.scheme == request.scheme && card.family != Family::Session
            })
            .collect();
        if asked.is_empty() {
            return Answer {
                ok: None,
                disagree: true,
                ..Answer::refused(
                    request.id.clone(),
                    format!(
                        "no contender here implements {:?}; `tokenlab list contenders` shows what there is",
                        request.scheme
                    ),
                )
            };
        }
        let key = match Key::from_exchange(&request.scheme, &request.key) {
            Ok(key) => key,
            Err(error) => return Answer::refused(request.id.clone(), error),
        };
        let results = asked
            .iter()
            .map(|contender| {
                let contender = *contender;
                verdict(contender, panic_is_a_refusal(|| open(contender, &key, request)))
            })
            .collect();
        judge(request, results)
    }
}

/// One contender's answer: its claims, or why not.
fn open(contender: &dyn Contender, key: &Key, request: &Request) -> Result<Map<String, Value>, String> {
    let bound = Bound {
        footer: request
            .footer
            .as_ref()
            .filter(|_| super::line::takes_footer(&request.scheme))
            .map(|footer| footer.as_bytes().to_vec()),
        implicit_assertion: request
            .implicit_assertion
            .clone()
            .unwrap_or_default()
            .into_bytes(),
        authorizer: request.authorizer.clone().filter(|text| !text.is_empty()),
    };
    let codec = contender.codec(key).map_err(|error| error.problem)?;
    let opened = codec
        .open(&request.token, &bound)
        .map_err(|refusal| refusal.to_string())?;
    let found = claims::of_payload(&opened.payload).map_err(|refusal| refusal.to_string())?;
    if request.check_time {
        claims::check_times(contender.card().family, &opened.payload, policy::now())
            .map_err(|refusal| refusal.to_string())?;
    }
    Ok(found)
}

/// The last resort: a library that panics on a hostile token has refused it,
/// and is called by name for the way it did.
fn panic_is_a_refusal<T>(operation: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(operation)).unwrap_or_else(|panic| {
        let words = words_of(panic.as_ref());
        Err(format!(
            "internal: the library panicked instead of refusing: {words}"
        ))
    })
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words")
}

fn verdict(contender: &dyn Contender, outcome: Result<Map<String, Value>, String>) -> Verdict {
    let contender = contender.id().to_string();
    match outcome {
        Ok(claims) => Verdict {
            contender,
            ok: true,
            claims: Some(claims),
            error: None,
        },
        Err(error) => Verdict {
            contender,
            ok: false,
            claims: None,
            error: Some(error),
        },
    }
}

/// What the verdicts come to.
fn judge(request: &Request, results: Vec<Verdict>) -> Answer {
    let (accepting, refusing): (Vec<&Verdict>, Vec<&Verdict>) =
        results.iter().partition(|verdict| verdict.ok);
    let agreed = accepting.first().and_then(|verdict| verdict.claims.clone());
    let (ok, claims, error) = match agreed {
        None => (Some(false), None, Some(refusals(&refusing))),
        Some(_) if !refusing.is_empty() => {
            let accepting: Vec<&str> = accepting
                .iter()
                .map(|verdict| verdict.contender.as_str())
                .collect();
            let text = format!("accepted by {}; {}", accepting.join(", "), refusals(&refusing));
            (None, None, Some(text))
        }
        Some(claims) => match first_difference(&claims, &accepting) {
            Some(text) => (None, None, Some(text)),
            None => match request
                .expected_claims
                .as_ref()
                .map(|expected| difference(&claims, expected))
            {
                Some(Some(text)) => {
                    let text = format!("the claims (first) are not the expected ones (second): {text}");
                    (Some(false), Some(claims), Some(text))
                }
                _ => (Some(true), Some(claims), None),
            },
        },
    };
    Answer {
        id: request.id.clone(),
        ok,
        claims,
        error,
        results,
        disagree: ok.is_none(),
    }
}

/// Where an accepting contender reads something else than the first one.
fn first_difference(claims: &Map<String, Value>, accepting: &[&Verdict]) -> Option<String> {
    let first = accepting.first()?;
    accepting.iter().skip(1).find_map(|other| {
        let text = difference(claims, other.claims.as_ref()?)?;
        Some(format!(
            "{} (first) and {} (second) read different claims: {text}",
            first.contender, other.contender
        ))
    })
}

/// Each reason once, with who gave it.
fn refusals(refusing: &[&Verdict]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for verdict in refusing {
        let words = verdict.error.as_deref().unwrap_or_default();
        match reasons.iter_mut().find(|(known, _)| *known == words) {
            Some((_, who)) => who.push(&verdict.contender),
            None => reasons.push((words, vec![&verdict.contender])),
        }
    }
    let sentences: Vec<String> = reasons
        .iter()
        .map(|(words, who)| format!("refused by {}: {words}", who.join(", ")))
        .collect();
    sentences.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(contender: &str, outcome: Result<Value, &str>) -> Verdict {
        Verdict {
            contender: contender.to_owned(),
            ok: outcome.is_ok(),
            claims: outcome.as_ref().ok().and_then(Value::as_object).cloned(),
            error: outcome.err().map(str::to_owned),
        }
    }

    fn judged(expected: Option<Value>, results: Vec<Verdict>) -> Answer {
        let mut line = json!({"id": 1, "scheme": "jwt.HS256", "token": "", "key": "utf8:x"});
        if let Some(expected) = expected {
            line["expected_claims"] = expected;
        }
        let request = Request::from_line(line.to_string().as_bytes()).unwrap();
        judge(&request, results)
    }

    #[test]
    fn ok_is_agreement_and_nothing_less() {
        let (one, two) = (json!({"sub": "a"}), json!({"sub": "b"}));
        let agree = vec![said("a", Ok(one.clone())), said("b", Ok(one.clone()))];
        let answer = judged(None, agree.clone());
        assert_eq!(
            (answer.ok, answer.error, answer.disagree),
            (Some(true), None, false)
        );
        assert_eq!(answer.claims.map(Value::Object), Some(one.clone()));

        let answer = judged(Some(two.clone()), agree);
        assert_eq!((answer.ok, answer.disagree), (Some(false), false));
        assert!(answer.error.unwrap().contains("sub is \"a\" and \"b\""));

        for (results, words) in [
            (
                vec![said("a", Ok(one.clone())), said("b", Ok(two))],
                "a (first) and b (second) read different claims: sub",
            ),
            (
                vec![said("a", Ok(one)), said("b", Err("bad-signature: no"))],
                "accepted by a; refused by b: bad-signature: no",
            ),
        ] {
            let answer = judged(None, results);
            assert_eq!((answer.ok, answer.disagree, answer.claims), (None, true, None));
            let error = answer.error.unwrap();
            assert!(error.contains(words), "{error}");
        }

        let answer = judged(
            None,
            vec![said("a", Err("x")), said("b", Err("x")), said("c", Err("y"))],
        );
        assert_eq!((answer.ok, answer.disagree), (Some(false), false));
        assert_eq!(
            answer.error.as_deref(),
            Some("refused by a, b: x; refused by c: y")
        );
    }

    #[test]
    fn a_panic_is_a_refusal_that_says_so() {
        let outcome = panic_is_a_refusal::<()>(|| panic!("index {} out of bounds", 7));
        assert_eq!(
            outcome.unwrap_err(),
            "internal: the library panicked instead of refusing: index 7 out of bounds"
        );
    }
}
