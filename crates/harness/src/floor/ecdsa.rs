//! ECDSA of ES256, ES384 and ES512 (RFC 7518 §3.4), ES256K (RFC 8812 §3.2) and
//! v3.public: a signature is two integers of fixed length.

use super::Floor;
use super::work::authenticity;

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(authenticity("jwt.ES256", "p256", p256::verifier, p256::signer));
    floors.extend(authenticity(
        "jwt.ES256K",
        "k256",
        k256_0_14::verifier,
        k256_0_14::signer,
    ));
    for scheme in ["jwt.ES384", "paseto.v3.public"] {
        floors.extend(authenticity(scheme, "p384", p384::verifier, p384::signer));
    }
    // One library has this scheme, and it needs OpenSSL.
    #[cfg(feature = "openssl")]
    floors.extend(authenticity("jwt.ES512", "p521", p521::verifier, p521::signer));
    #[cfg(feature = "aws-lc")]
    floors.extend(aws_lc::floors());
    floors
}

/// One curve by RustCrypto: its crate, its pair in the ring, the length of a
/// signature, and what is done to a signature before it is verified.
macro_rules! curve {
    ($curve:ident, $pair:expr, $signature_bytes:literal, $prepare:expr) => {
        mod $curve {
            use ::$curve::ecdsa::signature::{Signer, Verifier};
            use ::$curve::ecdsa::{Signature, SigningKey, VerifyingKey};
            use ::$curve::pkcs8::{DecodePrivateKey, DecodePublicKey};
            use ::$curve::{PublicKey, SecretKey};

            use crate::floor::work::Material;
            use crate::keys::{KeyRing, PemPair};

            const PAIR: fn(&KeyRing) -> &PemPair = $pair;
            const PREPARE: fn(Signature) -> Signature = $prepare;

            pub(super) fn verifier(
                material: &Material<'_>,
            ) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
                let key = PublicKey::from_public_key_pem(&PAIR(material.keys).public_pem)
                    .map_err(|error| error.to_string())?;
                let key =
                    VerifyingKey::from_sec1_bytes(&key.to_sec1_bytes()).map_err(|error| error.to_string())?;
                Ok(move |covered: &[u8], signature: &[u8]| {
                    Signature::from_slice(signature)
                        .is_ok_and(|signature| key.verify(covered, &PREPARE(signature)).is_ok())
                })
            }

            pub(super) fn signer(
                material: &Material<'_>,
            ) -> Result<impl Fn(&[u8]) -> Option<[u8; $signature_bytes]> + Send + use<>, String> {
                let key = SecretKey::from_pkcs8_pem(&PAIR(material.keys).secret_pem)
                    .map_err(|error| error.to_string())?;
                let key = SigningKey::from_slice(&key.to_bytes()).map_err(|error| error.to_string())?;
                Ok(move |covered: &[u8]| {
                    let signature: Signature = key.try_sign(covered).ok()?;
                    let mut bytes = [0; $signature_bytes];
                    bytes.copy_from_slice(&signature.to_bytes());
                    Some(bytes)
                })
            }
        }
    };
}

curve!(p256, |ring| ring.p256(), 64, |signature| signature);
curve!(p384, |ring| &ring.p384().pem, 96, |signature| signature);
#[cfg(feature = "openssl")]
curve!(p521, |ring| ring.p521(), 132, |signature| signature);
// This crate refuses the larger of s and n - s, which issuers may write.
curve!(k256_0_14, |ring| ring.secp256k1(), 64, |signature| signature
    .normalize_s());

#[cfg(feature = "aws-lc")]
mod aws_lc {
    use ::p256::pkcs8::{Document, SecretDocument};
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED,
        ECDSA_P256K1_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
        EcdsaVerificationAlgorithm, ParsedPublicKey, Signature,
    };

    use super::{Floor, authenticity};
    use crate::floor::work::Material;
    use crate::keys::PemPair;

    const SCHEMES: &[&str] = &[
        "jwt.ES256",
        "jwt.ES256K",
        "jwt.ES384",
        "paseto.v3.public",
        #[cfg(feature = "openssl")]
        "jwt.ES512",
    ];

    pub(super) fn floors() -> impl Iterator<Item = Box<dyn Floor>> {
        SCHEMES
            .iter()
            .flat_map(|scheme| authenticity(scheme, "aws-lc-rs ECDSA", verifier, signer))
    }

    type Algorithms = (
        &'static EcdsaVerificationAlgorithm,
        &'static EcdsaSigningAlgorithm,
    );

    fn curve<'a>(material: &Material<'a>) -> (Algorithms, &'a PemPair) {
        let keys = material.keys;
        match material.scheme {
            "jwt.ES256" => (
                (&ECDSA_P256_SHA256_FIXED, &ECDSA_P256_SHA256_FIXED_SIGNING),
                keys.p256(),
            ),
            "jwt.ES256K" => (
                (&ECDSA_P256K1_SHA256_FIXED, &ECDSA_P256K1_SHA256_FIXED_SIGNING),
                keys.secp256k1(),
            ),
            "jwt.ES512" => (
                (&ECDSA_P521_SHA512_FIXED, &ECDSA_P521_SHA512_FIXED_SIGNING),
                keys.p521(),
            ),
            _ => (
                (&ECDSA_P384_SHA384_FIXED, &ECDSA_P384_SHA384_FIXED_SIGNING),
                &keys.p384().pem,
            ),
        }
    }

    fn verifier(material: &Material<'_>) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let ((algorithm, _), pair) = curve(material);
        let (_, public) = Document::from_pem(&pair.public_pem).map_err(|error| error.to_string())?;
        let key = ParsedPublicKey::new(algorithm, public.as_bytes()).map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| key.verify_sig(covered, signature).is_ok())
    }

    fn signer(material: &Material<'_>) -> Result<impl Fn(&[u8]) -> Option<Signature> + Send + use<>, String> {
        let ((_, algorithm), pair) = curve(material);
        let (_, secret) = SecretDocument::from_pem(&pair.secret_pem).map_err(|error| error.to_string())?;
        let key =
            EcdsaKeyPair::from_pkcs8(algorithm, secret.as_bytes()).map_err(|error| error.to_string())?;
        let random = SystemRandom::new();
        Ok(move |covered: &[u8]| key.sign(&random, covered).ok())
    }
}
