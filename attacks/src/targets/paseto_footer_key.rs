//! A PASETO verifier that takes its key from the footer.
//!
//! Models an application's bug. The specification forbids it twice: no public
//! key in a footer (Payload-Processing, Key-ID Support), and no PASERK of type
//! `public` there. Neither is something that a library could see to, because
//! the footer is the application's.

use tokenlab_harness::exchange::paserk;
use tokenlab_harness::{RejectReason, Rejection};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::paseto_typed_key;
use crate::card::TargetProfile;
use crate::model::paseto::{CONFIGURED_KEY, Paseto};
use crate::model::{Check, ModelTarget};
use crate::public_key;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let configured = issuer.ring().ed25519().public.to_vec();
    let key_of_footer = Check::new(
        "key-of-footer",
        Stage::KeyChoice,
        "the key is the one in the footer, or else the configured one",
        move |paseto: &mut Paseto| {
            paseto.key = match paseto.unverified_footer().get("key") {
                Some(embedded) => raw(embedded.as_str().unwrap_or_default())?,
                None => configured.clone(),
            };
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-footer-key".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a verifier that prefers the public key in the footer to its own".into(),
            own: &[Weakness::EmbeddedKey],
            mends: &[],
            provenance: "model of an application's bug; PASETO and PASERK forbid it".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).replacing(CONFIGURED_KEY, key_of_footer),
    })
}

/// The bytes of a public key that is written as PASERK.
fn raw(text: &str) -> Result<Vec<u8>, Rejection> {
    let unknown = |problem: String| Rejection::new(RejectReason::UnknownKey, problem);
    let paserk = paserk::parse(text).map_err(|error| unknown(error.to_string()))?;
    let public = paserk.key.public();
    public
        .and_then(|key| public_key::raw(&key))
        .map(|(_, bytes)| bytes)
        .ok_or_else(|| unknown("the footer holds no public key".into()))
}
