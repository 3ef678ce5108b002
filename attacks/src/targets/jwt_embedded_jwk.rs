//! A JWT verifier that takes its key from the token.
//!
//! Models node-jose before 0.11.0 (CVE-2018-0114) and Authlib to 1.6.8 when it
//! is given no key (CVE-2026-27962): a public key in the header verifies the
//! signature beside it, and so proves that whoever wrote the one wrote the
//! other.

use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::card::TargetProfile;
use crate::model::jws::{CONFIGURED_KEY, Jws};
use crate::model::{Check, ModelTarget, jwk};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let configured = issuer.ring().rsa().pem.public_pem.clone().into_bytes();
    let key_of_header = Check::new(
        "key-of-header",
        Stage::KeyChoice,
        "the key is the one in the header, or else the configured one",
        move |jws: &mut Jws| {
            jws.key = match jws.member("jwk") {
                Some(embedded) => jwk::rsa_pem(embedded)?,
                None => configured.clone(),
            };
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-embedded-jwk".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier that prefers the key in the header to its own".into(),
            own: &[Weakness::EmbeddedKey],
            mends: &[],
            provenance: "model of CVE-2018-0114 (npm node-jose before 0.11.0)".into(),
            hardened: Some(jwt_rs256::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: jwt_rs256::verifier(issuer).replacing(CONFIGURED_KEY, key_of_header),
    })
}
