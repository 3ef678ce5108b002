//! PASETO v1 to v4 by the paseto-rs family: one package a version over
//! `paseto-core` (PASETO specification, Version1 to Version4), and a second one
//! of v3 on aws-lc-rs.
//!
//! Claims go through `paseto-json` as its users have it. Its validators give one
//! error for every claim and refuse no missing one, so the policy is
//! [`Policy::check`]. The aws-lc package keeps the scalar and makes the key pair
//! anew for every signature. No release is stable yet, which every card says.

use std::borrow::Cow;
use std::error::Error;

use paseto_core::PasetoError;
use paseto_core::encodings::{Payload, WriteBytes};
use paseto_core::key::{HasKey, Key as LibraryKey};
use paseto_core::paserk::KeyText;
use paseto_core::tokens::{SealedToken, UnsealedToken};
use paseto_core::validation::NoValidation;
use paseto_core::version::{Local, Public, Purpose as LibraryPurpose, SealingVersion};
use paseto_json::Json;
use paseto_v1::core::V1;
use paseto_v2::core::V2;
use paseto_v3::core::V3;
#[cfg(feature = "aws-lc")]
use paseto_v3_aws_lc::core::V3 as V3AwsLc;
use paseto_v4::core::V4;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use crate::claims::{ClaimSet, Decode, Encode, Rfc3339};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::exchange::Key;
use crate::keys::KeyRing;
use crate::paseto::{ONLY_VERIFIES, Purpose, RawKey, Scheme, Version, expect_footer, is_paseto};
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// What is computed, and by which package.
type By = (&'static str, &'static str);

const SCHEMES: &[(Version, Purpose, Class, Package, &str, By, Parse)] = &[
    (
        Version::V1,
        Purpose::Local,
        Class::Aead,
        ("paseto-v1", ""),
        "RustCrypto (AES-256-CTR, HMAC-SHA384)",
        ("AES-256-CTR, HMAC-SHA384", "aes 0.9, hmac 0.13, sha2 0.11"),
        parse::<V1, Local>,
    ),
    (
        Version::V1,
        Purpose::Public,
        Class::Signature112,
        ("paseto-v1", ""),
        "rsa 0.10 (RSA-PSS, SHA-384)",
        ("RSA-2048 PSS", "rsa 0.10"),
        parse::<V1, Public>,
    ),
    (
        Version::V2,
        Purpose::Local,
        Class::Aead,
        ("paseto-v2", ""),
        "RustCrypto (XChaCha20-Poly1305, BLAKE2b)",
        ("XChaCha20-Poly1305", "chacha20poly1305 0.11"),
        parse::<V2, Local>,
    ),
    (
        Version::V2,
        Purpose::Public,
        Class::Signature128,
        ("paseto-v2", ""),
        "ed25519-dalek 3 (Ed25519)",
        ("Ed25519", "ed25519-dalek 3"),
        parse::<V2, Public>,
    ),
    #[cfg(feature = "aws-lc")]
    (
        Version::V3,
        Purpose::Local,
        Class::Aead,
        ("paseto-v3-aws-lc", "+aws-lc"),
        "aws-lc-rs (AES-256-CTR, HMAC-SHA384)",
        ("AES-256-CTR, HMAC-SHA384", "aws-lc-rs 1"),
        parse::<V3AwsLc, Local>,
    ),
    (
        Version::V3,
        Purpose::Local,
        Class::Aead,
        ("paseto-v3", "+rustcrypto"),
        "rustcrypto (AES-256-CTR, HMAC-SHA384)",
        ("AES-256-CTR, HMAC-SHA384", "aes 0.9, hmac 0.13, sha2 0.11"),
        parse::<V3, Local>,
    ),
    #[cfg(feature = "aws-lc")]
    (
        Version::V3,
        Purpose::Public,
        Class::Signature192,
        ("paseto-v3-aws-lc", "+aws-lc"),
        "aws-lc-rs (ECDSA P-384)",
        ("ECDSA P-384", "aws-lc-rs 1"),
        parse::<V3AwsLc, Public>,
    ),
    (
        Version::V3,
        Purpose::Public,
        Class::Signature192,
        ("paseto-v3", "+rustcrypto"),
        "rustcrypto p384 0.14 (ECDSA P-384)",
        ("ECDSA P-384", "p384 0.14"),
        parse::<V3, Public>,
    ),
    (
        Version::V4,
        Purpose::Local,
        Class::Aead,
        ("paseto-v4", ""),
        "RustCrypto (XChaCha20, BLAKE2b)",
        ("XChaCha20, BLAKE2b", "chacha20 0.10, blake2 0.11"),
        parse::<V4, Local>,
    ),
    (
        Version::V4,
        Purpose::Public,
        Class::Signature128,
        ("paseto-v4", ""),
        "ed25519-dalek 3 (Ed25519)",
        ("Ed25519", "ed25519-dalek 3"),
        parse::<V4, Public>,
    ),
];

