//! Tokens issued by rusty_paseto 0.4.0: the genuine release, whose builder for
//! v3.local drops the implicit assertion.
//!
//! The issuer binds each tenant's tokens to the tenant by an implicit assertion,
//! and the builder takes it; what it makes is bound to nothing. The verifier is
//! the present release, of a service that has no tenants and expects no
//! assertion: it is the issuer's library that is wrong. Fixed in 0.5.0.

use std::panic::Location;

use rusty_paseto_0_4_0::generic::{
    Footer, GenericBuilder, ImplicitAssertion, Key as RawKey, Local, PasetoClaim, PasetoSymmetricKey, V3,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use tokenlab_harness::{RejectReason, Rejection, SetupError, TokenService, contenders};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::Issuer;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::desk::Draft;
use crate::mint::MintError;
use crate::model::payload;
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let key: [u8; 32] = issuer.ring().symmetric(&SCHEME.to_string());
    Box::new(Unbound {
        profile: TargetProfile {
            id: "rusty-paseto-0-4-0".into(),
            kind: TargetKind::Historic,
            scheme: SCHEME,
            summary:
                "a v3.local service whose issuer uses rusty_paseto 0.4.0, which drops implicit assertions"
                    .into(),
            own: &[Weakness::ImplicitAssertionDropped],
            mends: &[],
            provenance: "rusty_paseto 0.4.0 as issuer, fixed in 0.5.0; 0.10.1 as verifier".into(),
            hardened: Some(TODAY),
        },
        exposure: issuer.exposure(SCHEME, move |draft| built(draft, key)),
        service: contenders::named(TODAY).map(|contender| issuer.load(contender)),
    })
}

/// One claim, as the old builder wants it.
struct Claim(String, Value);

impl PasetoClaim for Claim {
    fn get_key(&self) -> &str {
        &self.0
    }
}

impl Serialize for Claim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut member = serializer.serialize_map(Some(1))?;
        member.serialize_entry(&self.0, &self.1)?;
        member.end()
    }
}

/// A token as drafted, by the old builder.
fn built(draft: &Draft, key: [u8; 32]) -> Result<String, MintError> {
    if !draft.header.is_empty() {
        return Err(MintError::new("a PASETO has no header to write into"));
    }
    payload::has_unique_members(&draft.payload).map_err(MintError::new)?;
    let claims: Map<String, Value> = serde_json::from_slice(&draft.payload).map_err(MintError::new)?;
    let assertion = std::str::from_utf8(&draft.implicit_assertion).map_err(MintError::new)?;
    let key = PasetoSymmetricKey::<V3, Local>::from(RawKey::from(key));
    let mut builder = GenericBuilder::<V3, Local>::default();
    for (name, value) in claims {
        builder.set_claim(Claim(name, value));
    }
    if let Some(footer) = &draft.footer {
        builder.set_footer(Footer::from(footer.as_str()));
    }
    builder.set_implicit_assertion(ImplicitAssertion::from(assertion));
    builder.try_encrypt(&key).map_err(MintError::new)
}

struct Unbound {
    profile: TargetProfile,
    exposure: Exposure,
    service: Option<Result<Box<dyn TokenService>, SetupError>>,
}

impl Target for Unbound {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let dropped = entry(
            "implicit-assertion-in-tag",
            Stage::Signature,
            CheckResult::Absent,
            "the tag covers the implicit assertion that the issuer set",
            Location::caller(),
        );
        let answered = match &self.service {
            Some(Ok(service)) => service.verify(token).map_err(without_place),
            _ => Err(Rejection::new(
                RejectReason::Internal,
                format!("{TODAY} is not here"),
            )),
        };
        let trace = vec![dropped, answer("rusty_paseto 0.10.1", &answered)];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}

/// The same without where in the claims the mistake is: the old builder writes
/// them in any order.
fn without_place(rejection: Rejection) -> Rejection {
    let detail = rejection.detail.split(" at line ").next().unwrap_or_default();
    Rejection::new(rejection.reason, detail.to_owned())
}

/// The contender that is the same library today.
const TODAY: &str = "rusty_paseto/v3.local";
const SCHEME: Scheme = Scheme::Paseto(Version::V3, Purpose::Local);
