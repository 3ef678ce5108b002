//! The attacker's knowledge, as a type.
//!
//! Mallory has an account without privileges, hence one honest token; she
//! reads what the issuer publishes; she has keys of her own; she knows a few
//! files of the server because it serves them or because she uploaded them.
//! Nothing in [`AttackerView`] leads to a secret of the issuer, so an attack
//! that cheats does not compile.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use tokenlab_harness::exchange::{PrivateKey, PublicKey};
use tokenlab_harness::{ClaimSet, Key, KeyRing, PublicKeys, decode};

use crate::attack::CannotForge;
use crate::biscuit::Message;
use crate::jwe::{self, Recipient};
use crate::mint::{self, MintError, Signature};
use crate::public_key;
use crate::scheme::{KeyManagement, Scheme};
use crate::target::Exposure;

/// Who the attacker is.
pub const ATTACKER: &str = "mallory";

/// Who she would like to be.
pub const VICTIM: &str = "admin";

/// What an attack has to work with.
#[derive(Clone)]
pub struct AttackerView<'a> {
    exposure: &'a Exposure,
    wanted: ClaimSet,
}

/// A file of the server that an outsider knows, by its path from the folder
/// that the server's folders are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Path, with forward slashes.
    pub path: &'static str,
    /// Content, byte for byte.
    pub content: Vec<u8>,
}

impl<'a> AttackerView<'a> {
    /// The view of a target from outside.
    #[must_use]
    pub fn of(exposure: &'a Exposure) -> Self {
        let mut wanted = exposure.sample_claims.clone();
        wanted.sub = Some(VICTIM.into());
        Self { exposure, wanted }
    }

    /// What the issuer issues, as its tokens show.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.exposure.scheme
    }

    /// Her own honest token.
    #[must_use]
    pub fn sample(&self) -> &'a str {
        &self.exposure.sample_token
    }

    /// The claims she would like to have: her own, with another subject.
    #[must_use]
    pub const fn wanted(&self) -> &ClaimSet {
        &self.wanted
    }

    /// The public keys that the issuer publishes, whoever uses them.
    #[must_use]
    pub fn issuer(&self) -> &'a PublicKeys {
        &self.exposure.issuer
    }

    /// The public key that verifies this target's tokens, or encrypts to it;
    /// `None` where issuer and verifier share a secret or a store.
    #[must_use]
    pub fn public_key(&self) -> Option<&'a PublicKey> {
        self.exposure.public_key.as_ref()
    }

    /// Files of the server whose path and content she knows: one that it
    /// serves to everybody, one that she uploaded herself.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if she has nothing to upload.
    pub fn known_files(&self) -> Result<[KnownFile; 2], CannotForge> {
        Ok(known_files(self.own_record()?))
    }

    /// What would have to be stored in the place of the issuer's key for the
    /// target to believe her: her own key as this scheme's verifiers store it,
    /// or a session of hers.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the lab has no key of that kind.
    pub fn own_record(&self) -> Result<Vec<u8>, CannotForge> {
        match self.exposure.scheme {
            Scheme::Session(_) => Ok(mint::jwt_payload(&self.wanted)?.into_bytes()),
            scheme => Ok(own_stored_key(scheme)?),
        }
    }

    /// A token of the target's scheme that says what she wants, names the key
    /// `kid`, and is signed or sealed with her own key. Where the name is all
    /// that there is, as of a session, it is the name.
    pub(crate) fn token_by_own_key(&self, kid: &str) -> Result<String, CannotForge> {
        let scheme = self.exposure.scheme;
        let wanted = &self.wanted;
        match scheme {
            Scheme::Jwt(algorithm) => {
                let signature = Signature::By(algorithm, own_key(scheme)?);
                Ok(mint::jws(&self.header_with_kid(kid), wanted, &signature)?)
            }
            Scheme::Jwe(..) => {
                let recipient = own_recipient(scheme)?;
                let payload = mint::jwt_payload(wanted)?;
                Ok(jwe::seal(&recipient, &kid_member(kid), payload.as_bytes())?)
            }
            Scheme::Paseto(..) => Ok(mint::paseto(
                scheme,
                &own_key(scheme)?,
                wanted,
                &footer_with_kid(kid),
            )?),
            Scheme::Biscuit => Ok(self.biscuit_by_own_key()?.to_token()),
            Scheme::Session(_) => Ok(kid.to_owned()),
        }
    }

    /// A biscuit that says what she wants, signed with a root key of her own and
    /// taken apart.
    pub(crate) fn biscuit_by_own_key(&self) -> Result<Message, CannotForge> {
        let token = mint::biscuit(&own_key(Scheme::Biscuit)?, &self.wanted)?;
        Message::of_token(&token).ok_or_else(|| CannotForge::Failed("her biscuit is no protobuf".into()))
    }

    /// The JOSE header of her honest token; empty if the sample is no JWT.
    pub(crate) fn sample_header(&self) -> Map<String, Value> {
        decode::decode(self.sample())
            .parts
            .first()
            .and_then(|part| serde_json::from_slice(&part.bytes).ok())
            .unwrap_or_default()
    }

    /// The footer of her honest token; empty if it has none.
    pub(crate) fn sample_footer(&self) -> String {
        decode::decode(self.sample())
            .parts
            .iter()
            .find(|part| part.name == "footer")
            .map_or_else(String::new, decode::Part::text)
    }

    /// The JOSE header of her honest token with `alg` changed.
    pub(crate) fn header_with_alg(&self, alg: &str) -> Map<String, Value> {
        let mut header = self.sample_header();
        header.insert("alg".into(), alg.into());
        header
    }

    /// The JOSE header of her honest token with `kid` changed.
    pub(crate) fn header_with_kid(&self, kid: &str) -> Map<String, Value> {
        let mut header = self.sample_header();
        header.insert("kid".into(), kid.into());
        header
    }
}

