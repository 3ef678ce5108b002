//! A token without an expiry, which never expires.
//!
//! The flawed assumption: a token that does not say when it ends has not ended.
//! RFC 7519 §4.1.4 makes `exp` optional, and the PASETO claims are optional in
//! the same way, so a verifier that holds what is there against the clock lets
//! the token without it in for ever. What has to be there is the verifier's
//! policy. A Biscuit has no expiry of its own but a check that its issuer may
//! write; a session ends when its server says.

use tokenlab_harness::ClaimSet;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::weakness::Weakness;

pub(super) struct MissingExp;

static PROFILE: AttackProfile = AttackProfile {
    id: "missing-exp",
    title: "Token without an expiry",
    assumption: "A token that does not say when it ends has not ended.",
    class: AttackClass::Life,
    given: &[Given::IssuerSigns(
        "A token without an expiry: one part of the issuer, meant for machines, leaves it out.",
    )],
    isolated: false,
    breaks: &[Weakness::ExpiryOptional],
    references: &[
        (
            "RFC 7519 §4.1.4",
            "The use of exp is optional; whoever needs it has to ask for it.",
        ),
        (
            "RFC 7519 §4",
            "Which claims must be present is left to the application.",
        ),
        (
            "PASETO, Claims",
            "The same claims, as strings of ISO 8601, and none of them mandatory.",
        ),
        (
            "Biscuit specification, Checks",
            "There is no expiry but a check on time that the issuer writes into the token.",
        ),
        (
            "OWASP Session Management Cheat Sheet",
            "A session ends by the server's clock, idle or not.",
        ),
    ],
    lesson: include_str!("../../lessons/missing-exp.md"),
};

impl Attack for MissingExp {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let claims = ClaimSet {
            exp: None,
            ..view.own().clone()
        };
        let token = view.issued(&view.draft(&claims)?)?;
        notes.step(
            "Asks the issuer's forgetful part for a token. It is for her, and nothing in it says when it ends.",
            token.as_str(),
        );
        Ok(vec![Forgery::new("no-expiry", token).to_be_believed()])
    }
}
