//! A PASETO verifier with a cache of what it verified, keyed by one claim.
//!
//! Models an application's bug, the one of `jwt-cache-by-email`: a v4.public
//! token can be read without a key, so a cache can be keyed by what it says.

use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::paseto_typed_key;
use crate::attacker::VICTIM_EMAIL;
use crate::card::TargetProfile;
use crate::mint;
use crate::model::cache::CacheByEmail;
use crate::model::paseto::{Paseto, SIGNATURE_OR_TAG, verify};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let cache = CacheByEmail::default();
    let mut visited = issuer.victims_claims();
    visited.custom.insert("email", VICTIM_EMAIL.into());
    if let Ok(message) = mint::paseto_payload(&visited) {
        cache.remember(message.as_bytes());
    }
    let signature_or_remembered = Check::new(
        "signature-or-remembered",
        Stage::Signature,
        "the signature matches, or a token with the same address was verified before",
        move |paseto: &mut Paseto| {
            let unverified = paseto.unverified_message().unwrap_or_default();
            let remembered = cache.remembered(&unverified);
            if let Some(message) = remembered.and_then(|message| String::from_utf8(message).ok()) {
                paseto.believe(message);
                return Ok(());
            }
            verify(paseto)?;
            cache.remember(&unverified);
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-cache-by-email".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_typed_key::SCHEME,
            summary: "a v4 verifier that remembers what it verified under an e-mail address".into(),
            own: &[Weakness::PartialCacheKey],
            mends: &[],
            provenance: "model of an application's bug, that of CVE-2026-35039".into(),
            hardened: Some(paseto_typed_key::ID),
        },
        exposure: paseto_typed_key::exposure(issuer),
        verifier: paseto_typed_key::verifier(issuer).replacing(SIGNATURE_OR_TAG, signature_or_remembered),
    })
}
