//! The attacker's knowledge, as a type.
//!
//! Mallory has an account without privileges, hence one honest token; she
//! reads what the issuer publishes; she has keys of her own; she knows a few
//! files of the server because it serves them or because she uploaded them.
//! Nothing in [`AttackerView`] leads to a secret of the issuer, so an attack
//! that cheats does not compile.

use std::sync::OnceLock;

use jsonwebtoken::{Algorithm, AlgorithmFamily, EncodingKey};
use serde_json::{Map, Value, json};
use tokenlab_harness::{ClaimSet, KeyRing, PublicKeys, decode};

use crate::attack::CannotForge;
use crate::hs::Hs;
use crate::mint::{self, MintError, PasetoKey, Signature};
use crate::public_key::PublicKey;
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::Exposure;

/// Who the attacker is.
pub const ATTACKER: &str = "mallory";

/// Who she would like to be.
pub const VICTIM: &str = "admin";

/// What an attack has to work with.
#[derive(Clone)]
pub struct AttackerView<'a> {
    exposure: &'a Exposure,
    wanted: ClaimSet,
}

/// A file of the server that an outsider knows, by its path from the folder
/// that the server's folders are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Path, with forward slashes.
    pub path: &'static str,
    /// Content, byte for byte.
    pub content: Vec<u8>,
}

impl<'a> AttackerView<'a> {
    /// The view of a target from outside.
    #[must_use]
    pub fn of(exposure: &'a Exposure) -> Self {
        let mut wanted = exposure.sample_claims.clone();
        wanted.sub = Some(VICTIM.into());
        Self { exposure, wanted }
    }

    /// What the issuer issues, as its tokens show.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.exposure.scheme
    }

    /// Her own honest token.
    #[must_use]
    pub fn sample(&self) -> &'a str {
        &self.exposure.sample_token
    }

    /// The claims she would like to have: her own, with another subject.
    #[must_use]
    pub const fn wanted(&self) -> &ClaimSet {
        &self.wanted
    }

    /// The public keys that the issuer publishes, whoever uses them.
    #[must_use]
    pub fn issuer(&self) -> &'a PublicKeys {
        &self.exposure.issuer
    }

    /// The public key that verifies this target's tokens, if there is one.
    #[must_use]
    pub fn public_key(&self) -> Option<PublicKey<'a>> {
        PublicKey::of(self.exposure.scheme, &self.exposure.issuer)
    }

    /// Files of the server whose path and content she knows: one that it
    /// serves to everybody, one that she uploaded herself.
    #[must_use]
    pub fn known_files(&self) -> [KnownFile; 2] {
        known_files(self.exposure.scheme)
    }

    /// The key that would verify her own tokens of this scheme, as a verifier
    /// would have to have stored it.
    #[must_use]
    pub fn own_key(&self) -> Vec<u8> {
        own_key(self.exposure.scheme)
    }

    /// A token of the target's scheme that says what she wants, names the key
    /// `kid`, and is signed or sealed with her own key.
    pub(crate) fn token_by_own_key(&self, kid: &str) -> Result<String, CannotForge> {
        match self.exposure.scheme {
            Scheme::Jwt(algorithm) => {
                let signature = own_signature(algorithm)?;
                Ok(mint::jws(&self.header_with_kid(kid), &self.wanted, &signature)?)
            }
            Scheme::Paseto(version, purpose) => {
                let key = own_paseto_key(version, purpose)?;
                Ok(mint::paseto(&key, &self.wanted, &footer_with_kid(kid))?)
            }
        }
    }

    /// The JOSE header of her honest token; empty if the sample is no JWT.
    pub(crate) fn sample_header(&self) -> Map<String, Value> {
        decode::decode(self.sample())
            .parts
            .first()
            .and_then(|part| serde_json::from_slice(&part.bytes).ok())
            .unwrap_or_default()
    }

    /// The footer of her honest token; empty if it has none.
    pub(crate) fn sample_footer(&self) -> String {
        decode::decode(self.sample())
            .parts
            .iter()
            .find(|part| part.name == "footer")
            .map_or_else(String::new, decode::Part::text)
    }

    /// The JOSE header of her honest token with `alg` changed.
    pub(crate) fn header_with_alg(&self, alg: &str) -> Map<String, Value> {
        let mut header = self.sample_header();
        header.insert("alg".into(), alg.into());
        header
    }

    /// The JOSE header of her honest token with `kid` changed.
    pub(crate) fn header_with_kid(&self, kid: &str) -> Map<String, Value> {
        let mut header = self.sample_header();
        header.insert("kid".into(), kid.into());
        header
    }
}

