//! The PASERK vectors of plain keys and ids (paseto-standard/test-vectors,
//! `PASERK/k4.local.json` and the like), through [`crate::exchange::paserk`].
//!
//! A valid key must be read and written to the very same text, a valid id must
//! come out of its key. An invalid case gives a text that must not be read as
//! the type of its file, or a key that must not become one. The wrapped types
//! (`local-wrap.pie`, `secret-pw`, `seal` and so on) are refused by name, which
//! [`wrapped`] lists for a test: tokenlab exchanges no wrapped key.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tokenlab_record::catalogue::ContenderId;

use super::{Observed, Outcome, VectorError, read};
use crate::exchange::paserk::{self, Kind, PaserkError, from_raw};
use crate::paseto::Version;

/// Whose answers these are.
const READER: &str = "tokenlab/paserk";

/// The types whose files are run: what holds the key, and whether it is an id.
const TYPES: [(&str, Kind, bool); 6] = [
    ("local", Kind::Local, false),
    ("public", Kind::Public, false),
    ("secret", Kind::Secret, false),
    ("lid", Kind::Local, true),
    ("pid", Kind::Public, true),
    ("sid", Kind::Secret, true),
];

/// The types that hold a key under something else.
const WRAPPED: [&str; 5] = [
    "local-wrap.pie",
    "secret-wrap.pie",
    "local-pw",
    "secret-pw",
    "seal",
];

/// Runs every file of a plain type that is in `folder`.
///
/// # Errors
/// [`VectorError`] if there is none, or one can't be understood.
pub fn run(folder: &Path) -> Result<Vec<Outcome>, VectorError> {
    let mut outcomes = Vec::new();
    for version in Version::ALL {
        for (name, kind, is_id) in TYPES {
            let header = format!("{}.{name}", paserk::prefix(version));
            let path = folder.join(format!("{header}.json"));
            if !path.is_file() {
                continue;
            }
            let file: File = read(&path)?;
            outcomes.extend(file.tests.iter().map(|case| Outcome {
                suite: format!("PASERK {header}"),
                case: case.name.clone(),
                scheme: format!("paserk.{header}"),
                contender: ContenderId::new(READER),
                valid: !case.expect_fail,
                observed: case.observe(version, kind, is_id),
            }));
        }
    }
    if outcomes.is_empty() {
        return Err(VectorError::Missing {
            folder: folder.to_owned(),
            wanted: "k1.local.json to k4.sid.json",
        });
    }
    Ok(outcomes)
}

/// A case's name, and what was made of its text.
pub type Answer = (String, Result<(), PaserkError>);

/// The wrapped keys in `folder` with the answers to them: each must be
/// [`PaserkError::Type`].
///
/// # Errors
/// [`VectorError`] if a file can't be understood.
pub fn wrapped(folder: &Path) -> Result<Vec<Answer>, VectorError> {
    let mut answers = Vec::new();
    for version in Version::ALL {
        for name in WRAPPED {
            let path = folder.join(format!("{}.{name}.json", paserk::prefix(version)));
            if !path.is_file() {
                continue;
            }
            let file: File = read(&path)?;
            for case in file.tests {
                if let Some(text) = case.paserk {
                    answers.push((case.name, paserk::parse(&text).map(drop)));
                }
            }
        }
    }
    Ok(answers)
}

#[derive(Deserialize)]
struct File {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Case {
    name: String,
    expect_fail: bool,
    #[serde(default)]
    key: Option<String>,
    paserk: Option<String>,
}

impl Case {
    fn observe(&self, version: Version, kind: Kind, is_id: bool) -> Observed {
        match self.result(version, kind, is_id) {
            Ok(observed) => observed,
            Err(words) => Observed::Refused(words),
        }
    }

    fn result(&self, version: Version, kind: Kind, is_id: bool) -> Result<Observed, String> {
        let raw = self.key.as_deref().map(raw_bytes).transpose()?;
        let key = raw.as_deref().map(|raw| from_raw(version, kind, raw));
        let key = key.transpose().map_err(|error| error.to_string())?;
        match (key, &self.paserk) {
            (Some(key), text) => {
                let write = if is_id { paserk::id } else { paserk::write };
                let written = write(version, &key).map_err(|error| error.to_string())?;
                if text.as_ref() != Some(&written) {
                    return Ok(Observed::Differed(format!("the text {written}")));
                }
                if is_id {
                    return Ok(Observed::Accepted);
                }
                let read = paserk::parse_as(version, kind, &written).map_err(|error| error.to_string())?;
                let again = paserk::write(version, &read).map_err(|error| error.to_string())?;
                Ok(if again == written {
                    Observed::Accepted
                } else {
                    Observed::Differed(format!("the key of {again}"))
                })
            }
            (None, Some(text)) => {
                let read = paserk::parse_as(version, kind, text);
                read.map(|_| Observed::Accepted)
                    .map_err(|error| error.to_string())
            }
            (None, None) => Err("neither a key nor a text".to_owned()),
        }
    }
}

/// The bytes of a key as the vectors write it: hexadecimal, or PEM whose DER
/// is the key.
pub(super) fn raw_bytes(text: &str) -> Result<Vec<u8>, String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    if let [first, body @ .., _] = lines.as_slice()
        && first.starts_with("-----BEGIN ")
    {
        // The vectors cut some PEM short on purpose; what is left is decoded.
        let body: String = body
            .iter()
            .filter(|line| !line.starts_with("-----"))
            .copied()
            .collect();
        return STANDARD.decode(body).map_err(|error| format!("PEM: {error}"));
    }
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let digits = digits.ok_or("neither hexadecimal nor PEM")?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return Err("an odd number of hexadecimal digits".to_owned());
    };
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
