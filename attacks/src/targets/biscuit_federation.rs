//! `biscuit-auth` 6.0.0 in a federation: the issuer takes names that a hub
//! confirms, and every block of the token is verified.
//!
//! A request for a third-party block holds the signature of the block before it
//! and no keys (Biscuit specification, version 4 of the format: third-party
//! blocks have key tables of their own). The hub refuses a request that brings
//! some.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use biscuit_auth::builder::{Algorithm, AuthorizerBuilder, BlockBuilder};
use biscuit_auth::{
    AuthorizerLimits, Biscuit, BiscuitBuilder, KeyPair, PrivateKey, PublicKey, ThirdPartyRequest,
};
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::Issuer;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::desk::{Desk, Draft, ThirdParty};
use crate::model::federation;
use crate::scheme::Scheme;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let members = Members::of(issuer);
    #[allow(clippy::expect_used)] // 32 bytes that make a key, held by tests
    let desk = Federation::new(&members).expect("the keys of the federation");
    let root = desk.root.public();
    Box::new(Verifier {
        profile: TargetProfile::hardened(
            ID,
            Scheme::Biscuit,
            "biscuit-auth 6.0.0 in a federation, whose hub signs for requests without keys",
            "biscuit-auth 6.0.0, third-party blocks",
        ),
        exposure: issuer.exposure_at(Scheme::Biscuit, Arc::new(desk)),
        root,
    })
}

/// What the genuine releases of `biscuit-auth` have in common around the
/// federation, though their types are different ones: queries of an authorizer
/// as [`Facts`], and their errors in the shared vocabulary.
macro_rules! asked_in {
    ($release:ident) => {
        struct Asked($release::Authorizer);

        impl $crate::model::federation::Facts for Asked {
            fn text(&mut self, rule: &str) -> Result<Option<String>, Rejection> {
                let found: Result<Vec<(String,)>, _> = self.0.query(rule);
                $crate::model::federation::only(found.map_err(|error| rejection(&error))?)
            }

            fn number(&mut self, rule: &str) -> Result<Option<i64>, Rejection> {
                let found: Result<Vec<(i64,)>, _> = self.0.query(rule);
                $crate::model::federation::only(found.map_err(|error| rejection(&error))?)
            }
        }

        /// The library's errors in the shared vocabulary.
        fn rejection(error: &$release::error::Token) -> Rejection {
            use $release::error::{Format, Token};

            let reason = match error {
                Token::Base64(_) => RejectReason::Encoding,
                Token::Format(Format::Signature(_) | Format::SealedSignature) => RejectReason::BadSignature,
                Token::Format(_) => RejectReason::Malformed,
                Token::FailedLogic(_) => RejectReason::Unauthorized,
                Token::RunLimit(_) => RejectReason::Oversized,
                _ => RejectReason::InvalidClaims,
            };
            Rejection::new(reason, error.to_string())
        }

        /// What the library says, with the cause, which its own message leaves out.
        fn words(error: $release::error::Token) -> String {
            match error {
                $release::error::Token::Format(cause) => cause.to_string(),
                other => other.to_string(),
            }
        }
    };
}
pub(super) use asked_in;

/// Keys of the federation: the issuer's, the hub's, the identity provider's.
pub(super) struct Members {
    pub(super) root: [u8; 32],
    pub(super) hub: [u8; 32],
    pub(super) provider: [u8; 32],
}

impl Members {
    pub(super) fn of(issuer: &Issuer) -> Self {
        let ring = issuer.ring();
        Self {
            root: ring.ed25519().seed,
            hub: ring.symmetric("hub of the federation"),
            provider: ring.symmetric("identity provider of the federation"),
        }
    }
}

struct Federation {
    root: KeyPair,
    hub: PrivateKey,
    hub_public: [u8; 32],
    provider_public: [u8; 32],
}

impl Federation {
    fn new(members: &Members) -> Result<Self, String> {
        let private = |seed: &[u8; 32]| {
            PrivateKey::from_bytes(seed, Algorithm::Ed25519).map_err(|error| error.to_string())
        };
        let public = |key: &PrivateKey| {
            key.public()
                .to_bytes()
                .try_into()
                .map_err(|_| "a long key".to_owned())
        };
        let hub = private(&members.hub)?;
        Ok(Self {
            root: KeyPair::from(&private(&members.root)?),
            hub_public: public(&hub)?,
            hub,
            provider_public: public(&private(&members.provider)?)?,
        })
    }

