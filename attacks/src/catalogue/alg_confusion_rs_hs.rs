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
//! tried against PASETO targets, by really encrypting. A JWE has the same
//! hazard twice: the public key as the secret of an HMAC where a JWE should
//! stand, and as the content key of a direct encryption. A Biscuit has no
//! secret that a public key could pass for, and a session has no key.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokenlab_harness::exchange::{PrivateKey, PublicKey};
use tokenlab_harness::{Key, PublicKeys};

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::public_key;
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
            (Scheme::Jwe(..), Some(public)) => {
                let mut forgeries = jwt(view, public, notes)?;
                forgeries.extend(direct(view, public, notes)?);
                Ok(forgeries)
            }
            (Scheme::Jwt(algorithm), None) => Err(CannotForge::Inexpressible {
                why: SHARED.into(),
                tried: other_keys_of_the_issuer(view, Hs::of(algorithm).unwrap_or(Hs::S256), notes)?,
            }),
            (Scheme::Jwe(..), None) => Err(CannotForge::Inexpressible {
                why: SHARED.into(),
                tried: direct_under_another_key(view, notes)?,
            }),
            (Scheme::Paseto(version, _), Some(PublicKey::Ed25519(raw))) => {
                local_under(view, version, *raw, notes)
            }
            (Scheme::Paseto(version, Purpose::Public), public) => Err(CannotForge::Inexpressible {
                why: format!(
                    "a {0}.public key is longer than the 32 bytes of a {0}.local key and can't pass for one",
                    version.name()
                ),
                tried: shortened_key(view, version, public, notes)?,
            }),
            (Scheme::Paseto(version, Purpose::Local), _) => Err(CannotForge::Inexpressible {
                why: SHARED.into(),
                tried: local_under(view, version, view.issuer().ed25519, notes)?,
            }),
            (Scheme::Biscuit, _) => Err(CannotForge::Inexpressible {
                why: "a root key verifies signatures and nothing else, and no token can ask for an HMAC"
                    .into(),
                tried: other_root_keys(view, notes)?,
            }),
            (Scheme::Session(_), _) => Err(CannotForge::Inexpressible {
                why: "a session has no key that could be passed off as another: its id is looked up".into(),
                tried: known_bytes_as_id(view, notes)?,
            }),
        }
    }
}

/// Why a shared secret leaves no room for the attack.
const SHARED: &str = "issuer and verifier share a secret, so there is no public key to pass off as one";

