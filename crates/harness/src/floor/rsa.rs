//! RSA of RS256 to RS512 (PKCS#1 v1.5) and of PS256 to PS512 (PSS), RFC 7518
//! §3.3 and §3.5.

use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::{AssociatedOid, DecodePrivateKey};
use rsa::rand_core::OsRng;
use rsa::sha2::digest::{Digest, FixedOutputReset};
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::signature::{RandomizedSigner, SignatureEncoding, Verifier};
use rsa::{RsaPrivateKey, RsaPublicKey, pkcs1v15, pss};

use super::Floor;
use super::work::{Material, authenticity};

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(pkcs1::<Sha256>("jwt.RS256"));
    floors.extend(pkcs1::<Sha384>("jwt.RS384"));
    floors.extend(pkcs1::<Sha512>("jwt.RS512"));
    floors.extend(probabilistic::<Sha256>("jwt.PS256"));
    floors.extend(probabilistic::<Sha384>("jwt.PS384"));
    floors.extend(probabilistic::<Sha512>("jwt.PS512"));
    floors.extend(probabilistic::<Sha384>("paseto.v1.public"));
    #[cfg(feature = "aws-lc")]
    floors.extend(aws_lc::floors());
    floors
}

/// A hash function that both paddings can be made with.
trait Hash: Digest + FixedOutputReset + AssociatedOid + Send + Sync + 'static {}
impl<D: Digest + FixedOutputReset + AssociatedOid + Send + Sync + 'static> Hash for D {}

fn pkcs1<D: Hash>(scheme: &'static str) -> [Box<dyn Floor>; 2] {
    authenticity(scheme, "rsa", pkcs1_verifier::<D>, pkcs1_signer::<D>)
}

fn probabilistic<D: Hash>(scheme: &'static str) -> [Box<dyn Floor>; 2] {
    authenticity(scheme, "rsa", pss_verifier::<D>, pss_signer::<D>)
}

fn public(material: &Material<'_>) -> Result<RsaPublicKey, String> {
    RsaPublicKey::from_pkcs1_pem(&material.keys.rsa().public_pkcs1_pem).map_err(|error| error.to_string())
}

fn secret(material: &Material<'_>) -> Result<RsaPrivateKey, String> {
    RsaPrivateKey::from_pkcs8_pem(&material.keys.rsa().pem.secret_pem).map_err(|error| error.to_string())
}

fn pkcs1_verifier<D: Hash>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<D>, String> {
    let key = pkcs1v15::VerifyingKey::<D>::new(public(material)?);
    Ok(move |covered: &[u8], signature: &[u8]| {
        pkcs1v15::Signature::try_from(signature)
            .is_ok_and(|signature| key.verify(covered, &signature).is_ok())
    })
}

fn pss_verifier<D: Hash>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<D>, String> {
    let key = pss::VerifyingKey::<D>::new(public(material)?);
    Ok(move |covered: &[u8], signature: &[u8]| {
        pss::Signature::try_from(signature).is_ok_and(|signature| key.verify(covered, &signature).is_ok())
    })
}

/// Signing is blinded, without which this crate leaks its key through time.
#[allow(clippy::type_complexity)] // a closure's type has no shorter name
fn pkcs1_signer<D: Hash>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8]) -> Option<Box<[u8]>> + Send + use<D>, String> {
    let key = pkcs1v15::SigningKey::<D>::new(secret(material)?);
    Ok(move |covered: &[u8]| Some(key.try_sign_with_rng(&mut OsRng, covered).ok()?.to_bytes()))
}

#[allow(clippy::type_complexity)] // likewise
fn pss_signer<D: Hash>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8]) -> Option<Box<[u8]>> + Send + use<D>, String> {
    let key = pss::BlindedSigningKey::<D>::new(secret(material)?);
    Ok(move |covered: &[u8]| Some(key.try_sign_with_rng(&mut OsRng, covered).ok()?.to_bytes()))
}

#[cfg(feature = "aws-lc")]
mod aws_lc {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256,
        RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
        RsaEncoding, RsaKeyPair, RsaParameters,
    };
    use rsa::pkcs8::{Document, SecretDocument};

    use super::{Floor, Material, authenticity};

    const SCHEMES: [&str; 7] = [
        "jwt.RS256",
        "jwt.RS384",
        "jwt.RS512",
        "jwt.PS256",
        "jwt.PS384",
        "jwt.PS512",
        "paseto.v1.public",
    ];

    pub(super) fn floors() -> impl Iterator<Item = Box<dyn Floor>> {
        SCHEMES
            .into_iter()
            .flat_map(|scheme| authenticity(scheme, "aws-lc-rs RSA", verifier, signer))
    }

    fn paddings(scheme: &str) -> (&'static RsaParameters, &'static dyn RsaEncoding) {
        match scheme {
            "jwt.RS256" => (&RSA_PKCS1_2048_8192_SHA256, &RSA_PKCS1_SHA256),
            "jwt.RS384" => (&RSA_PKCS1_2048_8192_SHA384, &RSA_PKCS1_SHA384),
            "jwt.RS512" => (&RSA_PKCS1_2048_8192_SHA512, &RSA_PKCS1_SHA512),
            "jwt.PS256" => (&RSA_PSS_2048_8192_SHA256, &RSA_PSS_SHA256),
            "jwt.PS384" | "paseto.v1.public" => (&RSA_PSS_2048_8192_SHA384, &RSA_PSS_SHA384),
            _ => (&RSA_PSS_2048_8192_SHA512, &RSA_PSS_SHA512),
        }
    }

    fn verifier(material: &Material<'_>) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let (_, public) =
            Document::from_pem(&material.keys.rsa().public_pkcs1_pem).map_err(|error| error.to_string())?;
        let key = ParsedPublicKey::new(paddings(material.scheme).0, public.as_bytes())
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| key.verify_sig(covered, signature).is_ok())
    }

    fn signer(material: &Material<'_>) -> Result<impl Fn(&[u8]) -> Option<Vec<u8>> + Send + use<>, String> {
        let (_, secret) = SecretDocument::from_pem(&material.keys.rsa().pem.secret_pem)
            .map_err(|error| error.to_string())?;
        let key = RsaKeyPair::from_pkcs8(secret.as_bytes()).map_err(|error| error.to_string())?;
        let padding = paddings(material.scheme).1;
        let random = SystemRandom::new();
        Ok(move |covered: &[u8]| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(padding, &random, covered, &mut signature).ok()?;
            Some(signature)
        })
    }
}
