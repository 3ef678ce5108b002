//! A PASETO verifier that uses the footer's `kid` as a path.
//!
//! Models an application's bug. PASETO gives nothing here but the fixed length
//! of its keys, which an uploaded file of 32 bytes has as well.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_kid_folder;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_folder::KeyFolder;
use crate::model::named_key::{KeyStore, key_found};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let folder = paseto_kid_folder::folder(issuer);
    let key_by_joined_path = key_found(
        "key-by-joined-path",
        "the key's name is joined to the folder of keys",
        move |kid| {
            let open = folder.open()?;
            open.read(&open.keys().join(kid))
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-kid-path".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_kid_folder::SCHEME,
            summary: "a v4.local verifier that joins the key's name to a folder and reads what is there"
                .into(),
            own: &[Weakness::KidAsPath],
            mends: &[],
            provenance: "model of an application's bug; PASETO's specification warns of it".into(),
            hardened: Some(paseto_kid_folder::ID),
        },
        exposure: paseto_kid_folder::exposure(issuer),
        verifier: paseto_kid_folder::verifier(issuer).replacing(KeyFolder::CAREFUL, key_by_joined_path),
    })
}