/// Package, and the end of the id where two packages do the same scheme.
type Package = (&'static str, &'static str);

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    SCHEMES
        .iter()
        .map(
            |(version, purpose, class, (package, suffix), backend, primitive, parse)| {
                let scheme = Scheme {
                    version: *version,
                    purpose: *purpose,
                };
                Box::new(PasetoRs {
                    scheme,
                    parse: *parse,
                    card: ContenderCard {
                        id: ContenderId::new(format!("paseto-rs/{scheme}{suffix}")),
                        family: Family::Paseto,
                        class: *class,
                        scheme: format!("paseto.{scheme}"),
                        algorithm: scheme.to_string(),
                        library: "paseto-rs".into(),
                        package: (*package).to_owned(),
                        library_version: "0.1.0-rc.10".into(),
                        backend: (*backend).to_owned(),
                        primitive: Primitive::new(primitive.0, primitive.1),
                        footnote: Some("a release candidate: no release of paseto-rs is stable yet".into()),
                    },
                }) as Box<dyn Contender>
            },
        )
        .collect()
}

struct PasetoRs {
    scheme: Scheme,
    parse: Parse,
    card: ContenderCard,
}

impl PasetoRs {
    fn verifier(&self, key: Result<RawKey, String>) -> Result<Verifier, SetupError> {
        let key = key.map_err(|problem| SetupError::new(&self.card, problem))?;
        Ok(Verifier {
            scheme: self.scheme,
            cryptography: (self.parse)(&key).map_err(|error| SetupError::new(&self.card, error))?,
        })
    }
}

impl Contender for PasetoRs {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        Ok(Box::new(Service {
            verifier: self.verifier(RawKey::of_ring(self.scheme, keys))?,
            policy: policy.clone(),
        }))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        Ok(Box::new(self.verifier(RawKey::of_key(self.scheme, key))?))
    }
}

type Parse = fn(&RawKey) -> Result<Box<dyn Cryptography>, PasetoError>;

/// One version and purpose with its keys parsed, on claims and on bytes: what a
/// message is, is a type to this library.
trait Cryptography: Send + Sync {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError>;
    fn verify(&self, token: &str) -> Result<ClaimSet, Failure>;
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError>;
    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Failure>;
}

/// An error with the step that gave it: the library says `InvalidToken` of
/// another scheme's token and of a signature that is none.
enum Failure {
    Reading(PasetoError),
    Unsealing(PasetoError),
}

/// The keys of version `V` and purpose `P`.
struct Keys<V: SealingVersion<P>, P: LibraryPurpose> {
    /// `None` of a public key.
    sealing: Option<LibraryKey<V, P::SealingKey>>,
    opening: LibraryKey<V, P>,
}

fn parse<V, P>(key: &RawKey) -> Result<Box<dyn Cryptography>, PasetoError>
where
    V: SealingVersion<P>,
    P: LibraryPurpose,
    <V as HasKey<P>>::Key: Send + Sync,
    <V as HasKey<P::SealingKey>>::Key: Send + Sync,
{
    let sealing = key.sealing.as_deref().map(KeyText::from_raw_bytes);
    Ok(Box::new(Keys::<V, P> {
        sealing: sealing.map(LibraryKey::try_from).transpose()?,
        opening: KeyText::from_raw_bytes(&key.opening).try_into()?,
    }))
}

impl<V: SealingVersion<P>, P: LibraryPurpose> Keys<V, P> {
    fn sealed<M: Payload>(
        &self,
        message: M,
        footer: Vec<u8>,
        assertion: &[u8],
    ) -> Result<String, IssueError> {
        let key = self.sealing.as_ref();
        let key = key.ok_or_else(|| IssueError::new(ONLY_VERIFIES))?;
        let token = UnsealedToken::<V, P, M>::new(message).with_footer(footer);
        let token = token.seal(key, assertion).map_err(IssueError::new)?;
        Ok(token.to_string())
    }

