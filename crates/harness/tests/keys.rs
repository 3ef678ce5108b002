//! Keys from outside: each contender's codec takes the key of its scheme and
//! refuses any other before any cryptography, in words that name what was
//! given and what is wanted.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml exempts test functions, not their helpers

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use tokenlab_harness::claims::{NumericDate, Rfc3339};
use tokenlab_harness::exchange::PrivateKey;
use tokenlab_harness::policy::now;
use tokenlab_harness::{Bound, Contender, Corpus, Key, KeyRing, contenders};
use tokenlab_record::catalogue::{Class, ContenderCard, Family};

static RING: KeyRing = KeyRing::from_seed(1);

/// Every contender that has a codec, with the key of its scheme.
fn with_keys() -> Vec<(&'static dyn Contender, Key)> {
    contenders::all()
        .iter()
        .map(AsRef::as_ref)
        .filter(|contender| contender.card().family != Family::Session)
        .map(|contender| {
            let card = contender.card();
            let key = RING.key(&card.scheme);
            let key = key.unwrap_or_else(|| panic!("{}: the ring has no key of {}", card.id, card.scheme));
            (contender, key)
        })
        .collect()
}

/// A private key of every kind that there is.
fn pairs() -> Vec<PrivateKey> {
    let of_scheme = [
        "jwt.RS256",
        "jwt.ES256",
        "jwt.ES384",
        "jwt.ES512",
        "jwt.ES256K",
        "jwt.EdDSA",
        "jwt.ML-DSA-44",
        "jwt.ML-DSA-65",
        "jwt.ML-DSA-87",
    ];
    let mut pairs: Vec<PrivateKey> = of_scheme
        .iter()
        .map(|scheme| match RING.key(scheme) {
            Some(Key::Private(key)) => key,
            other => panic!("{scheme}: {other:?}"),
        })
        .collect();
    pairs.push(PrivateKey::X25519(RING.symmetric("x25519")));
    pairs
}

/// Keys that are wrong for a contender whose right key is `right`.
fn wrong_keys(card: &ContenderCard, right: &Key) -> Vec<Key> {
    let kind = |key: &Key| key.public().map(|key| key.kind());
    let mut wrong = Vec::new();
    for pair in pairs() {
        let public = Key::Public(pair.public());
        if kind(&public) != kind(right) {
            wrong.push(public);
            wrong.push(Key::Private(pair));
        }
    }
    match right {
        Key::Secret(bytes) if is_password(card) => assert!(!bytes.is_empty(), "{}", card.id),
        Key::Secret(bytes) => {
            wrong.push(Key::Secret(Vec::new()));
            wrong.push(Key::Secret(vec![7; bytes.len() - 1]));
        }
        _ => wrong.push(Key::Secret(vec![7; 32])),
    }
    if let Some(PrivateKey::Rsa(_)) = right.private() {
        let mut random = ChaCha20Rng::from_seed([7; 32]);
        let short = rsa::RsaPrivateKey::new(&mut random, 1024).unwrap();
        wrong.push(Key::Public(PrivateKey::Rsa(Box::new(short.clone())).public()));
        wrong.push(Key::Private(PrivateKey::Rsa(Box::new(short))));
    }
    wrong
}

/// Any bytes are a password (RFC 7518 §4.8).
fn is_password(card: &ContenderCard) -> bool {
    card.scheme.starts_with("jwe.PBES2")
}

#[test]
fn a_wrong_key_is_refused_by_name() {
    for (contender, right) in with_keys() {
        let id = contender.id();
        for wrong in wrong_keys(contender.card(), &right) {
            let given = wrong.describe();
            let Err(error) = contender.codec(&wrong) else {
                panic!("{id} takes {given}, its key is {}", right.describe());
            };
            assert_eq!(error.contender, *id);
            assert!(
                error.problem.contains(&given) && error.problem.contains("want"),
                "{id} was given {given} and says: {}",
                error.problem
            );
        }
    }
}

/// Claims in the wire format of the card's family.
fn payload(card: &ContenderCard) -> String {
    let claims = Corpus::named("typical").unwrap().claims(1, now());
    match card.family {
        Family::Paseto => claims.to_json::<Rfc3339>(),
        _ => claims.to_json::<NumericDate>(),
    }
    .unwrap()
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap()
}

#[test]
fn the_right_key_seals_and_opens_and_a_public_one_does_half_of_it() {
    let unbound = Bound::default();
    for (contender, key) in with_keys() {
        let card = contender.card();
        let payload = payload(card);
        let codec = contender
            .codec(&key)
            .unwrap_or_else(|error| panic!("{}: {error}", card.id));
        let token = codec
            .seal(payload.as_bytes(), &unbound)
            .unwrap_or_else(|error| panic!("{}: {error}", card.id));
        let opened = codec
            .open(&token, &unbound)
            .unwrap_or_else(|rejection| panic!("{}: {rejection}", card.id));
        assert_eq!(json(&opened.payload), json(payload.as_bytes()), "{}", card.id);
        assert!(opened.footer.is_empty(), "{}", card.id);

        let Some(public) = key.public() else { continue };
        let half = contender
            .codec(&Key::Public(public))
            .unwrap_or_else(|error| panic!("{}: {error}", card.id));
        if card.class == Class::PublicKeyEncryption {
            let token = half.seal(payload.as_bytes(), &unbound);
            let token = token.unwrap_or_else(|error| panic!("{}: {error}", card.id));
            let opened = codec.open(&token, &unbound).unwrap();
            assert_eq!(json(&opened.payload), json(payload.as_bytes()), "{}", card.id);
            assert!(
                half.open(&token, &unbound).is_err(),
                "{} opens with a public key",
                card.id
            );
        } else {
            // Facts come in no order, so a Biscuit's payload is compared as JSON.
            let again = half
                .open(&token, &unbound)
                .unwrap_or_else(|rejection| panic!("{}: {rejection}", card.id));
            assert_eq!(json(&again.payload), json(&opened.payload), "{}", card.id);
            let error = half.seal(payload.as_bytes(), &unbound).unwrap_err();
            assert!(error.to_string().contains("private"), "{}: {error}", card.id);
        }
    }
}
