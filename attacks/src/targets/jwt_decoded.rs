//! A JWT verifier that decodes: every check but the signature.
//!
//! Models an application that calls a library's decoding function in the place
//! of the verifying one and then looks at the claims as carefully as ever
//! (RFC 8725 §3.3).

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::jws::SIGNATURE;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-decoded".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier that looks at everything but the signature".into(),
            own: &[Weakness::DecodedOnly],
            mends: &[],
            provenance: "model of an application's bug, RFC 8725 §3.3".into(),
            hardened: Some(jwt_rs256::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: jwt_rs256::verifier(issuer).without(SIGNATURE),
    })
}
