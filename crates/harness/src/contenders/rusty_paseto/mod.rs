//! PASETO v1 to v4 by `rusty_paseto` (PASETO specification, Version1 to
//! Version4), through its `core` layer.
//!
//! The library's builder and parser box every claim and allow no leeway, so
//! the policy is [`Policy::check`] here. A release can be built with only one of
//! its `*_public` features, so 0.10.1 serves v4.public and all local tokens, and
//! each other public version comes from an older release of its own, which its
//! card and footnote name. Payloads, footers and implicit assertions are text to
//! this library; bytes that are not UTF-8 are refused with a sentence.

mod releases;

use std::str;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusty_paseto::core::{V1, V2, V3, V4};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use self::releases::{Core, Failure, Parse, Text, current, v1_public, v2_public, v3_public};
use crate::claims::{ClaimSet, Rfc3339};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::exchange::Key;
use crate::keys::KeyRing;
use crate::paseto::{Purpose, RawKey, Scheme, Version, expect_footer, is_paseto};
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// What is computed, and by which package.
type By = (&'static str, &'static str);

const SCHEMES: &[(Version, Purpose, Class, &str, By, Release, Parse)] = &[
    (
        Version::V1,
        Purpose::Local,
        Class::Aead,
        "RustCrypto (AES-256-CTR, HMAC-SHA384)",
        ("AES-256-CTR, HMAC-SHA384", "aes 0.8, hmac 0.12, sha2 0.10"),
        CURRENT,
        current::local::<V1>,
    ),
    (
        Version::V1,
        Purpose::Public,
        Class::Signature112,
        "ring (RSA-PSS, SHA-384)",
        ("RSA-2048 PSS", "ring 0.17"),
        Release {
            version: "0.7.2",
            footnote: Some(
                "release 0.7.2, because a build can hold one public version of a release; it panics at a \
                 message shorter than a signature, which the adapter refuses before it",
            ),
            panics_at_short_messages: true,
        },
        v1_public::v1_public,
    ),
    (
        Version::V2,
        Purpose::Local,
        Class::Aead,
        "RustCrypto (XChaCha20-Poly1305, BLAKE2b)",
        ("XChaCha20-Poly1305", "chacha20poly1305 0.10"),
        CURRENT,
        current::local::<V2>,
    ),
    (
        Version::V2,
        Purpose::Public,
        Class::Signature128,
        "ed25519-dalek (Ed25519)",
        ("Ed25519", "ed25519-dalek 2"),
        Release {
            version: "0.8.0",
            footnote: Some(
                "release 0.8.0, because a build can hold one public version of a release; it panics at a \
                 message shorter than a signature, which the adapter refuses before it",
            ),
            panics_at_short_messages: true,
        },
        v2_public::v2_public,
    ),
    (
        Version::V3,
        Purpose::Local,
        Class::Aead,
        "RustCrypto (AES-256-CTR, HMAC-SHA384)",
        ("AES-256-CTR, HMAC-SHA384", "aes 0.8, hmac 0.12, sha2 0.10"),
        CURRENT,
        current::local::<V3>,
    ),
    (
        Version::V3,
        Purpose::Public,
        Class::Signature192,
        "p384 0.13 (ECDSA P-384)",
        ("ECDSA P-384", "p384 0.13"),
        Release {
            version: "0.9.0",
            footnote: Some("release 0.9.0, because a build can hold one public version of a release"),
            panics_at_short_messages: false,
        },
        v3_public::v3_public,
    ),
    (
        Version::V4,
        Purpose::Local,
        Class::Aead,
        "RustCrypto (XChaCha20, BLAKE2b)",
        ("XChaCha20, BLAKE2b", "chacha20 0.9, blake2 0.10"),
        CURRENT,
        current::local::<V4>,
    ),
    (
        Version::V4,
        Purpose::Public,
        Class::Signature128,
        "ed25519-dalek (Ed25519, strict)",
        ("Ed25519", "ed25519-dalek 2"),
        CURRENT,
        current::v4_public,
    ),
];

const CURRENT: Release = Release {
    version: "0.10.1",
    footnote: None,
    panics_at_short_messages: false,
};

