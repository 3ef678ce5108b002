//! A key in the token: the attacker signs with a key of her own and sends the
//! public half along.
//!
//! The flawed assumption: a signature that verifies proves something, whatever
//! key it verifies under. RFC 7515 §4.1.3 has a header parameter `jwk`, and
//! §10.3 says that a key in it says nothing of whose it is; RFC 8725 §3.10 says
//! not to trust it blindly. Bitten: npm node-jose (CVE-2018-0114), PyPI Authlib
//! (CVE-2026-27962), Perl Crypt-JWT.
//!
//! PASETO forbids a public key in the footer, which nothing enforces, because
//! the footer is the application's. A Biscuit brings keys of third parties along
//! by design, and believes a third party only where the verifier names its key
//! (`trusting`); its root key has no place in it.

use serde_json::{Map, Value};
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{self, Message};
use crate::card::AttackProfile;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct JwkEmbedded;

static PROFILE: AttackProfile = AttackProfile {
    id: "jwk-embedded",
    title: "Key brought along by the token",
    assumption: "A signature that verifies proves something, whatever key it verifies under.",
    class: AttackClass::KeySource,
    given: &[],
    isolated: false,
    breaks: &[Weakness::EmbeddedKey],
    references: &[
        (
            "RFC 7515 §4.1.3",
            "jwk is the public key that corresponds to the key used to sign.",
        ),
        (
            "RFC 8725 §3.10",
            "Keys and addresses in a header are not trusted without being checked.",
        ),
        (
            "CVE-2018-0114",
            "npm node-jose before 0.11.0 verifies with the key in the header; fixed in 0.11.0.",
        ),
        (
            "CVE-2026-27962",
            "PyPI Authlib to 1.6.8 does so when it is given no key; fixed in 1.6.9.",
        ),
        (
            "PASETO, Payload-Processing, Key-ID Support",
            "A footer must not hold the public key that verifies the token.",
        ),
        (
            "Biscuit specification, Third party blocks",
            "A third party's block is trusted where a rule names its key.",
        ),
    ],
    lesson: include_str!("../../lessons/jwk-embedded.md"),
};

impl Attack for JwkEmbedded {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match view.scheme() {
            Scheme::Jwt(_) | Scheme::Jwe(..) => {
                let variant = "jwk-in-header";
                Ok(vec![Forgery::new(variant, with_jwk(view, variant, notes)?)])
            }
            Scheme::Paseto(version, _) => {
                let variant = "paserk-in-footer";
                let key = view.own_paserk(version)?;
                notes.variant_step(
                    variant,
                    "Makes a token, in which the subject is admin, with a key of her own, and writes the key into the footer.",
                    key.as_str(),
                );
                let members = Map::from_iter([("key".to_owned(), Value::from(key))]);
                Ok(vec![Forgery::analogue(
                    variant,
                    view.token_saying(&members)?,
                    "PASETO has no header for a key; the footer, which is the application's, holds it instead",
                )])
            }
            Scheme::Biscuit => Err(CannotForge::Inexpressible {
                why: "a biscuit has no place for the key that its first block is held against".into(),
                tried: own_keys(view, notes)?,
            }),
            Scheme::Session(_) => {
                let variant = "jwk-for-id";
                let token = with_jwk(view, variant, notes)?;
                Err(CannotForge::Inexpressible {
                    why: "the id of a session is held against no key".into(),
                    tried: vec![Forgery::analogue(
                        variant,
                        token,
                        "an id holds nothing, so that a token with a key in it takes its place",
                    )],
                })
            }
        }
    }
}

fn with_jwk(view: &AttackerView<'_>, variant: &str, notes: &mut Notebook) -> Result<String, CannotForge> {
    let jwk = view.own_jwk()?;
    notes.variant_step(
        variant,
        "Makes a token, in which the subject is admin, with a key of her own, and writes the key into the header.",
        jwk.to_string(),
    );
    view.token_saying(&Map::from_iter([("jwk".to_owned(), jwk)]))
}

/// Her own key wherever a biscuit has one.
fn own_keys(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let failed = || CannotForge::Failed("the sample token is no biscuit".into());
    let sample = Message::of_token(view.sample()).ok_or_else(failed)?;
    let own = view.own_record()?;
    let with_own_next_key = sample.changed_within(biscuit::AUTHORITY, |block| {
        let own_key = |key: Message| key.with(biscuit::KEY_BYTES, biscuit::Value::Bytes(own));
        block
            .clone()
            .changed_within(biscuit::NEXT_KEY, own_key)
            .unwrap_or(block)
    });
    let mut tried = Vec::new();
    for (variant, action, message, why) in [
        (
            "own-root-key",
            "Signs a biscuit, in which the subject is admin, with a root key of her own.",
            Some(view.biscuit_by_own_key()?),
            "the root key can't be brought along, so the signature has to do without",
        ),
        (
            "own-next-key",
            "Writes her own key where her honest token names the key of the next block.",
            with_own_next_key,
            "the next block's key is the only one that the issuer's block brings along",
        ),
    ] {
        notes.variant_step(variant, action, "");
        tried.push(Forgery::analogue(
            variant,
            message.ok_or_else(failed)?.to_token(),
            why,
        ));
    }
    Ok(tried)
}
