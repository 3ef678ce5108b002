//! Authentic tokens around any payload: what a careless or compromised issuer
//! could sign.
//!
//! [`tokenlab_harness::TokenService::issue`] writes claims sets only, so a
//! payload of another kind is signed here with the raw key, by the libraries
//! themselves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, AlgorithmFamily, EncodingKey};
use pasetors::keys::{AsymmetricSecretKey, SymmetricKey};
use pasetors::{version2, version3, version4};
use tokenlab_harness::KeyRing;
use tokenlab_record::catalogue::{ContenderCard, Family};

/// A token of `card`'s scheme over `payload`, by the keys of `ring`.
pub(crate) fn mint(card: &ContenderCard, ring: &KeyRing, payload: &[u8]) -> String {
    match card.family {
        Family::Jwt => jws(card, ring, payload),
        Family::Paseto => paseto(card, ring, payload),
        family => panic!("{}: no way to mint {family:?}", card.id),
    }
}

fn jws(card: &ContenderCard, ring: &KeyRing, payload: &[u8]) -> String {
    let algorithm: Algorithm = card.algorithm.parse().unwrap();
    let header = format!(r#"{{"typ":"JWT","alg":"{}"}}"#, card.algorithm);
    let input = [header.as_bytes(), payload]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".");
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &jws_key(card, ring, algorithm), algorithm);
    format!("{input}.{}", signature.unwrap())
}

fn jws_key(card: &ContenderCard, ring: &KeyRing, algorithm: Algorithm) -> EncodingKey {
    match algorithm.family() {
        AlgorithmFamily::Hmac => EncodingKey::from_secret(&match algorithm {
            Algorithm::HS256 => ring.symmetric::<32>(&card.scheme).to_vec(),
            Algorithm::HS384 => ring.symmetric::<48>(&card.scheme).to_vec(),
            _ => ring.symmetric::<64>(&card.scheme).to_vec(),
        }),
        AlgorithmFamily::Rsa => EncodingKey::from_rsa_pem(ring.rsa().pem.secret_pem.as_bytes()).unwrap(),
        AlgorithmFamily::Ec => {
            let pair = if algorithm == Algorithm::ES256 {
                ring.p256()
            } else {
                &ring.p384().pem
            };
            EncodingKey::from_ec_pem(pair.secret_pem.as_bytes()).unwrap()
        }
        AlgorithmFamily::Ed => EncodingKey::from_ed_pem(ring.ed25519().pem.secret_pem.as_bytes()).unwrap(),
    }
}

fn paseto(card: &ContenderCard, ring: &KeyRing, payload: &[u8]) -> String {
    let symmetric = ring.symmetric::<32>(&card.scheme);
    let ed25519 = ring.ed25519().secret_then_public();
    let token = match card.scheme.as_str() {
        "paseto.v2.local" => {
            version2::LocalToken::encrypt(&SymmetricKey::from(&symmetric).unwrap(), payload, None)
        }
        "paseto.v4.local" => {
            version4::LocalToken::encrypt(&SymmetricKey::from(&symmetric).unwrap(), payload, None, None)
        }
        "paseto.v2.public" => {
            version2::PublicToken::sign(&AsymmetricSecretKey::from(&ed25519).unwrap(), payload, None)
        }
        "paseto.v3.public" => {
            let key = AsymmetricSecretKey::from(&ring.p384().secret).unwrap();
            version3::PublicToken::sign(&key, payload, None, None)
        }
        "paseto.v4.public" => {
            version4::PublicToken::sign(&AsymmetricSecretKey::from(&ed25519).unwrap(), payload, None, None)
        }
        scheme => panic!("{}: no way to mint {scheme}", card.id),
    };
    token.unwrap()
}
