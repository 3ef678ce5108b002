//! A verifier of JWEs by RSA1_5 that says what is wrong with the encrypted
//! key.
//!
//! Models Authlib before 1.6.9 (CVE-2026-28490): one error for bad padding,
//! another for a key of the wrong length. Each is helpful by itself.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwe_rsa15;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::jwe::Nested;
use crate::model::rsa15::{RANDOM_CONTENT_KEY, Wrapping, content_key};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let key = jwe_rsa15::private_key(issuer);
    let exposure = jwe_rsa15::exposure(issuer, &key);
    let verifier = jwe_rsa15::verifier(issuer, key.clone());
    let content_key_or_reason = Check::new(
        "content-key-or-reason",
        Stage::Signature,
        "there is a content key in the token, well padded and of the right length",
        move |jwe: &mut Nested| {
            let problem = match content_key(&key, jwe.wrapped()) {
                Ok(content_key) => {
                    jwe.use_content_key(content_key);
                    return Ok(());
                }
                Err(Wrapping::Padding) => "the encrypted key is badly padded",
                Err(Wrapping::Length) => "the content key has the wrong length",
            };
            refuse(RejectReason::BadSignature, problem)
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwe-rsa15-two-answers".into(),
            kind: TargetKind::Flawed,
            scheme: jwe_rsa15::SCHEME,
            summary: "a verifier of RSA1_5 that tells bad padding from a bad length".into(),
            own: &[Weakness::PaddingOracle],
            mends: &[],
            provenance: "model of CVE-2026-28490 (PyPI Authlib before 1.6.9)".into(),
            hardened: Some(jwe_rsa15::ID),
        },
        exposure,
        verifier: verifier.replacing(RANDOM_CONTENT_KEY, content_key_or_reason),
    })
}
