//! A session whose id was there before its holder logged in.
//!
//! The flawed assumption: whoever logs in is the only one who knows the id. An
//! attacker visits the site, plants the id that she got in the victim's browser
//! and waits; if the id stays when the victim logs in, both have it. Bitten: npm
//! passport before 0.6.0 (CVE-2022-25896), @fastify/passport to 1.0.1 and from
//! 2.0.0 to 2.2.0 (CVE-2023-29019). A token is minted at login, from what the
//! issuer knows then: there is nothing to fix beforehand. Stateless tokens win
//! this row.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, VICTIM};
use crate::card::AttackProfile;
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct SessionFixation;

static PROFILE: AttackProfile = AttackProfile {
    id: "session-fixation",
    title: "Session id planted before login",
    assumption: "Whoever logs in is the only one who knows the session's id.",
    class: AttackClass::Native,
    given: &[Given::VictimLogsIn],
    isolated: false,
    breaks: &[Weakness::SessionFixed],
    references: &[
        (
            "OWASP Session Management Cheat Sheet",
            "The id is renewed after any change of privilege, and the old one is forgotten.",
        ),
        (
            "RFC 6265 §8.4",
            "An attacker can transplant a session identifier from her user agent to the victim's.",
        ),
        (
            "CVE-2022-25896",
            "npm passport before 0.6.0: the session stays the same at login (GHSA-v923-w3x8-wh69); fixed in 0.6.0.",
        ),
        (
            "CVE-2023-29019",
            "npm @fastify/passport to 1.0.1 and 2.0.0 to 2.2.0: likewise (GHSA-4m3m-ppvx-xgw9).",
        ),
    ],
    lesson: include_str!("../../lessons/session-fixation.md"),
};

impl Attack for SessionFixation {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        if !matches!(view.scheme(), Scheme::Session(_)) {
            let planted = view.token_by_own_key("mallory")?;
            view.victim_logs_in_with(&planted)?;
            notes.step(
                format!("Plants a token of her own making in {VICTIM}'s browser, and {VICTIM} logs in."),
                planted.as_str(),
            );
            return Err(CannotForge::Inexpressible {
                why: "a token is minted at login: what the browser carried before is no part of it, so there is nothing \
                      to fix beforehand"
                    .into(),
                tried: vec![Forgery::analogue(
                    "planted-token",
                    planted,
                    "no token exists before login, so one of her own making takes its place",
                )],
            });
        }
        let (variant, planted, says) = match view.visit() {
            Some(id) => (
                "visitors-id",
                id,
                "Visits the site, and gets an id before she logs in.",
            ),
            None => (
                "made-up-id",
                mint::part(MADE_UP),
                "Gets no id before she logs in, and makes one up.",
            ),
        };
        notes.variant_step(variant, says, planted.as_str());
        view.victim_logs_in_with(&planted)?;
        notes.variant_step(
            variant,
            format!("Plants it in {VICTIM}'s browser by a link, and {VICTIM} logs in."),
            "",
        );
        Ok(vec![Forgery::new(variant, planted)])
    }
}

/// As many bytes as an id has.
const MADE_UP: &[u8; 32] = b"an id that mallory has made up..";
