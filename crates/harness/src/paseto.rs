//! What PASETO itself says, whichever library speaks it: versions and purposes,
//! the layout of a message, the raw form of a key, and who has an implicit
//! assertion.
//!
//! PASETO binds a key to one version and one purpose (PASETO specification,
//! 02-Implementation-Guide, Algorithm Lucidity). A [`RawKey`] is made for one
//! [`Scheme`] and for no other, so that a key of the wrong kind, length or
//! curve is refused by name before a library sees it.

use std::fmt;
use std::hint::black_box;

use p384::elliptic_curve::sec1::ToEncodedPoint;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{EncodePublicKey, PrivateKeyInfo, SecretDocument};
use rsa::traits::PublicKeyParts;

use crate::contender::Bound;
use crate::exchange::{Key, PrivateKey, PublicKey};
use crate::keys::KeyRing;
use crate::rejection::{RejectReason, Rejection};

/// Versions of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// AES-256-CTR with HMAC-SHA384, RSA-PSS of 2048 bits.
    V1,
    /// XChaCha20-Poly1305, Ed25519.
    V2,
    /// AES-256-CTR with HMAC-SHA384, ECDSA over P-384.
    V3,
    /// XChaCha20 with BLAKE2b, Ed25519.
    V4,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Encrypted and authenticated under a shared key.
    Local,
    /// Signed.
    Public,
}

/// A version and a purpose: what a key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scheme {
    /// Version.
    pub version: Version,
    /// Purpose.
    pub purpose: Purpose,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 4] = [Self::V1, Self::V2, Self::V3, Self::V4];

    /// As in the header of a token, `v4`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }

    /// Whether tokens authenticate an implicit assertion.
    #[must_use]
    pub const fn has_implicit_assertion(self) -> bool {
        matches!(self, Self::V3 | Self::V4)
    }
}

impl Purpose {
    /// Both purposes.
    pub const ALL: [Self; 2] = [Self::Local, Self::Public];

    /// As in the header of a token, `local`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Public => "public",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.version.name(), self.purpose.name())
    }
}

impl Scheme {
    /// Reads the two parts of a header.
    #[must_use]
    pub fn from_header(version: &str, purpose: &str) -> Option<Self> {
        Some(Self {
            version: Version::ALL.into_iter().find(|known| known.name() == version)?,
            purpose: Purpose::ALL.into_iter().find(|known| known.name() == purpose)?,
        })
    }

    /// Reads the spelling of cards, `paseto.v4.public`.
    #[must_use]
    pub fn from_wire(scheme: &str) -> Option<Self> {
        let (version, purpose) = scheme.strip_prefix("paseto.")?.split_once('.')?;
        Self::from_header(version, purpose)
    }

    /// Bytes of a message that are its nonce.
    #[must_use]
    pub const fn nonce_bytes(self) -> usize {
        match (self.purpose, self.version) {
            (Purpose::Public, _) => 0,
            (Purpose::Local, Version::V2) => 24,
            (Purpose::Local, _) => 32,
        }
    }

    /// Bytes of a message that are its tag or signature.
    #[must_use]
    pub const fn authentication_bytes(self) -> usize {
        match (self.purpose, self.version) {
            (Purpose::Local, Version::V1 | Version::V3) => 48,
            (Purpose::Local, Version::V2) => 16,
            (Purpose::Local, Version::V4) => 32,
            (Purpose::Public, Version::V1) => 256,
            (Purpose::Public, Version::V2 | Version::V4) => 64,
            (Purpose::Public, Version::V3) => 96,
        }
    }

    /// Which key belongs to this scheme, for messages.
    #[must_use]
    pub const fn wanted_key(self) -> &'static str {
        match (self.purpose, self.version) {
            (Purpose::Local, _) => "a secret of 32 bytes",
            (Purpose::Public, Version::V1) => "an RSA key of 2048 bits",
            (Purpose::Public, Version::V2 | Version::V4) => "an Ed25519 key",
            (Purpose::Public, Version::V3) => "a P-384 key",
        }
    }

    /// Whether the message of `token`, once decoded, is too short to hold a
    /// nonce and a tag or signature.
    pub(crate) fn is_too_short(self, token: &str) -> bool {
        let letters = token.split('.').nth(2).map_or(0, str::len);
        letters * 3 / 4 < self.nonce_bytes() + self.authentication_bytes()
    }

    /// That what is bound to a token has a place in this version.
    ///
    /// # Errors
    /// In words, if there is an implicit assertion and the version has none.
    pub(crate) fn has_place_for(self, bound: &Bound) -> Result<(), String> {
        if bound.implicit_assertion.is_empty() || self.version.has_implicit_assertion() {
            return Ok(());
        }
        Err(format!(
            "an implicit assertion of {} bytes was given, and {self} has none: v3 and v4 do",
            bound.implicit_assertion.len()
        ))
    }
}

