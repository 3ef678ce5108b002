//! A JWT verifier whose lookup of an unknown name gives an empty key.
//!
//! Models npm jws to 3.2.2, and 4.0.0, by `createVerify` (CVE-2025-65945): the
//! caller's map answers `undefined`, and the HMAC is computed under no bytes.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_key_list;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_list::KeyList;
use crate::model::named_key::{KeyStore, key_found};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let list = jwt_key_list::list(issuer);
    let key_or_nothing = key_found(
        "key-or-nothing",
        "the key of that name, or else no bytes",
        move |kid| list.find_or(kid, b""),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-kid-miss".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_key_list::SCHEME,
            summary: "a verifier to which an unknown name is the name of an empty key".into(),
            own: &[Weakness::KidMissFailsOpen],
            mends: &[],
            provenance: "model of CVE-2025-65945 (npm jws to 3.2.2 and 4.0.0, fixed in 3.2.3 and 4.0.1)"
                .into(),
            hardened: Some(jwt_key_list::ID),
        },
        exposure: jwt_key_list::exposure(issuer),
        verifier: jwt_key_list::verifier(issuer).replacing(KeyList::CAREFUL, key_or_nothing),
    })
}
