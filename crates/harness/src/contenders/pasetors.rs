//! PASETO v2, v3 and v4 by `pasetors` (PASETO specification, Version2 to
//! Version4), through the modules that every version offers.
//!
//! The library's richer `Claims` interface exists for v4 alone and knows no
//! leeway, so all versions use `version*::{LocalToken, PublicToken}`, and the
//! policy is [`Policy::check`]. Footer and implicit assertion are empty; a
//! token with a footer is not compared against a known one, but the footer is
//! authenticated.

use pasetors::errors::Error;
use pasetors::keys::{AsymmetricPublicKey, AsymmetricSecretKey, SymmetricKey};
use pasetors::token::{TrustedToken, UntrustedToken};
use pasetors::version2::{self, V2};
use pasetors::version3::{self, V3};
use pasetors::version4::{self, V4};
use pasetors::{Local, Public};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use crate::claims::{ClaimSet, Rfc3339};
use crate::contender::{Contender, IssueError, SetupError, TokenService};
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// What is computed, and by which package.
type By = (&'static str, &'static str);

const SCHEMES: &[(&str, Class, &str, By, Load)] = &[
    (
        "v2.local",
        Class::SharedKeyEncrypted,
        "orion (XChaCha20-Poly1305, BLAKE2b)",
        ("XChaCha20-Poly1305", "orion 0.18"),
        v2_local,
    ),
    (
        "v2.public",
        Class::Signature,
        "ed25519-compact (Ed25519)",
        ("Ed25519", "ed25519-compact 2"),
        v2_public,
    ),
    (
        "v3.public",
        Class::Signature,
        "p384 0.14 (ECDSA P-384)",
        ("ECDSA P-384", "p384 0.14"),
        v3_public,
    ),
    (
        "v4.local",
        Class::SharedKeyEncrypted,
        "orion (XChaCha20, BLAKE2b)",
        ("XChaCha20, BLAKE2b", "orion 0.18"),
        v4_local,
    ),
    (
        "v4.public",
        Class::Signature,
        "ed25519-compact (Ed25519)",
        ("Ed25519", "ed25519-compact 2"),
        v4_public,
    ),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    SCHEMES
        .iter()
        .map(|(algorithm, class, backend, primitive, load)| {
            Box::new(Pasetors {
                load: *load,
                card: ContenderCard {
                    id: ContenderId::new(format!("pasetors/{algorithm}")),
                    family: Family::Paseto,
                    class: *class,
                    scheme: format!("paseto.{algorithm}"),
                    algorithm: (*algorithm).to_owned(),
                    library: "pasetors".into(),
                    library_version: "0.8.1".into(),
                    backend: (*backend).to_owned(),
                    primitive: Primitive::new(primitive.0, primitive.1),
                    footnote: (*algorithm == "v3.public")
                        .then(|| "P-384 is a 192-bit security level".to_owned()),
                },
            }) as Box<dyn Contender>
        })
        .collect()
}

struct Pasetors {
    load: Load,
    card: ContenderCard,
}

impl Contender for Pasetors {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let codec = (self.load)(keys).map_err(|error| SetupError::new(&self.card, error))?;
        Ok(Box::new(Service {
            codec,
            header: format!("{}.", self.card.algorithm),
            policy: policy.clone(),
        }))
    }
}

type Load = fn(&KeyRing) -> Result<Codec, Error>;
type Seal = Box<dyn Fn(&[u8]) -> Result<String, Error> + Send + Sync>;
type Open = Box<dyn Fn(&str) -> Result<TrustedToken, Error> + Send + Sync>;

/// One version and purpose with its keys parsed.
struct Codec {
    seal: Seal,
    open: Open,
}

fn v2_local(ring: &KeyRing) -> Result<Codec, Error> {
    let sealing = SymmetricKey::<V2>::from(&ring.symmetric::<32>("paseto.v2.local"))?;
    let opening = sealing.clone();
    Ok(Codec {
        seal: Box::new(move |message| version2::LocalToken::encrypt(&sealing, message, None)),
        open: Box::new(move |token| {
            let token = UntrustedToken::<Local, V2>::try_from(token)?;
            version2::LocalToken::decrypt(&opening, &token, None)
        }),
    })
}

