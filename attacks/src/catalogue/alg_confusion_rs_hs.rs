//! RS/HS confusion: a public key used as an HMAC secret.
//!
//! The flawed assumption: a key is a string of bytes. Then the token can ask
//! for another algorithm than the key was made for, and a public key, which
//! everybody may have, becomes the secret of an HMAC. RFC 8725 §3.1 ties each
//! key to one algorithm. Bitten: npm jsonwebtoken before 4.2.2 (CVE-2015-9235)
//! and many since.
//!
//! A PASETO names no algorithm, so its header can't ask for an HMAC; an HMAC in
//! the place of the signature or tag is tried all the same. The same mistake
//! with its two purposes is an attack of its own, `paseto-key-type-confusion`.
//! A JWE has the hazard twice: the public key as the secret of an HMAC where a
//! JWE should stand, and as the content key of a direct encryption. A Biscuit
//! has no secret that a public key could pass for, and a session has no key.

use serde_json::Value;
use tokenlab_harness::PublicKeys;
use tokenlab_harness::exchange::PublicKey;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::public_bytes::{encrypted_under, known_bytes_as_id, other_root_keys};
use crate::public_key;
use crate::scheme::{Purpose, Scheme, Version};
use crate::stand_in;
use crate::weakness::Weakness;

pub(super) struct AlgConfusionRsHs;

static PROFILE: AttackProfile = AttackProfile {
    id: "alg-confusion-rs-hs",
    title: "Public key used as an HMAC secret",
    assumption: "A key is a string of bytes that serves whatever algorithm the token names.",
    class: AttackClass::Algorithm,
    given: &[],
    isolated: false,
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
            (Scheme::Paseto(version, purpose), public) => Err(CannotForge::Inexpressible {
                why: "no PASETO is signed by an HMAC, and none can ask for one: the header is compared as a \
                      whole"
                    .into(),
                tried: tags_for_signatures(view, (version, purpose), public, notes)?,
            }),
            (Scheme::Biscuit, _) => Err(CannotForge::Inexpressible {
                why: "a root key verifies signatures and nothing else, and no token can ask for an HMAC"
                    .into(),
                tried: other_root_keys(view, notes)?,
            }),
            (Scheme::Session(_), _) => Err(CannotForge::Inexpressible {
                why: "a session has no key that could be passed off as another: its id is looked up".into(),
                tried: known_bytes_as_id(view, notes),
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

/// PASETOs whose claims stand in the open, with an HMAC under the public key
/// where the signature or tag belongs, as many bytes as fill the place.
fn tags_for_signatures(
    view: &AttackerView<'_>,
    (version, purpose): (Version, Purpose),
    public: Option<&PublicKey>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let keys = public.map_or_else(
        || vec![("issuers-ed25519-key", view.issuer().ed25519.to_vec())],
        public_key::spellings,
    );
    let header = format!("{}.{}.", version.name(), purpose.name());
    let payload = mint::paseto_payload(view.wanted())?;
    let footer = view.sample_footer();
    let mut tried = Vec::new();
    for (spelling, bytes) in keys {
        let variant = format!("{spelling}-tag");
        let tag = Hs::S512.tag(&bytes, format!("{header}{payload}{footer}").as_bytes());
        let place = authenticator_bytes(version, purpose);
        let body: Vec<u8> = payload
            .bytes()
            .chain(tag.iter().copied().cycle().take(place))
            .collect();
        notes.variant_step(
            variant.as_str(),
            format!("Writes the claims in the open, and an HMAC under the issuer's public key where {place} bytes authenticate them."),
            mint::hexadecimal(&bytes),
        );
        tried.push(Forgery::analogue(
            variant,
            stand_in::paseto_with_body(view, &header, &body),
            "PASETO has no algorithm to change, so the HMAC takes the place of the signature or tag unannounced",
        ));
    }
    Ok(tried)
}

/// Bytes of the signature or tag at the end of a body (PASETO specification,
/// Version1 to Version4).
const fn authenticator_bytes(version: Version, purpose: Purpose) -> usize {
    match (version, purpose) {
        (Version::V1, Purpose::Public) => 256,
        (Version::V3, Purpose::Public) => 96,
        (Version::V2 | Version::V4, Purpose::Public) => 64,
        (Version::V1 | Version::V3, Purpose::Local) => 48,
        (Version::V2, Purpose::Local) => 16,
        (Version::V4, Purpose::Local) => 32,
    }
}
