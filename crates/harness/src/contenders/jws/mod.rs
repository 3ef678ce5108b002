//! What the contenders of signed JWTs share: the algorithms, the key that each
//! demands ([`key`]), and a payload on its way into a library ([`payload`]).
//!
//! Not a library of its own. It verifies nothing: what is here is decided
//! before any cryptography (does this key fit?) or is none (how are these
//! bytes handed over?).

mod key;
mod payload;

use tokenlab_record::catalogue::{ContenderCard, ContenderId, Family, Primitive};

pub(super) use self::key::{Halves, JwsKey, KeyKind, only_verifies, refused};
pub(super) use self::payload::{Payload, verified_payload};
use crate::contender::{Bound, IssueError};
use crate::exchange::MlDsa;
use crate::rejection::{RejectReason, Rejection};

/// A JWS algorithm: its name, the key it takes and what it computes.
#[derive(Clone, Copy)]
pub(super) struct JwsAlgorithm {
    pub(super) name: &'static str,
    pub(super) key: KeyKind,
    /// Hash functions aside, which all but RSA have one of for each key.
    pub(super) primitive: &'static str,
}

const fn algorithm(name: &'static str, key: KeyKind, primitive: &'static str) -> JwsAlgorithm {
    JwsAlgorithm { name, key, primitive }
}

// RFC 7518 §3.1
pub(super) const HS256: JwsAlgorithm = algorithm("HS256", KeyKind::Secret(32), "HMAC-SHA256");
pub(super) const HS384: JwsAlgorithm = algorithm("HS384", KeyKind::Secret(48), "HMAC-SHA384");
pub(super) const HS512: JwsAlgorithm = algorithm("HS512", KeyKind::Secret(64), "HMAC-SHA512");
pub(super) const RS256: JwsAlgorithm = algorithm("RS256", KeyKind::Rsa, "RSA-2048 PKCS#1 v1.5");
pub(super) const RS384: JwsAlgorithm = algorithm("RS384", KeyKind::Rsa, "RSA-2048 PKCS#1 v1.5");
pub(super) const RS512: JwsAlgorithm = algorithm("RS512", KeyKind::Rsa, "RSA-2048 PKCS#1 v1.5");
pub(super) const PS256: JwsAlgorithm = algorithm("PS256", KeyKind::Rsa, "RSA-2048 PSS");
pub(super) const PS384: JwsAlgorithm = algorithm("PS384", KeyKind::Rsa, "RSA-2048 PSS");
pub(super) const PS512: JwsAlgorithm = algorithm("PS512", KeyKind::Rsa, "RSA-2048 PSS");
pub(super) const ES256: JwsAlgorithm = algorithm("ES256", KeyKind::P256, "ECDSA P-256");
pub(super) const ES384: JwsAlgorithm = algorithm("ES384", KeyKind::P384, "ECDSA P-384");
/// RFC 8812 §3.2.
pub(super) const ES256K: JwsAlgorithm = algorithm("ES256K", KeyKind::Secp256k1, "ECDSA secp256k1");
/// RFC 8037 §3.1, with Ed25519 alone.
pub(super) const EDDSA: JwsAlgorithm = algorithm("EdDSA", KeyKind::Ed25519, "Ed25519");
// ML-DSA for JOSE and COSE, draft-ietf-cose-dilithium
pub(super) const ML_DSA_44: JwsAlgorithm =
    algorithm("ML-DSA-44", KeyKind::MlDsa(MlDsa::MlDsa44), "ML-DSA-44");
pub(super) const ML_DSA_65: JwsAlgorithm =
    algorithm("ML-DSA-65", KeyKind::MlDsa(MlDsa::MlDsa65), "ML-DSA-65");
pub(super) const ML_DSA_87: JwsAlgorithm =
    algorithm("ML-DSA-87", KeyKind::MlDsa(MlDsa::MlDsa87), "ML-DSA-87");

impl JwsAlgorithm {
    /// The card of a library that offers this algorithm; `backend` names one
    /// of several of that library.
    pub(super) fn card(
        self,
        (library, version): (&str, &str),
        backend: Option<&str>,
        implementation: &str,
    ) -> ContenderCard {
        let (suffix, by) = match backend {
            Some(backend) => (format!("+{backend}"), backend),
            None => (String::new(), implementation),
        };
        ContenderCard {
            id: ContenderId::new(format!("{library}/{}{suffix}", self.name)),
            family: Family::Jwt,
            class: self.key.class(),
            scheme: format!("jwt.{}", self.name),
            algorithm: self.name.into(),
            library: library.into(),
            package: library.into(),
            library_version: version.into(),
            backend: format!("{by} ({})", self.primitive),
            primitive: Primitive::new(self.primitive, implementation),
            footnote: None,
        }
    }
}

/// A JWS or JWE covers its header and payload; it has no place for anything else.
pub(super) fn can_bind(bound: &Bound) -> Result<(), IssueError> {
    if binds_nothing(bound) {
        Ok(())
    } else {
        Err(IssueError::new(NOTHING_ELSE))
    }
}

/// A token can't be held against what a JWS or JWE has no place for.
pub(super) fn is_bound(bound: &Bound) -> Result<(), Rejection> {
    if binds_nothing(bound) {
        Ok(())
    } else {
        Err(Rejection::new(RejectReason::WrongScheme, NOTHING_ELSE))
    }
}

const NOTHING_ELSE: &str = "a JOSE token has no footer, no implicit assertion and no authorizer";

fn binds_nothing(bound: &Bound) -> bool {
    bound.footer.as_ref().is_none_or(Vec::is_empty)
        && bound.implicit_assertion.is_empty()
        && bound.authorizer.is_none()
}

/// A header that declares critical extensions, to a verifier that knows none
/// (RFC 7515 §4.1.11, RFC 7516 §4.1.13). For libraries that hand `crit` to their caller.
pub(super) fn critical() -> Rejection {
    Rejection::new(
        RejectReason::WrongScheme,
        "the header has critical extensions, and none is known here",
    )
}
