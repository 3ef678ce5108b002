//! The registry of targets, in report order.
//!
//! To add a target, add its file and its lines here. Every contender of the
//! harness is a target by itself. Tests compare this list with the files on
//! disk, and demand an attack that breaks each weakness.

mod contenders;
mod issuer;
mod jsonwebtoken_header_algorithm;
mod jwe_nested;
mod jwe_nested_unchecked;
mod jwt_hs256;
mod jwt_kid_folder;
mod jwt_kid_path;
#[cfg(feature = "sqlite")]
mod jwt_kid_sql;
#[cfg(feature = "sqlite")]
mod jwt_kid_table;
mod jwt_none_block_list;
mod jwt_rs256;
mod jwt_unsecured;
mod jwt_untyped_key;
mod paseto_byte_key;
mod paseto_kid_folder;
mod paseto_kid_path;
#[cfg(feature = "sqlite")]
mod paseto_kid_sql;
#[cfg(feature = "sqlite")]
mod paseto_kid_table;
mod paseto_typed_key;
#[cfg(feature = "sqlite")]
mod session_id_in_sql;
#[cfg(feature = "sqlite")]
mod session_table;

use std::sync::OnceLock;

use issuer::Issuer;

use crate::target::Target;

/// Sets a target up with an issuer's keys.
type Build = fn(&Issuer) -> Box<dyn Target>;

/// Models and misconfigured libraries; the contenders follow them.
const TARGETS: &[Build] = &[
    // a model with every check, then what became of it
    jwt_rs256::target,
    jwt_unsecured::target,
    jwt_untyped_key::target,
    jwt_hs256::target,
    jwt_none_block_list::target,
    #[cfg(feature = "sqlite")]
    jwt_kid_table::target,
    #[cfg(feature = "sqlite")]
    jwt_kid_sql::target,
    jwt_kid_folder::target,
    jwt_kid_path::target,
    jsonwebtoken_header_algorithm::target,
    paseto_typed_key::target,
    paseto_byte_key::target,
    #[cfg(feature = "sqlite")]
    paseto_kid_table::target,
    #[cfg(feature = "sqlite")]
    paseto_kid_sql::target,
    paseto_kid_folder::target,
    paseto_kid_path::target,
    jwe_nested::target,
    jwe_nested_unchecked::target,
    #[cfg(feature = "sqlite")]
    session_table::target,
    #[cfg(feature = "sqlite")]
    session_id_in_sql::target,
];

/// Every target that this build holds. The first call makes keys, which takes
/// a moment.
pub fn all() -> &'static [Box<dyn Target>] {
    static ALL: OnceLock<Vec<Box<dyn Target>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let issuer = Issuer::from_seed(SEED);
        let mut targets: Vec<_> = TARGETS.iter().map(|target| target(&issuer)).collect();
        targets.extend(contenders::targets(&issuer));
        targets
    })
}

/// The target of that name.
#[must_use]
pub fn named(id: &str) -> Option<&'static dyn Target> {
    all().iter().find(|target| target.id() == id).map(AsRef::as_ref)
}

/// Whether the target is a contender of the harness.
#[must_use]
pub fn is_contender(target: &dyn Target) -> bool {
    tokenlab_harness::contenders::named(target.id()).is_some()
}

/// Seed of the issuer's keys, known to the targets alone.
const SEED: u64 = 0x0049_5353_5545_5231;
