//! The registry of targets, in report order.
//!
//! To add a target, add its file and its lines here. Every contender of the
//! harness is a target by itself. Tests compare this list with the files on
//! disk, and demand an attack that breaks each weakness.

mod biscuit_auth_4_1_1;
mod biscuit_federation;
mod contenders;
pub mod deviations;
mod issuer;
#[cfg(feature = "openssl")]
mod josekit_0_8_4;
mod jsonwebtoken_10_2_0;
mod jsonwebtoken_9_3_1;
mod jsonwebtoken_audience_optional;
mod jsonwebtoken_header_algorithm;
mod jsonwebtoken_insecure_decode;
mod jwe_inflating;
mod jwe_inflating_unlimited;
mod jwe_nested;
mod jwe_nested_unchecked;
mod jwe_password;
mod jwe_password_unlimited;
mod jwe_rsa15;
mod jwe_rsa15_two_answers;
mod jwt_any_typ;
mod jwt_array_payload;
mod jwt_audience_optional;
mod jwt_audience_unchecked;
mod jwt_blank_secret;
mod jwt_cache_by_email;
mod jwt_compact_only;
mod jwt_constant_compare;
mod jwt_crit_ignored;
mod jwt_decoded;
mod jwt_denylist;
mod jwt_denylist_lenient;
mod jwt_embedded_jwk;
mod jwt_es256;
mod jwt_es256_any_number;
mod jwt_es256_der;
mod jwt_es256_zeros_refused;
mod jwt_expiry_optional;
mod jwt_explicit_typ;
mod jwt_hand_read;
mod jwt_hand_read_deep;
mod jwt_hs256;
mod jwt_issuer_in_list;
mod jwt_issuer_prefix;
mod jwt_issuer_substring;
mod jwt_jku_followed;
mod jwt_jku_pinned;
mod jwt_jku_prefix;
mod jwt_json_unsigned;
mod jwt_jwk_as_secret;
mod jwt_key_list;
mod jwt_key_of_any_issuer;
mod jwt_key_per_issuer;
mod jwt_key_slots;
mod jwt_keychain;
mod jwt_kid_folder;
mod jwt_kid_miss;
mod jwt_kid_path;
mod jwt_kid_sql;
mod jwt_kid_table;
mod jwt_last_member;
mod jwt_leaky_compare;
mod jwt_migrated;
mod jwt_migration_open;
mod jwt_none_block_list;
mod jwt_null_signature;
mod jwt_or_jwe;
mod jwt_proof_of_possession;
mod jwt_public_key_block_list;
mod jwt_rs256;
mod jwt_shipped_secret;
mod jwt_two_parsers;
mod jwt_unsecured;
mod jwt_untyped_key;
mod old_jsonwebtoken;
mod paseto_any_kind;
mod paseto_audience_unchecked;
mod paseto_byte_key;
mod paseto_cache_by_email;
mod paseto_decoded;
mod paseto_deny_list;
mod paseto_expiry_optional;
mod paseto_footer_account;
mod paseto_footer_cut_off;
mod paseto_footer_expected;
mod paseto_footer_ignored;
mod paseto_footer_key;
mod paseto_issuer_prefix;
mod paseto_key_list;
mod paseto_key_of_any_issuer;
mod paseto_key_per_issuer;
mod paseto_key_slots;
mod paseto_keychain;
mod paseto_kid_folder;
mod paseto_kid_miss;
mod paseto_kid_path;
mod paseto_kid_sql;
mod paseto_kid_table;
mod paseto_kind_assertion;
mod paseto_last_member;
mod paseto_migrated;
mod paseto_migration_open;
mod paseto_numeric_time;
mod paseto_password_key;
mod paseto_typed_key;
mod paseto_v2_local;
mod paseto_v2_local_any_key;
mod paseto_zero_key;
mod rusty_paseto_0_4_0;
mod rusty_paseto_0_8_0;
mod session_any_kind;
mod session_guessable_id;
mod session_id_in_sql;
mod session_id_kept;
mod session_store;
mod session_table;

use std::sync::{Arc, OnceLock};

use issuer::Issuer;
use tokenlab_harness::contenders as registry;
use tokenlab_record::catalogue::Family;

use crate::outside::Setting;
use crate::scheme::Scheme;
use crate::target::Target;

/// Sets a target up with an issuer's keys.
type Build = fn(&Issuer) -> Box<dyn Target>;

