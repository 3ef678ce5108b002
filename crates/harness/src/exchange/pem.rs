//! Keys as PEM (RFC 7468): SubjectPublicKeyInfo, PKCS#8, PKCS#1 and SEC 1.
//!
//! The container is taken apart by the `der` and `pkcs8` crates; which key is
//! inside follows from its object identifier, so that a key of another curve
//! is named and not just refused. RSA is read up to 8192 bits.

use rsa::BigUint;
use rsa::pkcs8::der::asn1::AnyRef;
use rsa::pkcs8::der::{Decode, Document, Reader, SliceReader, Tag, TagNumber, Tagged};
use rsa::pkcs8::{ObjectIdentifier, PrivateKeyInfo, SubjectPublicKeyInfoRef};

use super::form::KeyError;
use super::key::{Key, MlDsa, PrivateKey, PublicKey};
use super::raw;
use super::wanted::Kind;

/// Longest RSA modulus that is read: enough for every use, and no more work
/// for a hostile line than that.
pub(super) const RSA_BITS_MAX: usize = 8192;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ALGORITHMS: [(ObjectIdentifier, Kind); 6] = [
    (RSA, Kind::Rsa),
    (ObjectIdentifier::new_unwrap("1.3.101.112"), Kind::Ed25519),
    (ObjectIdentifier::new_unwrap("1.3.101.110"), Kind::X25519),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17"),
        Kind::MlDsa(MlDsa::MlDsa44),
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"),
        Kind::MlDsa(MlDsa::MlDsa65),
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19"),
        Kind::MlDsa(MlDsa::MlDsa87),
    ),
];
const CURVES: [(ObjectIdentifier, Kind); 4] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), Kind::P256),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), Kind::P384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), Kind::P521),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), Kind::Secp256k1),
];

/// Reads one PEM block.
pub(super) fn read(text: &str) -> Result<Key, KeyError> {
    let label = text
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"))
        .map_or("", |(label, _)| label);
    let key: fn(&[u8]) -> Result<Key, KeyError> = match label {
        "PUBLIC KEY" => |der| spki(der).map(Key::Public),
        "RSA PUBLIC KEY" => |der| rsa_public_pkcs1(der).map(|key| Key::Public(PublicKey::Rsa(key))),
        "PRIVATE KEY" => |der| pkcs8(der).map(Key::Private),
        "RSA PRIVATE KEY" => |der| rsa_private_pkcs1(der).map(Key::Private),
        "EC PRIVATE KEY" => |der| sec1(der).map(Key::Private),
        "CERTIFICATE" => {
            return Err(KeyError::unreadable(
                "a certificate was given; want its key alone (openssl x509 -pubkey -noout)",
            ));
        }
        "ENCRYPTED PRIVATE KEY" => {
            return Err(KeyError::unreadable("the PEM is encrypted; want it in the clear"));
        }
        other => {
            return Err(KeyError::unreadable(format!(
                "a PEM of {other:?} was given; want PUBLIC KEY, RSA PUBLIC KEY, PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY"
            )));
        }
    };
    let (_, document) = Document::from_pem(text)
        .map_err(|error| KeyError::unreadable(format!("the PEM is broken ({error})")))?;
    key(document.as_bytes())
}

/// An RSA public key as DER of either form.
pub(super) fn rsa_public_der(der: &[u8]) -> Result<rsa::RsaPublicKey, KeyError> {
    match spki(der) {
        Ok(PublicKey::Rsa(key)) => Ok(key),
        _ => rsa_public_pkcs1(der),
    }
}

/// A private key as DER: PKCS#8, else PKCS#1.
pub(super) fn private_der(der: &[u8]) -> Result<PrivateKey, KeyError> {
    if PrivateKeyInfo::try_from(der).is_ok() {
        return pkcs8(der);
    }
    rsa_private_pkcs1(der)
}

