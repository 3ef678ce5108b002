//! Keys as JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2, RFC 8812 §3, and the `AKP`
//! key type of the JOSE registry for ML-DSA).
//!
//! Own code, because no library in the graph reads all of it: jsonwebtoken's
//! `Jwk` holds no private keys, jwt-compact's ignores `alg`, `use` and
//! `key_ops`, `elliptic-curve`'s is for EC alone, josekit's needs OpenSSL, and
//! only jwt-simple, which hides what it read, knows AKP. The cryptographic
//! part (is this a point, do these numbers fit) is the RustCrypto crates'.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::form::KeyError;
use super::key::{Key, MlDsa, PrivateKey, PublicKey};
use super::pem::{self, RsaNumbers};
use super::raw;
use super::wanted::Kind;

/// Refuses a JWK whose `alg`, `use` or `key_ops` says it is for something else
/// than opening tokens of `scheme`.
pub(super) fn check_purpose(scheme: &str, jwk: &Map<String, Value>) -> Result<(), KeyError> {
    let (family, name) = scheme.split_once('.').unwrap_or_default();
    if let Some(algorithm) = optional_text(jwk, "alg")?
        && !algorithms(family, name).contains(&algorithm)
    {
        return Err(KeyError::unfit(
            scheme,
            format!("a JWK for alg {algorithm:?}"),
            match algorithms(family, name).first() {
                Some(wanted) => format!("one for {wanted:?}, or without alg"),
                None => "one without alg, which JOSE defines for its own algorithms only".to_owned(),
            },
        ));
    }
    let encrypts = family == "jwe" || name.ends_with(".local");
    let usage = if encrypts { "enc" } else { "sig" };
    if let Some(given) = optional_text(jwk, "use")?
        && given != usage
    {
        return Err(KeyError::unfit(
            scheme,
            format!("a JWK for use {given:?}"),
            format!("one for {usage:?}"),
        ));
    }
    let Some(given) = jwk.get("key_ops") else {
        return Ok(());
    };
    let given: Option<Vec<&str>> = given
        .as_array()
        .and_then(|operations| operations.iter().map(Value::as_str).collect());
    let given = given.ok_or_else(|| KeyError::unreadable("key_ops of the JWK is no array of strings"))?;
    let wanted = operations(family, name);
    if given.iter().any(|operation| wanted.contains(operation)) {
        return Ok(());
    }
    Err(KeyError::unfit(
        scheme,
        format!("a JWK for key_ops {given:?}"),
        format!("one for {}", wanted.join(" or ")),
    ))
}

