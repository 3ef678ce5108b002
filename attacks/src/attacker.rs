//! The attacker's knowledge, as a type.
//!
//! Mallory has an account without privileges, hence one honest token; she
//! reads what the issuer publishes; she has keys of her own; she knows a few
//! files of the server because it serves them or because she uploaded them.
//! Nothing in [`AttackerView`] leads to a secret of the issuer, so an attack
//! that cheats does not compile.

use std::cell::Cell;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokenlab_harness::exchange::{PrivateKey, PublicKey, paserk};
use tokenlab_harness::{ClaimSet, Key, KeyRing, PublicKeys, RejectReason, Rejection, decode};

use crate::attack::{CannotForge, Forgery};
use crate::biscuit::Message;
use crate::desk::{Draft, ThirdParty};
use crate::given::Given;
use crate::jwe::{self, Recipient};
use crate::mint::{self, MintError, Signature};
use crate::public_key;
use crate::scheme::{JwsAlgorithm, KeyManagement, Scheme, Version};
use crate::target::{Budget, Exposure, Outcome, Target};

/// Who the attacker is.
pub const ATTACKER: &str = "mallory";

/// Who she would like to be.
pub const VICTIM: &str = "admin";

/// The victim's address, which everybody can look up.
pub const VICTIM_EMAIL: &str = "admin@issuer.example";

/// Her own issuer, where she is a tenant.
pub const OWN_ISSUER: &str = "https://mallory.example";

/// The name under which a verifier knows her own issuer's key.
pub const OWN_KID: &str = "mallory-1";

/// The issuer's secret from before its migration. It is in an old image of the
/// server that anyone can pull, so it stands here for all to read.
pub(crate) const RETIRED_KEY: [u8; 32] = *b"in use until 2023, leaked in '24";

/// More questions than this are no attack on a token but on a bandwidth.
pub const MOST_QUESTIONS: u32 = 1 << 20;

/// What an attack has to work with.
#[derive(Clone)]
pub struct AttackerView<'a> {
    exposure: &'a Exposure,
    wanted: ClaimSet,
    given: &'static [Given],
    target: Option<&'a dyn Target>,
    asked: Cell<u32>,
}

