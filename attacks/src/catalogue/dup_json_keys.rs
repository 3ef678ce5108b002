//! Two claims with one name: one reader takes the first, another the last.
//!
//! The flawed assumption: a claim has one value. In JSON text a name can occur
//! twice, and what a reader makes of it is its own affair (RFC 8259 §4). RFC
//! 7519 §4 lets a verifier of JWTs refuse or take the last; RFC 7515 §4 says the
//! same of headers. PASETO leaves no choice: a library ensures that names are
//! unique (Payload-Processing). No CVE is known to this lab; what is shown here
//! is the difference that a second reader would make.
//!
//! How such a payload comes to be signed: an issuer that joins its claims from
//! text, and a display name that closes the quote.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{ATTACKER, AttackerView, VICTIM};
use crate::biscuit::{self, Message};
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::odd_payload;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct DupJsonKeys;

static PROFILE: AttackProfile = AttackProfile {
    id: "dup-json-keys",
    title: "Two claims with one name",
    assumption: "A claim has one value.",
    class: AttackClass::Format,
    given: &[Given::IssuerSigns(
        "Her display name within the claims, from an issuer that joins them from text: the name closes the quote.",
    )],
    isolated: false,
    breaks: &[Weakness::LastMemberWins],
    references: &[
        (
            "RFC 7519 §4",
            "Claim names are unique; a verifier refuses a claims set with a name twice, or takes the last.",
        ),
        ("RFC 7515 §4", "The same of the names in a header."),
        (
            "RFC 8259 §4",
            "What a reader of JSON makes of a name that occurs twice can't be predicted.",
        ),
        (
            "PASETO, Payload-Processing",
            "Libraries ensure that the names within an object are unique.",
        ),
    ],
    lesson: include_str!("../../lessons/dup-json-keys.md"),
};

impl Attack for DupJsonKeys {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        if view.scheme() == Scheme::Biscuit {
            return Err(CannotForge::Inexpressible {
                why: "the claims of a biscuit are facts, of which there may be as many as one likes".into(),
                tried: vec![odd_payload::rewritten_biscuit(
                    view,
                    (
                        "facts-twice",
                        "Writes every fact of her token's block twice.",
                        "a holder can't sign such a block, so the issuer's is rewritten",
                    ),
                    facts_twice,
                    notes,
                )?],
            });
        }
        let name = format!(r#"{ATTACKER}","sub":"{VICTIM}"#);
        notes.step("Changes her display name.", name.as_str());
        let open = odd_payload::open_payload(view)?;
        let rest = open.strip_prefix('{').unwrap_or_default();
        let mut forgeries = Vec::new();
        for (variant, says, payload) in [
            (
                "subject-after",
                "The issuer joins the claims from text, with the name at the end.",
                format!(r#"{open},"name":"{name}"}}"#),
            ),
            (
                "subject-before",
                "The issuer joins the claims from text, with the name at the beginning.",
                format!(r#"{{"name":"{name}",{rest}}}"#),
            ),
        ] {
            forgeries.push(match view.scheme() {
                Scheme::Session(_) => odd_payload::as_session_id(variant, &payload, notes)?,
                _ => odd_payload::issued(view, variant, says, &payload, notes)?,
            });
        }
        match view.scheme() {
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "the claims of a session are in the store, and never in text that somebody joins".into(),
                tried: forgeries,
            }),
            _ => Ok(forgeries),
        }
    }
}

fn facts_twice(block: Message) -> Message {
    let fields = block.0.into_iter().flat_map(|field| {
        let times = if field.0 == biscuit::FACT { 2 } else { 1 };
        std::iter::repeat_n(field, times)
    });
    Message(fields.collect())
}
