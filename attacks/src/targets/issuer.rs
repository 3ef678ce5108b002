//! The issuer behind every target: the only holder of secret keys in this
//! crate, private to the targets.
//!
//! An attack works on an [`Exposure`], which is all that leaves this folder.

use std::sync::Arc;

use tokenlab_harness::{ClaimSet, Contender, KeyRing, Policy, PublicKeys, SetupError, TokenService};

use crate::attacker::ATTACKER;
use crate::mint::MintError;
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
