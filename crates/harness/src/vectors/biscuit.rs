//! The Biscuit samples (eclipse-biscuit/biscuit, `samples/current`):
//! `samples.json` and a `.bc` file for each of its cases.
//!
//! Each sample is held against one or more authorizers, and the outcome is
//! accepted or a kind of error, which has a [`RejectReason`] here: a sample
//! that is refused for another reason than its kind of error does not agree.
//! The revocation identifiers, which are the signatures of the blocks, are
//! held against the lab's own reader of envelopes. The number of the policy
//! that matched and the facts that were derived are not looked at: a codec
//! says what is in a token, not how it was allowed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use tokenlab_record::catalogue::{ContenderId, Family};

use super::{Observed, Outcome, VectorError, read};
use crate::biscuit_wire::{self, Envelope};
use crate::contender::{Bound, Contender};
use crate::contenders;
use crate::exchange::{Key, PublicKey};
use crate::rejection::RejectReason;

const SUITE: &str = "Biscuit samples";

/// Runs every sample in `folder`.
///
/// # Errors
/// [`VectorError`] if there is none, or one can't be understood.
pub fn run(folder: &Path) -> Result<Vec<Outcome>, VectorError> {
    let path = folder.join("samples.json");
    if !path.is_file() {
        return Err(VectorError::Missing {
            folder: folder.to_owned(),
            wanted: "samples.json",
        });
    }
    let content = |problem: String| VectorError::Content {
        path: path.clone(),
        problem,
    };
    let file: File = read(&path)?;
    let key = bytes(&file.root_public_key).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = key.ok_or_else(|| content("the root public key is not 32 bytes of hexadecimal".to_owned()))?;
    let key = Key::Public(PublicKey::Ed25519(key));
    let mut outcomes = Vec::new();
    for sample in &file.testcases {
        let path = folder.join(&sample.filename);
        let token = fs::read(&path).map_err(|source| VectorError::Read { path, source })?;
        let token = biscuit_wire::encode(&token);
        for (name, validation) in &sample.validations {
            let case = format!("{} {name}", sample.filename);
            let expected = validation
                .expected()
                .ok_or_else(|| content(format!("{case}: {} is no result known here", validation.result)))?;
            let biscuits = contenders::available().filter(|taker| taker.card().family == Family::Biscuit);
            outcomes.extend(biscuits.map(|contender| Outcome {
                suite: SUITE.to_owned(),
                case: case.trim_end().to_owned(),
                scheme: contender.card().scheme.clone(),
                contender: ContenderId::clone(contender.id()),
                valid: expected.is_none(),
                observed: validation.observe(contender, &key, &token, expected),
            }));
        }
    }
    if outcomes.is_empty() {
        return Err(content("no sample in it".to_owned()));
    }
    Ok(outcomes)
}

#[derive(Deserialize)]
struct File {
    root_public_key: String,
    testcases: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    filename: String,
    validations: BTreeMap<String, Validation>,
}

#[derive(Deserialize)]
struct Validation {
    result: Value,
    authorizer_code: String,
    revocation_ids: Vec<String>,
}

impl Validation {
    /// The reason of the refusal that is expected, `None` of an acceptance.
    /// `None` altogether if the result is of no kind that is known here.
    #[allow(clippy::option_option)] // two questions, each with its own no
    fn expected(&self) -> Option<Option<RejectReason>> {
        if self.result.get("Ok").is_some() {
            return Some(None);
        }
        let error = self.result.get("Err")?;
        let kinds = [
            ("/Format/Signature/InvalidSignature", RejectReason::BadSignature),
            (
                "/Format/BlockSignatureDeserializationError",
                RejectReason::Malformed,
            ),
            ("/FailedLogic/InvalidBlockRule", RejectReason::InvalidClaims),
            ("/FailedLogic/Unauthorized", RejectReason::Unauthorized),
            ("/FailedLogic/NoMatchingPolicy", RejectReason::Unauthorized),
            ("/Execution", RejectReason::Unauthorized),
        ];
        let kind = kinds.iter().find(|(path, _)| error.pointer(path).is_some());
        kind.map(|(_, reason)| Some(*reason))
    }

    fn observe(
        &self,
        contender: &dyn Contender,
        key: &Key,
        token: &str,
        expected: Option<RejectReason>,
    ) -> Observed {
        let bound = Bound {
            authorizer: Some(self.authorizer_code.clone()),
            ..Bound::default()
        };
        let opened = match contender.codec(key) {
            Ok(codec) => codec.open(token, &bound),
            Err(error) => return Observed::Refused(error.to_string()),
        };
        if !self.revocation_ids.is_empty() && self.revocation_ids != signatures(token) {
            return Observed::Differed("other revocation identifiers".to_owned());
        }
        match opened {
            Ok(_) => Observed::Accepted,
            Err(rejection) => match expected {
                Some(reason) if reason != rejection.reason => {
                    Observed::RefusedOtherwise(format!("{rejection}, want {reason}"))
                }
                _ => Observed::Refused(rejection.to_string()),
            },
        }
    }
}

/// The signature of every block, as hexadecimal.
fn signatures(token: &str) -> Vec<String> {
    let Some(envelope) = Envelope::read(token) else {
        return Vec::new();
    };
    let blocks = envelope.blocks.iter();
    let signatures = blocks.map(|block| {
        let bytes = envelope.at(&block.signature).iter();
        bytes.map(|byte| format!("{byte:02x}")).collect()
    });
    signatures.collect()
}

/// Hexadecimal to bytes.
fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    bytes.collect()
}
