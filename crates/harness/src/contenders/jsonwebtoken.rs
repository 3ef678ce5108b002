//! JWS compact tokens by `jsonwebtoken` 11, on both of its backends (RFC 7515,
//! 7518, 7519).
//!
//! The library takes one cryptographic provider a process. To time both
//! backends side by side, this file installs a provider of its own that
//! forwards to aws-lc-rs or to RustCrypto, as the calling service says through
//! a thread-local.
//!
//! The policy is applied by the library's own `Validation`, which can express
//! all of it but a required `iat` or `jti`: those are looked for here. So is
//! `crit`, which the library parses and leaves to its caller: none is known
//! here, and any is refused (RFC 7515 §4.1.11). One caveat: keys are kept as
//! bytes and parsed again in every call, so `load` is cheap here and `issue` is
//! not.

use std::cell::Cell;
use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils, rust_crypto};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey, Header, Validation};
use tokenlab_record::catalogue::ContenderCard;

use super::jws::{self, JwsAlgorithm, JwsKey, KeyKind};
use crate::claims::{ClaimSet, Decode, Encode, NumericDate, RegisteredClaim};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::exchange::Key;
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

const LIBRARY: (&str, &str) = ("jsonwebtoken", "11.1.0");

/// The library's algorithms, all twelve; every one runs on every backend of
/// this build.
const ALGORITHMS: &[(Algorithm, JwsAlgorithm)] = &[
    (Algorithm::HS256, jws::HS256),
    (Algorithm::HS384, jws::HS384),
    (Algorithm::HS512, jws::HS512),
    (Algorithm::RS256, jws::RS256),
    (Algorithm::RS384, jws::RS384),
    (Algorithm::RS512, jws::RS512),
    (Algorithm::PS256, jws::PS256),
    (Algorithm::PS384, jws::PS384),
    (Algorithm::PS512, jws::PS512),
    (Algorithm::ES256, jws::ES256),
    (Algorithm::ES384, jws::ES384),
    (Algorithm::EdDSA, jws::EDDSA),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    for (algorithm, jws) in ALGORITHMS {
        for backend in Backend::ALL {
            contenders.push(Box::new(JsonWebToken {
                algorithm: *algorithm,
                jws: *jws,
                backend: *backend,
                card: jws.card(LIBRARY, Some(backend.slug()), backend.implementation(jws.key)),
            }));
        }
    }
    contenders
}

/// The library's keys of one algorithm.
struct Keys {
    signing: Option<EncodingKey>,
    verifying: DecodingKey,
}

impl Keys {
    fn parse(algorithm: Algorithm, key: &JwsKey<'_>) -> Result<Self, String> {
        if algorithm.family() == AlgorithmFamily::Hmac {
            let secret = key.secret()?;
            return Ok(Self {
                signing: Some(EncodingKey::from_secret(&secret)),
                verifying: DecodingKey::from_secret(&secret),
            });
        }
        let text = key.pem()?;
        Self::from_pem(algorithm, text.private.as_deref(), &text.public).map_err(|error| error.to_string())
    }

    fn from_pem(algorithm: Algorithm, private: Option<&str>, public: &str) -> Result<Self, Error> {
        type Read<K> = fn(&[u8]) -> Result<K, Error>;
        let (signing, verifying): (Read<EncodingKey>, Read<DecodingKey>) = match algorithm.family() {
            AlgorithmFamily::Rsa => (EncodingKey::from_rsa_pem, DecodingKey::from_rsa_pem),
            AlgorithmFamily::Ec => (EncodingKey::from_ec_pem, DecodingKey::from_ec_pem),
            AlgorithmFamily::Ed | AlgorithmFamily::Hmac => {
                (EncodingKey::from_ed_pem, DecodingKey::from_ed_pem)
            }
        };
        Ok(Self {
            signing: private.map(|text| signing(text.as_bytes())).transpose()?,
            verifying: verifying(public.as_bytes())?,
        })
    }

