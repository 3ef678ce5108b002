//! A JWT verifier with one P-256 key for ES256, and every check.
//!
//! The steps of ECDSA are checks of their own, with the range of r and s and
//! the length of the signature before the equation.

use super::issuer::{Issuer, signed};
use crate::card::TargetProfile;
use crate::mint::Signature;
use crate::model::es256;
use crate::model::jws::Jws;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier with one P-256 key for ES256 and every step of ECDSA",
            "model of RFC 8725 §3.4 and SEC 1 §4.1.4",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    es256::verifier(issuer.ring().p256().public_pem.clone().into_bytes())
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let signature = Signature::By(JwsAlgorithm::Es256, issuer.key(SCHEME));
    issuer.exposure(SCHEME, move |draft| signed(draft, "ES256", None, &signature))
}

pub(super) const ID: &str = "jwt-es256";
pub(super) const SCHEME: Scheme = Scheme::Jwt(JwsAlgorithm::Es256);
