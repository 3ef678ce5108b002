//! A JWT verifier that uses `kid` as a path.
//!
//! Models an application's bug: the name of the key is joined to the folder of
//! keys, `../` leads out of it, and an absolute path replaces it altogether.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_kid_folder;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_folder::KeyFolder;
use crate::model::named_key::{KeyStore, key_found};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let folder = jwt_kid_folder::folder(issuer);
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
            id: "jwt-kid-path".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_kid_folder::SCHEME,
            summary: "a verifier that joins the key's name to a folder and reads what is there".into(),
            own: &[Weakness::KidAsPath],
            mends: &[],
            provenance: "model of an application's bug, RFC 8725 §3.10".into(),
            hardened: Some(jwt_kid_folder::ID),
        },
        exposure: jwt_kid_folder::exposure(issuer),
        verifier: jwt_kid_folder::verifier(issuer).replacing(KeyFolder::CAREFUL, key_by_joined_path),
    })
}
