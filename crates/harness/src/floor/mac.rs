//! HMAC of the JWS algorithms HS256, HS384 and HS512 (RFC 7518 §3.2).
//!
//! The key is absorbed beforehand, which spares compressions for every token:
//! a library that keys anew in each call does more than it must.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::Floor;
use super::work::{Material, authenticity};

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(rustcrypto::<Hmac<Sha256>, 32>("jwt.HS256"));
    floors.extend(rustcrypto::<Hmac<Sha384>, 48>("jwt.HS384"));
    floors.extend(rustcrypto::<Hmac<Sha512>, 64>("jwt.HS512"));
    #[cfg(feature = "aws-lc")]
    floors.extend(aws_lc::floors());
    floors
}

fn rustcrypto<M, const KEY: usize>(scheme: &'static str) -> [Box<dyn Floor>; 2]
where
    M: Mac + KeyInit + Clone + Send + 'static,
{
    authenticity(scheme, "hmac, sha2", verifier::<M, KEY>, signer::<M, KEY>)
}

fn keyed<M: Mac + KeyInit, const KEY: usize>(material: &Material<'_>) -> Result<M, String> {
    let key = material.keys.symmetric::<KEY>(material.scheme);
    <M as Mac>::new_from_slice(&key).map_err(|error| error.to_string())
}

fn verifier<M, const KEY: usize>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<M, KEY>, String>
where
    M: Mac + KeyInit + Clone + Send + 'static,
{
    let keyed = keyed::<M, KEY>(material)?;
    Ok(move |covered: &[u8], tag: &[u8]| keyed.clone().chain_update(covered).verify_slice(tag).is_ok())
}

fn signer<M, const KEY: usize>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8]) -> Option<hmac::digest::Output<M>> + Send + use<M, KEY>, String>
where
    M: Mac + KeyInit + Clone + Send + 'static,
{
    let keyed = keyed::<M, KEY>(material)?;
    Ok(move |covered: &[u8]| Some(keyed.clone().chain_update(covered).finalize().into_bytes()))
}

#[cfg(feature = "aws-lc")]
mod aws_lc {
    use aws_lc_rs::hmac::{self, Algorithm, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key, Tag};

    use super::{Floor, Material, authenticity};

    pub(super) fn floors() -> impl Iterator<Item = Box<dyn Floor>> {
        ["jwt.HS256", "jwt.HS384", "jwt.HS512"]
            .into_iter()
            .flat_map(|scheme| authenticity(scheme, "aws-lc-rs HMAC", verifier, signer))
    }

    fn keyed(material: &Material<'_>) -> Key {
        let key = |algorithm: Algorithm, secret: &[u8]| Key::new(algorithm, secret);
        match material.scheme {
            "jwt.HS384" => key(HMAC_SHA384, &material.keys.symmetric::<48>(material.scheme)),
            "jwt.HS512" => key(HMAC_SHA512, &material.keys.symmetric::<64>(material.scheme)),
            _ => key(HMAC_SHA256, &material.keys.symmetric::<32>(material.scheme)),
        }
    }

    #[allow(clippy::unnecessary_wraps)] // other families' keys can fail to parse
    fn verifier(material: &Material<'_>) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let key = keyed(material);
        Ok(move |covered: &[u8], tag: &[u8]| hmac::verify(&key, covered, tag).is_ok())
    }

    #[allow(clippy::unnecessary_wraps)] // likewise
    fn signer(material: &Material<'_>) -> Result<impl Fn(&[u8]) -> Option<Tag> + Send + use<>, String> {
        let key = keyed(material);
        Ok(move |covered: &[u8]| Some(hmac::sign(&key, covered)))
    }
}
