//! The public key of a target, in the spellings in which it gets about.
//!
//! Confusion attacks hand the *bytes* of a public key to an algorithm that
//! takes any bytes for a secret, so it matters which encoding the verifier has
//! stored: an attacker tries them all.

use jsonwebtoken::{Algorithm, AlgorithmFamily};
use tokenlab_harness::PublicKeys;

use crate::scheme::{Purpose, Scheme, Version};

/// The public half of the key that verifies a target's tokens.
#[derive(Clone, Copy, Debug)]
pub enum PublicKey<'a> {
    /// RS256 to PS512.
    Rsa {
        /// `BEGIN PUBLIC KEY`.
        spki_pem: &'a str,
        /// `BEGIN RSA PUBLIC KEY`.
        pkcs1_pem: &'a str,
    },
    /// ES256.
    P256 {
        /// `BEGIN PUBLIC KEY`.
        spki_pem: &'a str,
    },
    /// ES384 and v3.public.
    P384 {
        /// `BEGIN PUBLIC KEY`.
        spki_pem: &'a str,
        /// Compressed point.
        compressed: &'a [u8; 49],
    },
    /// EdDSA, v2.public and v4.public.
    Ed25519 {
        /// `BEGIN PUBLIC KEY`.
        spki_pem: &'a str,
        /// The key itself.
        raw: &'a [u8; 32],
    },
}

impl<'a> PublicKey<'a> {
    /// The issuer's key for `scheme`; `None` where issuer and verifier share a
    /// secret instead.
    #[must_use]
    pub fn of(scheme: Scheme, issuer: &'a PublicKeys) -> Option<Self> {
        let rsa = Self::Rsa {
            spki_pem: &issuer.rsa_pem,
            pkcs1_pem: &issuer.rsa_pkcs1_pem,
        };
        let p256 = Self::P256 {
            spki_pem: &issuer.p256_pem,
        };
        let p384 = Self::P384 {
            spki_pem: &issuer.p384_pem,
            compressed: &issuer.p384_compressed,
        };
        let ed25519 = Self::Ed25519 {
            spki_pem: &issuer.ed25519_pem,
            raw: &issuer.ed25519,
        };
        match scheme {
            Scheme::Jwt(Algorithm::ES384) => Some(p384),
            Scheme::Jwt(algorithm) => match algorithm.family() {
                AlgorithmFamily::Hmac => None,
                AlgorithmFamily::Rsa => Some(rsa),
                AlgorithmFamily::Ec => Some(p256),
                AlgorithmFamily::Ed => Some(ed25519),
            },
            Scheme::Paseto(_, Purpose::Local) => None,
            Scheme::Paseto(Version::V1, Purpose::Public) => Some(rsa),
            Scheme::Paseto(Version::V2 | Version::V4, Purpose::Public) => Some(ed25519),
            Scheme::Paseto(Version::V3, Purpose::Public) => Some(p384),
        }
    }

    /// The same key in every encoding that a verifier is likely to have
    /// stored, each with a name. PEM text comes with and without the line
    /// break at its end, which editors and environment variables add and lose.
    #[must_use]
    pub fn spellings(&self) -> Vec<(&'static str, Vec<u8>)> {
        let pem = |with: &'static str, without: &'static str, text: &str| {
            let trimmed = text.trim_end();
            [
                (with, format!("{trimmed}\n").into_bytes()),
                (without, trimmed.as_bytes().to_vec()),
            ]
        };
        let spki = |text| pem("spki-pem", "spki-pem-trimmed", text).to_vec();
        match self {
            Self::Rsa { spki_pem, pkcs1_pem } => {
                let mut all = spki(spki_pem);
                all.extend(pem("pkcs1-pem", "pkcs1-pem-trimmed", pkcs1_pem));
                all
            }
            Self::P256 { spki_pem } => spki(spki_pem),
            Self::P384 { spki_pem, compressed } => {
                let mut all = spki(spki_pem);
                all.push(("compressed-point", compressed.to_vec()));
                all
            }
            Self::Ed25519 { spki_pem, raw } => {
                let mut all = spki(spki_pem);
                all.push(("raw-key", raw.to_vec()));
                all
            }
        }
    }
}
