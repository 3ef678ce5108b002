//! A JWT verifier to which a token may name several issuers, of which one has to
//! be the expected one.
//!
//! npm fast-jwt before 5.0.6 compared each name of a list with the allowed ones
//! and was content with one. RFC 7519 §4.1.1 knows no list of issuers: the claim
//! is one string.

use serde_json::{Map, Value};
use tokenlab_harness::Policy;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::model::jws::Jws;
use crate::model::payload::{CLAIM_TYPES, claim_types};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let issuer_in_list = Check::new(
        "issuer-in-list",
        Stage::Claims,
        "of a list of issuers one is the expected one",
        |jws: &mut Jws| {
            if let Some(payload) = with_one_issuer(jws.payload_bytes(), &Policy::lab().issuer) {
                jws.read_instead(payload.into_bytes());
            }
            claim_types().make(jws)
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-issuer-in-list".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that takes a list of issuers if the expected one is in it".into(),
            own: &[Weakness::IssuerPartlyCompared],
            mends: &[],
            provenance: "model of CVE-2025-30144 (npm fast-jwt 5.0.5, fixed in 5.0.6)".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(CLAIM_TYPES, issuer_in_list),
    })
}

/// The payload with `expected` alone, if it names a list of issuers with that one
/// in it.
fn with_one_issuer(payload: &[u8], expected: &str) -> Option<String> {
    let mut members: Map<String, Value> = serde_json::from_slice(payload).ok()?;
    let names = members.get("iss")?.as_array()?;
    if !names.iter().any(|name| name == expected) {
        return None;
    }
    members.insert("iss".into(), expected.into());
    Some(Value::Object(members).to_string())
}
