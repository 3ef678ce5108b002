//! The issuer behind every target: the only holder of secret keys in this
//! crate, private to the targets.
//!
//! An attack works on an [`Exposure`], which is all that leaves this folder.

use std::sync::Arc;

use tokenlab_harness::{ClaimSet, Contender, Key, KeyRing, Policy, PublicKeys, SetupError, TokenService};

use crate::attacker::{ATTACKER, footer_with_kid};
use crate::mint::{self, MintError, Signature};
use crate::model::named_key::KeyStore;
use crate::scheme::Scheme;
use crate::target::Exposure;

/// Issues honest tokens for every target.
pub(super) struct Issuer {
    ring: KeyRing,
    public: Arc<PublicKeys>,
    claims: ClaimSet,
}

impl Issuer {
    pub(super) fn from_seed(seed: u64) -> Self {
        let ring = KeyRing::from_seed(seed);
        let policy = Policy::lab();
        Self {
            public: Arc::new(ring.public()),
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

    /// The claims of every honest token.
    #[cfg(feature = "sqlite")]
    pub(super) const fn claims(&self) -> &ClaimSet {
        &self.claims
    }

    pub(super) const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Loads a contender with this issuer's keys and the lab's policy.
    pub(super) fn load(&self, contender: &dyn Contender) -> Result<Box<dyn TokenService>, SetupError> {
        contender.load(&self.ring, &Policy::lab())
    }

    /// What an outsider knows of a target whose honest token for the attacker
    /// is made by `issue`.
    ///
    /// # Panics
    /// If the token can't be made, which would be a bug of a model: the keys
    /// follow from a fixed seed.
    pub(super) fn exposure(
        &self,
        scheme: Scheme,
        issue: impl FnOnce(&ClaimSet) -> Result<String, MintError>,
    ) -> Exposure {
        #[allow(clippy::expect_used)] // fixed keys and fixed claims, held by tests
        let sample_token = issue(&self.claims).expect("an honest token of a model");
        self.exposure_of(scheme, sample_token)
    }

    /// What an outsider knows of a JWT verifier that finds its HMAC key, `secret`,
    /// by name in `store`.
    pub(super) fn jwt_naming(&self, scheme: Scheme, store: &impl KeyStore, secret: &[u8]) -> Exposure {
        self.exposure(scheme, |claims| {
            let Scheme::Jwt(algorithm) = scheme else {
                return Err(MintError::new(format!("{scheme} is no JWT")));
            };
            let signature = Signature::By(algorithm, Key::Secret(secret.to_vec()));
            mint::jws(&header(algorithm.name(), Some(store.kid())), claims, &signature)
        })
    }

    /// What an outsider knows of a PASETO verifier that finds its key by name in
    /// `store`; `key` is the one that makes tokens.
    pub(super) fn paseto_naming(&self, scheme: Scheme, store: &impl KeyStore, key: &Key) -> Exposure {
        self.exposure(scheme, |claims| {
            mint::paseto(scheme, key, claims, &footer_with_kid(store.kid()))
        })
    }

    /// The private or shared key of a scheme.
    ///
    /// # Panics
    /// If the ring has none, which would be a bug of a model.
    pub(super) fn key(&self, scheme: Scheme) -> Key {
        #[allow(clippy::expect_used)] // see above
        self.ring.key(&scheme.to_string()).expect("a key of the issuer")
    }

    /// What an outsider knows of a library's target. The sample is empty if
    /// the library could not be loaded or refuses to issue one.
    pub(super) fn exposure_by(&self, scheme: Scheme, service: Option<&dyn TokenService>) -> Exposure {
        let sample = service.and_then(|service| service.issue(&self.claims).ok());
        self.exposure_of(scheme, sample.unwrap_or_default())
    }

    fn exposure_of(&self, scheme: Scheme, sample_token: String) -> Exposure {
        Exposure {
            scheme,
            sample_token,
            public_key: self.ring.key(&scheme.to_string()).and_then(|key| key.public()),
            sample_claims: self.claims.clone(),
            issuer: Arc::clone(&self.public),
        }
    }
}

/// A JOSE header of an honest token, with or without the name of a key.
pub(super) fn header(alg: &str, kid: Option<&str>) -> serde_json::Map<String, serde_json::Value> {
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
