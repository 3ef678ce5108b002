//! JWS compact tokens by `jwt-simple` (RFC 7515, 7518, 7519, 8037, 8812;
//! ML-DSA as in draft-ietf-cose-dilithium), each algorithm on the pure-Rust
//! code that the library ships for it.
//!
//! The library verifies header, algorithm and signature and parses the
//! payload; the claims are then read from the payload a second time, into the
//! one [`ClaimSet`]. Its own claims type can't return what was issued: it keeps
//! several audiences as a set, which has no order, takes `null` for an absent
//! claim, and holds times as 32 bits of seconds, which end in 2106. Its checks
//! of time and audience are therefore switched off, among them the default
//! tolerance of 15 minutes and the refusal of an `iat` to come, and the policy
//! is [`Policy::check`]. Its limit of 1,000,000 bytes a token stays.
//!
//! Claims go out as the library's custom claims, so that none is added from
//! its clock. One caveat: it reads `exp`, `nbf` and `iat` as unsigned, and
//! refuses a token with a time before 1970. BLAKE2B, which it offers besides
//! and no standard names, is left out.

use jwt_simple::Error;
use jwt_simple::algorithms::{
    ECDSAP256KeyPairLike, ECDSAP256PublicKeyLike, ECDSAP256kKeyPairLike, ECDSAP256kPublicKeyLike,
    ECDSAP384KeyPairLike, ECDSAP384PublicKeyLike, ES256KeyPair, ES256PublicKey, ES256kKeyPair,
    ES256kPublicKey, ES384KeyPair, ES384PublicKey, Ed25519KeyPair, Ed25519PublicKey, EdDSAKeyPairLike,
    EdDSAPublicKeyLike, HS256Key, HS384Key, HS512Key, MACLike, MLDSA44KeyPair, MLDSA44PublicKey,
    MLDSA65KeyPair, MLDSA65PublicKey, MLDSA87KeyPair, MLDSA87PublicKey, MLDSAKeyPairLike, MLDSAPublicKeyLike,
    PS256KeyPair, PS256PublicKey, PS384KeyPair, PS384PublicKey, PS512KeyPair, PS512PublicKey, RS256KeyPair,
    RS256PublicKey, RS384KeyPair, RS384PublicKey, RS512KeyPair, RS512PublicKey, RSAKeyPairLike,
    RSAPublicKeyLike,
};
use jwt_simple::claims::{JWTClaims, NoCustomClaims};
use jwt_simple::common::VerificationOptions;
use jwt_simple::prelude::{Duration, UnixTimeStamp};
use tokenlab_record::catalogue::ContenderCard;

use super::{LIBRARY, rejection};
use crate::claims::{ClaimSet, NumericDate};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::contenders::jws::{self, Halves, JwsAlgorithm, JwsKey, KeyKind, Payload};
use crate::exchange::{Key, MlDsa};
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// Each algorithm with the code that computes it and the parser of its keys.
const ALGORITHMS: &[(JwsAlgorithm, &str, Parse)] = &[
    (jws::HS256, "hmac-sha256 1", |key| {
        secret(key, HS256Key::from_bytes)
    }),
    (jws::HS384, "hmac-sha512 1", |key| {
        secret(key, HS384Key::from_bytes)
    }),
    (jws::HS512, "hmac-sha512 1", |key| {
        secret(key, HS512Key::from_bytes)
    }),
    (jws::RS256, "rsa 0.9", |key| {
        pem(key, RS256KeyPair::from_pem, RS256PublicKey::from_pem)
    }),
    (jws::RS384, "rsa 0.9", |key| {
        pem(key, RS384KeyPair::from_pem, RS384PublicKey::from_pem)
    }),
    (jws::RS512, "rsa 0.9", |key| {
        pem(key, RS512KeyPair::from_pem, RS512PublicKey::from_pem)
    }),
    (jws::PS256, "rsa 0.9", |key| {
        pem(key, PS256KeyPair::from_pem, PS256PublicKey::from_pem)
    }),
    (jws::PS384, "rsa 0.9", |key| {
        pem(key, PS384KeyPair::from_pem, PS384PublicKey::from_pem)
    }),
    (jws::PS512, "rsa 0.9", |key| {
        pem(key, PS512KeyPair::from_pem, PS512PublicKey::from_pem)
    }),
    (jws::ES256, "p256 0.14", |key| {
        pem(key, ES256KeyPair::from_pem, ES256PublicKey::from_pem)
    }),
    (jws::ES384, "p384 0.14", |key| {
        pem(key, ES384KeyPair::from_pem, ES384PublicKey::from_pem)
    }),
    (jws::ES256K, "k256 0.14", |key| {
        pem(key, ES256kKeyPair::from_pem, ES256kPublicKey::from_pem)
    }),
    (jws::EDDSA, "ed25519-compact 2", ed25519),
    (jws::ML_DSA_44, "ml-dsa 0.1", |key| {
        ml_dsa(key, MLDSA44KeyPair::from_bytes, MLDSA44PublicKey::from_bytes)
    }),
    (jws::ML_DSA_65, "ml-dsa 0.1", |key| {
        ml_dsa(key, MLDSA65KeyPair::from_bytes, MLDSA65PublicKey::from_bytes)
    }),
    (jws::ML_DSA_87, "ml-dsa 0.1", |key| {
        ml_dsa(key, MLDSA87KeyPair::from_bytes, MLDSA87PublicKey::from_bytes)
    }),
];