/// An RSA public key of a size that is read here.
pub(super) fn rsa_public(modulus: &[u8], exponent: &[u8]) -> Result<rsa::RsaPublicKey, KeyError> {
    let modulus = within_limit(modulus)?;
    let bits = modulus.bits();
    if exponent.len() > 8 {
        return Err(KeyError::unreadable(format!(
            "an RSA public exponent of {} bytes was given; want one below 2^33",
            exponent.len()
        )));
    }
    rsa::RsaPublicKey::new_with_max_size(modulus, BigUint::from_bytes_be(exponent), RSA_BITS_MAX)
        .map_err(|error| KeyError::unreadable(format!("no RSA public key of {bits} bits ({error})")))
}

/// An RSA private key out of its numbers, which must belong together.
pub(super) fn rsa_private(numbers: RsaNumbers<'_>) -> Result<PrivateKey, KeyError> {
    let public = rsa_public(numbers.modulus, numbers.public_exponent)?;
    let [d, p, q] = [numbers.private_exponent, numbers.prime1, numbers.prime2].map(within_limit);
    use rsa::traits::PublicKeyParts;
    rsa::RsaPrivateKey::from_components(public.n().clone(), public.e().clone(), d?, vec![p?, q?])
        .map(|key| PrivateKey::Rsa(Box::new(key)))
        .map_err(|error| {
            KeyError::unreadable(format!("the numbers of the RSA private key do not fit ({error})"))
        })
}

/// The numbers of an RSA private key, big-endian.
pub(super) struct RsaNumbers<'a> {
    pub(super) modulus: &'a [u8],
    pub(super) public_exponent: &'a [u8],
    pub(super) private_exponent: &'a [u8],
    pub(super) prime1: &'a [u8],
    pub(super) prime2: &'a [u8],
}

fn within_limit(number: &[u8]) -> Result<BigUint, KeyError> {
    if number.len() > RSA_BITS_MAX / 8 + 1 {
        return Err(KeyError::unreadable(format!(
            "an RSA number of {} bytes was given; keys up to {RSA_BITS_MAX} bits are read",
            number.len()
        )));
    }
    Ok(BigUint::from_bytes_be(number))
}

fn spki(der: &[u8]) -> Result<PublicKey, KeyError> {
    let info =
        SubjectPublicKeyInfoRef::try_from(der).map_err(|error| broken("SubjectPublicKeyInfo", error))?;
    let curve = || info.algorithm.parameters_oid().ok();
    let kind = kind_of(info.algorithm.oid, curve())?;
    let bits = info.subject_public_key.as_bytes();
    let bits = bits.ok_or_else(|| KeyError::unreadable("the public key is no whole number of bytes"))?;
    match kind {
        Kind::Rsa => rsa_public_pkcs1(bits).map(PublicKey::Rsa),
        other => raw::public(other, bits)
            .ok_or_else(|| KeyError::unreadable(format!("{} bytes are no {other} public key", bits.len()))),
    }
}

fn pkcs8(der: &[u8]) -> Result<PrivateKey, KeyError> {
    use ed25519_dalek::pkcs8::DecodePrivateKey;
    let info = PrivateKeyInfo::try_from(der).map_err(|error| broken("PKCS#8", error))?;
    match kind_of(info.algorithm.oid, info.algorithm.parameters_oid().ok())? {
        Kind::Rsa | Kind::Rsa2048 => rsa_private_pkcs1(info.private_key),
        Kind::P256 => p256::SecretKey::from_pkcs8_der(der)
            .map(PrivateKey::P256)
            .map_err(|error| broken("P-256 private key", error)),
        Kind::P384 => p384::SecretKey::from_pkcs8_der(der)
            .map(PrivateKey::P384)
            .map_err(|error| broken("P-384 private key", error)),
        Kind::P521 => p521::SecretKey::from_pkcs8_der(der)
            .map(PrivateKey::P521)
            .map_err(|error| broken("P-521 private key", error)),
        Kind::Secp256k1 => k256::SecretKey::from_pkcs8_der(der)
            .map(PrivateKey::Secp256k1)
            .map_err(|error| broken("secp256k1 private key", error)),
        Kind::Ed25519 => curve_private_key(info.private_key).map(PrivateKey::Ed25519),
        Kind::X25519 => curve_private_key(info.private_key).map(PrivateKey::X25519),
        Kind::MlDsa(set) => Err(KeyError::unreadable(format!(
            "an {} private key in PKCS#8 was given; want it as a JWK of kty AKP",
            set.name()
        ))),
    }
}