/// Models and misconfigured libraries; the contenders follow them.
const TARGETS: &[Build] = &[
    // a model with every check, then what became of it
    jwt_rs256::target,
    jwt_unsecured::target,
    jwt_untyped_key::target,
    jwt_public_key_block_list::target,
    jwt_jwk_as_secret::target,
    jwt_decoded::target,
    jwt_hs256::target,
    jwt_none_block_list::target,
    jwt_expiry_optional::target,
    jwt_audience_unchecked::target,
    jwt_audience_optional::target,
    jwt_issuer_substring::target,
    jwt_issuer_prefix::target,
    jwt_issuer_in_list::target,
    jwt_cache_by_email::target,
    jwt_explicit_typ::target,
    jwt_any_typ::target,
    jwt_proof_of_possession::target,
    jwt_null_signature::target,
    jwt_key_slots::target,
    jwt_blank_secret::target,
    jwt_key_list::target,
    jwt_kid_miss::target,
    jwt_key_per_issuer::target,
    jwt_key_of_any_issuer::target,
    jwt_embedded_jwk::target,
    jwt_crit_ignored::target,
    jwt_last_member::target,
    jwt_array_payload::target,
    jwt_jku_pinned::target,
    jwt_jku_followed::target,
    jwt_jku_prefix::target,
    jwt_compact_only::target,
    jwt_two_parsers::target,
    jwt_json_unsigned::target,
    jwt_denylist::target,
    jwt_denylist_lenient::target,
    jwt_kid_table::target,
    jwt_kid_sql::target,
    jwt_kid_folder::target,
    jwt_kid_path::target,
    jwt_es256::target,
    jwt_es256_any_number::target,
    jwt_es256_zeros_refused::target,
    jwt_es256_der::target,
    jwt_keychain::target,
    jwt_shipped_secret::target,
    jwt_or_jwe::target,
    jwt_hand_read::target,
    jwt_hand_read_deep::target,
    jwt_constant_compare::target,
    jwt_leaky_compare::target,
    jsonwebtoken_header_algorithm::target,
    jsonwebtoken_audience_optional::target,
    paseto_typed_key::target,
    paseto_byte_key::target,
    paseto_expiry_optional::target,
    paseto_audience_unchecked::target,
    paseto_issuer_prefix::target,
    paseto_cache_by_email::target,
    paseto_kind_assertion::target,
    paseto_any_kind::target,
    paseto_deny_list::target,
    jsonwebtoken_insecure_decode::target,
    paseto_decoded::target,
    paseto_key_slots::target,
    paseto_zero_key::target,
    paseto_key_list::target,
    paseto_kid_miss::target,
    paseto_key_per_issuer::target,
    paseto_key_of_any_issuer::target,
    jsonwebtoken_9_3_1::target,
    jsonwebtoken_10_2_0::target,
    paseto_footer_key::target,
    paseto_last_member::target,
    paseto_numeric_time::target,
    paseto_kid_table::target,
    paseto_kid_sql::target,
    paseto_kid_folder::target,
    paseto_kid_path::target,
    paseto_keychain::target,
    paseto_password_key::target,
    paseto_v2_local::target,
    paseto_v2_local_any_key::target,
    paseto_footer_account::target,
    paseto_footer_cut_off::target,
    paseto_footer_expected::target,
    paseto_footer_ignored::target,
    rusty_paseto_0_4_0::target,
    rusty_paseto_0_8_0::target,
    paseto_migrated::target,
    paseto_migration_open::target,
    jwt_migrated::target,
    jwt_migration_open::target,
    biscuit_federation::target,
    biscuit_auth_4_1_1::target,
    jwe_nested::target,
    jwe_nested_unchecked::target,
    jwe_rsa15::target,
    jwe_rsa15_two_answers::target,
    jwe_inflating::target,
    jwe_inflating_unlimited::target,
    jwe_password::target,
    jwe_password_unlimited::target,
    #[cfg(feature = "openssl")]
    josekit_0_8_4::target,
    session_table::target,
    session_id_in_sql::target,
    session_store::target,
    session_any_kind::target,
    session_id_kept::target,
    session_guessable_id::target,
];

/// Every target that this build holds. The first call makes keys, which takes
/// a moment.
pub fn all() -> &'static [Box<dyn Target>] {
    static ALL: OnceLock<Vec<Box<dyn Target>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut targets: Vec<_> = TARGETS.iter().map(|target| target(issuer())).collect();
        targets.extend(contenders::targets(issuer()));
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
    registry::named(target.id()).is_some()
}

/// The schemes that a verifier outside this process can be asked about, in report
/// order: those that a library here issues. A session's id means nothing outside
/// its store.
#[must_use]
pub fn outside_schemes() -> Vec<Scheme> {
    let mut schemes = Vec::new();
    for contender in registry::available().filter(|contender| contender.card().family != Family::Session) {
        let scheme = Scheme::from_wire(&contender.card().scheme);
        schemes.extend(scheme.filter(|scheme| !schemes.contains(scheme)));
    }
    schemes
}

/// The issuer of a scheme with a place for a verifier from outside; `None` if
/// no library here issues it.
#[must_use]
pub fn outside(scheme: Scheme) -> Option<Setting> {
    if scheme.family() == Family::Session {
        return None;
    }
    let wire = scheme.to_string();
    let contender = registry::available().find(|contender| contender.card().scheme == wire)?;
    let service = Arc::new(issuer().load(contender));
    let exposure = issuer().exposure_by(scheme, &service);
    let key = issuer().key(scheme).to_exchange(&wire).ok()?;
    (!exposure.sample_token.is_empty()).then(|| Setting::new(exposure, key))
}

/// The issuer of all targets. The first call makes its keys.
fn issuer() -> &'static Issuer {
    static ISSUER: OnceLock<Issuer> = OnceLock::new();
    ISSUER.get_or_init(|| Issuer::from_seed(*CHOSEN_SEED.get_or_init(|| SEED)))
}

/// Has the issuer's keys follow from `seed`, for verifiers that others than this
/// process ask. To be called before anything else here.
///
/// # Errors
/// [`KeysExist`] if the keys are made already, or follow from another seed.
pub fn choose_seed(seed: u64) -> Result<(), KeysExist> {
    CHOSEN_SEED.set(seed).map_err(|_| KeysExist)
}

/// The issuer's keys are made, and can't follow from a seed that comes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the attack range are made already")]
pub struct KeysExist;

static CHOSEN_SEED: OnceLock<u64> = OnceLock::new();

/// Seed of the issuer's keys, unless another was chosen.
const SEED: u64 = 0x0049_5353_5545_5231;