    fn signing(&self) -> Result<&EncodingKey, IssueError> {
        self.signing.as_ref().ok_or_else(jws::only_verifies)
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
            (Self::RustCrypto, KeyKind::Secret(_)) => "hmac 0.12, sha2 0.10",
            (Self::RustCrypto, KeyKind::Rsa) => "rsa 0.9",
            (Self::RustCrypto, KeyKind::P256) => "p256 0.13",
            (Self::RustCrypto, KeyKind::P384) => "p384 0.13",
            (Self::RustCrypto, _) => "ed25519-dalek 2",
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
    jws: JwsAlgorithm,
    backend: Backend,
    card: ContenderCard,
}

impl JsonWebToken {
    fn keys(&self, key: &JwsKey<'_>) -> Result<Keys, SetupError> {
        install_provider();
        Keys::parse(self.algorithm, key).map_err(|problem| jws::refused(&self.card, problem))
    }
}

impl Contender for JsonWebToken {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        Ok(Box::new(Service {
            header: Header::new(self.algorithm),
            backend: self.backend,
            keys: self.keys(&JwsKey::of_ring(self.jws, keys, &self.card))?,
            validation: validation(self.algorithm, policy),
            also_required: also_required(policy),
        }))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        Ok(Box::new(Bare {
            algorithm: self.algorithm,
            backend: self.backend,
            keys: self.keys(&JwsKey::given(self.jws, key, &self.card)?)?,
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
    keys: Keys,
    validation: Validation,
    also_required: Vec<RegisteredClaim>,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        self.backend.select();
        let claims = Encode::<NumericDate>::new(claims);
        jsonwebtoken::encode(&self.header, &claims, self.keys.signing()?).map_err(IssueError::new)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        self.backend.select();
        let data = jsonwebtoken::decode::<Decode<NumericDate>>(token, &self.keys.verifying, &self.validation)
            .map_err(|error| rejection(&error, token))?;
        if data.header.crit.is_some() {
            return Err(jws::critical());
        }
        let claims = data.claims.0;
        match self.also_required.iter().find(|claim| !claims.has(**claim)) {
            Some(missing) => Err(Rejection::new(
                RejectReason::MissingClaim(*missing),
                "the policy requires this claim",
            )),
            None => Ok(claims),
        }
    }
}

/// Signing and verifying without claims.
///
/// The library's `decode` reads every payload as claims, so this takes the
/// steps that it is made of, each the library's own and public: `decode_header`
/// for shape, encoding and header, and `crypto::verify` for the signature. The
/// comparison of algorithms between the two is `decode`'s first line, and is
/// repeated here. Payloads stay the bytes that they are, JSON or not.
struct Bare {
    algorithm: Algorithm,
    backend: Backend,
    keys: Keys,
}

impl Codec for Bare {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        jws::can_bind(bound)?;
        let header = serde_json::to_vec(&Header::new(self.algorithm)).map_err(IssueError::new)?;
        let header = URL_SAFE_NO_PAD.encode(header);
        let covered = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        self.backend.select();
        let signature = jsonwebtoken::crypto::sign(covered.as_bytes(), self.keys.signing()?, self.algorithm)
            .map_err(IssueError::new)?;
        Ok(format!("{covered}.{signature}"))
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        jws::is_bound(bound)?;
        let refused = |error: Error| rejection(&error, token);
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        if header.alg != self.algorithm {
            return Err(refused(ErrorKind::InvalidAlgorithm.into()));
        }
        if header.crit.is_some() {
            return Err(jws::critical());
        }
        let (covered, signature) = token
            .rsplit_once('.')
            .ok_or_else(|| refused(ErrorKind::InvalidToken.into()))?;
        self.backend.select();
        let verified = jsonwebtoken::crypto::verify(
            signature,
            covered.as_bytes(),
            &self.keys.verifying,
            self.algorithm,
        );
        if !verified.map_err(refused)? {
            return Err(refused(ErrorKind::InvalidSignature.into()));
        }
        Ok(Opened {
            payload: jws::verified_payload(token)?,
            footer: Vec::new(),
        })
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
