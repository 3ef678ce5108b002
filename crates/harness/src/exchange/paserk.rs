//! PASERK: a PASETO key as text that says its version and its type (PASERK
//! specification, types local, public, secret, lid, pid and sid).
//!
//! The text is read and written by paseto-core, the key in it by this crate,
//! so that a key that is none (a wrong length, a point off its curve, halves
//! that do not belong together) is refused here and not by the first library
//! that meets it. Wrapped types (`local-wrap`, `secret-pw`, `seal`) need another
//! key to be opened and are refused by name: a key belongs in no footer, its id
//! does. Messages never hold a key.

use paseto_core::PasetoError;
use paseto_core::key::KeyType;
use paseto_core::paserk::{IdVersion, KeyId, KeyText};
use paseto_core::version::{Local, Public, Secret};
use paseto_v1::core::V1;
use paseto_v2::core::V2;
use paseto_v3::core::V3;
use paseto_v4::core::V4;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePublicKey;

use super::{Key, PrivateKey, PublicKey};
use crate::paseto::{Purpose, Scheme, Version, public_bytes, secret_bytes};

/// A key with what its text says of it.
#[derive(Clone, Debug)]
pub struct Paserk {
    /// The version it belongs to.
    pub version: Version,
    /// What it does there: a `secret` and a `public` are of public tokens.
    pub purpose: Purpose,
    /// The key.
    pub key: Key,
}

/// Text that holds no key, or not the one that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaserkError {
    /// Neither `k1.` to `k4.` nor a type behind it.
    #[error("not a PASERK: want k1 to k4, then .local., .public. or .secret., then base64url")]
    NotPaserk,
    /// A type that holds no key, or one under another key.
    #[error("{header} was given, which {holds}; want .local., .public. or .secret.")]
    Type {
        /// Version and type as given, `k4.lid`.
        header: String,
        /// What such a text holds.
        holds: &'static str,
    },
    /// What follows the header is no strict base64url.
    #[error("{header} was given with something else than strict base64url behind it")]
    Encoding {
        /// Version and type as given.
        header: String,
    },
    /// The bytes are no key of that version.
    #[error("{header} was given with {given} in it, want {wanted}")]
    NoKey {
        /// Version and type as given.
        header: String,
        /// What is in it.
        given: String,
        /// What should be.
        wanted: &'static str,
    },
    /// A sound PASERK for something else.
    #[error("{header} was given, paseto.{scheme} wants {wanted}")]
    WrongScheme {
        /// Version and type as given.
        header: String,
        /// Version and purpose of the tokens.
        scheme: Scheme,
        /// The headers that fit.
        wanted: String,
    },
    /// A key that has no PASERK of that version.
    #[error("{given} was given, which {version} has no use for", version = .version.name())]
    NotOfVersion {
        /// The key, by kind.
        given: String,
        /// The version that it was to be written for.
        version: Version,
    },
}

/// Reads a key.
///
/// # Errors
/// [`PaserkError`] naming what was given and what is wanted.
pub fn parse(text: &str) -> Result<Paserk, PaserkError> {
    let (version, kind) = header(text)?;
    let bytes = match kind {
        Kind::Local => read::<Local>(version, text),
        Kind::Public => read::<Public>(version, text),
        Kind::Secret => read::<Secret>(version, text),
    };
    let bytes = bytes.map_err(|_| PaserkError::Encoding {
        header: kind.header(version),
    })?;
    Ok(Paserk {
        version,
        purpose: kind.purpose(),
        key: from_raw(version, kind, &bytes)?,
    })
}

/// Reads a key for tokens of `scheme` and no other.
///
/// # Errors
/// As [`parse`], and [`PaserkError::WrongScheme`] of another version or purpose.
pub fn parse_for(scheme: Scheme, text: &str) -> Result<Key, PaserkError> {
    let (version, kind) = header(text)?;
    if version == scheme.version && kind.purpose() == scheme.purpose {
        return parse(text).map(|paserk| paserk.key);
    }
    let wanted = prefix(scheme.version);
    Err(PaserkError::WrongScheme {
        header: kind.header(version),
        scheme,
        wanted: match scheme.purpose {
            Purpose::Local => format!("{wanted}.local"),
            Purpose::Public => format!("{wanted}.public or {wanted}.secret"),
        },
    })
}

