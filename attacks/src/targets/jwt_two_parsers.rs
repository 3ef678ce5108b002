//! A JWT verifier that verifies with one parser and reads with another.
//!
//! Models python-jwt before 3.3.4 (CVE-2022-39227): the library behind it
//! verified a JWS in JSON serialization as well, and the claims were what stood
//! between the first dot of the text and the second.

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
    let flattened_or_compact = Check::new(
        "flattened-or-compact",
        Stage::Shape,
        "a JSON object is verified as a flattened JWS; the claims are read between the dots of the text",
        |jws: &mut Serialized| {
            let json = jws.json();
            let found = compact(json.get("protected"), json.get("payload"), json.get("signature"));
            if let Some(flattened) = found {
                jws.signed = vec![flattened];
            }
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-two-parsers".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_compact_only::SCHEME,
            summary: "a verifier that verifies with one parser and reads the claims with another".into(),
            own: &[Weakness::TwoParsers],
            mends: &[],
            provenance: "model of CVE-2022-39227 (PyPI python-jwt before 3.3.4)".into(),
            hardened: Some(jwt_compact_only::ID),
        },
        exposure: jwt_compact_only::exposure(issuer),
        verifier: jwt_compact_only::verifier(issuer).replacing(COMPACT_SERIALIZATION, flattened_or_compact),
    })
}
