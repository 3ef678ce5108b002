//! A PASETO verifier that finds its key by the footer's `kid` in a table, with
//! a bound parameter.
//!
//! The footer is unauthenticated when it is read, and the specification says
//! so (Payload-Processing, Key-ID Support): `kid` is a value and nothing else.

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::model::key_table::KeyTable;
use crate::model::named_key::key_by_name;
use crate::model::paseto::{self, Paseto};
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a v4.public verifier that looks its key up by name, with a bound parameter",
            "model of PASETO, Payload-Processing, Key-ID Support",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    paseto::verifier(&[Purpose::Public], key_by_name(table(issuer)))
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    issuer.paseto_naming(SCHEME, &table(issuer), issuer.key(SCHEME))
}

pub(super) fn table(issuer: &Issuer) -> KeyTable {
    KeyTable {
        kid: "2026-01",
        key: issuer.ring().ed25519().public.to_vec(),
    }
}

pub(super) const ID: &str = "paseto-kid-table";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Public);
