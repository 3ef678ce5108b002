//! JWS compact tokens by `jwt-compact` 0.8, on RustCrypto (RFC 7515, 7518,
//! 7519, 8037, 8812).
//!
//! The library makes one type of each algorithm with its keys, so a wrong pair
//! does not compile. Its claims type holds `exp`, `nbf` and `iat` and leaves
//! all others to the caller's own, which is [`ClaimSet`] here, in one pass over
//! the payload. It knows neither issuer nor audience, so the policy is
//! [`Policy::check`].
//!
//! Two caveats. It reads the claims before it verifies the signature (which
//! its source says is cheaper), so a forged payload that is no claims set is
//! refused as that. And it hands the header's other members to the caller,
//! `crit` among them: the header type here refuses any.

use jwt_compact::alg::{
    Ed25519, Es256, Es256k, Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key, Rsa, RsaPrivateKey,
    RsaPublicKey,
};
use jwt_compact::{
    Algorithm, AlgorithmExt, Claims, Empty, Header, ParseError, Token, UntrustedToken, ValidationError,
};
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokenlab_record::catalogue::ContenderCard;

use super::jws::{self, Halves, JwsAlgorithm, JwsKey, Payload};
use crate::claims::{ClaimSet, Decode, NumericDate};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::exchange::Key;
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

const LIBRARY: (&str, &str) = ("jwt-compact", "0.8.0");

const HMAC: &str = "hmac 0.12, sha2 0.10";

/// Each algorithm with the code that computes it and the parser of its keys.
const ALGORITHMS: &[(JwsAlgorithm, &str, Parse)] = &[
    (jws::HS256, HMAC, |key| {
        secret(Hs256, key, |bytes| Hs256Key::new(bytes))
    }),
    (jws::HS384, HMAC, |key| {
        secret(Hs384, key, |bytes| Hs384Key::new(bytes))
    }),
    (jws::HS512, HMAC, |key| {
        secret(Hs512, key, |bytes| Hs512Key::new(bytes))
    }),
    (jws::RS256, "rsa 0.9", |key| rsa(Rsa::rs256(), key)),
    (jws::RS384, "rsa 0.9", |key| rsa(Rsa::rs384(), key)),
    (jws::RS512, "rsa 0.9", |key| rsa(Rsa::rs512(), key)),
    (jws::PS256, "rsa 0.9", |key| rsa(Rsa::ps256(), key)),
    (jws::PS384, "rsa 0.9", |key| rsa(Rsa::ps384(), key)),
    (jws::PS512, "rsa 0.9", |key| rsa(Rsa::ps512(), key)),
    (jws::ES256, "p256 0.13", |key| pem(Es256, key)),
    (jws::ES256K, "k256 0.13", |key| pem(<Es256k>::default(), key)),
    (jws::EDDSA, "ed25519-dalek 2", |key| pem(Ed25519, key)),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    ALGORITHMS
        .iter()
        .map(|(algorithm, implementation, parse)| {
            Box::new(JwtCompact {
                algorithm: *algorithm,
                parse: *parse,
                card: algorithm.card(LIBRARY, None, implementation),
            }) as Box<dyn Contender>
        })
        .collect()
}

struct JwtCompact {
    algorithm: JwsAlgorithm,
    parse: Parse,
    card: ContenderCard,
}

impl JwtCompact {
    fn keys(&self, key: &JwsKey<'_>) -> Result<Box<dyn Keys>, SetupError> {
        (self.parse)(key).map_err(|problem| jws::refused(&self.card, problem))
    }
}

impl Contender for JwtCompact {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let keys = self.keys(&JwsKey::of_ring(self.algorithm, keys, &self.card))?;
        Ok(Box::new(Service {
            keys,
            policy: policy.clone(),
        }))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        let keys = self.keys(&JwsKey::given(self.algorithm, key, &self.card)?)?;
        Ok(Box::new(Bare { keys }))
    }
}

