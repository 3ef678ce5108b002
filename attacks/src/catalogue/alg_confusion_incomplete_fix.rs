//! Public-key block lists: the secret is looked at, and does not look like a key.
//!
//! The flawed assumption: one can tell from a text whether it is a secret.
//! Libraries that took one untyped `key` repaired RS/HS confusion by refusing
//! secrets that look like public keys, and the same key in another encoding got
//! past: npm fast-jwt three times (CVE-2023-48223, CVE-2026-34950,
//! GHSA-ww5h-9m49-7xx4), PyPI PyJWT (CVE-2017-11424, then CVE-2022-29217), PyPI
//! python-jose (CVE-2024-33663, then CVE-2026-85394). RFC 8725 §3.1 asks for
//! something else: a key that knows its algorithm.
//!
//! The secret has to be what the verifier has stored, to the byte, so the
//! spellings here are those that configurations produce. Elsewhere a key is 32
//! bytes, which no encoding of a public key has; the first 32 are tried.

use rsa::pkcs8::DecodePublicKey;
use serde_json::Value;
use tokenlab_harness::exchange::PublicKey;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::public_key;
use crate::scheme::Scheme;
use crate::stand_in::under_known_bytes;
use crate::weakness::Weakness;

pub(super) struct AlgConfusionIncompleteFix;

static PROFILE: AttackProfile = AttackProfile {
    id: "alg-confusion-incomplete-fix",
    title: "Public key that does not look like one",
    assumption: "A text that does not look like a public key is a secret.",
    class: AttackClass::Algorithm,
    given: &[],
    isolated: false,
    breaks: &[Weakness::PublicKeyBlockList],
    references: &[
        (
            "RFC 8725 §3.1",
            "Each key is for exactly one algorithm, and that is checked.",
        ),
        (
            "CVE-2023-48223",
            "npm fast-jwt before 3.3.2: an RSA public key under a PKCS#1 header is taken for a secret.",
        ),
        (
            "CVE-2026-34950",
            "npm fast-jwt to 6.1.0: white space in front of the key hides it; fixed in 6.2.0.",
        ),
        (
            "GHSA-ww5h-9m49-7xx4",
            "npm fast-jwt 6.2.0 to 6.2.4: any other byte in front of the key hides it; repaired by pull request 632.",
        ),
        (
            "CVE-2017-11424",
            "PyPI PyJWT: a PKCS#1 header was not on the list; 1.5.2 refuses it.",
        ),
        (
            "CVE-2022-29217",
            "PyPI PyJWT from 1.5.0: OpenSSH keys were not on the list; fixed in 2.4.0.",
        ),
        (
            "CVE-2024-33663",
            "PyPI python-jose to 3.3.0: OpenSSH ECDSA keys were not on the list; fixed in 3.4.0.",
        ),
        (
            "CVE-2026-85394",
            "PyPI python-jose to 3.5.0: DER was not on the list.",
        ),
        (
            "PASETO, PASERK",
            "A stored key begins with its type: `k4.local.` or `k4.public.`.",
        ),
    ],
    lesson: include_str!("../../lessons/alg-confusion-incomplete-fix.md"),
};

impl Attack for AlgConfusionIncompleteFix {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let (why, because) = match (view.scheme(), view.public_key()) {
            (Scheme::Jwt(_) | Scheme::Jwe(..), Some(public)) => return tags(view, public, notes),
            (Scheme::Jwt(_) | Scheme::Jwe(..), None) => (
                "issuer and verifier share a secret, so there is no public key to pass off as one",
                "this key has no public half, so the issuer's RSA key takes its place",
            ),
            (Scheme::Paseto(..), _) => (
                "a local key has 32 bytes, and no encoding of a public key has so few",
                "the first 32 bytes of the encoding take the place of a local key",
            ),
            (Scheme::Biscuit, _) => (
                "a root key verifies signatures and nothing else, and no token can ask for an HMAC",
                "the first 32 bytes of the encoding take the place of a private root key",
            ),
            (Scheme::Session(_), _) => (
                "a session has no key that could be passed off as another",
                "the first 32 bytes of the encoding take the place of an id",
            ),
        };
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: known_bytes(view, because, notes)?,
        })
    }
}

/// HMACs under the public key in every odd spelling.
fn tags(
    view: &AttackerView<'_>,
    public: &PublicKey,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let header = view.header_with_alg(Hs::S256.name());
    notes.step(
        "Rewrites the claims, in which the subject becomes admin, and writes HS256 into the header.",
        Value::Object(header.clone()).to_string(),
    );
    let mut forgeries = Vec::new();
    for (spelling, bytes) in public_key::odd_spellings(public) {
        note(spelling, &bytes, notes);
        let token = mint::jws(&header, view.wanted(), &Signature::Tag(Hs::S256, bytes))?;
        forgeries.push(Forgery::new(spelling, token));
    }
    Ok(forgeries)
}

/// The same spellings as whatever the scheme has for a secret.
fn known_bytes(
    view: &AttackerView<'_>,
    why: &str,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let public = match view.public_key() {
        Some(public) => public.clone(),
        None => rsa::RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
            .map(PublicKey::Rsa)
            .map_err(|error| CannotForge::Failed(error.to_string()))?,
    };
    let mut tried = Vec::new();
    for (spelling, bytes) in public_key::odd_spellings(&public) {
        note(spelling, &bytes, notes);
        tried.push(Forgery::analogue(spelling, under_known_bytes(view, &bytes)?, why));
    }
    Ok(tried)
}

fn note(spelling: &str, bytes: &[u8], notes: &mut Notebook) {
    notes.variant_step(
        spelling,
        format!("Takes the issuer's public key for the secret, {spelling}."),
        String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| mint::hexadecimal(bytes)),
    );
}
