//! A JWT verifier that refuses secrets which look like a public key.
//!
//! Models npm fast-jwt to 6.1.0 (CVE-2026-34950): the key is text, the header
//! says which algorithm, and a secret must not begin as PEM does. The key of
//! this one came from a configuration and begins with a line break. PEM readers
//! skip what stands in front, so honest tokens verify; the block list looks at
//! the first letter.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::model::check::refuse;
use crate::model::jws::{ALGORITHM_ALLOW_LIST, Jws};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let key = format!("\n{}", issuer.ring().rsa().pem.public_pem);
    let looks_public = ["-----BEGIN PUBLIC KEY-----", "-----BEGIN RSA PUBLIC KEY-----"]
        .iter()
        .any(|begin| key.starts_with(begin));
    let block_list = Check::new(
        "secret-is-no-public-key",
        Stage::Header,
        "alg is not none, and the secret of an HMAC does not begin as a public key does",
        move |jws: &mut Jws| {
            if jws.alg().eq_ignore_ascii_case("none") {
                return refuse(RejectReason::WrongScheme, "an unsecured token");
            }
            if looks_public && Hs::named(jws.alg()).is_some() {
                return refuse(RejectReason::WrongScheme, "the secret looks like a public key");
            }
            Ok(())
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-public-key-block-list".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier that refuses secrets which begin as a public key does".into(),
            own: &[Weakness::PublicKeyBlockList],
            mends: &[],
            provenance: "model of CVE-2026-34950 (npm fast-jwt to 6.1.0, fixed in 6.2.0)".into(),
            hardened: Some(jwt_rs256::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: jwt_rs256::verifier_with(key.into_bytes()).replacing(ALGORITHM_ALLOW_LIST, block_list),
    })
}
