//! A JWT verifier for HS256 whose secret is the one that the product was
//! shipped with.
//!
//! Models Apache Superset before 2.1.0 (CVE-2023-27524), whose sessions were
//! signed with a secret out of the published configuration wherever nobody had
//! changed it. Nacos had such a value for its tokens, too (issue #10060).

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_keychain;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_entropy::KEY_ENTROPY;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    // The same keys, the other of them in use.
    let mut keys = jwt_keychain::keys(issuer);
    keys.0.reverse();
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-shipped-secret".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_keychain::SCHEME,
            summary: "an HS256 verifier with the secret of the shipped configuration".into(),
            own: &[Weakness::GuessableSecret],
            mends: &[],
            provenance: "model of CVE-2023-27524 (Apache Superset before 2.1.0)".into(),
            hardened: Some(jwt_keychain::ID),
        },
        exposure: jwt_keychain::exposure(issuer, &keys),
        verifier: jwt_keychain::verifier(keys).without(KEY_ENTROPY),
    })
}
