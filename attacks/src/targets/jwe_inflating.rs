//! A verifier of signed, compressed and encrypted JWTs, and every check.
//!
//! `zip` is part of JWE (RFC 7516 §4.1.3), so some issuer compresses. What is
//! encrypted to a public key is anybody's, so it is inflated under a limit:
//! that of the draft which revises RFC 8725.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Map, Value};
use tokenlab_harness::exchange::PublicKey;

use super::issuer::{Issuer, signed};
use super::jwe_nested::private_key;
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{MintError, Signature};
use crate::model::jwe::{Nested, inflating_verifier};
use crate::model::jws::configured_key;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{ContentEncryption, KeyManagement, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier that decrypts, inflates up to a limit, and verifies the HS256 token inside",
            "model of draft-ietf-oauth-rfc8725bis §3.15",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Nested> {
    inflating_verifier(private_key(issuer), "HS256", configured_key(secret(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let public = private_key(issuer).to_public_key();
    let signature = Signature::Tag(Hs::S256, secret(issuer));
    let recipient = Recipient::RsaOaep256(Box::new(public.clone()));
    let exposure = issuer.exposure(SCHEME, move |draft| {
        let inner = signed(draft, "HS256", None, &signature)?;
        let outer = Map::from_iter([
            ("cty".to_owned(), Value::from("JWT")),
            ("zip".to_owned(), Value::from("DEF")),
        ]);
        jwe::seal(&recipient, &outer, &deflated(inner.as_bytes())?)
    });
    Exposure {
        public_key: Some(PublicKey::Rsa(public)),
        ..exposure
    }
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>, MintError> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).map_err(MintError::new)?;
    encoder.finish().map_err(MintError::new)
}

fn secret(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

pub(super) const ID: &str = "jwe-inflating";
pub(super) const SCHEME: Scheme = Scheme::Jwe(KeyManagement::RsaOaep256, ContentEncryption::A256Gcm);