/// Reads a key of one version and type and no other.
pub(crate) fn parse_as(version: Version, kind: Kind, text: &str) -> Result<Key, PaserkError> {
    let found = header(text)?;
    if found == (version, kind) {
        return parse(text).map(|paserk| paserk.key);
    }
    Err(PaserkError::WrongScheme {
        header: found.1.header(found.0),
        scheme: Scheme {
            version,
            purpose: kind.purpose(),
        },
        wanted: kind.header(version),
    })
}

/// Writes a key for `version`: a secret as `local`, a private key as `secret`.
///
/// # Errors
/// [`PaserkError::NotOfVersion`] of a kind or length that the version has not.
pub fn write(version: Version, key: &Key) -> Result<String, PaserkError> {
    let (kind, bytes) = raw(version, key)?;
    Ok(match kind {
        Kind::Local => written::<Local>(version, &bytes),
        Kind::Public => written::<Public>(version, &bytes),
        Kind::Secret => written::<Secret>(version, &bytes),
    })
}

/// The id of a key, which may be shown to anyone and put into a footer as
/// `kid`: `lid` of a secret, `pid` of a public and `sid` of a private key.
///
/// # Errors
/// As [`write`].
pub fn id(version: Version, key: &Key) -> Result<String, PaserkError> {
    let (kind, bytes) = raw(version, key)?;
    Ok(match kind {
        Kind::Local => identified::<Local>(version, &bytes),
        Kind::Public => identified::<Public>(version, &bytes),
        Kind::Secret => identified::<Secret>(version, &bytes),
    })
}

/// The types that hold a key as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Local,
    Public,
    Secret,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Public => "public",
            Self::Secret => "secret",
        }
    }

    fn header(self, version: Version) -> String {
        format!("{}.{}", prefix(version), self.name())
    }

    const fn purpose(self) -> Purpose {
        match self {
            Self::Local => Purpose::Local,
            Self::Public | Self::Secret => Purpose::Public,
        }
    }
}

/// How a PASERK of that version begins.
pub(crate) const fn prefix(version: Version) -> &'static str {
    match version {
        Version::V1 => "k1",
        Version::V2 => "k2",
        Version::V3 => "k3",
        Version::V4 => "k4",
    }
}

fn header(text: &str) -> Result<(Version, Kind), PaserkError> {
    let (version, rest) = text.split_once('.').ok_or(PaserkError::NotPaserk)?;
    let (kind, _) = rest.split_once('.').ok_or(PaserkError::NotPaserk)?;
    let version = Version::ALL
        .into_iter()
        .find(|known| prefix(*known) == version)
        .ok_or(PaserkError::NotPaserk)?;
    let other = |holds| {
        Err(PaserkError::Type {
            header: format!("{}.{kind}", prefix(version)),
            holds,
        })
    };
    match kind {
        "local" => Ok((version, Kind::Local)),
        "public" => Ok((version, Kind::Public)),
        "secret" => Ok((version, Kind::Secret)),
        "lid" | "pid" | "sid" => other("is the id of a key and not a key"),
        "local-wrap" | "secret-wrap" | "local-pw" | "secret-pw" | "seal" => {
            other("holds a key under another key or a password")
        }
        _ => Err(PaserkError::NotPaserk),
    }
}

/// The key that `bytes` are in that version and type.
pub(crate) fn from_raw(version: Version, kind: Kind, bytes: &[u8]) -> Result<Key, PaserkError> {
    let no_key = |given: String| PaserkError::NoKey {
        header: kind.header(version),
        given,
        wanted: wanted(version, kind),
    };
    let key = match kind {
        Kind::Local if bytes.len() == 32 => Some(Key::Secret(bytes.to_vec())),
        Kind::Local => None,
        Kind::Public => public(version, bytes).map(Key::Public),
        Kind::Secret => private(version, bytes).map(Key::Private),
    };
    let key = key.ok_or_else(|| no_key(format!("{} bytes", bytes.len())))?;
    // What would be written as something else was not in its one form: an RSA
    // key of another size, a point that is not compressed, halves of two keys.
    match raw(version, &key) {
        Ok((_, written)) if written == bytes => Ok(key),
        _ => Err(no_key(key.describe())),
    }
}