/// A PASETO footer that names a key, as the specification suggests
/// (Payload-Processing, Key-ID Support).
pub(crate) fn footer_with_kid(kid: &str) -> String {
    json!({ "kid": kid }).to_string()
}

/// A JOSE header with nothing in it but the name of a key.
fn kid_member(kid: &str) -> Map<String, Value> {
    Map::from_iter([("kid".to_owned(), kid.into())])
}

/// Files of a server that an outsider knows; the server has them, whatever it
/// keeps beside them.
pub(crate) fn known_files(uploaded: Vec<u8>) -> [KnownFile; 2] {
    [
        KnownFile {
            path: "public/robots.txt",
            content: b"User-agent: *\nDisallow: /admin\n".to_vec(),
        },
        KnownFile {
            path: "uploads/mallory.png",
            content: uploaded,
        },
    ]
}

/// Her own key of this scheme as a verifier would have stored it: a secret as
/// it is, a public key as PEM or, where the scheme has none, raw; the private
/// one where it is the private one that opens.
pub(crate) fn own_stored_key(scheme: Scheme) -> Result<Vec<u8>, MintError> {
    let raw_first = matches!(scheme, Scheme::Paseto(..) | Scheme::Biscuit);
    match (scheme, own_key(scheme)?) {
        (Scheme::Jwe(..), Key::Private(key @ PrivateKey::Rsa(_))) => {
            let pem = key
                .to_pem()
                .ok_or_else(|| MintError::new("an RSA key without PEM"))?;
            Ok(pem.into_bytes())
        }
        (Scheme::Jwe(alg, _), _) => Ok(own_secret(alg)),
        (_, Key::Secret(secret)) => Ok(secret),
        (_, key) => {
            let public = key
                .public()
                .ok_or_else(|| MintError::new("a key without a public half"))?;
            let raw = public_key::raw(&public).map(|(_, bytes)| bytes);
            let pem = public.to_pem().map(String::into_bytes);
            let stored = if raw_first { raw.or(pem) } else { pem.or(raw) };
            stored.ok_or_else(|| MintError::new("a public key without an encoding"))
        }
    }
}

/// Her own key of a scheme.
fn own_key(scheme: Scheme) -> Result<Key, MintError> {
    let wire = scheme.to_string();
    own_ring()
        .key(&wire)
        .ok_or_else(|| MintError::new(format!("the lab has no key for {wire}")))
}

/// Whoever has [`own_stored_key`] can open it. Where the scheme's own way to
/// the content key has no writer here, the key is used as it is.
fn own_recipient(scheme: Scheme) -> Result<Recipient, MintError> {
    let Scheme::Jwe(alg, _) = scheme else {
        return Err(MintError::new(format!("{scheme} is no JWE")));
    };
    if let Key::Private(PrivateKey::Rsa(key)) = own_key(scheme)? {
        let public = Box::new(key.to_public_key());
        return Ok(match alg {
            KeyManagement::RsaOaep => Recipient::RsaOaep(public),
            _ => Recipient::RsaOaep256(public),
        });
    }
    Ok(match alg {
        KeyManagement::A128Kw => Recipient::A128Kw(own_ring().symmetric(OWN_SECRET)),
        KeyManagement::A256Kw => Recipient::A256Kw(own_ring().symmetric(OWN_SECRET)),
        _ => Recipient::Direct(own_secret(alg)),
    })
}

/// Her own secret for a JWE, as long as it has to be.
fn own_secret(alg: KeyManagement) -> Vec<u8> {
    match alg {
        KeyManagement::A128Kw => own_ring().symmetric::<16>(OWN_SECRET).to_vec(),
        _ => own_ring().symmetric::<32>(OWN_SECRET).to_vec(),
    }
}

const OWN_SECRET: &str = "mallory's own";

/// The attacker's keys. Their seed is no secret and no issuer's.
fn own_ring() -> &'static KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    RING.get_or_init(|| KeyRing::from_seed(0x004D_414C_4C4F_5259))
}