/// What an outsider sees of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Why not; `None` if the token was believed.
    pub refused: Option<Rejection>,
    /// How long it took.
    pub elapsed: Duration,
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
    /// The view of a target from outside, with nothing beside an account.
    #[must_use]
    pub fn of(exposure: &'a Exposure) -> Self {
        let mut wanted = exposure.sample_claims.clone();
        wanted.sub = Some(VICTIM.into());
        Self {
            exposure,
            wanted,
            given: &[],
            target: None,
            asked: Cell::new(0),
        }
    }

    /// The view of a target that answers, with what an attack is given.
    #[must_use]
    pub fn given(target: &'a dyn Target, given: &'static [Given]) -> Self {
        Self {
            given,
            target: Some(target),
            ..Self::of(target.exposure())
        }
    }

    /// A token of the victim's.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given one.
    pub fn stolen_token(&self) -> Result<String, CannotForge> {
        self.demand(Given::StolenToken)?;
        self.at_desk(&Draft::of(self.scheme(), &self.wanted)?)
    }

    /// A token of her own, kept after she logged out.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given one.
    pub fn token_after_logout(&self) -> Result<String, CannotForge> {
        self.demand(Given::TokenAfterLogout)?;
        // A token of its own, so that the sample stays as it is.
        let claims = ClaimSet {
            jti: Some("logged-out".into()),
            ..self.exposure.sample_claims.clone()
        };
        let token = self.at_desk(&Draft::of(self.scheme(), &claims)?)?;
        self.exposure.desk.log_out(&token);
        Ok(token)
    }

    /// The secret that the issuer used before it moved to its present version
    /// or algorithm, and that has leaked since.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given it.
    pub fn retired_key(&self) -> Result<[u8; 32], CannotForge> {
        self.demand(Given::RetiredKey)?;
        Ok(RETIRED_KEY)
    }

    /// The third party that confirms names for the target's issuer, if there is
    /// one.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given it.
    pub fn third_party(&self) -> Result<Option<&'a dyn ThirdParty>, CannotForge> {
        self.demand(Given::ThirdParty)?;
        Ok(self.exposure.desk.third_party())
    }

    /// The usual draft of a token with these claims, to be changed.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the claims can't be written.
    pub fn draft(&self, claims: &ClaimSet) -> Result<Draft, CannotForge> {
        Ok(Draft::of(self.scheme(), claims)?)
    }

    /// A token that the issuer issues as drafted.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given that;
    /// [`CannotForge::Inexpressible`] if the format has no place for what the
    /// draft says, or the issuer's library none.
    pub fn issued(&self, draft: &Draft) -> Result<String, CannotForge> {
        self.demand(Given::IssuerSigns(""))?;
        let asked = self.exposure.desk.issue(draft);
        asked.or_else(|why| {
            let variant = "signed-by-herself";
            Err(CannotForge::Inexpressible {
                why: format!("this issuer can't be made to issue it: {why}"),
                tried: vec![Forgery::analogue(
                    variant,
                    self.token_by_own_key(variant)?,
                    "her own key signs what the issuer does not",
                )],
            })
        })
    }

    /// The name under which the verifier knows her own key, as a tenant's.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given that.
    pub fn registered_kid(&self) -> Result<&'static str, CannotForge> {
        self.demand(Given::Tenancy)?;
        Ok(OWN_KID)
    }

    /// Sends a token and looks at the answer.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given answers, or asks for
    /// more than [`MOST_QUESTIONS`].
    pub fn ask(&self, token: &str) -> Result<Answer, CannotForge> {
        self.demand(Given::Answers)?;
        let target = self
            .target
            .ok_or_else(|| CannotForge::Failed("there is no target to ask".into()))?;
        if self.asked.get() >= MOST_QUESTIONS {
            return Err(CannotForge::Failed(format!(
                "{MOST_QUESTIONS} questions were not enough"
            )));
        }
        self.asked.set(self.asked.get() + 1);
        let decision = target.submit(token, Budget::default());
        let refused = match decision.outcome {
            Outcome::Believed(_) => None,
            Outcome::Rejected(rejection) => Some(rejection),
            Outcome::Exhausted(detail) | Outcome::Panicked(detail) => {
                Some(Rejection::new(RejectReason::Internal, detail))
            }
        };
        Ok(Answer {
            refused,
            elapsed: decision.elapsed,
        })
    }

    /// An id from before any login, where the server hands out such.
    #[must_use]
    pub fn visit(&self) -> Option<String> {
        self.exposure.desk.visit()
    }

    /// Has the victim log in with a browser that carries `planted` already.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the attack is not given such a login.
    pub fn victim_logs_in_with(&self, planted: &str) -> Result<(), CannotForge> {
        self.demand(Given::VictimLogsIn)?;
        let draft = Draft::of(self.scheme(), &self.wanted)?;
        self.exposure.desk.log_in_with(planted, &draft);
        Ok(())
    }

    /// How many questions were asked.
    #[must_use]
    pub fn questions(&self) -> u32 {
        self.asked.get()
    }

    fn demand(&self, wanted: Given) -> Result<(), CannotForge> {
        if self.given.iter().any(|given| given.is_like(wanted)) {
            return Ok(());
        }
        Err(CannotForge::Failed(format!(
            "the attack's card does not say that it is given {wanted:?}"
        )))
    }

    fn at_desk(&self, draft: &Draft) -> Result<String, CannotForge> {
        self.exposure.desk.issue(draft).map_err(CannotForge::Failed)
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

    /// What her honest token says.
    #[must_use]
    pub const fn own(&self) -> &'a ClaimSet {
        &self.exposure.sample_claims
    }

    /// The same without what may travel beside the token: a proof of possession
    /// is written after a `~`.
    #[must_use]
    pub fn bare_sample(&self) -> &'a str {
        self.sample().split('~').next().unwrap_or_default()
    }

    /// The claims she would like to have: her own, with another subject.
    #[must_use]
    pub const fn wanted(&self) -> &ClaimSet {
        &self.wanted
    }

    /// What her own honest token says.
    #[must_use]
    pub const fn sample_claims(&self) -> &'a ClaimSet {
        &self.exposure.sample_claims
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

    /// Her own key set, as she puts it everywhere she can put something: on her
    /// site, on the sites within it, and into a file that the server keeps.
    ///
    /// # Errors
    /// [`CannotForge::Failed`] if the lab has no key of that kind.
    pub fn own_key_set(&self) -> Result<Vec<u8>, CannotForge> {
        Ok(own_key_set(self.exposure.scheme)?)
    }

    /// Her own key of the target's scheme as a JWK: the public half, or the
    /// secret where there is no public one.
    pub(crate) fn own_jwk(&self) -> Result<Value, CannotForge> {
        Ok(own_jwk(self.exposure.scheme)?)
    }

    /// Her own key as a PASERK of that version, `public` or `local`.
    pub(crate) fn own_paserk(&self, version: Version) -> Result<String, CannotForge> {
        let key = match own_key(self.exposure.scheme)? {
            Key::Private(key) => Key::Public(key.public()),
            key => key,
        };
        paserk::write(version, &key).map_err(|error| CannotForge::Failed(error.to_string()))
    }

    /// A token of the target's scheme that says what she wants, names the key
    /// `kid`, and is signed or sealed with her own key. Where the name is all
    /// that there is, as of a session, it is the name.
    pub(crate) fn token_by_own_key(&self, kid: &str) -> Result<String, CannotForge> {
        match self.exposure.scheme {
            Scheme::Session(_) => Ok(kid.to_owned()),
            _ => self.token_saying(&kid_member(kid)),
        }
    }

    /// A token of the target's scheme that says what she wants, has these members
    /// in its header or its footer, and is signed or sealed with her own key. A
    /// biscuit has neither; of a session there is nothing but an id, for which
    /// an unsecured JWT with that header is sent.
    pub(crate) fn token_saying(&self, members: &Map<String, Value>) -> Result<String, CannotForge> {
        let scheme = self.exposure.scheme;
        let wanted = &self.wanted;
        match scheme {
            Scheme::Jwt(algorithm) => {
                let mut header = self.sample_header();
                header.extend(members.clone());
                let signature = Signature::By(algorithm, own_key(scheme)?);
                Ok(mint::jws(&header, wanted, &signature)?)
            }
            Scheme::Jwe(..) => {
                let recipient = own_recipient(scheme)?;
                let payload = mint::jwt_payload(wanted)?;
                Ok(jwe::seal(&recipient, members, payload.as_bytes())?)
            }
            Scheme::Paseto(..) => {
                let footer = Value::Object(members.clone()).to_string();
                Ok(mint::paseto(scheme, &own_key(scheme)?, wanted, &footer)?)
            }
            Scheme::Biscuit => Ok(self.biscuit_by_own_key()?.to_token()),
            Scheme::Session(_) => {
                let mut header = members.clone();
                header.insert("alg".into(), "none".into());
                Ok(mint::jws(&header, wanted, &Signature::Empty)?)
            }
        }
    }

    /// The same view of an attacker who wants other claims.
    pub(crate) fn wanting(&self, claims: ClaimSet) -> Self {
        Self {
            wanted: claims,
            ..self.clone()
        }
    }

    /// A biscuit that says what she wants, signed with a root key of her own and
    /// taken apart.
    pub(crate) fn biscuit_by_own_key(&self) -> Result<Message, CannotForge> {
        let token = mint::biscuit(&own_key(Scheme::Biscuit)?, &self.wanted)?;
        Message::of_token(&token).ok_or_else(|| CannotForge::Failed("her biscuit is no protobuf".into()))
    }

    /// Her honest biscuit with one block more, which its holder may append: the
    /// key to do so is in the token (Biscuit specification, Appending).
    pub(crate) fn biscuit_with_block(&self, block: &Message) -> Result<String, CannotForge> {
        let failed = || CannotForge::Failed("the sample token is no biscuit that can be appended to".into());
        let sample = Message::of_token(self.sample()).ok_or_else(failed)?;
        let Key::Private(PrivateKey::Ed25519(next)) = own_key(Scheme::Biscuit)? else {
            return Err(failed());
        };
        let proof = sample.appended(block, next);
        Ok(proof.ok_or_else(failed)?.to_token())
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

    /// How her honest PASETO ends: a dot and the footer, or nothing without one.
    pub(crate) fn sample_end(&self) -> String {
        match self.sample_footer() {
            none if none.is_empty() => none,
            footer => format!(".{}", mint::part(footer)),
        }
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

/// Her key as a JWK; where the scheme has no keys, one that she might have.
pub(crate) fn own_jwk(scheme: Scheme) -> Result<Value, MintError> {
    let scheme = match scheme {
        Scheme::Session(_) => Scheme::Jwt(JwsAlgorithm::Hs256),
        scheme => scheme,
    };
    let secret = |bytes: &[u8]| json!({ "kty": "oct", "k": mint::part(bytes) });
    Ok(match (scheme, own_key(scheme)?) {
        (_, Key::Private(key @ PrivateKey::Rsa(_))) => public_key::jwk(&key.public()),
        (Scheme::Jwe(alg, _), _) => secret(&own_secret(alg)),
        (_, Key::Private(key)) => public_key::jwk(&key.public()),
        (_, Key::Public(key)) => public_key::jwk(&key),
        (_, Key::Secret(bytes)) => secret(&bytes),
        (_, key) => return Err(MintError::new(format!("{} has no JWK", key.describe()))),
    })
}

/// A set with her key alone (RFC 7517 §5).
pub(crate) fn own_key_set(scheme: Scheme) -> Result<Vec<u8>, MintError> {
    Ok(json!({ "keys": [own_jwk(scheme)?] }).to_string().into_bytes())
}

/// Her domain: whatever is asked for within it, she answers.
pub(crate) const OWN_DOMAIN: &str = "mallory.example";

/// Where the server keeps the picture that she uploaded.
pub(crate) const OWN_UPLOAD: &str = "/srv/uploads/mallory.png";

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
pub(crate) fn own_key(scheme: Scheme) -> Result<Key, MintError> {
    let wire = match scheme {
        // No contender speaks RSA1_5, so a ring has no key for it.
        Scheme::Jwe(KeyManagement::Rsa15, _) => Scheme::Jwt(JwsAlgorithm::Rs256).to_string(),
        _ => scheme.to_string(),
    };
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
            KeyManagement::Rsa15 => Recipient::Rsa15(public),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::ContentEncryption;

    /// RFC 7518 §4.4 and §5.3: the algorithm says how long a key is, and a library
    /// would refuse another before it looks at a forgery.
    #[test]
    fn her_secret_is_as_long_as_the_algorithm_wants_it() {
        for (alg, enc, length) in [
            (KeyManagement::A128Kw, ContentEncryption::A128Gcm, 16),
            (KeyManagement::A256Kw, ContentEncryption::A256Gcm, 32),
            (KeyManagement::Dir, ContentEncryption::A256Gcm, 32),
        ] {
            let scheme = Scheme::Jwe(alg, enc);
            let stored = own_stored_key(scheme).unwrap();
            assert_eq!(stored.len(), length, "{scheme}");
            assert_eq!(own_jwk(scheme).unwrap()["k"], mint::part(&stored), "{scheme}");
        }
    }
}