/// Parses a key into the library's types for one algorithm.
type Parse = fn(&JwsKey<'_>) -> Result<Box<dyn Keys>, String>;

fn secret<A, K>(algorithm: A, key: &JwsKey<'_>, parse: fn(&[u8]) -> K) -> Result<Box<dyn Keys>, String>
where
    A: Algorithm<SigningKey = K, VerifyingKey = K> + Send + Sync + 'static,
    K: Clone + Send + Sync + 'static,
{
    let key = parse(&key.secret()?);
    Ok(Box::new(Loaded {
        algorithm,
        keys: Halves {
            private: Some(key.clone()),
            public: key,
        },
    }))
}

fn rsa(algorithm: Rsa, key: &JwsKey<'_>) -> Result<Box<dyn Keys>, String> {
    pem::<Rsa, RsaPrivateKey, RsaPublicKey>(algorithm, key)
}

fn pem<A, S, P>(algorithm: A, key: &JwsKey<'_>) -> Result<Box<dyn Keys>, String>
where
    A: Algorithm<SigningKey = S, VerifyingKey = P> + Send + Sync + 'static,
    S: DecodePrivateKey + Send + Sync + 'static,
    P: DecodePublicKey + Send + Sync + 'static,
{
    let text = key.pem()?;
    let private = text.private.map(|text| S::from_pkcs8_pem(&text)).transpose();
    Ok(Box::new(Loaded {
        algorithm,
        keys: Halves {
            private: private.map_err(|error| error.to_string())?,
            public: P::from_public_key_pem(&text.public).map_err(|error| error.to_string())?,
        },
    }))
}

/// Keys of whichever algorithm.
trait Keys: Send + Sync {
    fn sign(&self, payload: &Payload<'_>) -> Result<String, IssueError>;

    /// Verifies the signature and reads the claims.
    fn claims(&self, token: &str) -> Result<ClaimSet, Refusal>;

    /// Verifies the signature of whichever JSON object.
    fn object(&self, token: &str) -> Result<(), Refusal>;
}

struct Loaded<A: Algorithm> {
    algorithm: A,
    keys: Halves<A::SigningKey, A::VerifyingKey>,
}

impl<A: Algorithm> Loaded<A> {
    fn verified<T: DeserializeOwned>(&self, token: &str) -> Result<Token<T, Extensions>, Refusal> {
        let token = UntrustedToken::<Extensions>::try_from(token).map_err(Refusal::Parse)?;
        if token.header().other_fields.crit.is_some() {
            return Err(Refusal::Critical);
        }
        let validator = self.algorithm.validator::<T>(&self.keys.public);
        validator.validate(&token).map_err(Refusal::Validation)
    }
}

impl<A> Keys for Loaded<A>
where
    A: Algorithm + Send + Sync,
    A::SigningKey: Send + Sync,
    A::VerifyingKey: Send + Sync,
{
    fn sign(&self, payload: &Payload<'_>) -> Result<String, IssueError> {
        let key = self.keys.private.as_ref().ok_or_else(jws::only_verifies)?;
        let header = Header::empty().with_token_type("JWT");
        self.algorithm
            .token(&header, &Claims::new(payload), key)
            .map_err(IssueError::new)
    }

    fn claims(&self, token: &str) -> Result<ClaimSet, Refusal> {
        let (_, claims) = self.verified::<Decode<NumericDate>>(token)?.into_parts();
        Ok(ClaimSet {
            exp: claims.expiration.map(|time| time.timestamp()),
            nbf: claims.not_before.map(|time| time.timestamp()),
            iat: claims.issued_at.map(|time| time.timestamp()),
            ..claims.custom.0
        })
    }

    fn object(&self, token: &str) -> Result<(), Refusal> {
        self.verified::<Empty>(token).map(drop)
    }
}

/// What may stand in a header besides what the library knows.
#[derive(Clone, Deserialize)]
struct Extensions {
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

/// Everything that speaks against a token.
enum Refusal {
    Parse(ParseError),
    Critical,
    Validation(ValidationError),
}

/// The library's errors in the shared vocabulary.
fn rejection(refusal: &Refusal) -> Rejection {
    let (reason, detail) = match refusal {
        Refusal::Parse(error) => (
            match error {
                ParseError::InvalidTokenStructure => RejectReason::Malformed,
                ParseError::InvalidBase64Encoding | ParseError::MalformedHeader(_) => RejectReason::Encoding,
                ParseError::UnsupportedContentType(_) => RejectReason::WrongScheme,
                _ => RejectReason::Internal,
            },
            error.to_string(),
        ),
        Refusal::Critical => return jws::critical(),
        Refusal::Validation(error) => (
            match error {
                ValidationError::AlgorithmMismatch { .. } => RejectReason::WrongScheme,
                ValidationError::InvalidSignatureLen { .. }
                | ValidationError::MalformedSignature(_)
                | ValidationError::InvalidSignature => RejectReason::BadSignature,
                ValidationError::MalformedClaims(_) | ValidationError::MalformedCborClaims(_) => {
                    RejectReason::InvalidClaims
                }
                _ => RejectReason::Internal, // the checks of time, which are not called here
            },
            error.to_string(),
        ),
    };
    Rejection::new(reason, detail)
}

struct Service {
    keys: Box<dyn Keys>,
    policy: Policy,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        self.keys.sign(&Payload::Claims(claims))
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let claims = self.keys.claims(token).map_err(|refusal| rejection(&refusal))?;
        self.policy.check_now(&claims)?;
        Ok(claims)
    }
}

struct Bare {
    keys: Box<dyn Keys>,
}

impl Codec for Bare {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        jws::can_bind(bound)?;
        self.keys.sign(&Payload::object(payload)?)
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        jws::is_bound(bound)?;
        self.keys.object(token).map_err(|refusal| rejection(&refusal))?;
        Ok(Opened {
            payload: jws::verified_payload(token)?,
            footer: Vec::new(),
        })
    }
}
