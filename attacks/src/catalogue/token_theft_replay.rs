//! A stolen token, sent again: every check passes, because nothing is wrong
//! with it.
//!
//! The flawed assumption: whoever holds a token is whom it was issued to. That
//! is what "bearer" means (RFC 6750 §1.2), and no format changes it. What helps
//! is built around the format: a short life, a proof that the sender holds a
//! key (RFC 9449), a connection that the token is bound to (RFC 8705), or a
//! store that can forget it. RFC 8725 does not solve it, and PASETO has no
//! answer of its own either.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, VICTIM};
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::weakness::Weakness;

pub(super) struct TokenTheftReplay;

static PROFILE: AttackProfile = AttackProfile {
    id: "token-theft-replay",
    title: "Stolen token sent again",
    assumption: "Whoever holds a token is whom it was issued to.",
    class: AttackClass::Life,
    given: &[Given::StolenToken],
    isolated: false,
    breaks: &[Weakness::BearerToken],
    references: &[
        (
            "RFC 6750 §1.2",
            "A bearer token can be used by any party in possession of it.",
        ),
        (
            "RFC 8725 §3.10",
            "Received claims are not trusted for more than the signature says; who sent them it does not say.",
        ),
        (
            "RFC 9449",
            "DPoP: the sender proves with each request that it holds the key the token was bound to.",
        ),
        (
            "RFC 8705 §3",
            "The token is bound to the client certificate of the connection.",
        ),
        (
            "OWASP JSON Web Token Cheat Sheet",
            "Token sidejacking: a fingerprint in a hardened cookie, or a sender-constrained token.",
        ),
    ],
    lesson: include_str!("../../lessons/token-theft-replay.md"),
};

impl Attack for TokenTheftReplay {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let token = view.stolen_token()?;
        notes.step(
            format!("Copies a token of {VICTIM}'s from a log file. Nothing in it is changed."),
            token.as_str(),
        );
        Ok(vec![Forgery::new("replayed", token)])
    }
}