const fn wanted(version: Version, kind: Kind) -> &'static str {
    match (kind, version) {
        (Kind::Local, _) => "32 bytes",
        (Kind::Public, Version::V1) => "an RSA public key of 2048 bits as SubjectPublicKeyInfo, DER",
        (Kind::Secret, Version::V1) => "an RSA private key of 2048 bits as PKCS#1, DER",
        (Kind::Public, Version::V2 | Version::V4) => "an Ed25519 public key, 32 bytes",
        (Kind::Secret, Version::V2 | Version::V4) => {
            "an Ed25519 seed and the public key that belongs to it, 64 bytes"
        }
        (Kind::Public, Version::V3) => "a compressed point of P-384, 49 bytes",
        (Kind::Secret, Version::V3) => "a scalar of P-384, 48 bytes",
    }
}

fn public(version: Version, bytes: &[u8]) -> Option<PublicKey> {
    Some(match version {
        Version::V1 => PublicKey::Rsa(rsa::RsaPublicKey::from_public_key_der(bytes).ok()?),
        Version::V2 | Version::V4 => PublicKey::Ed25519(bytes.try_into().ok()?),
        Version::V3 => PublicKey::P384(p384::PublicKey::from_sec1_bytes(bytes).ok()?),
    })
}

fn private(version: Version, bytes: &[u8]) -> Option<PrivateKey> {
    Some(match version {
        Version::V1 => PrivateKey::Rsa(Box::new(rsa::RsaPrivateKey::from_pkcs1_der(bytes).ok()?)),
        Version::V2 | Version::V4 if bytes.len() == 64 => PrivateKey::Ed25519(*bytes.first_chunk()?),
        Version::V2 | Version::V4 => return None,
        Version::V3 => PrivateKey::P384(p384::SecretKey::from_slice(bytes).ok()?),
    })
}

/// The bytes that a PASERK of `version` holds of `key`.
fn raw(version: Version, key: &Key) -> Result<(Kind, Vec<u8>), PaserkError> {
    let raw = match key {
        Key::Secret(bytes) if bytes.len() == 32 => Some((Kind::Local, bytes.clone())),
        Key::Secret(_) => None,
        Key::Public(key) => public_bytes(version, key).map(|bytes| (Kind::Public, bytes)),
        Key::Private(key) => secret_bytes(version, key).map(|bytes| (Kind::Secret, bytes)),
    };
    raw.ok_or_else(|| PaserkError::NotOfVersion {
        given: key.describe(),
        version,
    })
}

fn read<K: KeyType>(version: Version, text: &str) -> Result<Vec<u8>, PasetoError> {
    match version {
        Version::V1 => text
            .parse()
            .map(|text: KeyText<V1, K>| text.as_raw_bytes().to_vec()),
        Version::V2 => text
            .parse()
            .map(|text: KeyText<V2, K>| text.as_raw_bytes().to_vec()),
        Version::V3 => text
            .parse()
            .map(|text: KeyText<V3, K>| text.as_raw_bytes().to_vec()),
        Version::V4 => text
            .parse()
            .map(|text: KeyText<V4, K>| text.as_raw_bytes().to_vec()),
    }
}

fn written<K: KeyType>(version: Version, bytes: &[u8]) -> String {
    match version {
        Version::V1 => KeyText::<V1, K>::from_raw_bytes(bytes).to_string(),
        Version::V2 => KeyText::<V2, K>::from_raw_bytes(bytes).to_string(),
        Version::V3 => KeyText::<V3, K>::from_raw_bytes(bytes).to_string(),
        Version::V4 => KeyText::<V4, K>::from_raw_bytes(bytes).to_string(),
    }
}