/// A PASETO footer that names a key, as the specification suggests
/// (Payload-Processing, Key-ID Support).
pub(crate) fn footer_with_kid(kid: &str) -> String {
    json!({ "kid": kid }).to_string()
}

/// Files of a server that an outsider knows; the server has them, whatever it
/// keeps beside them.
pub(crate) fn known_files(scheme: Scheme) -> [KnownFile; 2] {
    [
        KnownFile {
            path: "public/robots.txt",
            content: b"User-agent: *\nDisallow: /admin\n".to_vec(),
        },
        KnownFile {
            path: "uploads/mallory.png",
            content: own_key(scheme),
        },
    ]
}

fn own_key(scheme: Scheme) -> Vec<u8> {
    let ring = own_ring();
    let pem = |text: &str| text.as_bytes().to_vec();
    match scheme {
        Scheme::Jwt(Algorithm::ES384) => pem(&ring.p384().pem.public_pem),
        Scheme::Jwt(algorithm) => match algorithm.family() {
            AlgorithmFamily::Hmac => ring.symmetric::<32>(OWN_SECRET).to_vec(),
            AlgorithmFamily::Rsa => pem(&ring.rsa().pem.public_pem),
            AlgorithmFamily::Ec => pem(&ring.p256().public_pem),
            AlgorithmFamily::Ed => pem(&ring.ed25519().pem.public_pem),
        },
        Scheme::Paseto(_, Purpose::Local) => ring.symmetric::<32>(OWN_SECRET).to_vec(),
        Scheme::Paseto(Version::V1, Purpose::Public) => pem(&ring.rsa().pem.public_pem),
        Scheme::Paseto(Version::V2 | Version::V4, Purpose::Public) => ring.ed25519().public.to_vec(),
        Scheme::Paseto(Version::V3, Purpose::Public) => ring.p384().public_compressed.to_vec(),
    }
}

fn own_signature(algorithm: Algorithm) -> Result<Signature, MintError> {
    let ring = own_ring();
    if let Some(hs) = Hs::of(algorithm) {
        return Ok(Signature::Tag(hs, own_key(Scheme::Jwt(algorithm))));
    }
    let key = match (algorithm, algorithm.family()) {
        (Algorithm::ES384, _) => EncodingKey::from_ec_pem(ring.p384().pem.secret_pem.as_bytes()),
        (_, AlgorithmFamily::Ec) => EncodingKey::from_ec_pem(ring.p256().secret_pem.as_bytes()),
        (_, AlgorithmFamily::Ed) => EncodingKey::from_ed_pem(ring.ed25519().pem.secret_pem.as_bytes()),
        (_, AlgorithmFamily::Rsa | AlgorithmFamily::Hmac) => {
            EncodingKey::from_rsa_pem(ring.rsa().pem.secret_pem.as_bytes())
        }
    };
    key.map(|key| Signature::By(algorithm, key))
        .map_err(MintError::new)
}

fn own_paseto_key(version: Version, purpose: Purpose) -> Result<PasetoKey, MintError> {
    let ring = own_ring();
    match (version, purpose) {
        (Version::V2, Purpose::Local) => Ok(PasetoKey::V2Local(ring.symmetric(OWN_SECRET))),
        (Version::V4, Purpose::Local) => Ok(PasetoKey::V4Local(ring.symmetric(OWN_SECRET))),
        (Version::V2, Purpose::Public) => Ok(PasetoKey::V2Public(ring.ed25519().secret_then_public())),
        (Version::V3, Purpose::Public) => Ok(PasetoKey::V3Public(ring.p384().secret)),
        (Version::V4, Purpose::Public) => Ok(PasetoKey::V4Public(ring.ed25519().secret_then_public())),
        (Version::V1, _) | (Version::V3, Purpose::Local) => Err(MintError::new(format!(
            "no library here makes {}.{} tokens",
            version.name(),
            purpose.name()
        ))),
    }
}

/// The attacker's keys. Their seed is no secret and no issuer's.
fn own_ring() -> &'static KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    RING.get_or_init(|| KeyRing::from_seed(0x004D_414C_4C4F_5259))
}

/// Label of the one symmetric key that serves her everywhere.
const OWN_SECRET: &str = "mallory's own";
