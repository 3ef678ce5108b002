//! A JWT verifier that has moved from HS256 to RS256, and every check.
//!
//! Each algorithm has a key of its own, and the old one is still there, since
//! somebody may want to roll back; the list of algorithms has one entry, and no
//! token reaches it (RFC 8725 §3.1 and §3.2).

use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::attacker::RETIRED_KEY;
use crate::card::TargetProfile;
use crate::model::jws::{self, Jws};
use crate::model::named_key::NamesKey;
use crate::model::{Check, ModelTarget, Verifier};
use crate::target::Target;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            jwt_rs256::SCHEME,
            "a verifier that moved from HS256 to RS256 and accepts the latter alone",
            "model of RFC 8725 §3.1 and §3.2",
        ),
        exposure: jwt_rs256::exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Jws> {
    let public = issuer.ring().rsa().pem.public_pem.clone().into_bytes();
    let key_of_algorithm = Check::new(
        "key-of-algorithm",
        Stage::KeyChoice,
        "each algorithm has a key of its own",
        move |jws: &mut Jws| {
            let key = match jws.alg() {
                "HS256" => RETIRED_KEY.to_vec(),
                _ => public.clone(),
            };
            jws.use_key(key);
            Ok(())
        },
    );
    jws::verifier("RS256", key_of_algorithm)
}

pub(super) const ID: &str = "jwt-migrated";