    fn issue_code(&self, code: &str) -> Result<String, String> {
        BiscuitBuilder::new()
            .code(code)
            .and_then(|builder| builder.build(&self.root))
            .and_then(|biscuit| biscuit.to_base64())
            .map_err(words)
    }
}

impl Desk for Federation {
    fn issue(&self, draft: &Draft) -> Result<String, String> {
        let claims = ClaimSet::from_json::<NumericDate>(&draft.payload).map_err(|error| error.to_string())?;
        self.issue_code(&federation::facts(&claims)?)
    }

    fn third_party(&self) -> Option<&dyn ThirdParty> {
        Some(self)
    }
}

impl ThirdParty for Federation {
    fn unconfirmed(&self, claims: &ClaimSet) -> Result<String, String> {
        let subject = claims.sub.as_deref().unwrap_or_default();
        let check = federation::on_confirmation(subject, &self.hub_public)?;
        self.issue_code(&format!("{}{check}", federation::facts(claims)?))
    }

    fn confirm(&self, subject: &str, request: &[u8]) -> Result<Vec<u8>, String> {
        let block = BlockBuilder::new()
            .code(federation::confirmation(subject, &self.provider_public)?)
            .map_err(words)?;
        ThirdPartyRequest::deserialize(request)
            .and_then(|request| request.create_block(&self.hub, block))
            .and_then(|block| block.serialize())
            .map_err(words)
    }
}

struct Verifier {
    profile: TargetProfile,
    exposure: Exposure,
    root: PublicKey,
}

impl Verifier {
    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let biscuit = Biscuit::from_base64(token, self.root).map_err(|error| rejection(&error))?;
        let authorizer = AuthorizerBuilder::new()
            .set_limits(AuthorizerLimits {
                max_time: PATIENCE,
                ..AuthorizerLimits::default()
            })
            .code("allow if true;")
            .and_then(|builder| builder.build(&biscuit));
        let mut authorizer = authorizer.map_err(|error| rejection(&error))?;
        authorizer.authorize().map_err(|error| rejection(&error))?;
        let claims = federation::claims(&mut Asked(authorizer))?;
        Policy::lab().check_now(&claims)?;
        Ok(claims)
    }
}

asked_in!(biscuit_auth);

impl Target for Verifier {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let configured = entry(
            "configured-scheme",
            Stage::KeyChoice,
            CheckResult::Passed,
            "one root key, configured before any token came",
            Location::caller(),
        );
        let answered = self.verify(token);
        let trace = vec![configured, answer("biscuit-auth 6.0.0", &answered)];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}

/// How long an authorizer may run: the library's millisecond refuses honest
/// tokens on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
pub(super) const ID: &str = "biscuit-federation";

#[cfg(test)]
mod tests {
    use biscuit_auth::UnverifiedBiscuit;

    use super::*;
    use crate::target::Budget;

    #[test]
    fn a_name_is_believed_once_the_hub_and_the_provider_have_confirmed_it() {
        let issuer = Issuer::from_seed(1);
        let members = Members::of(&issuer);
        let (federation, target) = (Federation::new(&members).unwrap(), target(&issuer));
        let believes = |token: &UnverifiedBiscuit| {
            let decision = target.submit(&token.to_base64().unwrap(), Budget::default());
            matches!(decision.outcome, Outcome::Believed(_))
        };
        let claims = &target.exposure().sample_claims;
        let subject = claims.sub.as_deref().unwrap();
        let token = UnverifiedBiscuit::from_base64(federation.unconfirmed(claims).unwrap()).unwrap();
        assert!(!believes(&token));
        let request = token.third_party_request().unwrap().serialize().unwrap();
        let block = federation.confirm(subject, &request).unwrap();
        let token = token.append_third_party(&block).unwrap();
        assert!(!believes(&token));
        let login = BlockBuilder::new().code(federation::logged_in(subject)).unwrap();
        let provider = PrivateKey::from_bytes(&members.provider, Algorithm::Ed25519).unwrap();
        let request = token.third_party_request().unwrap();
        let block = request
            .create_block(&provider, login)
            .unwrap()
            .serialize()
            .unwrap();
        assert!(believes(&token.append_third_party(&block).unwrap()));
    }
}
