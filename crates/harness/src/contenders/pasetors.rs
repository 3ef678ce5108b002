//! PASETO v2, v3 and v4 by `pasetors` (PASETO specification, Version2 to
//! Version4), through the modules that every version offers.
//!
//! The library's richer `Claims` interface exists for v4 alone and knows no
//! leeway, so all versions use `version*::{LocalToken, PublicToken}`, and the
//! policy is [`Policy::check`]. v1 and v3.local are not implemented by it. The
//! service compares a footer with nothing, but it is authenticated; the codec
//! compares and binds what it is asked to.

use pasetors::errors::Error;
use pasetors::keys::{AsymmetricPublicKey, AsymmetricSecretKey, SymmetricKey};
use pasetors::token::{TrustedToken, UntrustedToken};
use pasetors::version2::{self, V2};
use pasetors::version3::{self, V3};
use pasetors::version4::{self, V4};
use pasetors::{Local, Public};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use crate::claims::{ClaimSet, Rfc3339};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::exchange::Key;
use crate::keys::KeyRing;
use crate::paseto::{ONLY_VERIFIES, Purpose, RawKey, Scheme, Version, expect_footer, is_paseto};
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// What is computed, and by which package.
type By = (&'static str, &'static str);

const SCHEMES: &[(Version, Purpose, Class, &str, By, Parse)] = &[
    (
        Version::V2,
        Purpose::Local,
        Class::Aead,
        "orion (XChaCha20-Poly1305, BLAKE2b)",
        ("XChaCha20-Poly1305", "orion 0.18"),
        v2_local,
    ),
    (
        Version::V2,
        Purpose::Public,
        Class::Signature128,
        "ed25519-compact (Ed25519)",
        ("Ed25519", "ed25519-compact 2"),
        v2_public,
    ),
    (
        Version::V3,
        Purpose::Public,
        Class::Signature192,
        "p384 0.14 (ECDSA P-384)",
        ("ECDSA P-384", "p384 0.14"),
        v3_public,
    ),
    (
        Version::V4,
        Purpose::Local,
        Class::Aead,
        "orion (XChaCha20, BLAKE2b)",
        ("XChaCha20, BLAKE2b", "orion 0.18"),
        v4_local,
    ),
    (
        Version::V4,
        Purpose::Public,
        Class::Signature128,
        "ed25519-compact (Ed25519)",
        ("Ed25519", "ed25519-compact 2"),
        v4_public,
    ),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    SCHEMES
        .iter()
        .map(|(version, purpose, class, backend, primitive, parse)| {
            let scheme = Scheme {
                version: *version,
                purpose: *purpose,
            };
            Box::new(Pasetors {
                scheme,
                parse: *parse,
                card: ContenderCard {
                    id: ContenderId::new(format!("pasetors/{scheme}")),
                    family: Family::Paseto,
                    class: *class,
                    scheme: format!("paseto.{scheme}"),
                    algorithm: scheme.to_string(),
                    library: "pasetors".into(),
                    package: "pasetors".into(),
                    library_version: "0.8.1".into(),
                    backend: (*backend).to_owned(),
                    primitive: Primitive::new(primitive.0, primitive.1),
                    footnote: None,
                },
            }) as Box<dyn Contender>
        })
        .collect()
}

struct Pasetors {
    scheme: Scheme,
    parse: Parse,
    card: ContenderCard,
}

impl Pasetors {
    fn verifier(&self, key: Result<RawKey, String>) -> Result<Verifier, SetupError> {
        let key = key.map_err(|problem| SetupError::new(&self.card, problem))?;
        Ok(Verifier {
            scheme: self.scheme,
            header: format!("{}.", self.scheme),
            cryptography: (self.parse)(&key).map_err(|error| SetupError::new(&self.card, error))?,
        })
    }
}

impl Contender for Pasetors {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        Ok(Box::new(Service {
            verifier: self.verifier(RawKey::of_ring(self.scheme, keys))?,
            nothing_bound: Bound::default(),
            policy: policy.clone(),
        }))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        Ok(Box::new(self.verifier(RawKey::of_key(self.scheme, key))?))
    }
}

type Parse = fn(&RawKey) -> Result<Cryptography, Error>;
type Seal = Box<dyn Fn(&[u8], &Bound) -> Result<String, Error> + Send + Sync>;
type Open = Box<dyn Fn(&str, &Bound) -> Result<TrustedToken, Error> + Send + Sync>;

/// One version and purpose with its keys parsed.
struct Cryptography {
    /// `None` under a public key.
    seal: Option<Seal>,
    open: Open,
}

fn v2_local(key: &RawKey) -> Result<Cryptography, Error> {
    let sealing = SymmetricKey::<V2>::from(&key.opening)?;
    let opening = sealing.clone();
    Ok(Cryptography {
        seal: Some(Box::new(move |message, bound| {
            version2::LocalToken::encrypt(&sealing, message, footer(bound))
        })),
        open: Box::new(move |token, bound| {
            let token = UntrustedToken::<Local, V2>::try_from(token)?;
            version2::LocalToken::decrypt(&opening, &token, footer(bound))
        }),
    })
}

