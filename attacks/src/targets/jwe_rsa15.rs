//! A verifier of signed JWTs inside JWEs by RSA1_5, which answers every wrong
//! key in the same way.
//!
//! RFC 8725 §3.2 advises against RSA1_5; whoever has to speak it follows RFC
//! 7516 §11.5. The modulus has 377 bits, so that the attack takes hundreds of
//! questions: the first byte of 48 is 01, which makes one number in a few
//! hundred begin with 00 02. A modulus of the length that RFC 7518 §4.2 demands
//! (2048 bits or more) costs many more, and falls to the same ones.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::RsaPrivateKey;
use tokenlab_harness::exchange::PublicKey;

use super::issuer::{Issuer, signed};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::Signature;
use crate::model::jwe::Nested;
use crate::model::jws::configured_key;
use crate::model::rsa15;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{ContentEncryption, KeyManagement, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let key = private_key(issuer);
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier of RSA1_5 with a modulus of 377 bits that answers every wrong key alike",
            "model of RFC 7516 §11.5",
        ),
        exposure: exposure(issuer, &key),
        verifier: verifier(issuer, key),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer, key: RsaPrivateKey) -> Verifier<Nested> {
    rsa15::verifier(key, "HS256", configured_key(secret(issuer)))
}

pub(super) fn exposure(issuer: &Issuer, key: &RsaPrivateKey) -> Exposure {
    let public = key.to_public_key();
    let signature = Signature::Tag(Hs::S256, secret(issuer));
    let recipient = Recipient::Rsa15(Box::new(public.clone()));
    let exposure = issuer.exposure(SCHEME, move |draft| {
        let inner = signed(draft, "HS256", None, &signature)?;
        let outer = serde_json::Map::from_iter([("cty".to_owned(), "JWT".into())]);
        jwe::seal(&recipient, &outer, inner.as_bytes())
    });
    Exposure {
        public_key: Some(PublicKey::Rsa(public)),
        ..exposure
    }
}

/// A key of its own: no other key of the issuer is so small.
pub(super) fn private_key(issuer: &Issuer) -> RsaPrivateKey {
    let mut rng = ChaCha20Rng::from_seed(issuer.ring().symmetric(ID));
    #[allow(clippy::expect_used)] // the seed is fixed, held by tests
    RsaPrivateKey::new(&mut rng, MODULUS_BITS).expect("a small RSA key")
}

fn secret(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>("jwe-rsa15 inside").to_vec()
}

const MODULUS_BITS: usize = 377;

pub(super) const ID: &str = "jwe-rsa15";
pub(super) const SCHEME: Scheme = Scheme::Jwe(KeyManagement::Rsa15, ContentEncryption::A256Gcm);
