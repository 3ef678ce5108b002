//! A verifier outside this process as a target: somebody's own library, in
//! whatever language, before the same attacks.
//!
//! Whoever has such a verifier implements [`Verifier`], which is asked about one
//! line of the exchange format at a time; how the line travels, by a pipe or by
//! HTTP, is not known here. The lab is the issuer: a [`Setting`] has its key for
//! one scheme as a line brings it, and an [`OutsideTarget`] is the setting with a
//! verifier in it.
//!
//! A line says nothing of an issuer or an audience. The lab holds these two, and
//! whether the claims that its policy requires are there at all, as an
//! application behind the verifier would. Everything else is the verifier's,
//! `exp` and `nbf` included, since each line demands `check_time`.

use std::panic::Location;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokenlab_harness::exchange::{Request, claims};
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use crate::attacker::{ATTACKER, VICTIM};
use crate::card::TargetProfile;
use crate::scheme::Scheme;
use crate::specimen::{self, Specimen, last_part_changed};
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

/// Somebody else's verifier, asked about one token at a time.
pub trait Verifier: Send + Sync {
    /// What it is, as the user named it.
    fn name(&self) -> &str;

    /// Has it decide about the token of a line, whose id is the verifier's to
    /// choose. It must come back in bounded time, whatever happens outside.
    fn verify(&self, line: Request) -> Reply;

    /// Begins anew where that is possible: in another process.
    fn renew(&self) {}

