//! A JWT verifier with a cache of what it verified, keyed by one claim.
//!
//! Models npm fast-jwt before 6.2.0 (CVE-2026-35039), where a key builder of the
//! caller's that gave two tokens one key gave the second the claims of the first.
//! The victim's token has been here before.

use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_hs256;
use crate::attacker::VICTIM_EMAIL;
use crate::card::TargetProfile;
use crate::mint;
use crate::model::cache::CacheByEmail;
use crate::model::jws::{Jws, SIGNATURE, verify};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let cache = CacheByEmail::default();
    let mut visited = issuer.victims_claims();
    visited.custom.insert("email", VICTIM_EMAIL.into());
    if let Ok(payload) = mint::jwt_payload(&visited) {
        cache.remember(payload.as_bytes());
    }
    let signature_or_remembered = Check::new(
        "signature-or-remembered",
        Stage::Signature,
        "the signature matches, or a token with the same address was verified before",
        move |jws: &mut Jws| {
            if let Some(payload) = cache.remembered(jws.payload_bytes()) {
                jws.read_instead(payload);
                return Ok(());
            }
            verify(jws)?;
            cache.remember(jws.payload_bytes());
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-cache-by-email".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_hs256::SCHEME,
            summary: "a verifier that remembers what it verified under an e-mail address".into(),
            own: &[Weakness::PartialCacheKey],
            mends: &[],
            provenance: "model of CVE-2026-35039 (npm fast-jwt 0.0.1 to before 6.2.0)".into(),
            hardened: Some(jwt_hs256::ID),
        },
        exposure: jwt_hs256::exposure(issuer),
        verifier: jwt_hs256::verifier(issuer).replacing(SIGNATURE, signature_or_remembered),
    })
}
