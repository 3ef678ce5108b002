//! JWS compact tokens by `jsonwebtoken` 11, on both of its backends (RFC 7515,
//! 7518, 7519).
//!
//! The library takes one cryptographic provider a process. To time both
//! backends side by side, this file installs a provider of its own that
//! forwards to aws-lc-rs or to RustCrypto, as the calling service says through
//! a thread-local.
//!
//! The policy is applied by the library's own `Validation`, which can express
//! all of it but a required `iat` or `jti`: those are looked for here. One
//! caveat: keys are kept as bytes and parsed again in every call, so `load` is
//! cheap here and `issue` is not.

use std::cell::Cell;
use std::collections::HashSet;

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils, rust_crypto};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use crate::claims::{ClaimSet, Decode, Encode, NumericDate, RegisteredClaim};
use crate::contender::{Contender, IssueError, SetupError, TokenService};
use crate::keys::{KeyRing, PemPair};
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// Each algorithm with its key and the name of what it computes; every one
/// runs on every backend of this build.
const ALGORITHMS: &[(Algorithm, KeyKind, &str)] = &[
    (Algorithm::HS256, KeyKind::Secret32, "HMAC-SHA256"),
    (Algorithm::HS384, KeyKind::Secret48, "HMAC-SHA384"),
    (Algorithm::HS512, KeyKind::Secret64, "HMAC-SHA512"),
    (Algorithm::RS256, KeyKind::Rsa, "RSA-2048 PKCS#1 v1.5"),
    (Algorithm::RS384, KeyKind::Rsa, "RSA-2048 PKCS#1 v1.5"),
    (Algorithm::PS256, KeyKind::Rsa, "RSA-2048 PSS"),
    (Algorithm::PS384, KeyKind::Rsa, "RSA-2048 PSS"),
    (Algorithm::ES256, KeyKind::P256, "ECDSA P-256"),
    (Algorithm::ES384, KeyKind::P384, "ECDSA P-384"),
    (Algorithm::EdDSA, KeyKind::Ed25519, "Ed25519"),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    for (algorithm, key, primitive) in ALGORITHMS {
        for backend in Backend::ALL {
            contenders.push(Box::new(JsonWebToken::new(*algorithm, *key, primitive, *backend)));
        }
    }
    contenders
}

/// Which key of the ring an algorithm takes. Secrets are as long as the hash
/// output, RFC 7518 §3.2.
#[derive(Clone, Copy)]
enum KeyKind {
    Secret32,
    Secret48,
    Secret64,
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl KeyKind {
    const fn class(self) -> Class {
        match self {
            Self::Secret32 | Self::Secret48 | Self::Secret64 => Class::SharedKeyAuthenticated,
            Self::Rsa | Self::P256 | Self::P384 | Self::Ed25519 => Class::Signature,
        }
    }

    const fn footnote(self) -> Option<&'static str> {
        match self {
            Self::Rsa => Some("2048-bit RSA is a 112-bit security level"),
            Self::P384 => Some("P-384 is a 192-bit security level"),
            Self::Secret32 | Self::Secret48 | Self::Secret64 | Self::P256 | Self::Ed25519 => None,
        }
    }

    fn keys(self, ring: &KeyRing, scheme: &str) -> Result<(EncodingKey, DecodingKey), Error> {
        let secret = |bytes: &[u8]| (EncodingKey::from_secret(bytes), DecodingKey::from_secret(bytes));
        let ec = |pair: &PemPair| {
            Ok((
                EncodingKey::from_ec_pem(pair.secret_pem.as_bytes())?,
                DecodingKey::from_ec_pem(pair.public_pem.as_bytes())?,
            ))
        };
        match self {
            Self::Secret32 => Ok(secret(&ring.symmetric::<32>(scheme))),
            Self::Secret48 => Ok(secret(&ring.symmetric::<48>(scheme))),
            Self::Secret64 => Ok(secret(&ring.symmetric::<64>(scheme))),
            Self::Rsa => Ok((
                EncodingKey::from_rsa_pem(ring.rsa().pem.secret_pem.as_bytes())?,
                DecodingKey::from_rsa_pem(ring.rsa().pem.public_pem.as_bytes())?,
            )),
            Self::P256 => ec(ring.p256()),
            Self::P384 => ec(&ring.p384().pem),
            Self::Ed25519 => Ok((
                EncodingKey::from_ed_pem(ring.ed25519().pem.secret_pem.as_bytes())?,
                DecodingKey::from_ed_pem(ring.ed25519().pem.public_pem.as_bytes())?,
            )),
        }
    }
}

