//! ECDSA of ES256, ES384 (RFC 7518 §3.4) and v3.public: a signature is two
//! integers of fixed length.

use super::Floor;
use super::work::authenticity;

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(authenticity(
        "jwt.ES256",
        "p256",
        nist_p256::verifier,
        nist_p256::signer,
    ));
    for scheme in ["jwt.ES384", "paseto.v3.public"] {
        floors.extend(authenticity(
            scheme,
            "p384",
            nist_p384::verifier,
            nist_p384::signer,
        ));
    }
    #[cfg(feature = "aws-lc")]
    for scheme in ["jwt.ES256", "jwt.ES384", "paseto.v3.public"] {
        floors.extend(authenticity(
            scheme,
            "aws-lc-rs ECDSA",
            aws_lc::verifier,
            aws_lc::signer,
        ));
    }
    floors
}

mod nist_p256 {
    use p256::ecdsa::signature::{Signer, Verifier};
    use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
    use p256::pkcs8::{DecodePrivateKey, DecodePublicKey};

    use crate::floor::work::Material;

    pub(super) fn verifier(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let key = VerifyingKey::from_public_key_pem(&material.keys.p256().public_pem)
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| {
            Signature::from_slice(signature).is_ok_and(|signature| key.verify(covered, &signature).is_ok())
        })
    }

    pub(super) fn signer(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8]) -> Option<[u8; 64]> + Send + use<>, String> {
        let key = SigningKey::from_pkcs8_pem(&material.keys.p256().secret_pem)
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8]| {
            let signature: Signature = key.try_sign(covered).ok()?;
            Some(signature.to_bytes().into())
        })
    }
}

mod nist_p384 {
    use p384::ecdsa::signature::{Signer, Verifier};
    use p384::ecdsa::{Signature, SigningKey, VerifyingKey};
    use p384::pkcs8::{DecodePrivateKey, DecodePublicKey};

    use crate::floor::work::Material;

    pub(super) fn verifier(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let key = VerifyingKey::from_public_key_pem(&material.keys.p384().pem.public_pem)
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| {
            Signature::from_slice(signature).is_ok_and(|signature| key.verify(covered, &signature).is_ok())
        })
    }

    pub(super) fn signer(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8]) -> Option<[u8; 96]> + Send + use<>, String> {
        let key = SigningKey::from_pkcs8_pem(&material.keys.p384().pem.secret_pem)
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8]| {
            let signature: Signature = key.try_sign(covered).ok()?;
            let mut bytes = [0; 96];
            bytes.copy_from_slice(&signature.to_bytes());
            Some(bytes)
        })
    }
}

#[cfg(feature = "aws-lc")]
mod aws_lc {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
        ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, ParsedPublicKey, Signature,
    };
    use p256::pkcs8::{Document, SecretDocument};

    use crate::floor::work::Material;

    pub(super) fn verifier(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let (algorithm, pair) = match material.scheme {
            "jwt.ES256" => (&ECDSA_P256_SHA256_FIXED, material.keys.p256()),
            _ => (&ECDSA_P384_SHA384_FIXED, &material.keys.p384().pem),
        };
        let (_, public) = Document::from_pem(&pair.public_pem).map_err(|error| error.to_string())?;
        let key = ParsedPublicKey::new(algorithm, public.as_bytes()).map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| key.verify_sig(covered, signature).is_ok())
    }

    pub(super) fn signer(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8]) -> Option<Signature> + Send + use<>, String> {
        let (algorithm, pair) = match material.scheme {
            "jwt.ES256" => (&ECDSA_P256_SHA256_FIXED_SIGNING, material.keys.p256()),
            _ => (&ECDSA_P384_SHA384_FIXED_SIGNING, &material.keys.p384().pem),
        };
        let (_, secret) = SecretDocument::from_pem(&pair.secret_pem).map_err(|error| error.to_string())?;
        let key =
            EcdsaKeyPair::from_pkcs8(algorithm, secret.as_bytes()).map_err(|error| error.to_string())?;
        let random = SystemRandom::new();
        Ok(move |covered: &[u8]| key.sign(&random, covered).ok())
    }
}
