//! A PASETO verifier that writes the footer's `kid` into an SQL statement.
//!
//! Models an application's bug. PASETO gives nothing here: the signature comes
//! after the lookup, and the lookup is where the attacker is.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_kid_table;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::key_table::KeyTable;
use crate::model::named_key::{KeyStore, key_found};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let table = paseto_kid_table::table(issuer);
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
            id: "paseto-kid-sql".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_kid_table::SCHEME,
            summary: "a v4.public verifier that writes the key's name into an SQL statement".into(),
            own: &[Weakness::KidInSql],
            mends: &[],
            provenance: "model of an application's bug; PASETO's specification warns of it".into(),
            hardened: Some(paseto_kid_table::ID),
        },
        exposure: paseto_kid_table::exposure(issuer),
        verifier: paseto_kid_table::verifier(issuer).replacing(KeyTable::CAREFUL, key_by_joined_query),
    })
}
