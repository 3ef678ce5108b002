//! A JWT verifier that writes `kid` into an SQL statement.
//!
//! Models an application's bug and not a library's: the name of the key is
//! joined into the query, and whoever writes the name writes the query
//! (RFC 8725 §2.9).

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::jwt_kid_table;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_table::KeyTable;
use crate::model::named_key::{KeyStore, key_found};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let table = jwt_kid_table::table(issuer);
    let key_by_joined_query = key_found(
        "key-by-joined-query",
        "the key's name is part of the query",
        move |kid| {
            let query = format!("SELECT key FROM signing_keys WHERE kid = '{kid}'");
            table.select_key(&query, [])
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-kid-sql".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_kid_table::SCHEME,
            summary: "a verifier that writes the key's name into an SQL statement".into(),
            own: &[Weakness::KidInSql],
            mends: &[],
            provenance: "model of an application's bug, RFC 8725 §2.9".into(),
            hardened: Some(jwt_kid_table::ID),
        },
        exposure: jwt_kid_table::exposure(issuer),
        verifier: jwt_kid_table::verifier(issuer).replacing(KeyTable::CAREFUL, key_by_joined_query),
    })
}
