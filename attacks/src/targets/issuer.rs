//! The issuer behind every target: the only holder of secret keys in this
//! crate, private to the targets.
//!
//! An attack works on an [`Exposure`], which is all that leaves this folder.

use std::sync::Arc;

use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::exchange::PrivateKey;
use tokenlab_harness::{
    Bound, ClaimSet, Contender, Key, KeyRing, Policy, PublicKeys, SetupError, TokenService,
};

use crate::attacker::{ATTACKER, VICTIM, footer_with_kid};
use crate::desk::{Desk, Draft};
use crate::jwe::{self, Recipient};
use crate::mint::{self, MintError, Signature};
use crate::model::named_key::KeyStore;
use crate::model::store::SessionStore;
use crate::scheme::{KeyManagement, Scheme};
use crate::target::Exposure;

/// Issues honest tokens for every target.
pub(super) struct Issuer {
    ring: KeyRing,
    public: Arc<PublicKeys>,
    claims: ClaimSet,
    sessions: SessionStore,
}

impl Issuer {
    pub(super) fn from_seed(seed: u64) -> Self {
        let ring = KeyRing::from_seed(seed);
        let policy = Policy::lab();
        Self {
            public: Arc::new(ring.public()),
            sessions: SessionStore::of(ring.symmetric::<32>("sessions").to_vec()),
            ring,
            claims: ClaimSet {
                iss: Some(policy.issuer),
                sub: Some(ATTACKER.into()),
                aud: vec![policy.audience],
                exp: Some(EXPIRY),
                iat: Some(ISSUED_AT),
                ..ClaimSet::default()
            },
        }
    }

    /// The claims of an honest token of the victim's.
    pub(super) fn victims_claims(&self) -> ClaimSet {
        ClaimSet {
            sub: Some(VICTIM.into()),
            ..self.claims.clone()
        }
    }

    /// The store behind the models of sessions in a map: one for all, so that
    /// twins differ in what they check and not in what they know.
    pub(super) const fn sessions(&self) -> &SessionStore {
        &self.sessions
    }

    pub(super) const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Loads a contender with this issuer's keys and the lab's policy.
    pub(super) fn load(&self, contender: &dyn Contender) -> Result<Box<dyn TokenService>, SetupError> {
        contender.load(&self.ring, &Policy::lab())
    }

    /// What the world sees of a target whose tokens are made by `issue`.
    ///
    /// # Panics
    /// If the attacker's own token can't be made, which would be a bug of a
    /// model: the keys follow from a fixed seed.
    pub(super) fn exposure(
        &self,
        scheme: Scheme,
        issue: impl Fn(&Draft) -> Result<String, MintError> + Send + Sync + 'static,
    ) -> Exposure {
        self.exposure_at(scheme, Arc::new(Issues(issue)))
    }

    /// The same with a desk that can do more than issue.
    ///
    /// # Panics
    /// As [`exposure`](Self::exposure).
    pub(super) fn exposure_at(&self, scheme: Scheme, desk: Arc<dyn Desk>) -> Exposure {
        #[allow(clippy::expect_used)] // fixed keys and fixed claims, held by tests
        let sample_token = Draft::of(scheme, &self.claims)
            .map_err(|error| error.to_string())
            .and_then(|draft| desk.issue(&draft))
            .expect("an honest token of a model");
        self.exposure_of(scheme, sample_token, desk)
    }

    /// What the world sees of a JWT verifier that finds its HMAC key, `secret`,
    /// by name in `store`.
    pub(super) fn jwt_naming(&self, scheme: Scheme, store: &impl KeyStore, secret: &[u8]) -> Exposure {
        let (kid, secret) = (store.kid(), secret.to_vec());
        self.exposure(scheme, move |draft| {
            let Scheme::Jwt(algorithm) = scheme else {
                return Err(MintError::new(format!("{scheme} is no JWT")));
            };
            let signature = Signature::By(algorithm, Key::Secret(secret.clone()));
            signed(draft, algorithm.name(), Some(kid), &signature)
        })
    }

    /// What the world sees of a PASETO verifier that finds its key by name in
    /// `store`; `key` is the one that makes tokens.
    pub(super) fn paseto_naming(&self, scheme: Scheme, store: &impl KeyStore, key: Key) -> Exposure {
        let footer = footer_with_kid(store.kid());
        self.exposure(scheme, move |draft| sealed(draft, scheme, &key, &footer))
    }

    /// The private or shared key of a scheme.
    ///
    /// # Panics
    /// If the ring has none, which would be a bug of a model.
    pub(super) fn key(&self, scheme: Scheme) -> Key {
        #[allow(clippy::expect_used)] // see above
        self.ring.key(&scheme.to_string()).expect("a key of the issuer")
    }

    /// What the world sees of a library's target. The sample is empty if the
    /// library could not be loaded or refuses to issue one.
    pub(super) fn exposure_by(
        &self,
        scheme: Scheme,
        service: &Arc<Result<Box<dyn TokenService>, SetupError>>,
    ) -> Exposure {
        let sample = service.as_ref().as_ref().ok();
        let sample = sample.and_then(|service| service.issue(&self.claims).ok());
        let desk = LibraryDesk {
            scheme,
            key: self.ring.key(&scheme.to_string()),
            service: Arc::clone(service),
        };
        self.exposure_of(scheme, sample.unwrap_or_default(), Arc::new(desk))
    }

