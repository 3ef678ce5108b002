//! The registry of attacks, in report order.
//!
//! To add an attack, add its file, its lesson (`attacks/lessons/<id>.md`), and
//! its lines here. Tests compare this list with the files on disk, and demand a
//! target that each attack breaks.

mod alg_confusion_incomplete_fix;
mod alg_confusion_jwk;
mod alg_confusion_rs_hs;
mod alg_none;
mod alg_none_case;
mod base64_malleability;
mod biscuit_thirdparty_key;
mod blank_secret;
mod claim_type_confusion;
mod crit_ignored;
mod cross_jwt_typ;
mod decode_not_verify;
mod dup_json_keys;
mod ecdsa_malleability;
mod hmac_timing;
mod iss_key_binding;
mod iss_partial_match;
mod jku_spoof_ssrf;
mod json_serialization_polyglot;
mod jwe_p2c_dos;
mod jwe_public_key_mint;
mod jwe_rsa15_oracle;
mod jwe_zip_bomb;
mod jwk_embedded;
mod key_commitment;
mod kid_injection;
mod kid_miss_fail_open;
mod kid_path_traversal;
mod missing_aud;
mod missing_exp;
mod nested_plainjwt;
mod no_revocation;
mod null_signature;
mod paseto_footer_trust;
mod paseto_implicit_dropped;
mod paseto_key_type_confusion;
mod paseto_version_downgrade;
mod payload_not_object;
mod psychic_signature;
mod session_fixation;
mod session_id_entropy;
mod sig_encoding_der_raw;
mod sign_encrypt_confusion;
mod size_depth_dos;
mod token_theft_replay;
mod truncated_token;
mod verify_cache_confusion;
mod weak_hmac_secret;

use crate::attack::Attack;

/// Every attack.
#[must_use]
pub fn all() -> &'static [&'static dyn Attack] {
    &[
        // algorithm and key selection
        &alg_none::AlgNone,
        &alg_none_case::AlgNoneCase,
        &alg_confusion_rs_hs::AlgConfusionRsHs,
        &alg_confusion_incomplete_fix::AlgConfusionIncompleteFix,
        &alg_confusion_jwk::AlgConfusionJwk,
        &iss_key_binding::IssKeyBinding,
        // signature not really checked
        &decode_not_verify::DecodeNotVerify,
        &null_signature::NullSignature,
        &blank_secret::BlankSecret,
        &kid_miss_fail_open::KidMissFailOpen,
        // key material taken from the token
        &jwk_embedded::JwkEmbedded,
        &jku_spoof_ssrf::JkuSpoofSsrf,
        &kid_injection::KidInjection,
        &kid_path_traversal::KidPathTraversal,
        // parsing and format
        &truncated_token::TruncatedToken,
        &json_serialization_polyglot::JsonSerializationPolyglot,
        &crit_ignored::CritIgnored,
        &claim_type_confusion::ClaimTypeConfusion,
        &dup_json_keys::DupJsonKeys,
        &base64_malleability::Base64Malleability,
        &payload_not_object::PayloadNotObject,
        // cryptography
        &psychic_signature::PsychicSignature,
        &weak_hmac_secret::WeakHmacSecret,
        &ecdsa_malleability::EcdsaMalleability,
        &sig_encoding_der_raw::SigEncodingDerRaw,
        &size_depth_dos::SizeDepthDos,
        // cryptography
        &hmac_timing::HmacTiming,
        // encryption
        &sign_encrypt_confusion::SignEncryptConfusion,
        &nested_plainjwt::NestedPlainjwt,
        &jwe_rsa15_oracle::JweRsa15Oracle,
        &key_commitment::KeyCommitment,
        &jwe_public_key_mint::JwePublicKeyMint,
        &jwe_p2c_dos::JweP2cDos,
        &jwe_zip_bomb::JweZipBomb,
        // claims, use and life
        &missing_exp::MissingExp,
        &missing_aud::MissingAud,
        &cross_jwt_typ::CrossJwtTyp,
        &iss_partial_match::IssPartialMatch,
        &verify_cache_confusion::VerifyCacheConfusion,
        &token_theft_replay::TokenTheftReplay,
        &no_revocation::NoRevocation,
        // native to PASETO, Biscuit or sessions
        &session_fixation::SessionFixation,
        &session_id_entropy::SessionIdEntropy,
        &paseto_key_type_confusion::PasetoKeyTypeConfusion,
        &paseto_footer_trust::PasetoFooterTrust,
        &paseto_implicit_dropped::PasetoImplicitDropped,
        &paseto_version_downgrade::PasetoVersionDowngrade,
        &biscuit_thirdparty_key::BiscuitThirdpartyKey,
    ]
}

/// The attack of that name.
#[must_use]
pub fn named(id: &str) -> Option<&'static dyn Attack> {
    all().iter().copied().find(|attack| attack.id() == id)
}

/// The lesson of that attack, one page of Markdown.
#[must_use]
pub fn lesson(id: &str) -> Option<&'static str> {
    named(id).map(|attack| attack.profile().lesson)
}