    fn unsealed<M: Payload>(&self, token: &str, assertion: &[u8]) -> Result<(M, Vec<u8>), Failure> {
        let token: SealedToken<V, P, M, Vec<u8>> = token.parse().map_err(Failure::Reading)?;
        let token = token
            .unseal(&self.opening, assertion, &NoValidation::dangerous_no_validation())
            .map_err(Failure::Unsealing)?;
        Ok((token.claims, token.footer))
    }
}

impl<V, P> Cryptography for Keys<V, P>
where
    V: SealingVersion<P>,
    P: LibraryPurpose,
    <V as HasKey<P>>::Key: Send + Sync,
    <V as HasKey<P::SealingKey>>::Key: Send + Sync,
{
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        self.sealed(Json(Claims(Cow::Borrowed(claims))), Vec::new(), &[])
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Failure> {
        let (Json(Claims(claims)), _) = self.unsealed(token, &[])?;
        Ok(claims.into_owned())
    }

    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        let footer = bound.footer.clone().unwrap_or_default();
        self.sealed(Bytes(Cow::Borrowed(payload)), footer, &bound.implicit_assertion)
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Failure> {
        let (Bytes(payload), footer) = self.unsealed(token, &bound.implicit_assertion)?;
        Ok(Opened {
            payload: payload.into_owned(),
            footer,
        })
    }
}

/// Claims as `paseto-json` takes them.
struct Claims<'a>(Cow<'a, ClaimSet>);

impl Serialize for Claims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Encode::<Rfc3339>::new(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Claims<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decoded = Decode::<Rfc3339>::deserialize(deserializer)?;
        Ok(Self(Cow::Owned(decoded.0)))
    }
}

/// A payload as it is.
struct Bytes<'a>(Cow<'a, [u8]>);

impl Payload for Bytes<'_> {
    const SUFFIX: &'static str = "";

    fn encode(self, mut writer: impl WriteBytes) -> Result<(), Box<dyn Error + Send + Sync>> {
        writer.write(&self.0);
        Ok(())
    }

    fn decode(payload: &[u8]) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(Cow::Owned(payload.to_vec())))
    }
}

/// The library under one key, without claims.
struct Verifier {
    scheme: Scheme,
    cryptography: Box<dyn Cryptography>,
}

impl Verifier {
    /// The library's errors in the shared vocabulary.
    fn rejection(&self, failure: Failure, token: &str) -> Rejection {
        let (reason, error) = match failure {
            Failure::Reading(error) => {
                let reason = match &error {
                    PasetoError::InvalidToken if is_paseto(token) => RejectReason::WrongScheme,
                    PasetoError::InvalidToken => RejectReason::Malformed,
                    PasetoError::Base64DecodeError => RejectReason::Encoding,
                    _ => RejectReason::Internal,
                };
                (reason, error)
            }
            Failure::Unsealing(error) => {
                let reason = match &error {
                    PasetoError::InvalidToken if self.scheme.is_too_short(token) => RejectReason::Malformed,
                    // Of an ECDSA signature whose integers are out of range.
                    PasetoError::InvalidToken | PasetoError::CryptoError => RejectReason::BadSignature,
                    PasetoError::PayloadError(_) => RejectReason::InvalidClaims,
                    _ => RejectReason::Internal,
                };
                (reason, error)
            }
        };
        Rejection::new(reason, error.to_string())
    }
}

impl Codec for Verifier {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        self.scheme.has_place_for(bound).map_err(IssueError::new)?;
        self.cryptography.seal(payload, bound)
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        let unfit = |problem: String| Rejection::new(RejectReason::WrongScheme, problem);
        self.scheme.has_place_for(bound).map_err(unfit)?;
        let opened = self
            .cryptography
            .open(token, bound)
            .map_err(|failure| self.rejection(failure, token))?;
        expect_footer(bound, &opened.footer)?;
        Ok(opened)
    }
}

struct Service {
    verifier: Verifier,
    policy: Policy,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        self.verifier.cryptography.issue(claims)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let claims = self.verifier.cryptography.verify(token);
        let claims = claims.map_err(|failure| self.verifier.rejection(failure, token))?;
        self.policy.check_now(&claims)?;
        Ok(claims)
    }
}
