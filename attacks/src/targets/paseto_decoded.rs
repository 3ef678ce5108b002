//! A PASETO verifier that decodes: every check but the signature.
//!
//! Models an application's bug. A public PASETO is base64url with a signature
//! at its end, and cutting that off is as easy as calling a decoder.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_typed_key;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::paseto::SIGNATURE_OR_TAG;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-decoded".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a v4.public verifier that looks at everything but the signature".into(),
            own: &[Weakness::DecodedOnly],
            mends: &[],
            provenance: "model of an application's bug".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).without(SIGNATURE_OR_TAG),
    })
}