fn identified<K: KeyType>(version: Version, bytes: &[u8]) -> String {
    fn of<V: IdVersion, K: KeyType>(bytes: &[u8]) -> String {
        KeyId::<V, K>::from(&KeyText::from_raw_bytes(bytes)).to_string()
    }
    match version {
        Version::V1 => of::<V1, K>(bytes),
        Version::V2 => of::<V2, K>(bytes),
        Version::V3 => of::<V3, K>(bytes),
        Version::V4 => of::<V4, K>(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Bound;
    use crate::contenders;
    use crate::keys::KeyRing;
    use crate::rejection::RejectReason;

    fn schemes() -> impl Iterator<Item = Scheme> {
        Version::ALL
            .into_iter()
            .flat_map(|version| Purpose::ALL.map(|purpose| Scheme { version, purpose }))
    }

    /// The ring's key of a scheme, and its public half where there is one.
    fn keys(ring: &KeyRing, scheme: Scheme) -> Vec<Key> {
        let key = ring.key(&format!("paseto.{scheme}")).unwrap();
        let public = key.public().map(Key::Public);
        std::iter::once(key).chain(public).collect()
    }

    #[test]
    fn every_key_of_every_scheme_comes_back() {
        let ring = KeyRing::from_seed(1);
        for scheme in schemes() {
            for key in keys(&ring, scheme) {
                let text = write(scheme.version, &key).unwrap();
                let paserk = parse(&text).unwrap();
                assert_eq!(paserk.version, scheme.version);
                assert_eq!(paserk.purpose, scheme.purpose);
                assert_eq!(paserk.key.describe(), key.describe());
                assert_eq!(write(scheme.version, &paserk.key).unwrap(), text);
                assert_eq!(parse_for(scheme, &text).unwrap().describe(), key.describe());
            }
        }
    }

    #[test]
    fn another_version_s_or_purpose_s_key_is_refused_by_name() {
        let ring = KeyRing::from_seed(1);
        for (ours, theirs) in schemes().flat_map(|ours| schemes().map(move |theirs| (ours, theirs))) {
            for key in keys(&ring, theirs) {
                let text = write(theirs.version, &key).unwrap();
                match parse_for(ours, &text) {
                    Ok(_) => assert_eq!(ours, theirs),
                    Err(error) => {
                        assert_ne!(ours, theirs);
                        assert!(matches!(error, PaserkError::WrongScheme { .. }), "{error}");
                    }
                }
            }
        }
        let local = write(Version::V3, &Key::Secret(vec![7; 32])).unwrap();
        let scheme = Scheme::from_header("v4", "public").unwrap();
        assert_eq!(
            parse_for(scheme, &local).unwrap_err().to_string(),
            "k3.local was given, paseto.v4.public wants k4.public or k4.secret"
        );
    }

    #[test]
    fn what_is_no_key_says_what_is_wanted() {
        let no_key = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(
            no_key("k4.local.AAAA"),
            "k4.local was given with 3 bytes in it, want 32 bytes"
        );
        assert_eq!(
            no_key("k4.local.AAA="),
            "k4.local was given with something else than strict base64url behind it"
        );
        assert_eq!(
            no_key(&format!("k4.secret.{}", "A".repeat(86))),
            "k4.secret was given with an Ed25519 private key in it, want an Ed25519 seed and the public key that \
             belongs to it, 64 bytes"
        );
        assert_eq!(
            no_key("k4.local-pw.AAAA"),
            "k4.local-pw was given, which holds a key under another key or a password; want .local., .public. or \
             .secret."
        );
        assert_eq!(
            no_key("k4.lid.AAAA"),
            "k4.lid was given, which is the id of a key and not a key; want .local., .public. or .secret."
        );
        for text in [
            "",
            "k4",
            "k4.local",
            "k5.local.AAAA",
            "k4.lokal.AAAA",
            "v4.local.AAAA",
        ] {
            assert_eq!(parse(text).unwrap_err(), PaserkError::NotPaserk, "{text}");
        }
    }

    #[test]
    fn a_key_without_a_paserk_of_that_version_is_not_written() {
        let ring = KeyRing::from_seed(1);
        let p384 = ring.key("paseto.v3.public").unwrap();
        for write in [write, id] {
            assert_eq!(
                write(Version::V4, &p384).unwrap_err().to_string(),
                "a P-384 private key was given, which v4 has no use for"
            );
            let error = write(Version::V4, &Key::Secret(vec![7; 31])).unwrap_err();
            assert!(matches!(error, PaserkError::NotOfVersion { .. }), "{error}");
        }
    }

    /// pasetors reads and writes the same, where it does at all.
    #[test]
    fn pasetors_agrees_about_texts_and_ids() {
        use pasetors::keys::{AsymmetricPublicKey, AsymmetricSecretKey, SymmetricKey};
        use pasetors::paserk::{FormatAsPaserk, Id};

        fn of<K>(text: &str) -> (String, String)
        where
            K: FormatAsPaserk + for<'a> TryFrom<&'a str, Error = pasetors::errors::Error>,
            Id: for<'a> From<&'a K>,
        {
            let key = K::try_from(text).unwrap();
            let (mut again, mut id) = (String::new(), String::new());
            key.fmt(&mut again).unwrap();
            Id::from(&key).fmt(&mut id).unwrap();
            (again, id)
        }

        use pasetors::{version2::V2, version3::V3, version4::V4};
        let ring = KeyRing::from_seed(1);
        let mut agreed = 0;
        for scheme in schemes() {
            for key in keys(&ring, scheme) {
                let text = write(scheme.version, &key).unwrap();
                let theirs = match text.rsplit_once('.').unwrap().0 {
                    "k2.local" => of::<SymmetricKey<V2>>(&text),
                    "k2.public" => of::<AsymmetricPublicKey<V2>>(&text),
                    "k2.secret" => of::<AsymmetricSecretKey<V2>>(&text),
                    "k3.public" => of::<AsymmetricPublicKey<V3>>(&text),
                    "k3.secret" => of::<AsymmetricSecretKey<V3>>(&text),
                    "k4.local" => of::<SymmetricKey<V4>>(&text),
                    "k4.public" => of::<AsymmetricPublicKey<V4>>(&text),
                    "k4.secret" => of::<AsymmetricSecretKey<V4>>(&text),
                    _ => continue,
                };
                assert_eq!(theirs, (text, id(scheme.version, &key).unwrap()), "{scheme}");
                agreed += 1;
            }
        }
        assert_eq!(agreed, 8);
    }

    /// A key's id in the footer travels in the clear, is given back, and can't
    /// be exchanged: it is authenticated before the key has decrypted anything.
    #[test]
    fn a_key_id_in_a_footer_comes_back_and_is_authenticated() {
        let ring = KeyRing::from_seed(1);
        let mut tried = 0;
        for contender in contenders::all() {
            let contender_id = contender.id();
            let Some(scheme) = Scheme::from_wire(&contender.card().scheme) else {
                continue;
            };
            let key = keys(&ring, scheme).remove(0);
            let codec = contender.codec(&key).unwrap();
            let footer = format!(r#"{{"kid":"{}"}}"#, id(scheme.version, &key).unwrap());
            let bound = Bound {
                footer: Some(footer.clone().into_bytes()),
                ..Bound::default()
            };
            let token = codec.seal(br#"{"sub":"alice"}"#, &bound).unwrap();

            for asked in [&bound, &Bound::default()] {
                let opened = codec.open(&token, asked).unwrap();
                assert_eq!(opened.footer, footer.as_bytes(), "{contender_id}");
                assert_eq!(opened.payload, br#"{"sub":"alice"}"#, "{contender_id}");
            }
            let other = Key::Secret(vec![7; 32]);
            let other = format!(r#"{{"kid":"{}"}}"#, id(scheme.version, &other).unwrap());
            let other_bound = Bound {
                footer: Some(other.clone().into_bytes()),
                ..Bound::default()
            };
            let (message, _) = token.rsplit_once('.').unwrap();
            let exchanged = format!("{message}.{}", base64_of(&other));
            for (what, text, asked) in [
                (
                    "exchanged, any footer will do",
                    exchanged.as_str(),
                    &Bound::default(),
                ),
                ("exchanged, and asked for", &exchanged, &other_bound),
                ("exchanged, the old one asked for", &exchanged, &bound),
                ("left out", message, &Bound::default()),
                ("left out, and asked for", message, &bound),
                ("another asked for", &token, &other_bound),
            ] {
                let refused = codec.open(text, asked).unwrap_err();
                assert_eq!(
                    refused.reason,
                    RejectReason::BadSignature,
                    "{contender_id}: {what}: {refused}"
                );
            }
            tried += 1;
        }
        assert!(tried >= 20, "{tried} contenders");
    }

    fn base64_of(text: &str) -> String {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    }
}