/// A key in the raw form that the specification gives it, which is also what
/// its PASERK holds (PASERK specification, types local, public and secret).
///
/// | | opens | seals |
/// |---|---|---|
/// | local | 32 bytes | the same |
/// | v1.public | SubjectPublicKeyInfo, DER | PKCS#1, DER |
/// | v2.public, v4.public | 32 bytes | seed then public key, 64 bytes |
/// | v3.public | compressed point, 49 bytes | scalar, 48 bytes |
pub(crate) struct RawKey {
    /// Verifies or decrypts.
    pub(crate) opening: Vec<u8>,
    /// Signs or encrypts; `None` of a public key.
    pub(crate) sealing: Option<Vec<u8>>,
}

impl RawKey {
    /// The key of `scheme` out of a ring, as a user of that version stores it.
    ///
    /// # Errors
    /// In words, if the ring's PEM can't be read.
    pub(crate) fn of_ring(scheme: Scheme, ring: &KeyRing) -> Result<Self, String> {
        let pair = |sealing: &[u8], opening: &[u8]| Self {
            opening: opening.to_vec(),
            sealing: Some(sealing.to_vec()),
        };
        Ok(match (scheme.purpose, scheme.version) {
            (Purpose::Local, _) => {
                let secret = ring.symmetric::<32>(&format!("paseto.{scheme}"));
                pair(&secret, &secret)
            }
            (Purpose::Public, Version::V1) => {
                let pem = &ring.rsa().pem;
                let (_, secret) =
                    SecretDocument::from_pem(&pem.secret_pem).map_err(|error| error.to_string())?;
                let (_, public) =
                    rsa::pkcs8::Document::from_pem(&pem.public_pem).map_err(|error| error.to_string())?;
                let secret =
                    PrivateKeyInfo::try_from(secret.as_bytes()).map_err(|error| error.to_string())?;
                pair(secret.private_key, public.as_bytes())
            }
            (Purpose::Public, Version::V2 | Version::V4) => {
                pair(&ring.ed25519().secret_then_public(), &ring.ed25519().public)
            }
            (Purpose::Public, Version::V3) => pair(&ring.p384().secret, &ring.p384().public_compressed),
        })
    }

    /// A key from outside, for `scheme` and no other.
    ///
    /// # Errors
    /// In words what was given and what is wanted, if it is of another kind,
    /// length or curve.
    pub(crate) fn of_key(scheme: Scheme, key: &Key) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{} was given, {scheme} wants {}",
                key.describe(),
                scheme.wanted_key()
            )
        };
        if scheme.purpose == Purpose::Local {
            let secret = key.secret().filter(|secret| secret.len() == 32);
            let secret = secret.ok_or_else(wrong)?.to_vec();
            return Ok(Self {
                opening: secret.clone(),
                sealing: Some(secret),
            });
        }
        let public = key.public();
        if let Some(PublicKey::Ed25519(bytes)) = &public
            && ed25519_dalek::VerifyingKey::from_bytes(bytes).is_err()
        {
            return Err(format!(
                "{} that is no point of the curve was given",
                key.describe()
            ));
        }
        let public = public.and_then(|key| public_bytes(scheme.version, &key));
        Ok(Self {
            opening: public.ok_or_else(wrong)?,
            sealing: match key.private() {
                Some(key) => Some(secret_bytes(scheme.version, key).ok_or_else(wrong)?),
                None => None,
            },
        })
    }
}

/// The raw form of a public key; `None` if it is none of this version.
pub(crate) fn public_bytes(version: Version, key: &PublicKey) -> Option<Vec<u8>> {
    match (version, key) {
        (Version::V1, PublicKey::Rsa(key)) if key.n().bits() == 2048 => {
            Some(key.to_public_key_der().ok()?.into_vec())
        }
        (Version::V2 | Version::V4, PublicKey::Ed25519(bytes)) => Some(bytes.to_vec()),
        (Version::V3, PublicKey::P384(key)) => Some(key.to_encoded_point(true).as_bytes().to_vec()),
        _ => None,
    }
}

/// The raw form of a private key; `None` if it is none of this version.
pub(crate) fn secret_bytes(version: Version, key: &PrivateKey) -> Option<Vec<u8>> {
    match (version, key) {
        (Version::V1, PrivateKey::Rsa(key)) if key.n().bits() == 2048 => {
            Some(key.to_pkcs1_der().ok()?.as_bytes().to_vec())
        }
        (Version::V2 | Version::V4, PrivateKey::Ed25519(seed)) => {
            let public = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key();
            Some([&seed[..], public.as_bytes()].concat())
        }
        (Version::V3, PrivateKey::P384(key)) => Some(key.to_bytes().to_vec()),
        _ => None,
    }
}