#[derive(Clone, Copy)]
enum Backend {
    #[cfg(feature = "aws-lc")]
    AwsLc,
    RustCrypto,
}

impl Backend {
    const ALL: &[Self] = &[
        #[cfg(feature = "aws-lc")]
        Self::AwsLc,
        Self::RustCrypto,
    ];

    const fn slug(self) -> &'static str {
        match self {
            #[cfg(feature = "aws-lc")]
            Self::AwsLc => "aws-lc",
            Self::RustCrypto => "rustcrypto",
        }
    }

    /// The package behind a kind of key, at the version that decides its code.
    const fn implementation(self, key: KeyKind) -> &'static str {
        match (self, key) {
            #[cfg(feature = "aws-lc")]
            (Self::AwsLc, _) => "aws-lc-rs 1",
            (Self::RustCrypto, KeyKind::Secret32 | KeyKind::Secret48 | KeyKind::Secret64) => {
                "hmac 0.12, sha2 0.10"
            }
            (Self::RustCrypto, KeyKind::Rsa) => "rsa 0.9",
            (Self::RustCrypto, KeyKind::P256) => "p256 0.13",
            (Self::RustCrypto, KeyKind::P384) => "p384 0.13",
            (Self::RustCrypto, KeyKind::Ed25519) => "ed25519-dalek 2",
        }
    }

    const fn provider(self) -> &'static CryptoProvider {
        match self {
            #[cfg(feature = "aws-lc")]
            Self::AwsLc => &jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER,
            Self::RustCrypto => &rust_crypto::DEFAULT_PROVIDER,
        }
    }

    /// Makes this backend the one that the library's next call on this thread uses.
    fn select(self) {
        SELECTED.set(self);
    }
}

thread_local! {
    static SELECTED: Cell<Backend> = const { Cell::new(Backend::RustCrypto) };
}

static FORWARDING_PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: forward_signer,
    verifier_factory: forward_verifier,
    key_utils: KeyUtils::new_unimplemented(), // JWKs are not used here
};

fn forward_signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    (SELECTED.get().provider().signer_factory)(algorithm, key)
}

fn forward_verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    (SELECTED.get().provider().verifier_factory)(algorithm, key)
}

/// Puts the forwarding provider in place; harmless when it is there already.
pub(super) fn install_provider() {
    // The second and later calls are refused by the library, as they should be.
    let _ = FORWARDING_PROVIDER.install_default();
}

struct JsonWebToken {
    algorithm: Algorithm,
    key: KeyKind,
    backend: Backend,
    card: ContenderCard,
}

impl JsonWebToken {
    fn new(algorithm: Algorithm, key: KeyKind, primitive: &str, backend: Backend) -> Self {
        Self {
            algorithm,
            key,
            backend,
            card: ContenderCard {
                id: ContenderId::new(format!("jsonwebtoken/{algorithm:?}+{}", backend.slug())),
                family: Family::Jwt,
                class: key.class(),
                scheme: format!("jwt.{algorithm:?}"),
                algorithm: format!("{algorithm:?}"),
                library: "jsonwebtoken".into(),
                library_version: "11.1.0".into(),
                backend: format!("{} ({primitive})", backend.slug()),
                primitive: Primitive::new(primitive, backend.implementation(key)),
                footnote: key.footnote().map(str::to_owned),
            },
        }
    }
}