/// One of the releases that are linked.
#[derive(Clone, Copy)]
struct Release {
    version: &'static str,
    footnote: Option<&'static str>,
    /// Whether a token can make it panic, unless its length is looked at first.
    panics_at_short_messages: bool,
}

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    SCHEMES
        .iter()
        .map(|(version, purpose, class, backend, primitive, release, parse)| {
            let scheme = Scheme {
                version: *version,
                purpose: *purpose,
            };
            Box::new(RustyPaseto {
                scheme,
                release: *release,
                parse: *parse,
                card: ContenderCard {
                    id: ContenderId::new(format!("rusty_paseto/{scheme}")),
                    family: Family::Paseto,
                    class: *class,
                    scheme: format!("paseto.{scheme}"),
                    algorithm: scheme.to_string(),
                    library: "rusty_paseto".into(),
                    package: "rusty_paseto".into(),
                    library_version: release.version.into(),
                    backend: (*backend).to_owned(),
                    primitive: Primitive::new(primitive.0, primitive.1),
                    footnote: release.footnote.map(str::to_owned),
                },
            }) as Box<dyn Contender>
        })
        .collect()
}

struct RustyPaseto {
    scheme: Scheme,
    release: Release,
    parse: Parse,
    card: ContenderCard,
}

impl RustyPaseto {
    fn verifier(&self, key: Result<RawKey, String>) -> Result<Verifier, SetupError> {
        let core = key.and_then(|key| (self.parse)(&key));
        Ok(Verifier {
            core: core.map_err(|problem| SetupError::new(&self.card, problem))?,
            scheme: self.scheme,
            panics_at_short_messages: self.release.panics_at_short_messages,
        })
    }
}

impl Contender for RustyPaseto {
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

/// The library under one key, without claims.
struct Verifier {
    core: Box<dyn Core>,
    scheme: Scheme,
    panics_at_short_messages: bool,
}

impl Verifier {
    fn authentic(&self, token: &str, bound: Text<'_>) -> Result<String, Rejection> {
        if self.panics_at_short_messages && self.scheme.is_too_short(token) && self.is_ours(token) {
            return Err(Rejection::new(
                RejectReason::Malformed,
                "the message is shorter than a signature",
            ));
        }
        self.core
            .open(token, bound)
            .map_err(|failure| rejection(failure, token))
    }

    fn is_ours(&self, token: &str) -> bool {
        let rest = token.strip_prefix(self.scheme.version.name());
        rest.and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|rest| rest.starts_with(self.scheme.purpose.name()))
    }
}

impl Codec for Verifier {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        self.scheme.has_place_for(bound).map_err(IssueError::new)?;
        let footer = bound.footer.as_deref().filter(|footer| !footer.is_empty());
        let bound = Text {
            footer: footer.map(|footer| text("footer", footer)).transpose()?,
            assertion: text("implicit assertion", &bound.implicit_assertion)?,
        };
        self.core
            .seal(text("payload", payload)?, bound)
            .map_err(|failure| IssueError::new(failure.words))
    }

    /// The library compares footers itself, and wants to be told which: if any
    /// will do, that is the token's own.
    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        let unfit = |problem: String| Rejection::new(RejectReason::WrongScheme, problem);
        self.scheme.has_place_for(bound).map_err(unfit)?;
        let own = match token.split('.').nth(3) {
            Some(encoded) => URL_SAFE_NO_PAD
                .decode(encoded)
                .map_err(|error| Rejection::new(RejectReason::Encoding, error.to_string()))?,
            None => Vec::new(),
        };
        let encoding = |error: IssueError| Rejection::new(RejectReason::Encoding, error.0);
        let expected = Text {
            footer: Some(text("footer", bound.footer.as_deref().unwrap_or(&own)).map_err(encoding)?),
            assertion: text("implicit assertion", &bound.implicit_assertion).map_err(encoding)?,
        };
        let payload = self.authentic(token, expected)?.into_bytes();
        expect_footer(bound, &own)?;
        Ok(Opened { payload, footer: own })
    }
}

/// `bytes` as the text that the library takes for them.
fn text<'a>(what: &str, bytes: &'a [u8]) -> Result<&'a str, IssueError> {
    str::from_utf8(bytes)
        .map_err(|error| IssueError(format!("rusty_paseto takes a {what} of UTF-8 only: {error}")))
}

struct Service {
    verifier: Verifier,
    policy: Policy,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        let message = claims.to_json::<Rfc3339>().map_err(IssueError::new)?;
        self.verifier
            .core
            .seal(&message, Text::default())
            .map_err(|failure| IssueError::new(failure.words))
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let message = self.verifier.authentic(token, Text::default())?;
        let claims = ClaimSet::from_json::<Rfc3339>(message.as_bytes())
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
        self.policy.check_now(&claims)?;
        Ok(claims)
    }
}

/// A failure as a refusal of `token`: a header that is none of a PASETO makes
/// it no token at all, and not one of another scheme.
fn rejection(failure: Failure, token: &str) -> Rejection {
    let reason = match failure.reason {
        RejectReason::WrongScheme if !is_paseto(token) => RejectReason::Malformed,
        reason => reason,
    };
    Rejection::new(reason, failure.words)
}
