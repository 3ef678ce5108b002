//! A JWT verifier with one RSA key for one algorithm, and every check.
//!
//! RFC 8725 §3.1 in its simplest form: the algorithm belongs to the key, and
//! the header has to agree. The rest of the code may be as general as it likes.

use super::issuer::{Issuer, signed};
use crate::card::TargetProfile;
use crate::mint::Signature;
use crate::model::jws::{self, Jws, configured_key};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier with one RSA key for RS256 and every check",
            "model of RFC 8725 §3.1",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    verifier_with(issuer.ring().rsa().pem.public_pem.clone().into_bytes())
}

/// The same with the key in another encoding.
pub(super) fn verifier_with(key: Vec<u8>) -> Verifier<Jws> {
    jws::verifier("RS256", configured_key(key))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let signature = Signature::By(JwsAlgorithm::Rs256, issuer.key(SCHEME));
    issuer.exposure(SCHEME, move |draft| signed(draft, "RS256", None, &signature))
}

pub(super) const ID: &str = "jwt-rs256";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Rs256);