/// What `alg` may say in a JWK for a scheme, the usual name first.
fn algorithms<'a>(family: &str, name: &'a str) -> Vec<&'a str> {
    match (family, name) {
        ("jwt", "EdDSA") => vec!["EdDSA", "Ed25519"], // RFC 9864 §2.2 names the same with its curve
        ("jwt", _) => vec![name],
        ("jwe", _) => match name.rsplit_once('+') {
            Some(("dir", encryption)) => vec!["dir", encryption],
            Some((algorithm, _)) => vec![algorithm],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What `key_ops` must allow, any one of (RFC 7517 §4.3).
fn operations(family: &str, name: &str) -> &'static [&'static str] {
    match family {
        "jwe" if name.starts_with("dir+") => &["decrypt"],
        "jwe" if name.starts_with("ECDH") || name.starts_with("PBES2") => {
            &["deriveKey", "deriveBits", "unwrapKey"]
        }
        "jwe" => &["unwrapKey", "decrypt"],
        _ if name.ends_with(".local") => &["decrypt"],
        _ => &["verify"],
    }
}

/// Reads a JWK of any kind known here; members that are not known are ignored.
pub(super) fn read(jwk: &Map<String, Value>) -> Result<Key, KeyError> {
    match text(jwk, "kty")? {
        "oct" => bytes(jwk, "k").map(Key::Secret),
        "RSA" => read_rsa(jwk),
        "EC" => read_ec(jwk),
        "OKP" => read_okp(jwk),
        "AKP" => read_akp(jwk),
        other => Err(KeyError::unreadable(format!(
            "a JWK of kty {other:?} was given; want oct, RSA, EC, OKP or AKP"
        ))),
    }
}

fn read_rsa(jwk: &Map<String, Value>) -> Result<Key, KeyError> {
    let (modulus, exponent) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
    if !jwk.contains_key("d") {
        return pem::rsa_public(&modulus, &exponent).map(|key| Key::Public(PublicKey::Rsa(key)));
    }
    if jwk.contains_key("oth") {
        return Err(KeyError::unreadable(
            "an RSA key of more than two primes (oth) was given; want two",
        ));
    }
    pem::rsa_private(RsaNumbers {
        modulus: &modulus,
        public_exponent: &exponent,
        private_exponent: &bytes(jwk, "d")?,
        prime1: &bytes(jwk, "p")?,
        prime2: &bytes(jwk, "q")?,
    })
    .map(Key::Private)
}

fn read_ec(jwk: &Map<String, Value>) -> Result<Key, KeyError> {
    let curve = text(jwk, "crv")?;
    let (kind, length) = match curve {
        "P-256" => (Kind::P256, 32),
        "P-384" => (Kind::P384, 48),
        "P-521" => (Kind::P521, 66),
        "secp256k1" => (Kind::Secp256k1, 32),
        other => {
            return Err(KeyError::unreadable(format!(
                "a JWK of curve {other:?} was given; want P-256, P-384, P-521 or secp256k1"
            )));
        }
    };
    let mut point = vec![4]; // uncompressed, SEC 1 §2.3.3
    point.extend(bytes_of_length(jwk, "x", length)?);
    point.extend(bytes_of_length(jwk, "y", length)?);
    let public = raw::public(kind, &point)
        .ok_or_else(|| KeyError::unreadable(format!("x and y of the JWK are no point on {curve}")))?;
    if !jwk.contains_key("d") {
        return Ok(Key::Public(public));
    }
    let scalar = bytes_of_length(jwk, "d", length)?;
    let private = match kind {
        Kind::P256 => p256::SecretKey::from_slice(&scalar).ok().map(PrivateKey::P256),
        Kind::P384 => p384::SecretKey::from_slice(&scalar).ok().map(PrivateKey::P384),
        Kind::P521 => p521::SecretKey::from_slice(&scalar).ok().map(PrivateKey::P521),
        _ => k256::SecretKey::from_slice(&scalar)
            .ok()
            .map(PrivateKey::Secp256k1),
    };
    let private = private
        .ok_or_else(|| KeyError::unreadable(format!("d of the JWK is no private key of curve {curve}")))?;
    matching(private, &public)
}

fn read_okp(jwk: &Map<String, Value>) -> Result<Key, KeyError> {
    let curve = text(jwk, "crv")?;
    let kind = match curve {
        "Ed25519" => Kind::Ed25519,
        "X25519" => Kind::X25519,
        other => {
            return Err(KeyError::unreadable(format!(
                "a JWK of curve {other:?} was given; want Ed25519 or X25519"
            )));
        }
    };
    let public = raw::public(kind, &bytes_of_length(jwk, "x", 32)?)
        .ok_or_else(|| KeyError::unreadable(format!("x of the JWK is no {curve} public key")))?;
    if !jwk.contains_key("d") {
        return Ok(Key::Public(public));
    }
    let secret = thirty_two(jwk, "d")?;
    let private = match kind {
        Kind::Ed25519 => PrivateKey::Ed25519(secret),
        _ => PrivateKey::X25519(secret),
    };
    matching(private, &public)
}

fn read_akp(jwk: &Map<String, Value>) -> Result<Key, KeyError> {
    let algorithm = text(jwk, "alg")?; // the kind itself, hence required
    let set = MlDsa::ALL.into_iter().find(|set| set.name() == algorithm);
    let set = set.ok_or_else(|| {
        KeyError::unreadable(format!(
            "a JWK of kty AKP for alg {algorithm:?} was given; want ML-DSA-44, ML-DSA-65 or ML-DSA-87"
        ))
    })?;
    let public = bytes_of_length(jwk, "pub", set.public_key_bytes())?;
    if jwk.contains_key("priv") {
        return Ok(Key::Private(PrivateKey::MlDsa(
            set,
            thirty_two(jwk, "priv")?,
            public,
        )));
    }
    Ok(Key::Public(PublicKey::MlDsa(set, public)))
}

/// A private key whose public half is the one beside it.
fn matching(private: PrivateKey, public: &PublicKey) -> Result<Key, KeyError> {
    if private.public() == *public {
        return Ok(Key::Private(private));
    }
    Err(KeyError::unreadable(
        "the private and the public part of the JWK do not belong together",
    ))
}

/// Writes `key` as a JWK for `algorithm`.
pub(super) fn write(algorithm: &str, key: &Key) -> Map<String, Value> {
    let mut members = match key {
        Key::Secret(secret) => members(&[("kty", "oct"), ("k", &encode(secret))]),
        Key::Public(key) => write_public(key),
        Key::Private(key) => {
            let mut jwk = write_public(&key.public());
            for (name, bytes) in private_members(key) {
                jwk.insert(name.to_owned(), encode(&bytes).into());
            }
            jwk
        }
    };
    members.insert("alg".to_owned(), algorithm.into());
    members
}

fn write_public(key: &PublicKey) -> Map<String, Value> {
    use p256::elliptic_curve::sec1::ToEncodedPoint;
    use rsa::traits::PublicKeyParts;
    match key {
        PublicKey::Rsa(key) => members(&[
            ("kty", "RSA"),
            ("n", &encode(&key.n().to_bytes_be())),
            ("e", &encode(&key.e().to_bytes_be())),
        ]),
        PublicKey::P256(key) => ec("P-256", key.to_encoded_point(false).as_bytes()),
        PublicKey::P384(key) => ec("P-384", key.to_encoded_point(false).as_bytes()),
        PublicKey::P521(key) => ec("P-521", key.to_encoded_point(false).as_bytes()),
        PublicKey::Secp256k1(key) => ec("secp256k1", key.to_encoded_point(false).as_bytes()),
        PublicKey::Ed25519(bytes) => members(&[("kty", "OKP"), ("crv", "Ed25519"), ("x", &encode(bytes))]),
        PublicKey::X25519(bytes) => members(&[("kty", "OKP"), ("crv", "X25519"), ("x", &encode(bytes))]),
        PublicKey::MlDsa(set, bytes) => {
            members(&[("kty", "AKP"), ("alg", set.name()), ("pub", &encode(bytes))])
        }
    }
}

fn private_members(key: &PrivateKey) -> Vec<(&'static str, Vec<u8>)> {
    use rsa::traits::PrivateKeyParts;
    match key {
        PrivateKey::Rsa(key) => {
            let mut numbers = vec![("d", key.d().to_bytes_be())];
            for (name, prime) in ["p", "q"].into_iter().zip(key.primes()) {
                numbers.push((name, prime.to_bytes_be()));
            }
            // Optional by RFC 7518 §6.3.2, but several libraries insist on them.
            let exponents = [("dp", key.dp()), ("dq", key.dq())];
            numbers.extend(
                exponents
                    .into_iter()
                    .filter_map(|(name, number)| Some((name, number?.to_bytes_be()))),
            );
            numbers.extend(key.crt_coefficient().map(|number| ("qi", number.to_bytes_be())));
            numbers
        }
        PrivateKey::P256(key) => vec![("d", key.to_bytes().to_vec())],
        PrivateKey::P384(key) => vec![("d", key.to_bytes().to_vec())],
        PrivateKey::P521(key) => vec![("d", key.to_bytes().to_vec())],
        PrivateKey::Secp256k1(key) => vec![("d", key.to_bytes().to_vec())],
        PrivateKey::Ed25519(bytes) | PrivateKey::X25519(bytes) => vec![("d", bytes.to_vec())],
        PrivateKey::MlDsa(_, seed, _) => vec![("priv", seed.to_vec())],
    }
}

/// `point` is uncompressed: a tag, then x and y of equal length.
fn ec(curve: &str, point: &[u8]) -> Map<String, Value> {
    let coordinates = point.get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    members(&[
        ("kty", "EC"),
        ("crv", curve),
        ("x", &encode(x)),
        ("y", &encode(y)),
    ])
}

fn members(members: &[(&str, &str)]) -> Map<String, Value> {
    members
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<&'a str, KeyError> {
    optional_text(jwk, name)?.ok_or_else(|| KeyError::unreadable(format!("the JWK has no {name:?}")))
}

fn optional_text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, KeyError> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(KeyError::unreadable(format!(
            "{name:?} of the JWK is {}, want a string",
            super::line::type_name(other)
        ))),
    }
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyError> {
    URL_SAFE_NO_PAD.decode(text(jwk, name)?).map_err(|error| {
        KeyError::unreadable(format!(
            "{name:?} of the JWK is not base64url without padding ({error})"
        ))
    })
}

fn bytes_of_length(jwk: &Map<String, Value>, name: &str, length: usize) -> Result<Vec<u8>, KeyError> {
    let bytes = bytes(jwk, name)?;
    if bytes.len() == length {
        return Ok(bytes);
    }
    Err(KeyError::unreadable(format!(
        "{name:?} of the JWK has {} bytes, want {length}",
        bytes.len()
    )))
}

fn thirty_two(jwk: &Map<String, Value>, name: &str) -> Result<[u8; 32], KeyError> {
    let bytes = bytes(jwk, name)?;
    bytes
        .as_slice()
        .try_into()
        .map_err(|_| KeyError::unreadable(format!("{name:?} of the JWK has {} bytes, want 32", bytes.len())))
}
