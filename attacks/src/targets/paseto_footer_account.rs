//! A PASETO verifier whose tokens may name in their footer for whom the request
//! is made, and every check.
//!
//! The claims of a v4.local token are encrypted, so that a gateway in front of
//! the service can't read them; the footer is there for all to read. It is
//! covered by the tag like the rest (PASETO specification, Common, PAE), and
//! nothing in it is believed before the tag was compared.

use tokenlab_harness::Key;

use super::issuer::{Issuer, sealed};
use crate::card::TargetProfile;
use crate::model::paseto::{
    Paseto, account_of_footer, configured_key, header_literal, signature_or_tag, strict_encoding,
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
            "a v4.local verifier that reads an account from the footer after the tag was compared",
            "model of PASETO, Payload-Processing",
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
        configured_key(key(issuer)),
        signature_or_tag(),
    ];
    checks.extend(payload::checks());
    checks.push(account_of_footer());
    Verifier::of(checks)
}

/// Her own token names nobody else, so it has no footer.
pub(super) fn exposure(issuer: &Issuer) -> Exposure {
    let key = Key::Secret(key(issuer));
    issuer.exposure(SCHEME, move |draft| sealed(draft, SCHEME, &key, ""))
}

fn key(issuer: &Issuer) -> Vec<u8> {
    issuer.ring().symmetric::<32>(ID).to_vec()
}

pub(super) const ID: &str = "paseto-footer-account";
pub(super) const SCHEME: Scheme = Scheme::Paseto(Version::V4, Purpose::Local);
