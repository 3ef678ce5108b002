//! The two wire types of the exchange format, and lines off a stream.
//!
//! A line is read by hand and not by a derived reader, so that a broken one
//! still gives back its id, and every complaint names the field, what was
//! there and what is wanted.

use std::io::{self, BufRead};

use serde::Serialize;
use serde_json::{Map, Value};

use super::claims;

/// Longest line that is read, bytes. The longest that this lab mints has
/// about ten thousand; a line beyond this is answered without being kept.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// One line: a token, and what verifies it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Request {
    /// Whatever the sender calls it, a string or a number; given back as it is.
    pub id: Value,
    /// `jwt.<alg>`, `jwe.<alg>+<enc>`, `paseto.vN.<purpose>`, `biscuit.v3`.
    pub scheme: String,
    /// The token.
    pub token: String,
    /// The verification or decryption key, see [`crate::Key::from_exchange`].
    pub key: Value,
    /// What the claims must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_claims: Option<Map<String, Value>>,
    /// The PASETO footer that the token must have; without it, any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The PASETO implicit assertion (v3 and v4); without it, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implicit_assertion: Option<String>,
    /// Whether exp and nbf are held against the clock.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub check_time: bool,
    /// The Biscuit authorizer, as Datalog; without it, the lab's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorizer: Option<String>,
}

/// One answer: what the contenders said of a line's token.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The line's id; null if it had none that could be read.
    pub id: Value,
    /// True if every contender that implements the scheme accepts the token and
    /// all read the same claims, which are the expected ones if the line says;
    /// false if all refuse, or the line is broken; null if they disagree, or
    /// there is none.
    pub ok: Option<bool>,
    /// The claims that all agree on.
    pub claims: Option<Map<String, Value>>,
    /// Why `ok` is not true.
    pub error: Option<String>,
    /// What each contender said, in report order.
    pub results: Vec<Verdict>,
    /// There, and true, whenever `ok` is null.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disagree: bool,
}

/// What one contender said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Its id.
    pub contender: String,
    /// Whether it accepts the token.
    pub ok: bool,
    /// The claims it read.
    pub claims: Option<Map<String, Value>>,
    /// Why it does not.
    pub error: Option<String>,
}

/// A line that is no request.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{problem}")]
pub struct BrokenLine {
    /// Its id, null if that could not be read.
    pub id: Value,
    /// What is wrong.
    pub problem: String,
}

impl Request {
    /// Reads a line.
    ///
    /// # Errors
    /// [`BrokenLine`] if it is no JSON object, lacks a field, has one of another
    /// type, or one that its scheme has no use for. Fields that are not known are ignored.
    pub fn from_line(line: &[u8]) -> Result<Self, BrokenLine> {
        let broken = |id: Value, problem: String| BrokenLine { id, problem };
        if line.len() > LINE_BYTES_MAX {
            return Err(broken(Value::Null, too_long(line.len() as u64)));
        }
        let text = std::str::from_utf8(line).map_err(|error| {
            broken(
                Value::Null,
                format!("not UTF-8 from byte {} on", error.valid_up_to()),
            )
        })?;
        if text.trim().is_empty() {
            return Err(broken(Value::Null, "the line is empty".to_owned()));
        }
        let members = claims::object(text.as_bytes())
            .map_err(|error| broken(Value::Null, format!("not a JSON object: {error}")))?;
        let id = match members.get("id") {
            Some(id @ (Value::String(_) | Value::Number(_))) => id.clone(),
            None => return Err(broken(Value::Null, missing("id"))),
            Some(other) => {
                return Err(broken(Value::Null, mistyped("id", other, "a string or a number")));
            }
        };
        Self::from_members(id.clone(), &members).map_err(|problem| broken(id, problem))
    }

