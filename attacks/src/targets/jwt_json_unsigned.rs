//! A JWT verifier that takes a JWS with a list of signatures, and does not ask
//! whether there is one in it.
//!
//! Models Authlib to 1.7.2, whose `deserialize_json` verifies every signature
//! of the list (CVE-2026-96760). Of an empty list every one is good.

use serde_json::Value;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_compact_only;
use crate::card::TargetProfile;
use crate::model::serialized::{COMPACT_SERIALIZATION, Serialized, compact};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let general_or_compact = Check::new(
        "general-or-compact",
        Stage::Shape,
        "a JSON object is verified as a JWS with a list of signatures, each of them",
        |jws: &mut Serialized| {
            let json = jws.json();
            let payload = json.get("payload");
            let Some(signatures) = json.get("signatures").and_then(Value::as_array) else {
                return Ok(());
            };
            let signed = |one: &Value| compact(one.get("protected"), payload, one.get("signature"));
            jws.signed = signatures.iter().filter_map(signed).collect();
            let nothing = Value::from("");
            if let Some(read) = compact(Some(&nothing), payload, Some(&nothing)) {
                jws.read = read;
            }
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-json-unsigned".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_compact_only::SCHEME,
            summary: "a verifier that takes a JWS with a list of signatures, even an empty one".into(),
            own: &[Weakness::NoSignatureDemanded],
            mends: &[],
            provenance: "model of CVE-2026-96760 (PyPI Authlib to 1.7.2)".into(),
            hardened: Some(jwt_compact_only::ID),
        },
        exposure: jwt_compact_only::exposure(issuer),
        verifier: jwt_compact_only::verifier(issuer).replacing(COMPACT_SERIALIZATION, general_or_compact),
    })
}
