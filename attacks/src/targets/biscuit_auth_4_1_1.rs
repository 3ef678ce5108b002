//! `biscuit-auth` 4.1.1 in a federation: the genuine release of CVE-2024-41949.
//!
//! Blocks of third parties share one table of public keys with the rest of the
//! token. The hub writes that it trusts the identity provider, and signs a
//! number; which key has that number follows from what the holder put into the
//! token and into the request. Fixed in 5.0.0, where such blocks have tables of
//! their own.

use std::panic::Location;
use std::sync::Arc;

use biscuit_auth_4_1_1::builder::{BiscuitBuilder, BlockBuilder};
use biscuit_auth_4_1_1::{
    AuthorizerLimits, Biscuit, KeyPair, PrivateKey, PublicKey, ThirdPartyRequest, error,
};
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::biscuit_federation::{self, Members, PATIENCE, asked_in};
use super::issuer::Issuer;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::desk::{Desk, Draft, ThirdParty};
use crate::model::federation;
use crate::scheme::Scheme;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let members = Members::of(issuer);
    #[allow(clippy::expect_used)] // 32 bytes that make a key, held by tests
    let desk = Federation::new(&members).expect("the keys of the federation");
    let root = desk.root.public();
    Box::new(SharedTable {
        profile: TargetProfile {
            id: "biscuit-auth-4-1-1".into(),
            kind: TargetKind::Historic,
            scheme: Scheme::Biscuit,
            summary: "biscuit-auth 4.1.1 in a federation, whose hub signs for requests with a table of keys"
                .into(),
            own: &[Weakness::SharedKeyTable],
            mends: &[],
            provenance: "biscuit-auth 4.1.1, CVE-2024-41949, fixed in 5.0.0".into(),
            hardened: Some(biscuit_federation::ID),
        },
        exposure: issuer.exposure_at(Scheme::Biscuit, Arc::new(desk)),
        root,
    })
}

struct Federation {
    root: KeyPair,
    hub: PrivateKey,
    provider: PublicKey,
}

impl Federation {
    fn new(members: &Members) -> Result<Self, error::Format> {
        Ok(Self {
            root: KeyPair::from(&PrivateKey::from_bytes(&members.root)?),
            hub: PrivateKey::from_bytes(&members.hub)?,
            provider: PrivateKey::from_bytes(&members.provider)?.public(),
        })
    }

    fn issue_code(&self, code: &str) -> Result<String, String> {
        let mut builder = BiscuitBuilder::new();
        builder
            .add_code(code)
            .and_then(|()| builder.build(&self.root))
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
        let check = federation::on_confirmation(subject, &self.hub.public().to_bytes())?;
        self.issue_code(&format!("{}{check}", federation::facts(claims)?))
    }

    fn confirm(&self, subject: &str, request: &[u8]) -> Result<Vec<u8>, String> {
        let code = federation::confirmation(subject, &self.provider.to_bytes())?;
        let mut block = BlockBuilder::new();
        block
            .add_code(code)
            .and_then(|()| ThirdPartyRequest::deserialize(request))
            .and_then(|request| request.create_block(&self.hub, block))
            .and_then(|block| block.serialize())
            .map_err(words)
    }
}

struct SharedTable {
    profile: TargetProfile,
    exposure: Exposure,
    root: PublicKey,
}

impl SharedTable {
    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let authorized = Biscuit::from_base64(token, self.root).and_then(|biscuit| {
            let mut authorizer = biscuit.authorizer()?;
            authorizer.set_limits(AuthorizerLimits {
                max_time: PATIENCE,
                ..AuthorizerLimits::default()
            });
            authorizer.allow()?;
            authorizer.authorize()?;
            Ok(authorizer)
        });
        let authorizer = authorized.map_err(|error| rejection(&error))?;
        let claims = federation::claims(&mut Asked(authorizer))?;
        Policy::lab().check_now(&claims)?;
        Ok(claims)
    }
}

asked_in!(biscuit_auth_4_1_1);

impl Target for SharedTable {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let shared = entry(
            "key-table-of-its-own",
            Stage::KeyChoice,
            CheckResult::Absent,
            "a third-party block names public keys by a table of its own, which its author signs",
            Location::caller(),
        );
        let answered = self.verify(token);
        let trace = vec![shared, answer("biscuit-auth 4.1.1", &answered)];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}

#[cfg(test)]
mod tests {
    use biscuit_auth_4_1_1::UnverifiedBiscuit;

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
        let mut login = BlockBuilder::new();
        login.add_code(federation::logged_in(subject)).unwrap();
        let provider = PrivateKey::from_bytes(&members.provider).unwrap();
        let request = token.third_party_request().unwrap();
        let block = request
            .create_block(&provider, login)
            .unwrap()
            .serialize()
            .unwrap();
        assert!(believes(&token.append_third_party(&block).unwrap()));
    }
}