fn jwt(
    view: &AttackerView<'_>,
    public: &PublicKey,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    notes.step(
        "Rewrites the claims: the subject becomes admin.",
        mint::jwt_payload(view.wanted())?,
    );
    let mut forgeries = Vec::new();
    for (spelling, bytes) in public_key::spellings(public) {
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
            &view.header_with_alg(hs.name()),
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

/// JWEs whose content key is the public key: as many of its bytes as fit.
fn direct(
    view: &AttackerView<'_>,
    public: &PublicKey,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let mut forgeries = Vec::new();
    for (spelling, bytes) in public_key::spellings(public) {
        let variant = format!("{spelling}-dir");
        forgeries.push(Forgery::new(
            variant.as_str(),
            encrypted_under(view, &variant, &bytes, notes)?,
        ));
    }
    Ok(forgeries)
}

/// Against a shared secret: the same encryption under a key that the issuer
/// publishes for something else.
fn direct_under_another_key(
    view: &AttackerView<'_>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let PublicKeys { ed25519, rsa_pem, .. } = view.issuer();
    let mut tried = Vec::new();
    for (variant, bytes) in [
        ("issuers-ed25519-key", ed25519.as_slice()),
        ("issuers-rsa-pem", rsa_pem.as_bytes()),
    ] {
        tried.push(Forgery::analogue(
            variant,
            encrypted_under(view, variant, bytes, notes)?,
            "this key has no public half, so another public key of the same issuer takes its place",
        ));
    }
    Ok(tried)
}

/// `dir` with A256GCM under the first 32 bytes of a key.
fn encrypted_under(
    view: &AttackerView<'_>,
    variant: &str,
    bytes: &[u8],
    notes: &mut Notebook,
) -> Result<String, CannotForge> {
    let key = cut(bytes);
    notes.variant_step(
        variant,
        "Encrypts the claims, in which the subject is admin, directly under 32 bytes of a public key.",
        mint::hexadecimal(&key),
    );
    let payload = mint::jwt_payload(view.wanted())?;
    let recipient = Recipient::Direct(key.to_vec());
    Ok(jwe::seal(&recipient, &Map::new(), payload.as_bytes())?)
}

/// The first 32 bytes, with zeros where there are fewer.
fn cut(bytes: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(bytes) {
        *to = *from;
    }
    key
}

/// A local token under the bytes of a public key.
fn local_under(
    view: &AttackerView<'_>,
    version: Version,
    public: [u8; 32],
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
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
    Ok(vec![Forgery::analogue(
        variant,
        local_token(view, version, public)?,
        "PASETO has no HMAC tokens; an encrypted token under the bytes of the public key is their counterpart",
    )])
}

fn local_token(view: &AttackerView<'_>, version: Version, key: [u8; 32]) -> Result<String, CannotForge> {
    let scheme = Scheme::Paseto(version, Purpose::Local);
    let key = Key::Secret(key.to_vec());
    Ok(mint::paseto(scheme, &key, view.wanted(), &view.sample_footer())?)
}

/// Against keys of another length: a local token of the same version under as
/// many of the public key's bytes as fit.
fn shortened_key(
    view: &AttackerView<'_>,
    version: Version,
    public: Option<&PublicKey>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let mut tried = Vec::new();
    for (spelling, bytes) in public.map(public_key::spellings).unwrap_or_default() {
        let key = cut(&bytes);
        let variant = format!("shortened-{spelling}");
        notes.variant_step(
            variant.as_str(),
            "Cuts the issuer's public key to 32 bytes and encrypts a local token with them.",
            mint::hexadecimal(&key),
        );
        tried.push(Forgery::analogue(
            variant,
            local_token(view, version, key)?,
            "the public key is cut to the length of a local key, which no library would do",
        ));
    }
    Ok(tried)
}

/// Biscuits under other root keys: one of her own, and the one whose private
/// half is the bytes of the issuer's public key.
fn other_root_keys(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let public = view.issuer().ed25519;
    notes.variant_step(
        "own-root-key",
        "Signs a biscuit, in which the subject is admin, with a root key of her own.",
        "",
    );
    notes.variant_step(
        "public-key-as-private-key",
        "Takes the issuer's public key, 32 bytes, for the private key that it is not, and signs with that.",
        mint::hexadecimal(&public),
    );
    let misused = Key::Private(PrivateKey::Ed25519(public));
    Ok(vec![
        Forgery::analogue(
            "own-root-key",
            view.biscuit_by_own_key()?.to_token(),
            "a biscuit has no secret, so another key pair takes the place of the HMAC",
        ),
        Forgery::analogue(
            "public-key-as-private-key",
            mint::biscuit(&misused, view.wanted())?,
            "a biscuit has no HMAC; a signature by the bytes of the public key is its counterpart",
        ),
    ])
}

/// Ids made of bytes that are known: a public key, and the form in which her
/// own id is stored.
fn known_bytes_as_id(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let hash = Sha256::digest(view.sample().as_bytes());
    let mut tried = Vec::new();
    for (variant, action, token, why) in [
        (
            "public-key-as-id",
            "Sends the issuer's Ed25519 public key for an id: 32 bytes, as many as an id has.",
            mint::part(view.issuer().ed25519),
            "a session has no key, so known bytes of the right length take the place of its id",
        ),
        (
            "hash-of-own-id",
            "Sends the SHA-256 of her own id, which is what a careful store keeps.",
            mint::part(hash),
            "a session has no key; the stored form of an id in the place of the id is what one must not pass for",
        ),
    ] {
        notes.variant_step(variant, action, token.as_str());
        tried.push(Forgery::analogue(variant, token, why));
    }
    Ok(tried)
}