    fn exposure_of(&self, scheme: Scheme, sample_token: String, desk: Arc<dyn Desk>) -> Exposure {
        Exposure {
            scheme,
            sample_token,
            public_key: self.ring.key(&scheme.to_string()).and_then(|key| key.public()),
            sample_claims: self.claims.clone(),
            issuer: Arc::clone(&self.public),
            desk,
        }
    }
}

/// A desk that issues and keeps nothing.
struct Issues<F>(F);

impl<F> Desk for Issues<F>
where
    F: Fn(&Draft) -> Result<String, MintError> + Send + Sync,
{
    fn issue(&self, draft: &Draft) -> Result<String, String> {
        (self.0)(draft).map_err(|error| error.to_string())
    }
}

/// The desk of a contender: drafts that a library would not write are signed by
/// hand, with its key.
struct LibraryDesk {
    scheme: Scheme,
    key: Option<Key>,
    service: Arc<Result<Box<dyn TokenService>, SetupError>>,
}

impl Desk for LibraryDesk {
    fn issue(&self, draft: &Draft) -> Result<String, String> {
        let key = || {
            self.key
                .as_ref()
                .ok_or_else(|| format!("no key of {}", self.scheme))
        };
        match self.scheme {
            Scheme::Session(_) => {
                let claims =
                    ClaimSet::from_json::<NumericDate>(&draft.payload).map_err(|error| error.to_string())?;
                let service = self.service.as_ref().as_ref().map_err(ToString::to_string)?;
                service.issue(&claims).map_err(|error| error.to_string())
            }
            Scheme::Jwt(algorithm) => {
                let signature = Signature::By(algorithm, key()?.clone());
                signed(draft, algorithm.name(), None, &signature).map_err(|error| error.to_string())
            }
            Scheme::Jwe(alg, _) if !draft.header.is_empty() => {
                let recipient = recipient(alg, key()?)?;
                jwe::seal(&recipient, &draft.header, &draft.payload).map_err(|error| error.to_string())
            }
            scheme => sealed(draft, scheme, key()?, "").map_err(|error| error.to_string()),
        }
    }

    fn log_out(&self, token: &str) {
        let service = self.service.as_ref().as_ref().ok();
        if let Some(sessions) = service.and_then(|service| service.session()) {
            // A session that is already gone is as gone as one can be.
            let _gone = sessions.revoke(token);
        }
    }

    fn log_in_with(&self, _planted: &str, draft: &Draft) {
        // Every login of these stores makes a new id, which is the victim's own.
        if let Scheme::Session(_) = self.scheme {
            let _new = self.issue(draft);
        }
    }
}

/// Who opens a JWE of that kind, where this crate can write its header.
fn recipient(alg: KeyManagement, key: &Key) -> Result<Recipient, String> {
    let sized = |secret: &[u8]| {
        secret
            .try_into()
            .map_err(|_| "a key of another length".to_owned())
    };
    match (alg, key) {
        (KeyManagement::Dir, Key::Secret(secret)) => Ok(Recipient::Direct(secret.clone())),
        (KeyManagement::A256Kw, Key::Secret(secret)) => sized(secret).map(Recipient::A256Kw),
        (KeyManagement::RsaOaep, Key::Private(PrivateKey::Rsa(key))) => {
            Ok(Recipient::RsaOaep(Box::new(key.to_public_key())))
        }
        _ => Err(format!("the lab writes no header of its own for {}", alg.name())),
    }
}

/// A JWS as drafted: the usual header with the draft's members.
pub(super) fn signed(
    draft: &Draft,
    alg: &str,
    kid: Option<&str>,
    signature: &Signature,
) -> Result<String, MintError> {
    let mut header = header(alg, kid);
    header.extend(draft.header.clone());
    let header = serde_json::to_string(&header).map_err(MintError::new)?;
    mint::jws_of(&header, &draft.payload, signature)
}

/// A PASETO, JWE or biscuit as drafted, with `footer` unless the draft has one.
pub(super) fn sealed(draft: &Draft, scheme: Scheme, key: &Key, footer: &str) -> Result<String, MintError> {
    if !draft.header.is_empty() {
        return Err(MintError::new(format!("{scheme} has no header to write into")));
    }
    let footer = draft.footer.as_deref().unwrap_or(footer);
    let bound = Bound {
        footer: (!footer.is_empty()).then(|| footer.into()),
        implicit_assertion: draft.implicit_assertion.clone(),
        ..Bound::default()
    };
    mint::seal(scheme, key, &draft.payload, &bound)
}

/// A JOSE header of an honest token, with or without the name of a key.
fn header(alg: &str, kid: Option<&str>) -> serde_json::Map<String, serde_json::Value> {
    let mut header = serde_json::Map::new();
    header.insert("alg".into(), alg.into());
    header.insert("typ".into(), "JWT".into());
    if let Some(kid) = kid {
        header.insert("kid".into(), kid.into());
    }
    header
}

/// Times of all honest tokens: fixed, so that a replay can be repeated, from
/// the start of 2025 to the start of 2100.
const ISSUED_AT: i64 = 1_735_689_600;
const EXPIRY: i64 = 4_102_444_800;
