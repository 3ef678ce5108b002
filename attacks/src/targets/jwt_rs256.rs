//! A JWT verifier with one RSA key for one algorithm, and every check.
//!
//! RFC 8725 §3.1 in its simplest form: the algorithm belongs to the key, and
//! the header has to agree. The rest of the code may be as general as it likes.

use jsonwebtoken::{Algorithm, EncodingKey};
use tokenlab_record::catalogue::TargetKind;

use super::issuer::{Issuer, header};
use crate::card::TargetProfile;
use crate::mint::{self, MintError, Signature};
use crate::model::jws::{
    Jws, algorithm_allow_list, claims_policy, configured_key, signature, strict_encoding, three_parts,
};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::Scheme;
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: ID.into(),
            kind: TargetKind::Hardened,
            scheme: SCHEME,
            summary: "a verifier with one RSA key for RS256 and every check".into(),
            weaknesses: &[],
            provenance: "model of RFC 8725 §3.1".into(),
            hardened: None,
        },
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    Verifier::of(vec![
        three_parts(),
        strict_encoding(),
        algorithm_allow_list("RS256"),
        configured_key(issuer.ring().rsa().pem.public_pem.clone().into_bytes()),
        signature(),
        claims_policy(),
    ])
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.exposure(SCHEME, |claims| {
        let key = EncodingKey::from_rsa_pem(issuer.ring().rsa().pem.secret_pem.as_bytes())
            .map_err(MintError::new)?;
        mint::jws(
            &header("RS256", None),
            claims,
            &Signature::By(Algorithm::RS256, key),
        )
    })
}

pub(super) const ID: &str = "jwt-rs256";
pub(super) const SCHEME: Scheme = Scheme::Jwt(Algorithm::RS256);
