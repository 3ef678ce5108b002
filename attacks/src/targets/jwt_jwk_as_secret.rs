//! A JWT verifier whose key set names no algorithm, so that the token does.
//!
//! Models npm hono before 4.11.4 (CVE-2026-22818): `alg` of the JWK, or else of
//! the header. The JWK of this one is an RSA key without `alg`; for an HMAC its
//! text is handed over as it is.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::jws::{ALGORITHM_ALLOW_LIST, Jws};
use crate::model::{Check, ModelTarget};
use crate::public_key;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let algorithm_of_key_or_token = Check::new(
        "algorithm-of-key-or-token",
        Stage::Header,
        "alg is the key's, and the token's where the key names none; none is refused",
        |jws: &mut Jws| {
            if jws.alg().eq_ignore_ascii_case("none") {
                return refuse(RejectReason::WrongScheme, "an unsecured token");
            }
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-jwk-as-secret".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier that takes the algorithm from the token where its JWK names none".into(),
            own: &[Weakness::JwkAsSecret],
            mends: &[],
            provenance: "model of CVE-2026-22818 (npm hono before 4.11.4)".into(),
            hardened: Some(jwt_rs256::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: jwt_rs256::verifier_with(published(issuer).into_bytes())
            .replacing(ALGORITHM_ALLOW_LIST, algorithm_of_key_or_token),
    })
}

/// The entry of the issuer's key set.
fn published(issuer: &Issuer) -> String {
    let public = issuer.key(jwt_rs256::SCHEME).public();
    let entry = public.and_then(|public| public_key::jwks_entry(&public, jwt_rs256::SCHEME));
    #[allow(clippy::expect_used)] // an RSA key has a JWK, held by tests
    entry.expect("the JWK of an RSA key")
}
