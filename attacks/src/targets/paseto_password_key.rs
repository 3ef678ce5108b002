//! A v4.local verifier whose key is the hash of a password.
//!
//! Models a configuration: PASETO wants 32 bytes, and a hash of anything has
//! 32. What the format enforces is a length.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_keychain;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_entropy::KEY_ENTROPY;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    // The same keys, the other of them in use.
    let mut keys = paseto_keychain::keys(issuer);
    keys.0.reverse();
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-password-key".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_keychain::SCHEME,
            summary: "a v4.local verifier whose key is the SHA-256 of a password".into(),
            own: &[Weakness::GuessableSecret],
            mends: &[],
            provenance: "model of a configuration, RFC 8725 §2.2".into(),
            hardened: Some(paseto_keychain::ID),
        },
        exposure: paseto_keychain::exposure(issuer, &keys),
        verifier: paseto_keychain::verifier(keys).without(KEY_ENTROPY),
    })
}
