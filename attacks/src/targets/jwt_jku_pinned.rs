//! A JWT verifier that fetches its key from one address, whatever the token
//! says.
//!
//! The address belongs to the issuer and was configured with it (RFC 8725
//! §3.10). A token may name it (`jku`), and nothing but it, letter for letter:
//! no list of beginnings, no pattern, no other scheme.

use serde_json::Value;
use tokenlab_harness::exchange::PublicKey;
use tokenlab_harness::{RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::attacker::own_key_set;
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::jws::{self, Jws};
use crate::model::web::{self, Web};
use crate::model::{Check, ModelTarget, Verifier, jwk};
use crate::public_key;
use crate::scheme::Scheme;
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier that fetches its key from the one address of its issuer",
            "model of RFC 8725 §3.10",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    let web = web(issuer);
    let pinned = Check::new(
        PINNED_KEY_SET,
        Stage::KeyChoice,
        "the key comes from the configured address, and the token names no other",
        move |jws: &mut Jws| {
            if let Some(other) = jku(jws).filter(|named| *named != web::KEY_SET) {
                return refuse(
                    RejectReason::UnknownKey,
                    format!("jku is {other}, want {}; nothing was fetched", web::KEY_SET),
                );
            }
            jws.key = jwk::first_rsa_pem(&web.fetch(web::KEY_SET)?)?;
            Ok(())
        },
    );
    jws::verifier("RS256", pinned)
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    jwt_rs256::exposure(issuer)
}

/// The address that a token names.
pub(super) fn jku(jws: &Jws) -> Option<&str> {
    jws.member("jku").and_then(Value::as_str)
}

/// Takes the key from the address that the token names, or else from the
/// issuer's.
pub(super) fn fetch_key(jws: &mut Jws, web: &Web) -> Result<(), Rejection> {
    let url = jku(jws).unwrap_or(web::KEY_SET).to_owned();
    let found = web.fetch(&url)?;
    match jwk::first_rsa_pem(&found) {
        Ok(key) => jws.key = key,
        Err(_) => {
            let beginning: String = String::from_utf8_lossy(&found).chars().take(40).collect();
            return refuse(
                RejectReason::UnknownKey,
                format!("fetched {url}: no key set, it begins {beginning}"),
            );
        }
    }
    Ok(())
}

/// The issuer's key set where it publishes it, and the attacker's everywhere
/// else.
pub(super) fn web(issuer: &Issuer) -> Web {
    let issuers = issuer.key(SCHEME).public();
    let set = serde_json::json!({ "keys": [issuers.as_ref().map(|key: &PublicKey| public_key::jwk(key))] });
    #[allow(clippy::expect_used)] // the attacker has a key of every scheme of a model, held by tests
    let outsiders = own_key_set(SCHEME).expect("a key of the attacker");
    Web {
        issuers: set.to_string().into_bytes(),
        outsiders,
    }
}

/// Name of the check that keeps other addresses out.
pub(super) const PINNED_KEY_SET: &str = "pinned-key-set";

pub(super) const ID: &str = "jwt-jku-pinned";
pub(super) const SCHEME: Scheme = jwt_rs256::SCHEME;
