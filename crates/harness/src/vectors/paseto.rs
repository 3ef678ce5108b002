//! The PASETO vectors (paseto-standard/test-vectors, `v1.json` to `v4.json`).
//!
//! A valid case must open to its payload and footer, whether the footer is
//! asked for or any will do; an invalid one must be refused both ways. Times
//! play no part: every payload has expired long ago. A local case can't be
//! sealed again to the same token, because a codec draws its own nonce, which
//! is what one wants of it. Ed25519 has no randomness, so the public cases of v2
//! and v4 must also be sealed to the very same text.

use std::path::Path;

use serde::Deserialize;
use tokenlab_record::catalogue::ContenderId;

use super::{Observed, Outcome, VectorError, read};
use crate::contender::{Bound, Codec, Contender, SetupError};
use crate::contenders;
use crate::exchange::Key;
use crate::exchange::paserk::{Kind, from_raw};
use crate::paseto::{Purpose, Scheme, Version};
use crate::vectors::paserk::raw_bytes;

/// Runs every version's file that is in `folder`.
///
/// # Errors
/// [`VectorError`] if there is none, or one can't be understood.
pub fn run(folder: &Path) -> Result<Vec<Outcome>, VectorError> {
    let mut outcomes = Vec::new();
    for version in Version::ALL {
        let path = folder.join(format!("{}.json", version.name()));
        if !path.is_file() {
            continue;
        }
        let file: File = read(&path)?;
        for case in &file.tests {
            let keys = case.keys(version).map_err(|problem| VectorError::Content {
                path: path.clone(),
                problem: format!("{}: {problem}", case.name),
            })?;
            for contender in contenders::available() {
                if contender.card().scheme == format!("paseto.{}", keys.scheme) {
                    outcomes.extend(case.outcomes(&keys, contender));
                }
            }
        }
    }
    if outcomes.is_empty() {
        return Err(VectorError::Missing {
            folder: folder.to_owned(),
            wanted: "v1.json to v4.json",
        });
    }
    Ok(outcomes)
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
    key: Option<String>,
    public_key: Option<String>,
    secret_key: Option<String>,
    token: String,
    payload: Option<String>,
    footer: String,
    implicit_assertion: String,
}

/// The keys of a case, and the scheme that they and the file make.
struct Keys {
    scheme: Scheme,
    opening: Key,
    sealing: Option<Key>,
}

impl Case {
    fn keys(&self, version: Version) -> Result<Keys, String> {
        let key =
            |kind, text: &str| from_raw(version, kind, &raw_bytes(text)?).map_err(|error| error.to_string());
        let (purpose, opening) = match (&self.key, &self.public_key) {
            (Some(secret), _) => (Purpose::Local, key(Kind::Local, secret)?),
            (None, Some(public)) => (Purpose::Public, key(Kind::Public, public)?),
            (None, None) => return Err("no key".to_owned()),
        };
        let secret = self.secret_key.as_deref().filter(|_| purpose == Purpose::Public);
        Ok(Keys {
            scheme: Scheme { version, purpose },
            opening,
            sealing: secret.map(|text| key(Kind::Secret, text)).transpose()?,
        })
    }

    fn outcomes(&self, keys: &Keys, contender: &dyn Contender) -> Vec<Outcome> {
        let outcome = |case: String, observed| Outcome {
            suite: format!("PASETO {}", keys.scheme.version.name()),
            case,
            scheme: contender.card().scheme.clone(),
            contender: ContenderId::clone(contender.id()),
            valid: !self.expect_fail,
            observed,
        };
        let asked = self.bound(keys.scheme.version);
        let any = Bound {
            footer: None,
            ..asked.clone()
        };
        let opened = with_codec(contender.codec(&keys.opening), |codec| {
            match (self.open(codec, &asked), self.open(codec, &any)) {
                // Of a case that must be refused, the more lenient answer counts.
                (Observed::Refused(_), other) if self.expect_fail => other,
                (Observed::Accepted, other) if !self.expect_fail => other,
                (other, _) => other,
            }
        });
        let mut outcomes = vec![outcome(self.name.clone(), opened)];
        let is_deterministic = matches!(keys.scheme.version, Version::V2 | Version::V4);
        if let (Some(key), Some(payload), true) = (&keys.sealing, &self.payload, is_deterministic) {
            let sealed = with_codec(contender.codec(key), |codec| {
                match codec.seal(payload.as_bytes(), &asked) {
                    Ok(token) if token == self.token => Observed::Accepted,
                    Ok(token) => Observed::Differed(format!("the token {token}")),
                    Err(error) => Observed::Refused(error.to_string()),
                }
            });
            outcomes.push(outcome(format!("{} sealed", self.name), sealed));
        }
        outcomes
    }

    /// v1 and v2 have no implicit assertion, and the vectors give them one to
    /// be discarded.
    fn bound(&self, version: Version) -> Bound {
        Bound {
            footer: Some(self.footer.clone().into_bytes()),
            implicit_assertion: if version.has_implicit_assertion() {
                self.implicit_assertion.clone().into_bytes()
            } else {
                Vec::new()
            },
            authorizer: None,
        }
    }

    fn open(&self, codec: &dyn Codec, bound: &Bound) -> Observed {
        match codec.open(&self.token, bound) {
            Err(rejection) => Observed::Refused(rejection.to_string()),
            Ok(opened) if Some(opened.payload.as_slice()) != self.payload.as_deref().map(str::as_bytes) => {
                Observed::Differed(format!(
                    "the payload {}",
                    String::from_utf8_lossy(&opened.payload)
                ))
            }
            Ok(opened) if opened.footer != self.footer.as_bytes() => {
                Observed::Differed(format!("the footer {}", String::from_utf8_lossy(&opened.footer)))
            }
            Ok(_) => Observed::Accepted,
        }
    }
}

fn with_codec(
    codec: Result<Box<dyn Codec>, SetupError>,
    then: impl FnOnce(&dyn Codec) -> Observed,
) -> Observed {
    match codec {
        Ok(codec) => then(codec.as_ref()),
        Err(error) => Observed::Refused(error.to_string()),
    }
}
