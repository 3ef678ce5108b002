//! A payload that is no object: there is no claim in it, and so none is
//! checked.
//!
//! The flawed assumption: what was signed is a claims set. RFC 7519 §7.2 has a
//! verifier make sure that the payload is a JSON object. A verifier that looks
//! its claims up one after the other finds none in an array, and where claims
//! are looked at only if they are there, it finds nothing wrong. Bitten: npm
//! fast-jwt, for which an array is an object too (CVE-2026-107723).
//!
//! PASETO demands an object as well, and lists `[]` among what is none
//! (Payload-Processing); what is signed are bytes in both, so that a library
//! has to look.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::Message;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::odd_payload;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct PayloadNotObject;

static PROFILE: AttackProfile = AttackProfile {
    id: "payload-not-object",
    title: "Array where a claims set belongs",
    assumption: "What was signed is a claims set.",
    class: AttackClass::Format,
    given: &[Given::IssuerSigns(
        "A list instead of a claims set, from an endpoint of the issuer's that signs what it is sent.",
    )],
    isolated: false,
    breaks: &[Weakness::ArrayPayload],
    references: &[
        ("RFC 7519 §7.2", "The payload is verified to be a JSON object."),
        (
            "CVE-2026-107723",
            "npm fast-jwt before 6.3.0 takes an array for a claims set; fixed in 6.3.0.",
        ),
        (
            "PASETO, Payload-Processing",
            "The topmost value is an object; an array is none.",
        ),
    ],
    lesson: include_str!("../../lessons/payload-not-object.md"),
};

impl Attack for PayloadNotObject {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        if view.scheme() == Scheme::Biscuit {
            return Err(CannotForge::Inexpressible {
                why: "a biscuit holds facts, and nothing of another shape".into(),
                tried: vec![odd_payload::rewritten_biscuit(
                    view,
                    (
                        "empty-block",
                        "Empties the issuer's block of her token.",
                        "a block without facts is the nearest thing to a payload without claims",
                    ),
                    |_| Message(Vec::new()),
                    notes,
                )?],
            });
        }
        let claims = mint::jwt_payload(view.wanted())?;
        let mut forgeries = Vec::new();
        for (variant, says, payload) in [
            (
                "claims-in-array",
                "Has the issuer sign a list with one claims set in it.",
                format!("[{claims}]"),
            ),
            ("empty-array", "Has the issuer sign an empty list.", "[]".into()),
        ] {
            forgeries.push(match view.scheme() {
                Scheme::Session(_) => odd_payload::as_session_id(variant, &payload, notes)?,
                _ => odd_payload::issued(view, variant, says, &payload, notes)?,
            });
        }
        match view.scheme() {
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "the record of a session is written by the server and by nobody else".into(),
                tried: forgeries,
            }),
            _ => Ok(forgeries),
        }
    }
}
