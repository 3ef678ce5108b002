//! Authentic tokens around any payload: what a careless or compromised issuer
//! could sign.
//!
//! [`tokenlab_harness::TokenService::issue`] writes claims sets only, so a
//! payload of another kind is signed here with the raw key: of a JWS by the
//! bare primitives, which no token library has a hand in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pasetors::keys::{AsymmetricSecretKey, SymmetricKey};
use pasetors::{version2, version3, version4};
use tokenlab_harness::{Bound, KeyRing, contenders};
use tokenlab_record::catalogue::{ContenderCard, Family};

use crate::{jwe, signature};

/// A token of `card`'s scheme over `payload`, by the keys of `ring`.
pub(crate) fn mint(card: &ContenderCard, ring: &KeyRing, payload: &[u8]) -> String {
    match card.family {
        Family::Jwt => {
            let header = format!(r#"{{"typ":"JWT","alg":"{}"}}"#, card.algorithm);
            jws(card, ring, &header, payload)
        }
        Family::Jwe => jwe::mint(card, ring, payload),
        Family::Paseto => paseto(card, ring, payload),
        family => panic!("{}: no way to mint {family:?}", card.id),
    }
}

/// A JWS of `card`'s scheme under any header at all.
pub(crate) fn jws(card: &ContenderCard, ring: &KeyRing, header: &str, payload: &[u8]) -> String {
    let input = [header.as_bytes(), payload]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".");
    let key = ring.key(&card.scheme).unwrap();
    let signature = signature::jws(&card.algorithm, &key, input.as_bytes());
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
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
        // What pasetors does not do, the codec of another library does.
        scheme => return by_codec(scheme, ring, payload),
    };
    token.unwrap()
}

fn by_codec(scheme: &str, ring: &KeyRing, payload: &[u8]) -> String {
    let contender = contenders::available()
        .find(|contender| contender.card().library == "paseto-rs" && contender.card().scheme == scheme)
        .unwrap();
    let codec = contender.codec(&ring.key(scheme).unwrap()).unwrap();
    codec.seal(payload, &Bound::default()).unwrap()
}
