//! A PASETO verifier that expects one footer, which names its service, and
//! every check.
//!
//! Several services of one issuer share a key, and the footer says for which of
//! them a token is. It is read before the tag is compared, which does no harm:
//! it can only refuse.

use tokenlab_harness::Key;

use super::issuer::{Issuer, sealed};
use crate::card::TargetProfile;
use crate::model::paseto::{
    Paseto, configured_key, expected_footer, header_literal, signature_or_tag, strict_encoding,
    three_or_four_parts,
};
use crate::model::payload;
use crate::model::{ModelTarget, Verifier};
use crate::scheme::{Purpose, Scheme, Version};
use crate::target::{Exposure, Target};

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile::hardened(
            ID,
            SCHEME,
            "a v4.local verifier that expects the footer of its own service",
            "model of PASETO, Version4, Decrypt",
        ),
        exposure: exposure(issuer),
        verifier: verifier(issuer),
    })
}

/// Every check, in order.
pub(super) fn verifier(issuer: &Issuer) -> Verifier<Paseto> {
    let mut checks = vec![
        three_or_four_parts(),
        header_literal(&[Purpose::Local]),
        strict_encoding(),
        expected_footer(FOOTER),
        configured_key(key(issuer)),
        signature_or_tag(),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
}

pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let key = Key::Secret(key(issuer));
    issuer.exposure(SCHEME, move |draft| sealed(draft, SCHEME, &key, FOOTER))
}

fn key(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

/// The footer of every token for this service.
const FOOTER: &str = r#"{"service":"billing"}"#;
pub(super) const ID: &str = "paseto-footer-expected";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
