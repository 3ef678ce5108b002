//! A verifier of JWTs that are signed and then encrypted, and every check.
//!
//! Encryption keeps the claims from whoever passes the token on; the signature
//! inside says who made it. Both are verified, and the inner algorithm is on a
//! list of one, as it would be without the encryption (RFC 8725 §3.3). The
//! inner token has a shared secret here, so that the one public key is the one
//! that everybody can encrypt to.

use tokenlab_harness::Key;
use tokenlab_harness::exchange::PrivateKey;

use super::issuer::{Issuer, signed};
use crate::card::TargetProfile;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{MintError, Signature};
use crate::model::jwe::{Nested, verifier as nested};
use crate::model::jws::configured_key;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{ContentEncryption, JwsAlgorithm, KeyManagement, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier that decrypts with an RSA key and then verifies the HS256 token inside",
            "model of RFC 8725 §3.3",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Nested> {
    nested(private_key(issuer), "HS256", configured_key(secret(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let public = private_key(issuer).to_public_key();
    let signature = Signature::Tag(Hs::S256, secret(issuer));
    let recipient = Recipient::RsaOaep256(Box::new(public.clone()));
    let exposure = issuer.exposure(SCHEME, move |draft| {
        let inner = signed(draft, "HS256", None, &signature)?;
        let outer = serde_json::Map::from_iter([("cty".to_owned(), "JWT".into())]);
        jwe::seal(&recipient, &outer, inner.as_bytes())
    });
    Exposure {
        public_key: Some(tokenlab_harness::exchange::PublicKey::Rsa(public)),
        ..exposure
    }
}

/// The key that opens: the issuer's RSA key, also of its signed tokens.
pub(super) fn private_key(issuer: &Issuer) -> rsa::RsaPrivateKey {
    let key = match issuer.key(Scheme::Jwt(JwsAlgorithm::Rs256)) {
        Key::Private(PrivateKey::Rsa(key)) => Ok(*key),
        other => Err(MintError::new(other.describe())),
    };
    #[allow(clippy::expect_used)] // the ring's key for RS256, held by tests
    key.expect("an RSA key")
}

fn secret(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

pub(super) const ID: &str = "jwe-nested";
pub(super) const SCHEME: Scheme = Scheme::Jwe(KeyManagement::RsaOaep256, ContentEncryption::A256Gcm);
