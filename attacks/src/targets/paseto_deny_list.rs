//! A PASETO verifier that keeps a list of the tokens that were called back, and
//! every check.
//!
//! The list is keyed by issuer and `jti`, not by the token's text. It is state,
//! shared by every verifier, which a token was meant to do without; a token
//! without a `jti` can't be called back.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokenlab_harness::{ClaimSet, Key, RejectReason};
use tokenlab_record::transcript::Stage;

use super::issuer::{Issuer, sealed};
use super::paseto_typed_key::{self, SCHEME};
use crate::card::TargetProfile;
use crate::desk::{Desk, Draft};
use crate::model::check::refuse;
use crate::model::paseto::Paseto;
use crate::model::{Check, ModelTarget, Parsed};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let list = DenyList::default();
    let asked = list.clone();
    let not_called_back = Check::new(
        "not-called-back",
        Stage::Application,
        "issuer and jti are not on the list of the called back",
        move |paseto: &mut Paseto| {
            if asked.holds(&paseto.claims()?) {
                return refuse(RejectReason::Unauthorized, "the token was called back");
            }
            Ok(())
        },
    );
    let desk = IssuerWithList {
        key: issuer.key(SCHEME),
        list,
    };
    Box::new(ModelTarget {
        profile: TargetProfile {
            mends: &[Weakness::NoRevocation],
            ..TargetProfile::hardened(
                "paseto-deny-list",
                SCHEME,
                "a v4 verifier that asks a list of the called back",
                "model of RFC 7009 around a PASETO",
            )
        },
        exposure: issuer.exposure_at(SCHEME, Arc::new(desk)),
        verifier: paseto_typed_key::verifier(issuer).and(not_called_back),
    })
}

/// Issuer and `jti` of what was called back; clones are the same list.
#[derive(Clone, Default)]
struct DenyList(Arc<Mutex<BTreeSet<(String, String)>>>);

impl DenyList {
    fn add(&self, claims: ClaimSet) {
        if let (Some(iss), Some(jti)) = (claims.iss, claims.jti) {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert((iss, jti));
        }
    }

    fn holds(&self, claims: &ClaimSet) -> bool {
        let pair = claims.iss.clone().zip(claims.jti.clone());
        pair.is_some_and(|pair| {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&pair)
        })
    }
}

/// The issuer, to whom tokens are handed back.
struct IssuerWithList {
    key: Key,
    list: DenyList,
}

impl Desk for IssuerWithList {
    fn issue(&self, draft: &Draft) -> Result<String, String> {
        sealed(draft, SCHEME, &self.key, "").map_err(|error| error.to_string())
    }

    fn log_out(&self, token: &str) {
        if let Ok(claims) = Paseto::parse(token).claims() {
            self.list.add(claims);
        }
    }
}
