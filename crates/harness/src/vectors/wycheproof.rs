//! Wycheproof's JOSE vectors (C2SP/wycheproof, `json_web_*_test.json`): JWS, JWE
//! and JWK.
//!
//! The algorithm is pinned by the key, as a verifier pins it, and never read out
//! of the token; three groups taken from RFC 7520 label their key with another
//! algorithm than their valid token uses, and there the token's own stands in.
//! The payloads are no JSON. A contender that gives claims alone verifies such a
//! token and then refuses its payload as no claims set, which counts as
//! acceptance here: what the vectors ask about is the signature. jwt-compact
//! alone reads the claims before it verifies; of it these vectors learn nothing,
//! as its reviewed deviations say.
//!
//! A key that the exchange format refuses, because it says itself that it is for
//! something else, is a refusal like any other. Key sets of several keys have no
//! place in it and are left out, as are schemes that no contender offers.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Observed, Outcome, VectorError, read};
use crate::contender::{Bound, Contender};
use crate::contenders;
use crate::exchange::Key;
use crate::rejection::RejectReason;

/// The files, and what their suites are called.
const FILES: [(&str, &str); 4] = [
    ("json_web_signature_test.json", "Wycheproof JWS"),
    ("json_web_encryption_test.json", "Wycheproof JWE"),
    ("json_web_key_test.json", "Wycheproof JWK"),
    ("json_web_crypto_test.json", "Wycheproof JOSE, older set"),
];

/// Runs every file that is in `folder`.
///
/// # Errors
/// [`VectorError`] if there is none, or one can't be understood.
pub fn run(folder: &Path) -> Result<Vec<Outcome>, VectorError> {
    let mut outcomes = Vec::new();
    for (name, suite) in FILES {
        let path = folder.join(name);
        if !path.is_file() {
            continue;
        }
        let file: File = read(&path)?;
        for group in &file.test_groups {
            for case in &group.tests {
                outcomes.extend(
                    group
                        .outcomes(suite, case)
                        .map_err(|problem| VectorError::Content {
                            path: path.clone(),
                            problem: format!("case {}: {problem}", case.id),
                        })?,
                );
            }
        }
    }
    if outcomes.is_empty() {
        return Err(VectorError::Missing {
            folder: folder.to_owned(),
            wanted: "json_web_signature_test.json and its kin",
        });
    }
    Ok(outcomes)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    test_groups: Vec<TestGroup>,
}

#[derive(Deserialize)]
struct TestGroup {
    private: Map<String, Value>,
    public: Option<Map<String, Value>>,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(rename = "tcId")]
    id: u32,
    jws: Option<Value>,
    jwe: Option<Value>,
    enc: Option<String>,
    /// Plaintext of a valid JWE, hexadecimal.
    pt: Option<String>,
    result: String,
}

impl TestGroup {
    fn outcomes(&self, suite: &str, case: &Case) -> Result<Vec<Outcome>, String> {
        let valid = match case.result.as_str() {
            "valid" => true,
            "invalid" => false,
            other => return Err(format!("a result {other:?}")),
        };
        if self.private.contains_key("keys") {
            return Ok(Vec::new()); // a key set of several keys
        }
        let token = case.token()?;
        let Some((scheme, jwk)) = self.pinned(case, &token, valid) else {
            return Ok(Vec::new()); // neither key nor token says which algorithms
        };
        let key = Key::from_exchange(&scheme, &Value::Object(jwk));
        let offering = contenders::available().filter(|contender| contender.card().scheme == scheme);
        Ok(offering
            .map(|contender| Outcome {
                suite: suite.to_owned(),
                case: case.id.to_string(),
                scheme: scheme.clone(),
                contender: contender.id().clone(),
                valid,
                observed: match &key {
                    Ok(key) => case.try_with(contender, key, &token),
                    Err(error) => Observed::Refused(error.to_string()),
                },
            })
            .collect())
    }

    /// The scheme that the key stands for, and the key.
    fn pinned(&self, case: &Case, token: &str, valid: bool) -> Option<(String, Map<String, Value>)> {
        let is_signed = case.jws.is_some();
        let mut jwk = match &self.public {
            Some(public) if is_signed => public.clone(),
            _ => self.private.clone(),
        };
        let labelled = jwk.get("alg").and_then(Value::as_str).map(str::to_owned);
        let used = header_member(token, "alg");
        let algorithm = match (labelled, used) {
            // RFC 7520's examples under another label.
            (Some(labelled), Some(used)) if valid && labelled != used => {
                jwk.remove("alg");
                used
            }
            (Some(labelled), _) => labelled,
            (None, Some(used)) => used,
            (None, None) => return None,
        };
        if is_signed {
            return Some((format!("jwt.{algorithm}"), jwk));
        }
        // The older set leaves it to the token.
        let encryption = case.enc.clone().or_else(|| header_member(token, "enc"));
        encryption.map(|encryption| (format!("jwe.{algorithm}+{encryption}"), jwk))
    }
}

impl Case {
    /// The compact serialization, or what stands in its place as text.
    fn token(&self) -> Result<String, String> {
        match self.jws.as_ref().or(self.jwe.as_ref()) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(json) => Ok(json.to_string()),
            None => Err("neither a JWS nor a JWE".to_owned()),
        }
    }

    fn try_with(&self, contender: &dyn Contender, key: &Key, token: &str) -> Observed {
        let codec = match contender.codec(key) {
            Ok(codec) => codec,
            Err(error) => return Observed::Refused(error.to_string()),
        };
        match codec.open(token, &Bound::default()) {
            Ok(opened) => match &self.pt {
                Some(plaintext) if hexadecimal(&opened.payload) != *plaintext => {
                    Observed::Differed(format!("the plaintext {}", hexadecimal(&opened.payload)))
                }
                _ => Observed::Accepted,
            },
            Err(rejection)
                if rejection.reason == RejectReason::InvalidClaims
                    && contender.card().library != "jwt-compact" =>
            {
                Observed::Accepted
            }
            Err(rejection) => Observed::Refused(rejection.to_string()),
        }
    }
}

/// A member of a compact token's header that is text, if it can be read.
fn header_member(token: &str, name: &str) -> Option<String> {
    let (header, _) = token.split_once('.')?;
    let header: Map<String, Value> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    header.get(name)?.as_str().map(str::to_owned)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