    fn from_members(id: Value, members: &Map<String, Value>) -> Result<Self, String> {
        let request = Self {
            id,
            scheme: optional_text(members, "scheme")?.ok_or_else(|| missing("scheme"))?,
            token: optional_text(members, "token")?.ok_or_else(|| missing("token"))?,
            key: match members.get("key") {
                None | Some(Value::Null) => return Err(missing("key")),
                Some(key) => key.clone(),
            },
            expected_claims: match members.get("expected_claims") {
                None | Some(Value::Null) => None,
                Some(Value::Object(claims)) => Some(claims.clone()),
                Some(other) => return Err(mistyped("expected_claims", other, "an object")),
            },
            footer: optional_text(members, "footer")?,
            implicit_assertion: optional_text(members, "implicit_assertion")?,
            check_time: match members.get("check_time") {
                None | Some(Value::Null) => false,
                Some(Value::Bool(check)) => *check,
                Some(other) => return Err(mistyped("check_time", other, "true or false")),
            },
            authorizer: optional_text(members, "authorizer")?,
        };
        request.check_places()?;
        Ok(request)
    }

    /// Refuses what the scheme has no place for; the empty text is none.
    ///
    /// # Errors
    /// In words, if a field is there that this scheme's tokens do not have.
    pub fn check_places(&self) -> Result<(), String> {
        for (field, value, has_place, place) in [
            ("footer", &self.footer, takes_footer(&self.scheme), "PASETO"),
            (
                "implicit_assertion",
                &self.implicit_assertion,
                takes_assertion(&self.scheme),
                "PASETO v3 and v4",
            ),
            (
                "authorizer",
                &self.authorizer,
                self.scheme.starts_with("biscuit."),
                "Biscuit",
            ),
        ] {
            if !has_place && value.as_ref().is_some_and(|text| !text.is_empty()) {
                return Err(format!(
                    "field {field:?} was given, which only {place} has, and the scheme is {:?}",
                    self.scheme
                ));
            }
        }
        Ok(())
    }
}

impl Answer {
    /// A refusal before any contender was asked.
    #[must_use]
    pub fn refused(id: Value, error: impl ToString) -> Self {
        Self {
            id,
            ok: Some(false),
            claims: None,
            error: Some(error.to_string()),
            results: Vec::new(),
            disagree: false,
        }
    }

    /// The answer to a broken line, named by its number, which counts from 1.
    #[must_use]
    pub fn broken(number: u64, broken: BrokenLine) -> Self {
        let BrokenLine { id, problem } = broken;
        Self::refused(id, format!("line {number}: {problem}"))
    }
}

/// Whether tokens of this scheme have a footer.
#[must_use]
pub fn takes_footer(scheme: &str) -> bool {
    scheme.starts_with("paseto.")
}

/// Whether tokens of this scheme are bound to an implicit assertion.
#[must_use]
pub fn takes_assertion(scheme: &str) -> bool {
    scheme.starts_with("paseto.v3.") || scheme.starts_with("paseto.v4.")
}

/// What kind of JSON value this is, with its article.
pub(super) const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn optional_text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(mistyped(name, other, "a string")),
    }
}

fn missing(name: &str) -> String {
    format!("field {name:?} is missing")
}

fn mistyped(name: &str, given: &Value, wanted: &str) -> String {
    format!("field {name:?} is {}, want {wanted}", type_name(given))
}

fn too_long(bytes: u64) -> String {
    format!("the line has {bytes} bytes; up to {LINE_BYTES_MAX} are read")
}

/// Lines off a stream, in memory one at a time and none beyond [`LINE_BYTES_MAX`].
pub struct Lines<R> {
    input: R,
}

impl<R: BufRead> Lines<R> {
    /// Lines of `input`.
    pub const fn new(input: R) -> Self {
        Self { input }
    }

    /// The next line without its line feed; the last one needs none.
    fn read(&mut self) -> io::Result<Option<Result<Vec<u8>, BrokenLine>>> {
        let mut line = Vec::new();
        let mut bytes: u64 = 0;
        loop {
            let available = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if available.is_empty() && bytes == 0 {
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let chunk = available
                .get(..end.unwrap_or(available.len()))
                .unwrap_or_default();
            let room = LINE_BYTES_MAX.saturating_sub(line.len());
            line.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
            bytes += chunk.len() as u64;
            let (taken, is_last) = (chunk.len(), available.is_empty() || end.is_some());
            let consumed = taken + usize::from(end.is_some());
            self.input.consume(consumed);
            if is_last {
                return Ok(Some(if bytes > LINE_BYTES_MAX as u64 {
                    Err(BrokenLine {
                        id: Value::Null,
                        problem: too_long(bytes),
                    })
                } else {
                    Ok(line)
                }));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Result<Vec<u8>, BrokenLine>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
