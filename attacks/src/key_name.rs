//! Tokens that name a key: what the attacks on the lookup of keys share.
//!
//! Where the name stands differs by family: in the header of a JWS or JWE, in
//! the footer of a PASETO, and of a session the id is the name. A Biscuit has
//! a number there, so that such attacks have no place in it.

use serde_json::Value;

use crate::attack::{CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::Scheme;

/// A name that leads somewhere else than to the issuer's key.
pub(crate) struct Name<'a> {
    /// Which of the attack's forgeries.
    pub(crate) variant: &'static str,
    /// The name itself.
    pub(crate) text: &'a str,
    /// How it leads there, as a sentence.
    pub(crate) says: String,
}

/// A token under `secret`, which is what the lookup will find: an HMAC over a
/// JWS, the content key of a JWE. `None` where the scheme has no use for a
/// secret of this length.
pub(crate) fn by_secret(
    view: &AttackerView<'_>,
    name: &Name<'_>,
    secret: &[u8],
    notes: &mut Notebook,
) -> Result<Option<Forgery>, CannotForge> {
    let token = match view.scheme() {
        Scheme::Jwt(algorithm) => {
            let hs = Hs::of(algorithm).unwrap_or(Hs::S256);
            let mut header = view.header_with_kid(name.text);
            header.insert("alg".into(), hs.name().into());
            mint::jws(&header, view.wanted(), &Signature::Tag(hs, secret.to_vec()))?
        }
        Scheme::Jwe(..) if matches!(secret.len(), 16 | 32) => {
            let payload = mint::jwt_payload(view.wanted())?;
            let recipient = Recipient::Direct(secret.to_vec());
            jwe::seal(&recipient, &view.header_with_kid(name.text), payload.as_bytes())?
        }
        _ => return Ok(None),
    };
    notes.variant_step(name.variant, name.says.as_str(), name.text);
    notes.variant_step(
        name.variant,
        format!(
            "Makes a token in which the subject is admin, with what the name leads to as the secret, {} bytes.",
            secret.len()
        ),
        String::from_utf8_lossy(secret),
    );
    Ok(Some(Forgery::new(name.variant, token)))
}

/// A token of the target's own scheme under a key of her own, which is what
/// the lookup will find.
pub(crate) fn by_own_key(
    view: &AttackerView<'_>,
    name: &Name<'_>,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    notes.variant_step(name.variant, name.says.as_str(), name.text);
    let token = view.token_by_own_key(name.text)?;
    let analogue = match view.scheme() {
        Scheme::Session(_) => {
            notes.variant_step(
                name.variant,
                "Sends the name as the id of a session: what it leads to is one of hers, in which the subject is admin.",
                "",
            );
            Some("a session names no key; its id is what is looked up, so the name goes there")
        }
        scheme => {
            notes.variant_step(
                name.variant,
                format!("Makes a {scheme} token with that key, in which the subject is admin."),
                "",
            );
            matches!(scheme, Scheme::Paseto(..))
                .then_some("PASETO has no kid header; the footer names the key instead")
        }
    };
    Ok(match analogue {
        Some(why) => Forgery::analogue(name.variant, token, why),
        None => Forgery::new(name.variant, token),
    })
}

/// Against a Biscuit: its own key behind every number that might be looked up,
/// and the text where the number belongs.
pub(crate) fn only_a_number(
    view: &AttackerView<'_>,
    text: &str,
    notes: &mut Notebook,
) -> Result<CannotForge, CannotForge> {
    let own = view.biscuit_by_own_key()?;
    let mut tried = Vec::new();
    for (variant, id, shown) in [
        ("root-key-id-zero", biscuit::Value::Number(0), "0"),
        (
            "root-key-id-largest",
            biscuit::Value::Number(u64::from(u32::MAX)),
            "4294967295",
        ),
        ("root-key-id-as-text", biscuit::Value::Bytes(text.into()), text),
    ] {
        notes.variant_step(
            variant,
            "Signs a biscuit, in which the subject is admin, with a root key of her own, and names that key.",
            Value::from(shown).to_string(),
        );
        tried.push(Forgery::analogue(
            variant,
            own.clone().with(biscuit::ROOT_KEY_ID, id).to_token(),
            "a biscuit names its root key by a number of 32 bits, in which neither a statement nor a path fits",
        ));
    }
    Ok(CannotForge::Inexpressible {
        why: "a biscuit names its root key by a number, and no text can stand there".into(),
        tried,
    })
}