fn v4_local(ring: &KeyRing) -> Result<Codec, Error> {
    let sealing = SymmetricKey::<V4>::from(&ring.symmetric::<32>("paseto.v4.local"))?;
    let opening = sealing.clone();
    Ok(Codec {
        seal: Box::new(move |message| version4::LocalToken::encrypt(&sealing, message, None, None)),
        open: Box::new(move |token| {
            let token = UntrustedToken::<Local, V4>::try_from(token)?;
            version4::LocalToken::decrypt(&opening, &token, None, None)
        }),
    })
}

fn v2_public(ring: &KeyRing) -> Result<Codec, Error> {
    let secret = AsymmetricSecretKey::<V2>::from(&ring.ed25519().secret_then_public())?;
    let public = AsymmetricPublicKey::<V2>::from(&ring.ed25519().public)?;
    Ok(Codec {
        seal: Box::new(move |message| version2::PublicToken::sign(&secret, message, None)),
        open: Box::new(move |token| {
            let token = UntrustedToken::<Public, V2>::try_from(token)?;
            version2::PublicToken::verify(&public, &token, None)
        }),
    })
}

fn v3_public(ring: &KeyRing) -> Result<Codec, Error> {
    let secret = AsymmetricSecretKey::<V3>::from(&ring.p384().secret)?;
    let public = AsymmetricPublicKey::<V3>::from(&ring.p384().public_compressed)?;
    Ok(Codec {
        seal: Box::new(move |message| version3::PublicToken::sign(&secret, message, None, None)),
        open: Box::new(move |token| {
            let token = UntrustedToken::<Public, V3>::try_from(token)?;
            version3::PublicToken::verify(&public, &token, None, None)
        }),
    })
}

fn v4_public(ring: &KeyRing) -> Result<Codec, Error> {
    let secret = AsymmetricSecretKey::<V4>::from(&ring.ed25519().secret_then_public())?;
    let public = AsymmetricPublicKey::<V4>::from(&ring.ed25519().public)?;
    Ok(Codec {
        seal: Box::new(move |message| version4::PublicToken::sign(&secret, message, None, None)),
        open: Box::new(move |token| {
            let token = UntrustedToken::<Public, V4>::try_from(token)?;
            version4::PublicToken::verify(&public, &token, None, None)
        }),
    })
}

struct Service {
    codec: Codec,
    header: String,
    policy: Policy,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        let message = claims.to_json::<Rfc3339>().map_err(IssueError::new)?;
        (self.codec.seal)(message.as_bytes()).map_err(IssueError::new)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let trusted = (self.codec.open)(token).map_err(|error| rejection(&error, token, &self.header))?;
        let claims = ClaimSet::from_json::<Rfc3339>(trusted.payload().as_bytes())
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
        self.policy.check_now(&claims)?;
        Ok(claims)
    }
}

/// The library's errors in the shared vocabulary. It says `TokenFormat` both of
/// another version's token and of a broken one; `header` tells them apart.
fn rejection(error: &Error, token: &str, header: &str) -> Rejection {
    let reason = match error {
        Error::TokenFormat | Error::LossyConversion if is_paseto(token) && !token.starts_with(header) => {
            RejectReason::WrongScheme
        }
        Error::TokenFormat | Error::LossyConversion => RejectReason::Malformed,
        Error::Base64 => RejectReason::Encoding,
        Error::TokenValidation => RejectReason::BadSignature,
        Error::PayloadInvalidUtf8 => RejectReason::InvalidClaims, // said of authentic payloads only
        _ => RejectReason::Internal,
    };
    Rejection::new(reason, error.to_string())
}

/// Whether the text has the shape of a PASETO, of whatever version.
pub(super) fn is_paseto(token: &str) -> bool {
    let mut parts = token.split('.');
    let version = parts.next().unwrap_or_default();
    let purpose = parts.next().unwrap_or_default();
    matches!(version, "v1" | "v2" | "v3" | "v4")
        && matches!(purpose, "local" | "public")
        && parts.next().is_some()
}