pub(super) fn contenders() -> impl Iterator<Item = Box<dyn Contender>> {
    ALGORITHMS.iter().map(|(algorithm, implementation, parse)| {
        let mut card = algorithm.card(LIBRARY, None, implementation);
        card.footnote = footnote(*algorithm).map(str::to_owned);
        Box::new(JwtSimple {
            algorithm: *algorithm,
            parse: *parse,
            card,
        }) as Box<dyn Contender>
    })
}

/// What makes a comparison of this algorithm unequal.
const fn footnote(algorithm: JwsAlgorithm) -> Option<&'static str> {
    match algorithm.key {
        KeyKind::MlDsa(MlDsa::MlDsa44) => Some(
            "ML-DSA-44 is of NIST category 2, as hard to break as finding a collision of SHA-256; its \
             signature alone is 2,420 bytes",
        ),
        KeyKind::MlDsa(MlDsa::MlDsa65) => Some(
            "ML-DSA-65 is of NIST category 3, as hard to break as finding a key of AES-192; its signature \
             alone is 3,309 bytes",
        ),
        KeyKind::MlDsa(MlDsa::MlDsa87) => Some(
            "ML-DSA-87 is of NIST category 5, as hard to break as finding a key of AES-256; its signature \
             alone is 4,627 bytes",
        ),
        KeyKind::Secp256k1 => Some(
            "the claims are read twice: once by the library, whose claims type loses some, once here; of the two \
             signatures of a token, s and n - s, the larger is refused, which RFC 8812 does not ask for",
        ),
        _ => Some("the claims are read twice: once by the library, whose claims type loses some, once here"),
    }
}

struct JwtSimple {
    algorithm: JwsAlgorithm,
    parse: Parse,
    card: ContenderCard,
}

impl JwtSimple {
    fn keys(&self, key: &JwsKey<'_>) -> Result<Box<dyn Keys>, SetupError> {
        (self.parse)(key).map_err(|problem| jws::refused(&self.card, problem))
    }
}

impl Contender for JwtSimple {
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

fn secret<K: MACLike + Send + Sync + 'static>(
    key: &JwsKey<'_>,
    parse: fn(&[u8]) -> K,
) -> Result<Box<dyn Keys>, String> {
    Ok(Box::new(Shared(parse(&key.secret()?))))
}

fn pem<S, P>(
    key: &JwsKey<'_>,
    private: fn(&str) -> Result<S, Error>,
    public: fn(&str) -> Result<P, Error>,
) -> Result<Box<dyn Keys>, String>
where
    Halves<S, P>: Keys + 'static,
{
    let text = key.pem()?;
    let private = text.private.map(|text| private(&text)).transpose();
    Ok(Box::new(Halves {
        private: private.map_err(|error| error.to_string())?,
        public: public(&text.public).map_err(|error| error.to_string())?,
    }))
}

