//! A PASETO verifier for several issuers that asks whose key it has used.
//!
//! The footer's `kid` picks a key from one list for all issuers, and when the
//! signature is verified the key has to be one of the issuer in `iss`. The
//! specification leaves that to the application.

use tokenlab_harness::Policy;

use super::issuer::Issuer;
use crate::attacker::{OWN_ISSUER, OWN_KID, own_stored_key};
use crate::card::TargetProfile;
use crate::model::key_list::{KeyList, Slot, issuer_of_key};
use crate::model::named_key::key_by_name;
use crate::model::paseto::{self, CLAIMS_POLICY, Paseto};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a v4.public verifier for several issuers that asks whose key it has used",
            "model of RFC 8725 §3.8, which PASETO leaves to the application",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    let list = list(issuer);
    paseto::verifier(&[Purpose::Public], key_by_name(list.clone())).before(CLAIMS_POLICY, issuer_of_key(list))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.paseto_naming(SCHEME, &list(issuer), issuer.key(SCHEME))
}

fn list(issuer: &Issuer) -> KeyList {
    #[allow(clippy::expect_used)] // the attacker has a key of every scheme of a model, held by tests
    let own = own_stored_key(SCHEME).expect("a key of the attacker");
    KeyList(vec![
        Slot {
            kid: "issuer-1",
            issuer: Policy::lab().issuer,
            key: issuer.ring().ed25519().public.to_vec(),
        },
        Slot {
            kid: OWN_KID,
            issuer: OWN_ISSUER.into(),
            key: own,
        },
    ])
}

pub(super) const ID: &str = "paseto-key-per-issuer";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Public);
