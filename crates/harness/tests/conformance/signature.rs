//! Signatures and tags of every JWS algorithm by bare primitives.

use hmac::{Hmac, Mac};
use rsa::pkcs8::AssociatedOid;
use rsa::rand_core::OsRng;
use rsa::sha2::digest::{Digest, FixedOutputReset};
use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer};
use rsa::{RsaPrivateKey, pkcs1v15, pss};
use sha2::{Sha256, Sha384, Sha512};
use tokenlab_harness::Key;
use tokenlab_harness::exchange::{MlDsa, PrivateKey};

/// The third part of a JWS, undecorated.
pub(crate) fn jws(algorithm: &str, key: &Key, message: &[u8]) -> Vec<u8> {
    match (algorithm, key) {
        ("HS256", Key::Secret(key)) => tag(Hmac::<Sha256>::new_from_slice(key).unwrap(), message),
        ("HS384", Key::Secret(key)) => tag(Hmac::<Sha384>::new_from_slice(key).unwrap(), message),
        ("HS512", Key::Secret(key)) => tag(Hmac::<Sha512>::new_from_slice(key).unwrap(), message),
        (_, Key::Private(key)) => signature(algorithm, key, message),
        _ => panic!("no way to sign {algorithm} with {}", key.describe()),
    }
}

fn tag(mac: impl Mac, message: &[u8]) -> Vec<u8> {
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

fn signature(algorithm: &str, key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    match (algorithm, key) {
        ("RS256", PrivateKey::Rsa(key)) => pkcs1::<Sha256>(key, message),
        ("RS384", PrivateKey::Rsa(key)) => pkcs1::<Sha384>(key, message),
        ("RS512", PrivateKey::Rsa(key)) => pkcs1::<Sha512>(key, message),
        ("PS256", PrivateKey::Rsa(key)) => probabilistic::<Sha256>(key, message),
        ("PS384", PrivateKey::Rsa(key)) => probabilistic::<Sha384>(key, message),
        ("PS512", PrivateKey::Rsa(key)) => probabilistic::<Sha512>(key, message),
        ("ES256", PrivateKey::P256(key)) => {
            let signature: p256::ecdsa::Signature = p256::ecdsa::SigningKey::from(key).sign(message);
            signature.to_vec()
        }
        ("ES384", PrivateKey::P384(key)) => {
            let signature: p384::ecdsa::Signature = p384::ecdsa::SigningKey::from(key).sign(message);
            signature.to_vec()
        }
        ("ES512", PrivateKey::P521(key)) => {
            let key = p521::ecdsa::SigningKey::from_bytes(&key.to_bytes()).unwrap();
            let signature: p521::ecdsa::Signature = key.sign(message);
            signature.to_vec()
        }
        ("ES256K", PrivateKey::Secp256k1(key)) => {
            let signature: k256::ecdsa::Signature = k256::ecdsa::SigningKey::from(key).sign(message);
            signature.to_vec()
        }
        ("EdDSA", PrivateKey::Ed25519(seed)) => {
            let key = ed25519_dalek::SigningKey::from_bytes(seed);
            key.sign(message).to_vec()
        }
        (_, PrivateKey::MlDsa(set, seed, _)) if algorithm == set.name() => match set {
            MlDsa::MlDsa44 => ml_dsa::<ml_dsa::MlDsa44>(*seed, message),
            MlDsa::MlDsa65 => ml_dsa::<ml_dsa::MlDsa65>(*seed, message),
            MlDsa::MlDsa87 => ml_dsa::<ml_dsa::MlDsa87>(*seed, message),
        },
        _ => panic!("no way to sign {algorithm} with {key:?}"),
    }
}

fn pkcs1<D: Digest + AssociatedOid>(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    let key = pkcs1v15::SigningKey::<D>::new(key.clone());
    key.sign_with_rng(&mut OsRng, message).to_vec()
}

fn probabilistic<D: Digest + FixedOutputReset>(key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    let key = pss::BlindedSigningKey::<D>::new(key.clone());
    key.sign_with_rng(&mut OsRng, message).to_vec()
}

fn ml_dsa<P: ml_dsa::MlDsaParams>(seed: [u8; 32], message: &[u8]) -> Vec<u8> {
    let key = ml_dsa::ExpandedSigningKey::<P>::from_seed(&seed.into());
    key.sign_deterministic(message, &[]).unwrap().encode().to_vec()
}