/// Why a public key seals nothing.
pub(crate) const ONLY_VERIFIES: &str = "a public key was given, signing takes the private key";

/// That the footer of an authentic token is the one that was asked for.
///
/// # Errors
/// [`RejectReason::BadSignature`], as the libraries with such a check have it.
pub(crate) fn expect_footer(bound: &Bound, found: &[u8]) -> Result<(), Rejection> {
    match &bound.footer {
        Some(wanted) if !equal_in_constant_time(wanted, found) => Err(Rejection::new(
            RejectReason::BadSignature,
            "the footer is not the one that was asked for",
        )),
        _ => Ok(()),
    }
}

pub(crate) fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b));
    a.len() == b.len() && black_box(difference) == 0
}

/// Whether the text has the shape of a PASETO, of whatever version.
pub(crate) fn is_paseto(token: &str) -> bool {
    let mut parts = token.split('.');
    let version = parts.next().unwrap_or_default();
    let purpose = parts.next().unwrap_or_default();
    Scheme::from_header(version, purpose).is_some() && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemes() -> impl Iterator<Item = Scheme> {
        Version::ALL
            .into_iter()
            .flat_map(|version| Purpose::ALL.map(|purpose| Scheme { version, purpose }))
    }

    #[test]
    fn a_key_from_outside_has_the_same_raw_form_as_the_ring_s() {
        let ring = KeyRing::from_seed(1);
        for scheme in schemes() {
            let key = ring.key(&format!("paseto.{scheme}")).unwrap();
            let stored = RawKey::of_ring(scheme, &ring).unwrap();
            let given = RawKey::of_key(scheme, &key).unwrap();
            assert_eq!(given.opening, stored.opening, "{scheme}");
            assert_eq!(given.sealing, stored.sealing, "{scheme}");
        }
    }

    #[test]
    fn a_public_key_opens_and_does_not_seal() {
        let ring = KeyRing::from_seed(1);
        for scheme in schemes().filter(|scheme| scheme.purpose == Purpose::Public) {
            let key = ring.key(&format!("paseto.{scheme}")).unwrap();
            let public = Key::Public(key.public().unwrap());
            let raw = RawKey::of_key(scheme, &public).unwrap();
            assert_eq!(raw.sealing, None, "{scheme}");
            assert_eq!(raw.opening, RawKey::of_ring(scheme, &ring).unwrap().opening);
        }
    }

    #[test]
    fn another_scheme_s_key_is_refused_by_name() {
        let ring = KeyRing::from_seed(1);
        for (ours, theirs) in schemes().flat_map(|ours| schemes().map(move |theirs| (ours, theirs))) {
            // A key of bytes does not say what it is for: PASERK does.
            let alike = ours.wanted_key() == theirs.wanted_key();
            let key = ring.key(&format!("paseto.{theirs}")).unwrap();
            let given = RawKey::of_key(ours, &key);
            assert_eq!(given.is_ok(), alike, "{theirs}'s key for {ours}");
            if let Err(problem) = given {
                assert_eq!(
                    problem,
                    format!("{} was given, {ours} wants {}", key.describe(), ours.wanted_key())
                );
            }
        }
        let short = Key::Secret(vec![7; 31]);
        assert_eq!(
            RawKey::of_key(Scheme::from_header("v4", "local").unwrap(), &short).err(),
            Some("a secret of 31 bytes was given, v4.local wants a secret of 32 bytes".to_owned())
        );
    }

    #[test]
    fn a_footer_that_is_asked_for_must_be_there() {
        let asked = |footer: &[u8]| Bound {
            footer: Some(footer.to_vec()),
            ..Bound::default()
        };
        assert_eq!(expect_footer(&Bound::default(), b"any"), Ok(()));
        assert_eq!(expect_footer(&asked(b"a"), b"a"), Ok(()));
        assert_eq!(expect_footer(&asked(b""), b""), Ok(()));
        for (wanted, found) in [(&b"a"[..], &b"b"[..]), (b"a", b""), (b"", b"a"), (b"a", b"ab")] {
            let refused = expect_footer(&asked(wanted), found).unwrap_err();
            assert_eq!(refused.reason, RejectReason::BadSignature, "{wanted:?} {found:?}");
        }
    }

    #[test]
    fn only_what_has_a_version_and_a_purpose_is_a_paseto() {
        assert!(is_paseto("v1.public.AAAA"));
        assert!(is_paseto("v4.local.AAAA.AAAA"));
        for text in ["v4.local", "v5.local.AAAA", "v4.secret.AAAA", "", "aa.bb.cc"] {
            assert!(!is_paseto(text), "{text}");
        }
    }
}