impl Contender for JsonWebToken {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        install_provider();
        let (signing, verifying) = self
            .key
            .keys(keys, &self.card.scheme)
            .map_err(|error| SetupError::new(&self.card, error))?;
        Ok(Box::new(Service {
            header: Header::new(self.algorithm),
            backend: self.backend,
            signing,
            verifying,
            validation: validation(self.algorithm, policy),
            also_required: also_required(policy),
        }))
    }
}

/// The policy in the library's own terms, with every default overridden.
fn validation(algorithm: Algorithm, policy: &Policy) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = u64::from(policy.leeway_s);
    validation.validate_exp = true;
    validation.validate_nbf = true;
    validation.validate_aud = true;
    validation.iss = Some(HashSet::from([policy.issuer.clone()]));
    validation.aud = Some(HashSet::from([policy.audience.clone()]));
    validation.required_spec_claims = policy
        .required
        .iter()
        .map(|claim| claim.name().to_owned())
        .collect();
    validation
}

/// The required claims that the library takes no notice of.
fn also_required(policy: &Policy) -> Vec<RegisteredClaim> {
    let unnoticed = |claim: &RegisteredClaim| matches!(claim, RegisteredClaim::Iat | RegisteredClaim::Jti);
    policy.required.iter().copied().filter(unnoticed).collect()
}

struct Service {
    header: Header,
    backend: Backend,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    also_required: Vec<RegisteredClaim>,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        self.backend.select();
        jsonwebtoken::encode(&self.header, &Encode::<NumericDate>::new(claims), &self.signing)
            .map_err(IssueError::new)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        self.backend.select();
        let claims = jsonwebtoken::decode::<Decode<NumericDate>>(token, &self.verifying, &self.validation)
            .map(|data| data.claims.0)
            .map_err(|error| rejection(&error, token))?;
        match self.also_required.iter().find(|claim| !claims.has(**claim)) {
            Some(missing) => Err(Rejection::new(
                RejectReason::MissingClaim(*missing),
                "the policy requires this claim",
            )),
            None => Ok(claims),
        }
    }
}

/// The library's errors in the shared vocabulary.
pub(super) fn rejection(error: &Error, token: &str) -> Rejection {
    let reason = match error.kind() {
        ErrorKind::InvalidToken => RejectReason::Malformed,
        ErrorKind::Base64(_) | ErrorKind::Utf8(_) => RejectReason::Encoding,
        ErrorKind::Json(error) => json_reason(error, token),
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::UnsupportedAlgorithm => {
            RejectReason::WrongScheme
        }
        ErrorKind::InvalidSignature => RejectReason::BadSignature,
        ErrorKind::MissingRequiredClaim(name) => {
            RegisteredClaim::from_name(name).map_or(RejectReason::InvalidClaims, RejectReason::MissingClaim)
        }
        ErrorKind::InvalidClaimFormat(_) => RejectReason::InvalidClaims,
        ErrorKind::ExpiredSignature => RejectReason::Expired,
        ErrorKind::ImmatureSignature => RejectReason::NotYetValid,
        ErrorKind::InvalidIssuer => RejectReason::WrongIssuer,
        ErrorKind::InvalidAudience => RejectReason::WrongAudience,
        _ => RejectReason::Internal,
    };
    Rejection::new(reason, error.to_string())
}

/// The library says `Json` of the header and of the payload alike. A header
/// that reads well puts the blame on the payload, which is looked at only when
/// the signature is good. In the header, an `alg` that is none of the library's
/// is a JSON error there and a scheme error in ours.
fn json_reason(error: &serde_json::Error, token: &str) -> RejectReason {
    if jsonwebtoken::decode_header(token).is_ok() {
        RejectReason::InvalidClaims
    } else if error.to_string().starts_with("unknown variant") {
        RejectReason::WrongScheme
    } else {
        RejectReason::Encoding
    }
}
