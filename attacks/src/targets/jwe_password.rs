//! A verifier of JWTs that are encrypted under a password, and every check.
//!
//! The header says how many rounds turn the password into a key, and has to,
//! since the issuer chooses them. The verifier does them before it can know
//! whether the issuer wrote that header, so there is a limit: that of the draft
//! which revises RFC 8725. It is far above the 1,000 rounds of the honest tokens
//! here; a verifier that knows its issuer sets a lower one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::jwe::{self, Recipient};
use crate::model::jwe_password::{Locked, salt, verifier as password_verifier};
use crate::model::{ModelTarget, Verifier};
use crate::pbkdf2;
use crate::scheme::{ContentEncryption, KeyManagement, Scheme};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a verifier of tokens under a password that does a limited number of rounds",
            "model of draft-ietf-oauth-rfc8725bis §3.13",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Locked> {
    password_verifier(password(issuer))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    exposure_under(issuer, password(issuer))
}

/// The same for a verifier that has another password than this one.
pub(super) fn exposure_under(issuer: &Issuer, password: Vec<u8>) -> Exposure {
    // One salt for all: what it keeps apart, equal passwords, is not at stake.
    let p2s = issuer.ring().symmetric::<16>("salt of jwe-password");
    issuer.exposure(SCHEME, move |draft| {
        let key = pbkdf2::derive(&password, &salt(&p2s), ROUNDS);
        let mut header = Map::from_iter([
            ("p2s".to_owned(), Value::from(URL_SAFE_NO_PAD.encode(p2s))),
            ("p2c".to_owned(), Value::from(ROUNDS)),
        ]);
        header.extend(draft.header.clone());
        jwe::seal(&Recipient::Pbes2(key), &header, &draft.payload)
    })
}

fn password(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

/// The least that RFC 7518 §4.8.1.2 recommends, which is enough for a password
/// that nobody can guess.
const ROUNDS: u64 = 1000;

pub(super) const ID: &str = "jwe-password";
pub(super) const SCHEME: Scheme = Scheme::Jwe(KeyManagement::Pbes2Hs512, ContentEncryption::A256Gcm);
