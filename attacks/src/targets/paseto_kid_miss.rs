//! A PASETO verifier whose lookup of an unknown name gives a key of zeros.
//!
//! Models an application's bug: in a language whose maps answer a missing name
//! with the zero of the type, 32 zeros come back, which have the right length.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_key_list;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_list::KeyList;
use crate::model::named_key::{KeyStore, key_found};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let list = paseto_key_list::list(issuer);
    let key_or_zeros = key_found(
        "key-or-zeros",
        "the key of that name, or else 32 zeros",
        move |kid| list.find_or(kid, &[0; 32]),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-kid-miss".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_key_list::SCHEME,
            summary: "a v4.local verifier to which an unknown name is the name of a key of zeros".into(),
            own: &[Weakness::KidMissFailsOpen],
            mends: &[],
            provenance: "model of an application's bug; PASETO's specification forbids it".into(),
            hardened: Some(paseto_key_list::ID),
        },
        exposure: paseto_key_list::exposure(issuer),
        verifier: paseto_key_list::verifier(issuer).replacing(KeyList::CAREFUL, key_or_zeros),
    })
}