/// CurvePrivateKey of RFC 8410 §7: an octet string of 32 bytes.
fn curve_private_key(der: &[u8]) -> Result<[u8; 32], KeyError> {
    AnyRef::from_der(der)
        .ok()
        .filter(|field| field.tag() == Tag::OctetString)
        .and_then(|field| field.value().try_into().ok())
        .ok_or_else(|| KeyError::unreadable("the private key is no octet string of 32 bytes"))
}

fn sec1(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let curve = sec1_curve(der).ok_or_else(|| {
        KeyError::unreadable("the EC private key names no curve; want PKCS#8 (PRIVATE KEY)")
    })?;
    let error = |error| KeyError::unreadable(format!("the EC private key is broken ({error})"));
    match kind_of(EC, Some(curve))? {
        Kind::P256 => p256::SecretKey::from_sec1_der(der)
            .map(PrivateKey::P256)
            .map_err(error),
        Kind::P384 => p384::SecretKey::from_sec1_der(der)
            .map(PrivateKey::P384)
            .map_err(error),
        Kind::P521 => p521::SecretKey::from_sec1_der(der)
            .map(PrivateKey::P521)
            .map_err(error),
        _ => k256::SecretKey::from_sec1_der(der)
            .map(PrivateKey::Secp256k1)
            .map_err(error),
    }
}

/// The named curve of an ECPrivateKey (RFC 5915 §3), which `elliptic-curve`
/// reads over: 32 bytes could be P-256 or secp256k1.
fn sec1_curve(der: &[u8]) -> Option<ObjectIdentifier> {
    const PARAMETERS: Tag = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber::N0,
    };
    let key = AnyRef::from_der(der).ok()?;
    let mut fields = SliceReader::new(key.value()).ok()?;
    while !fields.is_finished() {
        let field = AnyRef::decode(&mut fields).ok()?;
        if field.tag() == PARAMETERS {
            return ObjectIdentifier::from_der(field.value()).ok();
        }
    }
    None
}

fn rsa_public_pkcs1(der: &[u8]) -> Result<rsa::RsaPublicKey, KeyError> {
    let key = rsa::pkcs1::RsaPublicKey::try_from(der).map_err(|error| broken("PKCS#1", error))?;
    rsa_public(key.modulus.as_bytes(), key.public_exponent.as_bytes())
}

fn rsa_private_pkcs1(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let key = rsa::pkcs1::RsaPrivateKey::try_from(der).map_err(|error| broken("PKCS#1", error))?;
    rsa_private(RsaNumbers {
        modulus: key.modulus.as_bytes(),
        public_exponent: key.public_exponent.as_bytes(),
        private_exponent: key.private_exponent.as_bytes(),
        prime1: key.prime1.as_bytes(),
        prime2: key.prime2.as_bytes(),
    })
}

fn kind_of(algorithm: ObjectIdentifier, curve: Option<ObjectIdentifier>) -> Result<Kind, KeyError> {
    let (table, sought) = match curve {
        Some(curve) if algorithm == EC => (CURVES.as_slice(), curve),
        _ => (ALGORITHMS.as_slice(), algorithm),
    };
    table
        .iter()
        .find(|(identifier, _)| *identifier == sought)
        .map(|(_, kind)| *kind)
        .ok_or_else(|| {
            KeyError::unreadable(format!(
                "a key of algorithm or curve {sought} was given; want RSA, P-256, P-384, P-521, secp256k1, Ed25519, X25519 or ML-DSA"
            ))
        })
}

fn broken(what: &str, error: impl std::fmt::Display) -> KeyError {
    KeyError::unreadable(format!("the {what} is broken ({error})"))
}