fn v4_local(key: &RawKey) -> Result<Cryptography, Error> {
    let sealing = SymmetricKey::<V4>::from(&key.opening)?;
    let opening = sealing.clone();
    Ok(Cryptography {
        seal: Some(Box::new(move |message, bound| {
            version4::LocalToken::encrypt(&sealing, message, footer(bound), assertion(bound))
        })),
        open: Box::new(move |token, bound| {
            let token = UntrustedToken::<Local, V4>::try_from(token)?;
            version4::LocalToken::decrypt(&opening, &token, footer(bound), assertion(bound))
        }),
    })
}

fn v2_public(key: &RawKey) -> Result<Cryptography, Error> {
    let public = AsymmetricPublicKey::<V2>::from(&key.opening)?;
    let seal = |secret| -> Seal {
        Box::new(move |message, bound| version2::PublicToken::sign(&secret, message, footer(bound)))
    };
    Ok(Cryptography {
        seal: key
            .sealing
            .as_deref()
            .map(AsymmetricSecretKey::<V2>::from)
            .transpose()?
            .map(seal),
        open: Box::new(move |token, bound| {
            let token = UntrustedToken::<Public, V2>::try_from(token)?;
            version2::PublicToken::verify(&public, &token, footer(bound))
        }),
    })
}

fn v3_public(key: &RawKey) -> Result<Cryptography, Error> {
    let public = AsymmetricPublicKey::<V3>::from(&key.opening)?;
    let seal = |secret| -> Seal {
        Box::new(move |message, bound| {
            version3::PublicToken::sign(&secret, message, footer(bound), assertion(bound))
        })
    };
    Ok(Cryptography {
        seal: key
            .sealing
            .as_deref()
            .map(AsymmetricSecretKey::<V3>::from)
            .transpose()?
            .map(seal),
        open: Box::new(move |token, bound| {
            let token = UntrustedToken::<Public, V3>::try_from(token)?;
            version3::PublicToken::verify(&public, &token, footer(bound), assertion(bound))
        }),
    })
}

fn v4_public(key: &RawKey) -> Result<Cryptography, Error> {
    let public = AsymmetricPublicKey::<V4>::from(&key.opening)?;
    let seal = |secret| -> Seal {
        Box::new(move |message, bound| {
            version4::PublicToken::sign(&secret, message, footer(bound), assertion(bound))
        })
    };
    Ok(Cryptography {
        seal: key
            .sealing
            .as_deref()
            .map(AsymmetricSecretKey::<V4>::from)
            .transpose()?
            .map(seal),
        open: Box::new(move |token, bound| {
            let token = UntrustedToken::<Public, V4>::try_from(token)?;
            version4::PublicToken::verify(&public, &token, footer(bound), assertion(bound))
        }),
    })
}

/// The footer as the library wants it. It refuses to compare with an empty one,
/// which [`Verifier::open`] does instead.
fn footer(bound: &Bound) -> Option<&[u8]> {
    bound.footer.as_deref().filter(|footer| !footer.is_empty())
}

/// The implicit assertion as the library wants it: none and empty are the same.
fn assertion(bound: &Bound) -> Option<&[u8]> {
    Some(&bound.implicit_assertion)
}

/// The library under one key, without claims.
struct Verifier {
    scheme: Scheme,
    header: String,
    cryptography: Cryptography,
}

impl Verifier {
    fn authentic(&self, token: &str, bound: &Bound) -> Result<TrustedToken, Rejection> {
        (self.cryptography.open)(token, bound).map_err(|error| rejection(&error, token, &self.header))
    }

    fn sealed(&self, message: &[u8], bound: &Bound) -> Result<String, IssueError> {
        let seal = self.cryptography.seal.as_ref();
        let seal = seal.ok_or_else(|| IssueError::new(ONLY_VERIFIES))?;
        seal(message, bound).map_err(IssueError::new)
    }
}

impl Codec for Verifier {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        self.scheme.has_place_for(bound).map_err(IssueError::new)?;
        self.sealed(payload, bound)
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        let unfit = |problem: String| Rejection::new(RejectReason::WrongScheme, problem);
        self.scheme.has_place_for(bound).map_err(unfit)?;
        let trusted = self.authentic(token, bound)?;
        expect_footer(bound, trusted.footer())?;
        Ok(Opened {
            payload: trusted.payload().as_bytes().to_vec(),
            footer: trusted.footer().to_vec(),
        })
    }
}

struct Service {
    verifier: Verifier,
    nothing_bound: Bound,
    policy: Policy,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        let message = claims.to_json::<Rfc3339>().map_err(IssueError::new)?;
        self.verifier.sealed(message.as_bytes(), &self.nothing_bound)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let trusted = self.verifier.authentic(token, &self.nothing_bound)?;
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
