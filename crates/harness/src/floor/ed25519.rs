//! Ed25519 of EdDSA (RFC 8037), v2.public and v4.public: one primitive, over
//! a signing input or over a pre-authentication encoding.

use super::Floor;
use super::work::authenticity;

const SCHEMES: [&str; 3] = ["jwt.EdDSA", "paseto.v2.public", "paseto.v4.public"];

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    for scheme in SCHEMES {
        floors.extend(authenticity(
            scheme,
            "ed25519-dalek",
            dalek::verifier,
            dalek::signer,
        ));
        floors.extend(authenticity(
            scheme,
            "ed25519-compact",
            compact::verifier,
            compact::signer,
        ));
        #[cfg(feature = "aws-lc")]
        floors.extend(authenticity(
            scheme,
            "aws-lc-rs Ed25519",
            aws_lc::verifier,
            aws_lc::signer,
        ));
    }
    floors
}

pub(super) mod dalek {
    use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};

    use crate::floor::work::Material;

    pub(in crate::floor) fn verifier(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let key =
            VerifyingKey::from_bytes(&material.keys.ed25519().public).map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| {
            Signature::from_slice(signature).is_ok_and(|signature| key.verify(covered, &signature).is_ok())
        })
    }

    #[allow(clippy::unnecessary_wraps)] // other families' keys can fail to parse
    pub(in crate::floor) fn signer(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8]) -> Option<[u8; 64]> + Send + use<>, String> {
        let key = SigningKey::from_bytes(&material.keys.ed25519().seed);
        Ok(move |covered: &[u8]| Some(key.sign(covered).to_bytes()))
    }
}

pub(super) mod compact {
    use ed25519_compact::{KeyPair, PublicKey, Seed, Signature};

    use crate::floor::work::Material;

    #[allow(clippy::unnecessary_wraps)] // this library parses a public key when it is used
    pub(in crate::floor) fn verifier(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let key = PublicKey::new(material.keys.ed25519().public);
        Ok(move |covered: &[u8], signature: &[u8]| {
            Signature::from_slice(signature).is_ok_and(|signature| key.verify(covered, &signature).is_ok())
        })
    }

    pub(in crate::floor) fn signer(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8]) -> Option<Signature> + Send + use<>, String> {
        let pair = KeyPair::try_from_seed(Seed::new(material.keys.ed25519().seed))
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8]| Some(pair.sk.sign(covered, None)))
    }
}

#[cfg(feature = "aws-lc")]
pub(super) mod aws_lc {
    use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, ParsedPublicKey, Signature};

    use crate::floor::work::Material;

    pub(in crate::floor) fn verifier(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let key = ParsedPublicKey::new(&ED25519, material.keys.ed25519().public)
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| key.verify_sig(covered, signature).is_ok())
    }

    pub(in crate::floor) fn signer(
        material: &Material<'_>,
    ) -> Result<impl Fn(&[u8]) -> Option<Signature> + Send + use<>, String> {
        let pair = material.keys.ed25519();
        let key = Ed25519KeyPair::from_seed_and_public_key(&pair.seed, &pair.public)
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8]| key.try_sign(covered).ok())
    }
}
