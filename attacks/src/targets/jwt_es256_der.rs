//! A JWT verifier for ES256 that takes a signature in the encoding of X.509 as
//! well.
//!
//! Models a helpful wrapper around a library that speaks DER: whatever it can
//! read, it turns into r and s.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_es256;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::es256::SIGNATURE_LENGTH;
use crate::model::jws::Jws;
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let raw_or_der = Check::new(
        "raw-or-der",
        Stage::Signature,
        "the signature is r and s side by side, or in DER",
        |jws: &mut Jws| {
            let (raw, der) = (
                p256::ecdsa::Signature::from_slice(jws.signature()),
                p256::ecdsa::Signature::from_der(jws.signature()),
            );
            let Ok(signature) = raw.or(der) else {
                return refuse(RejectReason::BadSignature, "neither r and s nor DER");
            };
            jws.respell_signature(signature.to_bytes().to_vec());
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-es256-der".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_es256::SCHEME,
            summary: "a verifier for ES256 that reads the signature as r and s or as DER".into(),
            own: &[Weakness::TwoSignatureEncodings],
            mends: &[],
            provenance: "model of a wrapper's bug, RFC 7518 §3.4".into(),
            hardened: Some(jwt_es256::ID),
        },
        exposure: jwt_es256::exposure(issuer),
        verifier: jwt_es256::verifier(issuer).replacing(SIGNATURE_LENGTH, raw_or_der),
    })
}
