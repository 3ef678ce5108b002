//! JWS signatures to order: any algorithm, over any bytes, under a key in hand.
//!
//! Contenders sign headers of their own making; issuers of models and
//! attackers need headers of theirs. RustCrypto throughout.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonwebtoken::{Algorithm, EncodingKey};
use ml_dsa::{B32, MlDsaParams};
use rsa::signature::Signer as _;
use tokenlab_harness::contenders;
use tokenlab_harness::exchange::{Key, MlDsa, PrivateKey};

use crate::hs::Hs;
use crate::mint::{self, MintError};
use crate::scheme::JwsAlgorithm;

/// The third part of a JWS over `input`, as text.
pub(crate) fn sign(algorithm: JwsAlgorithm, key: &Key, input: &[u8]) -> Result<String, MintError> {
    match (algorithm, key) {
        (JwsAlgorithm::Blake2b, Key::Secret(secret)) => blake2b(secret, input),
        (_, Key::Secret(secret)) => match Hs::of(algorithm) {
            Some(hs) => Ok(mint::part(hs.tag(secret, input))),
            None => Err(unfit(algorithm, key)),
        },
        (_, Key::Private(private)) => by_private_key(algorithm, private, input),
        _ => Err(unfit(algorithm, key)),
    }
}

fn by_private_key(algorithm: JwsAlgorithm, key: &PrivateKey, input: &[u8]) -> Result<String, MintError> {
    match (algorithm, key) {
        (JwsAlgorithm::Es256K, PrivateKey::Secp256k1(secret)) => {
            let signature: k256::ecdsa::Signature = k256::ecdsa::SigningKey::from(secret).sign(input);
            Ok(mint::part(signature.to_bytes()))
        }
        (JwsAlgorithm::Es512, PrivateKey::P521(secret)) => {
            let key = p521::ecdsa::SigningKey::from_slice(&secret.to_bytes()).map_err(MintError::new)?;
            let signature: p521::ecdsa::Signature = key.sign(input);
            Ok(mint::part(signature.to_bytes()))
        }
        (_, PrivateKey::MlDsa(MlDsa::MlDsa44, seed, _)) => ml_dsa::<ml_dsa::MlDsa44>(seed, input),
        (_, PrivateKey::MlDsa(MlDsa::MlDsa65, seed, _)) => ml_dsa::<ml_dsa::MlDsa65>(seed, input),
        (_, PrivateKey::MlDsa(MlDsa::MlDsa87, seed, _)) => ml_dsa::<ml_dsa::MlDsa87>(seed, input),
        (_, PrivateKey::Rsa(_)) => kept(algorithm, key, input),
        _ => by_jsonwebtoken(algorithm, key, input),
    }
}

/// What was made once of the same key and input, or what is made now.
///
/// An attack makes the same token for each target of a scheme, and an RSA
/// signature costs a millisecond: made anew every time, they are two fifths of
/// the time of the matrix. When `AT_MOST` of them are kept, all are forgotten.
fn kept(algorithm: JwsAlgorithm, key: &PrivateKey, input: &[u8]) -> Result<String, MintError> {
    const AT_MOST: usize = 4096;
    type Made = (JwsAlgorithm, Option<String>, Vec<u8>);
    static KEPT: LazyLock<Mutex<HashMap<Made, String>>> = LazyLock::new(Mutex::default);

    let made = (algorithm, key.to_pem(), input.to_vec());
    if let Some(signature) = KEPT.lock().ok().and_then(|kept| kept.get(&made).cloned()) {
        return Ok(signature);
    }
    let signature = by_jsonwebtoken(algorithm, key, input)?;
    if let Ok(mut kept) = KEPT.lock() {
        if kept.len() >= AT_MOST {
            kept.clear();
        }
        kept.insert(made, signature.clone());
    }
    Ok(signature)
}

fn by_jsonwebtoken(algorithm: JwsAlgorithm, key: &PrivateKey, input: &[u8]) -> Result<String, MintError> {
    let unfit = || unfit(algorithm, &Key::Private(key.clone()));
    let known: Algorithm = algorithm.name().parse().map_err(|_| unfit())?;
    let pem = key.to_pem().ok_or_else(unfit)?;
    let parsed = match key {
        PrivateKey::Rsa(_) => EncodingKey::from_rsa_pem(pem.as_bytes()),
        PrivateKey::Ed25519(_) => EncodingKey::from_ed_pem(pem.as_bytes()),
        _ => EncodingKey::from_ec_pem(pem.as_bytes()),
    };
    contenders::install_jwt_provider();
    jsonwebtoken::crypto::sign(input, &parsed.map_err(MintError::new)?, known).map_err(MintError::new)
}

/// Deterministic ML-DSA with an empty context (FIPS 204 §5.2).
fn ml_dsa<P: MlDsaParams>(seed: &[u8; 32], input: &[u8]) -> Result<String, MintError> {
    let key = ml_dsa::SigningKey::<P>::from_seed(&B32::from(*seed));
    let signature = ml_dsa::Signer::try_sign(&key, input).map_err(MintError::new)?;
    Ok(mint::part(signature.encode()))
}

/// Keyed BLAKE2b of 32 bytes, which takes keys of at most 64.
fn blake2b(secret: &[u8], input: &[u8]) -> Result<String, MintError> {
    if secret.len() > blake2b_simd::KEYBYTES {
        return Err(MintError::new("a BLAKE2b key has at most 64 bytes"));
    }
    let tag = blake2b_simd::Params::new()
        .hash_length(32)
        .key(secret)
        .hash(input);
    Ok(mint::part(tag.as_bytes()))
}

fn unfit(algorithm: JwsAlgorithm, key: &Key) -> MintError {
    MintError::new(format!("{} signs no {}", key.describe(), algorithm.name()))
}
