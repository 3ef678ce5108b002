//! A JWT verifier with a list of tokens that were called back, by their text.
//!
//! The text identifies a token only if there is one way to write it. HMAC has
//! one tag, header and payload are signed as they are written, and the decoder
//! is strict, so here it does. With ECDSA, or with a lenient decoder
//! (`jwt-denylist-lenient`), the list would have to be one of `jti`.

use super::issuer::{Issuer, signed};
use super::jwt_hs256;
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::mint::Signature;
use crate::model::denylist::Denylist;
use crate::model::jws::{self, Jws, configured_key};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::Scheme;
use crate::target::{Exposure, Target};
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let list = Denylist::default();
    Box::new(ModelTarget {
        profile: TargetProfile {
            mends: &[Weakness::NoRevocation],
            ..TargetProfile::hardened(
                ID,
                SCHEME,
                "a verifier with a strict decoder and a list of texts that were called back",
                "model of a denylist by the token's text",
            )
        },
        exposure: exposure(issuer, &list),
        verifier: verifier(issuer, &list),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer, list: &Denylist) -> Verifier<Jws> {
    let mut checks = jws::checks("HS256", configured_key(jwt_hs256::secret(issuer)));
    checks.push(list.not_called_back());
    Verifier::of(checks)
}

pub(super) fn exposure(issuer: &Issuer, list: &Denylist) -> Exposure {
    let signature = Signature::Tag(Hs::S256, jwt_hs256::secret(issuer));
    let desk = list.desk(move |draft| signed(draft, "HS256", None, &signature));
    issuer.exposure_at(SCHEME, desk)
}

pub(super) const ID: &str = "jwt-denylist";
pub(super) const SCHEME: Scheme = jwt_hs256::SCHEME;
