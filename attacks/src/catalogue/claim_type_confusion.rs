//! A time of the wrong type: it can't be read, and so it is not looked at.
//!
//! The flawed assumption: a claim that can't be read is not there. A token says
//! when it becomes valid (RFC 7519 §4.1.5), as text where a number belongs, and
//! the check of a claim that is not required is skipped. Bitten: crate
//! `jsonwebtoken` before 10.3.0 (CVE-2026-25537). Its default still refuses an
//! `exp` that is text, because `exp` is required and thus missed.
//!
//! PASETO writes times as text (PASETO, Claims), so that the mirror image is a
//! number. A Biscuit's terms have types, and a fact of another type is another
//! fact; a session's record has columns.

use serde_json::Value as Json;
use serde_json::json;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{self, Message, Value as Field};
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::odd_payload;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct ClaimTypeConfusion;

static PROFILE: AttackProfile = AttackProfile {
    id: "claim-type-confusion",
    title: "Claim of the wrong type overlooked",
    assumption: "A claim that can't be read is not there.",
    class: AttackClass::Format,
    given: &[Given::IssuerSigns(
        "A token for later, from an issuer that writes its times as another format has them.",
    )],
    isolated: false,
    breaks: &[Weakness::MistypedClaimSkipped],
    references: &[
        ("RFC 7519 §4.1.4", "exp is a NumericDate, which is a number."),
        ("RFC 7519 §4.1.5", "nbf is a NumericDate as well."),
        (
            "RFC 8725 §3.10",
            "Received claims are not trusted, and that includes their form.",
        ),
        (
            "CVE-2026-25537",
            "Crate jsonwebtoken before 10.3.0 takes a time of the wrong type for one that is absent; fixed in 10.3.0.",
        ),
        ("PASETO, Claims", "Times are ISO 8601 text."),
    ],
    lesson: include_str!("../../lessons/claim-type-confusion.md"),
};

/// The year 5138, and the first second of 1970.
const FAR_FUTURE: u64 = 99_999_999_999;
const LONG_AGO: u64 = 1;

impl Attack for ClaimTypeConfusion {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let (form, [later, past]) = match view.scheme() {
            Scheme::Paseto(..) => ("number", [json!(FAR_FUTURE), json!(LONG_AGO)]),
            _ => (
                "text",
                [json!(FAR_FUTURE.to_string()), json!(LONG_AGO.to_string())],
            ),
        };
        let mut forgeries = Vec::new();
        for (claim, time, says) in [
            (
                "nbf",
                later,
                "The issuer writes a token that becomes valid in the year 5138",
            ),
            ("exp", past, "The issuer writes a token that expired in 1970"),
        ] {
            let variant = format!("{claim}-as-{form}");
            let payload = with(view, claim, time)?;
            forgeries.push(match view.scheme() {
                Scheme::Biscuit => break,
                Scheme::Session(_) => odd_payload::as_session_id(&variant, &payload, notes)?,
                _ => {
                    let says = format!("{says}, and writes the time as a {form}.");
                    odd_payload::issued(view, &variant, &says, &payload, notes)?
                }
            });
        }
        match view.scheme() {
            Scheme::Biscuit => Err(CannotForge::Inexpressible {
                why: "the terms of a biscuit have types, and a fact with another type is another fact".into(),
                tried: vec![odd_payload::rewritten_biscuit(
                    view,
                    (
                        "integers-as-dates",
                        "Turns the numbers of her token's facts into dates.",
                        "a holder can't sign such a block, so the issuer's is rewritten",
                    ),
                    integers_as_dates,
                    notes,
                )?],
            }),
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "the times of a session are in the store, which the server writes".into(),
                tried: forgeries,
            }),
            _ => Ok(forgeries),
        }
    }
}

/// Her own claims with one of them changed.
fn with(view: &AttackerView<'_>, claim: &str, value: Json) -> Result<String, CannotForge> {
    let mut members = odd_payload::own_members(view)?;
    members.insert(claim.to_owned(), value);
    Ok(Json::Object(members).to_string())
}

/// Every fact of a block with its integers read as dates.
fn integers_as_dates(block: Message) -> Message {
    let facts = block.0.into_iter().map(|(number, field)| match &field {
        Field::Bytes(fact) if number == biscuit::FACT => {
            let retyped = Message::read(fact).and_then(|fact| {
                fact.changed_within(biscuit::PREDICATE, |predicate| {
                    let retype = |term: Message| match term.0.as_slice() {
                        [(biscuit::INTEGER, Field::Number(seconds))] => {
                            Message(vec![(biscuit::DATE, Field::Number(*seconds))])
                        }
                        _ => term,
                    };
                    predicate
                        .clone()
                        .changed_within(biscuit::TERM, retype)
                        .unwrap_or(predicate)
                })
            });
            (number, retyped.map_or(field, |fact| Field::Bytes(fact.write())))
        }
        _ => (number, field),
    });
    Message(facts.collect())
}