    /// Whether issuer and audience are its own to hold.
    fn holds_policy(&self) -> bool {
        false
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It believes the token, and says these claims if it says any.
    Believed(Option<Map<String, Value>>),
    /// It stands for several verifiers, of which one believes the token, with these
    /// claims, and others do not; in its words.
    Divided(Option<Map<String, Value>>, String),
    /// It refuses the token, in these words.
    Refused(String),
    /// It does not know the scheme.
    Unsupported(String),
    /// It was cut off: for taking too long.
    Exhausted(String),
    /// It ended or broke the connection instead of answering.
    Crashed(String),
    /// It answered something that is neither belief nor refusal.
    Unclear(String),
}

impl Reply {
    /// Reads an answer line to the question `id`.
    #[must_use]
    pub fn read(line: &[u8], id: &Value) -> Self {
        let members = match claims::object(line) {
            Ok(members) => members,
            Err(error) => {
                return Self::Unclear(format!(
                    "it answered {:?}, which is no JSON object: {error}",
                    excerpt(&String::from_utf8_lossy(line))
                ));
            }
        };
        let words = members.get("error").and_then(Value::as_str);
        let ok = members.get("ok").unwrap_or(&Value::Null);
        // A line that could not be read has no id to give back.
        let of_broken_line = members.get("id").is_none_or(Value::is_null) && *ok == Value::Bool(false);
        if members.get("id") != Some(id) && !of_broken_line {
            let answered = members.get("id").unwrap_or(&Value::Null);
            return Self::Unclear(format!(
                "it was asked about the line with the id {id} and answered one with the id {}",
                excerpt(&answered.to_string())
            ));
        }
        match (ok, words) {
            (Value::Bool(true), _) => {
                Self::Believed(members.get("claims").and_then(Value::as_object).cloned())
            }
            (Value::Bool(false) | Value::Null, Some(words)) if words.starts_with("unsupported") => {
                Self::Unsupported(excerpt(words))
            }
            (Value::Bool(false), words) => Self::Refused(excerpt(words.unwrap_or("without a word"))),
            (Value::Null, words) => match believing(&members) {
                Some(result) => Self::Divided(
                    result.get("claims").and_then(Value::as_object).cloned(),
                    format!(
                        "those behind it disagree: {}",
                        excerpt(words.unwrap_or("without a word"))
                    ),
                ),
                None => Self::Unsupported(excerpt(words.unwrap_or("it says neither yes nor no"))),
            },
            (other, _) => Self::Unclear(format!(
                "its \"ok\" is {}; want true, false, or null for a scheme that it does not know",
                excerpt(&other.to_string())
            )),
        }
    }
}

/// Of several verifiers behind an answer one that believes the token, for the
/// victim's if there is one: an attacker needs no more.
fn believing(answer: &Map<String, Value>) -> Option<&Value> {
    let results = answer.get("results").and_then(Value::as_array)?;
    let believe = || {
        results
            .iter()
            .filter(|result| result.get("ok") == Some(&Value::Bool(true)))
    };
    let for_victim = believe().find(|result| result.pointer("/claims/sub") == Some(&VICTIM.into()));
    for_victim.or_else(|| believe().next())
}

/// What a program said, cut to what fits a sentence and without what would
/// steer a terminal.
#[must_use]
pub fn excerpt(said: &str) -> String {
    const CHARS_MAX: usize = 300;
    let mut shown: String = said
        .trim()
        .chars()
        .take(CHARS_MAX)
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    if said.trim().chars().nth(CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// The lab as issuer of one scheme, with a place for a verifier.
#[derive(Clone)]
pub struct Setting {
    exposure: Exposure,
    key: Value,
}

impl Setting {
    /// A setting whose verifier gets `key`, in the form of the exchange format.
    pub(crate) const fn new(exposure: Exposure, key: Value) -> Self {
        Self { exposure, key }
    }

    /// The key that verifies or opens this issuer's tokens.
    #[must_use]
    pub const fn key(&self) -> &Value {
        &self.key
    }

    /// What an outsider knows of the issuer.
    #[must_use]
    pub const fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    /// Tokens that a verifier has to believe, and plain ones that it has to refuse.
    #[must_use]
    pub fn specimens(&self) -> Vec<Specimen> {
        specimen::all(&self.exposure)
    }

    /// Puts a verifier in its place.
    #[must_use]
    pub fn target(self, verifier: Arc<dyn Verifier>) -> OutsideTarget {
        let scheme = self.exposure.scheme;
        let name = verifier.name();
        let mut profile = TargetProfile::hardened(
            &format!("outside/{scheme}"),
            scheme,
            &format!("a verifier outside the lab: {name}"),
            name,
        );
        // What is encrypted to a public key says nothing of who made it,
        // whoever decrypts it.
        if matches!(scheme, Scheme::Jwe(alg, _) if alg.is_public()) {
            profile.kind = TargetKind::Misconfigured;
            profile.own = &[Weakness::EncryptionAsAuthentication];
        }
        OutsideTarget {
            profile,
            setting: self,
            verifier,
        }
    }
}

/// A verifier outside this process, under attack.
#[derive(Clone)]
pub struct OutsideTarget {
    profile: TargetProfile,
    setting: Setting,
    verifier: Arc<dyn Verifier>,
}

/// How a verifier took an honest token and the same token with a letter changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// It believes the one and refuses the other: attacks will mean something.
    Fits,
    /// It does not know the scheme.
    Unsupported(String),
    /// It got one of the two wrong, so attacks would prove nothing.
    Misfit(String),
}

impl OutsideTarget {
    /// The same verifier, taken to mend what its format leaves open: what to
    /// expect of one that has refused what such a verifier need not refuse.
    #[must_use]
    pub fn mending_its_format(&self) -> Self {
        let mut mending = self.clone();
        mending.profile.own = &[];
        mending.profile.mends = Weakness::ALL;
        mending
    }

    /// Shows it an honest token and one that is not.
    #[must_use]
    pub fn greet(&self) -> Greeting {
        let sample = &self.setting.exposure.sample_token;
        match self.ask(sample) {
            Reply::Believed(claims) => {
                let subject = claims.as_ref().and_then(|claims| claims.get("sub"));
                if let Some(subject) = subject.filter(|subject| *subject != ATTACKER) {
                    return Greeting::Misfit(format!(
                        "it takes an honest token of {ATTACKER:?} for one of {}",
                        excerpt(&subject.to_string())
                    ));
                }
            }
            Reply::Unsupported(words) => return Greeting::Unsupported(words),
            Reply::Refused(words) => {
                return Greeting::Misfit(format!("it refuses an honest token: {words}"));
            }
            other => return Greeting::Misfit(format!("asked about an honest token, {}", mishap(other))),
        }
        match self.ask(&last_part_changed(sample)) {
            Reply::Refused(_) => Greeting::Fits,
            Reply::Believed(_) => Greeting::Misfit(
                "it believes an honest token with one letter changed, so it verifies nothing".into(),
            ),
            other => Greeting::Misfit(format!(
                "asked about an honest token with one letter changed, {}",
                mishap(other)
            )),
        }
    }

    /// What the verifier says of a token, in its own words.
    #[must_use]
    pub fn ask(&self, token: &str) -> Reply {
        self.verifier.verify(Request {
            id: Value::Null,
            scheme: self.profile.scheme.to_string(),
            token: token.to_owned(),
            key: self.setting.key.clone(),
            expected_claims: None,
            footer: None,
            implicit_assertion: None,
            check_time: true,
            authorizer: None,
        })
    }

    /// A belief, after what an application holds of the claims.
    fn believed(&self, said: Option<&Map<String, Value>>) -> Result<ClaimSet, Rejection> {
        let Some(said) = said else {
            // It does not say whom it believes the token to be of: being
            // believed is all that an attacker needs.
            return Ok(of_subject(VICTIM));
        };
        let text = Value::Object(said.clone()).to_string();
        let subject = said.get("sub").and_then(Value::as_str).unwrap_or_default();
        let claims = claims::read(text.as_bytes()).unwrap_or_else(|_| of_subject(subject));
        if !self.verifier.holds_policy() {
            let timeless = ClaimSet {
                exp: claims.exp.map(|_| i64::MAX),
                nbf: None,
                ..claims.clone()
            };
            Policy::lab().check(&timeless, 0)?;
        }
        Ok(claims)
    }
}

impl Target for OutsideTarget {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.setting.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let answer = |result, detail: &str| {
            let said = format!("{} answered: {detail}", self.verifier.name());
            entry(
                "outside-answer",
                Stage::Application,
                result,
                said,
                Location::caller(),
            )
        };
        let reply = self.ask(token);
        let words = match &reply {
            Reply::Divided(_, words) => words.clone(),
            _ => "believed".into(),
        };
        match reply {
            Reply::Believed(said) | Reply::Divided(said, _) => {
                let believed = answer(CheckResult::Passed, &words);
                match self.believed(said.as_ref()) {
                    Ok(claims) => Decision::new(Outcome::Believed(claims), vec![believed]),
                    Err(rejection) => {
                        let held = entry(
                            "lab-policy",
                            Stage::Claims,
                            CheckResult::Fired,
                            format!("the lab, as the application behind it: {}", rejection.detail),
                            Location::caller(),
                        );
                        Decision::new(Outcome::Rejected(rejection), vec![believed, held])
                    }
                }
            }
            // Why is in its words, which are no reason of the lab's.
            Reply::Refused(words) => {
                let refused = answer(CheckResult::Fired, &words);
                let rejection = Rejection::new(RejectReason::Unauthorized, words);
                Decision::new(Outcome::Rejected(rejection), vec![refused])
            }
            Reply::Exhausted(words) => Decision::new(Outcome::Exhausted(words), Vec::new()),
            Reply::Crashed(words) => Decision::new(Outcome::Panicked(words), Vec::new()),
            Reply::Unclear(words) | Reply::Unsupported(words) => {
                let rejection = Rejection::new(RejectReason::Internal, words);
                Decision::new(Outcome::Rejected(rejection), Vec::new())
            }
        }
    }

    /// Whoever carries the line cuts the verifier off, and says why.
    fn keeps_time(&self) -> bool {
        true
    }
}

fn of_subject(subject: &str) -> ClaimSet {
    ClaimSet {
        sub: Some(subject.into()),
        ..ClaimSet::default()
    }
}

/// A reply that decides nothing, after "asked about something, ".
fn mishap(reply: Reply) -> String {
    match reply {
        Reply::Believed(_) => "it believes it".into(),
        Reply::Refused(words) => format!("it refuses it: {words}"),
        Reply::Unsupported(words) => format!("it does not know the scheme: {words}"),
        Reply::Divided(_, words)
        | Reply::Exhausted(words)
        | Reply::Crashed(words)
        | Reply::Unclear(words) => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_belief_refusal_or_said_to_be_neither() {
        let id = json!(7);
        let read = |answer: Value| Reply::read(answer.to_string().as_bytes(), &id);
        assert_eq!(
            read(json!({"id": 7, "ok": true, "claims": {"sub": "x"}})),
            Reply::Believed(json!({"sub": "x"}).as_object().cloned())
        );
        assert_eq!(read(json!({"id": 7, "ok": true})), Reply::Believed(None));
        assert_eq!(
            read(json!({"id": 7, "ok": false, "error": "no\u{1b}[2J"})),
            Reply::Refused("no [2J".into())
        );
        assert_eq!(
            read(json!({"id": null, "ok": false, "error": "line 3: not UTF-8"})),
            Reply::Refused("line 3: not UTF-8".into())
        );
        for unsupported in [
            json!({"id": 7, "ok": null}),
            json!({"id": 7, "ok": null, "disagree": true, "results": [], "error": "none"}),
            json!({"id": 7, "ok": false, "error": "unsupported scheme"}),
        ] {
            assert!(
                matches!(read(unsupported.clone()), Reply::Unsupported(_)),
                "{unsupported}"
            );
        }
        let (of_a, of_victim) = (json!({"sub": "a"}), json!({"sub": VICTIM}));
        let divided = read(json!({"id": 7, "ok": null, "error": "they differ", "results": [
            {"ok": false},
            {"ok": true, "claims": of_a},
            {"ok": true, "claims": of_victim},
        ]}));
        assert_eq!(
            divided,
            Reply::Divided(
                of_victim.as_object().cloned(),
                "those behind it disagree: they differ".into()
            )
        );
        for unclear in [
            json!({"id": 8, "ok": true}),
            json!({"ok": true}),
            json!({"id": 7, "ok": "yes"}),
            json!([]),
        ] {
            assert!(matches!(read(unclear.clone()), Reply::Unclear(_)), "{unclear}");
        }
        assert!(matches!(Reply::read(b"\xff", &id), Reply::Unclear(_)));
    }

    #[test]
    fn an_excerpt_is_short_and_harmless() {
        assert_eq!(excerpt("a\nb\u{1b}c"), "a b c");
        assert_eq!(excerpt(&"x".repeat(400)).chars().count(), 301);
    }
}
