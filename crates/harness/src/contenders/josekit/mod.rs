//! `josekit` 0.10 on the system's OpenSSL: the broadest JOSE library here, and
//! the one with ES512, direct encryption, AES-GCM key wrapping, passwords and
//! AES-CBC with HMAC.
//!
//! [`jws`] and [`jwe`] both go by the library's contexts, bytes in and bytes
//! out, because its `jwt` module builds claims of its own and checks none of
//! them when decoding. The policy is [`Policy::check`].
//!
//! Behind the feature `openssl`, since it needs the headers of OpenSSL
//! (`libssl-dev`) where it is built.

mod jwe;
mod jws;

use std::error::Error;

use ::josekit::JoseError;
use base64::DecodeError;
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use crate::claims::{ClaimSet, NumericDate};
use crate::contender::{Bound, Codec, Contender, IssueError, SetupError, TokenService};
use crate::contenders::jws::critical;
use crate::exchange::{Key, PrivateKey};
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    let mut contenders = jws::contenders();
    contenders.extend(jwe::contenders());
    contenders
}

fn card(family: Family, class: Class, algorithm: String, primitive: &str) -> ContenderCard {
    ContenderCard {
        id: ContenderId::new(format!("josekit/{algorithm}")),
        family,
        class,
        scheme: format!("{}.{algorithm}", family.scheme_prefix()),
        algorithm,
        library: "josekit".into(),
        package: "josekit".into(),
        library_version: "0.10.3".into(),
        backend: format!("{} ({primitive})", openssl_release()),
        primitive: Primitive::new(primitive, "OpenSSL 3"),
        footnote: None,
    }
}

/// The OpenSSL that this process runs on, without its date: `OpenSSL 3.0.17`.
fn openssl_release() -> String {
    let words = openssl::version::version().split_whitespace().take(2);
    words.collect::<Vec<_>>().join(" ")
}

/// Key material in a form that the library parses.
#[derive(Clone, Copy)]
enum Material<'a> {
    /// A shared secret or a password.
    Secret(&'a [u8]),
    /// PKCS#8 and SubjectPublicKeyInfo as PEM; the private half may be missing.
    Pair {
        private: Option<&'a str>,
        public: &'a str,
    },
}

/// Calls `parse` with the material of `key`.
///
/// # Errors
/// [`SetupError`] in the library's words behind what was given.
fn with_material<T>(
    card: &ContenderCard,
    key: &Key,
    parse: impl FnOnce(Material<'_>) -> Result<T, JoseError>,
) -> Result<T, SetupError> {
    let problem = |problem: &str| SetupError::new(card, format!("{} was given, {problem}", key.describe()));
    let parsed = if let Some(secret) = key.secret() {
        parse(Material::Secret(secret))
    } else {
        let unwritable = || problem("which has no PEM form");
        let public = key.public().and_then(|key| key.to_pem()).ok_or_else(unwritable)?;
        let private = match key.private() {
            Some(key) => Some(private_pem(key).ok_or_else(unwritable)?),
            None => None,
        };
        parse(Material::Pair {
            private: private.as_deref(),
            public: &public,
        })
    };
    parsed.map_err(|error| problem(&format!("josekit says: {error}")))
}

/// PKCS#8 in its first version: OpenSSL 3.0 does not read the second, in which
/// an Ed25519 key has its public key with it (RFC 5958 §2).
fn private_pem(key: &PrivateKey) -> Option<String> {
    match key {
        PrivateKey::Ed25519(seed) => ed25519_pem(seed),
        key => key.to_pem(),
    }
}

fn ed25519_pem(seed: &[u8; 32]) -> Option<String> {
    use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
    use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
    let pair = KeypairBytes {
        secret_key: *seed,
        public_key: None,
    };
    pair.to_pkcs8_pem(LineEnding::LF).ok().map(|pem| pem.to_string())
}

/// Claims in a token by way of a codec, held against the policy.
struct Service<C> {
    codec: C,
    policy: Policy,
}

impl<C: Codec> TokenService for Service<C> {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        let payload = claims.to_json::<NumericDate>().map_err(IssueError::new)?;
        self.codec.seal(payload.as_bytes(), &Bound::default())
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let opened = self.codec.open(token, &Bound::default())?;
        let claims = ClaimSet::from_json::<NumericDate>(&opened.payload)
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
        self.policy.check_now(&claims)?;
        Ok(claims)
    }
}

/// Dots between the parts of a JWS, RFC 7515 §7.1.
const JWS_DOTS: usize = 2;

/// Dots between the parts of a JWE, RFC 7516 §7.1.
const JWE_DOTS: usize = 4;

/// How far the library had come when it refused a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Before it asked which key to use: it takes the token apart.
    Parts,
    /// The header names another scheme than the one configured.
    OtherScheme,
    /// The header demands an extension, and none is understood here.
    Extension,
    /// A part is not as long as the scheme has it.
    Length(RejectReason, &'static str),
    /// The key was handed to it.
    Key,
}

/// The library's errors in the shared vocabulary, by how far it had come: it
/// has one error for most of what can be wrong with a token. `dots` is how many
/// the format has. What went wrong under the key of a JWE is told in one
/// sentence, as RFC 7516 §11.5 asks.
fn rejection(error: &JoseError, progress: Progress, token: &str, dots: usize) -> Rejection {
    let not_base64 = error.source().is_some_and(|source| source.is::<DecodeError>());
    let (reason, detail) = match progress {
        Progress::Parts if token.matches('.').count() != dots => (RejectReason::Malformed, None),
        Progress::Parts => (RejectReason::Encoding, None),
        Progress::OtherScheme => (
            RejectReason::WrongScheme,
            Some("the header names another algorithm than the one configured"),
        ),
        Progress::Extension => return critical(),
        Progress::Length(reason, detail) => (reason, Some(detail)),
        Progress::Key if not_base64 => (RejectReason::Encoding, None),
        Progress::Key if dots == JWE_DOTS => (
            RejectReason::BadSignature,
            Some("the token can't be decrypted with this key"),
        ),
        Progress::Key => (RejectReason::BadSignature, None),
    };
    match detail {
        Some(detail) => Rejection::new(reason, detail),
        None => Rejection::new(reason, error.to_string()),
    }
}