/// From bytes: the library's PEM reader refuses a PKCS#8 that holds the public
/// key too (RFC 5958), and that is how most others write it.
fn ed25519(key: &JwsKey<'_>) -> Result<Box<dyn Keys>, String> {
    let bytes = key.ed25519()?;
    let pair = |seed: [u8; 32]| Ed25519KeyPair::from_bytes(&[seed, bytes.public].concat());
    Ok(Box::new(Halves {
        private: bytes
            .private
            .map(pair)
            .transpose()
            .map_err(|error| error.to_string())?,
        public: Ed25519PublicKey::from_bytes(&bytes.public).map_err(|error| error.to_string())?,
    }))
}

fn ml_dsa<S, P>(
    key: &JwsKey<'_>,
    private: fn(&[u8]) -> Result<S, Error>,
    public: fn(&[u8]) -> Result<P, Error>,
) -> Result<Box<dyn Keys>, String>
where
    Halves<S, P>: Keys + 'static,
{
    let bytes = key.ml_dsa()?;
    let private = bytes.private.map(|seed| private(&seed)).transpose();
    Ok(Box::new(Halves {
        private: private.map_err(|error| error.to_string())?,
        public: public(&bytes.public).map_err(|error| error.to_string())?,
    }))
}

/// Keys of whichever algorithm. The library has a trait for each family of
/// algorithms and none for all.
trait Keys: Send + Sync {
    fn sign(&self, payload: &Payload<'_>) -> Result<String, IssueError>;

    /// Verifies all but the claims.
    fn verify(&self, token: &str) -> Result<(), Error>;
}

/// The one key of a MAC.
struct Shared<K>(K);

impl<K: MACLike + Send + Sync> Keys for Shared<K> {
    fn sign(&self, payload: &Payload<'_>) -> Result<String, IssueError> {
        self.0.authenticate(claims(payload)).map_err(IssueError::new)
    }

    fn verify(&self, token: &str) -> Result<(), Error> {
        let verified = self.0.verify_token::<NoCustomClaims>(token, Some(options()));
        verified.map(drop)
    }
}

macro_rules! pairs {
    ($($private:ty, $public:ty;)*) => {$(
        impl Keys for Halves<$private, $public> {
            fn sign(&self, payload: &Payload<'_>) -> Result<String, IssueError> {
                let key = self.private.as_ref().ok_or_else(jws::only_verifies)?;
                key.sign(claims(payload)).map_err(IssueError::new)
            }

            fn verify(&self, token: &str) -> Result<(), Error> {
                let verified = self.public.verify_token::<NoCustomClaims>(token, Some(options()));
                verified.map(drop)
            }
        }
    )*};
}

pairs! {
    RS256KeyPair, RS256PublicKey;
    RS384KeyPair, RS384PublicKey;
    RS512KeyPair, RS512PublicKey;
    PS256KeyPair, PS256PublicKey;
    PS384KeyPair, PS384PublicKey;
    PS512KeyPair, PS512PublicKey;
    ES256KeyPair, ES256PublicKey;
    ES384KeyPair, ES384PublicKey;
    ES256kKeyPair, ES256kPublicKey;
    Ed25519KeyPair, Ed25519PublicKey;
    MLDSA44KeyPair, MLDSA44PublicKey;
    MLDSA65KeyPair, MLDSA65PublicKey;
    MLDSA87KeyPair, MLDSA87PublicKey;
}

/// A payload as the library's claims, none of which is its own.
const fn claims<T>(payload: T) -> JWTClaims<T> {
    JWTClaims {
        issued_at: None,
        expires_at: None,
        invalid_before: None,
        issuer: None,
        subject: None,
        audiences: None,
        jwt_id: None,
        nonce: None,
        custom: payload,
    }
}

/// Options under which the library looks at no claim: its time is 1970, when
/// nothing has expired, and it accepts what is still to come.
fn options() -> VerificationOptions {
    VerificationOptions {
        accept_future: true,
        artificial_time: Some(UnixTimeStamp::from_secs(0)),
        time_tolerance: Some(Duration::from_secs(0)),
        ..VerificationOptions::default()
    }
}

/// Verifies a token by its library and returns its payload.
fn open(keys: &dyn Keys, token: &str) -> Result<Vec<u8>, Rejection> {
    keys.verify(token).map_err(|error| rejection(&error, token))?;
    jws::verified_payload(token)
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
        let payload = open(self.keys.as_ref(), token)?;
        let claims = ClaimSet::from_json::<NumericDate>(&payload)
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
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
        Ok(Opened {
            payload: open(self.keys.as_ref(), token)?,
            footer: Vec::new(),
        })
    }
}
