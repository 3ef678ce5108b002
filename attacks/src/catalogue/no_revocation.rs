//! A token that outlives its logout.
//!
//! The flawed assumption: logging out ends what logging in began. A stateless
//! token is verified by itself, and nothing in it changes when its holder logs
//! out or is banned. A list of what was called back mends it, and is a state
//! again; a store of sessions forgets the row. Bitten: npm Directus, whose
//! session JWTs stayed valid after logout (GHSA-g65h-35f3-x2w3), October CMS
//! before build 472 (GHSA-7ggw-h8pp-r95r), Nakama (GHSA-xv59-gc3r-rf92).

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::weakness::Weakness;

pub(super) struct NoRevocation;

static PROFILE: AttackProfile = AttackProfile {
    id: "no-revocation",
    title: "Token still believed after logout",
    assumption: "Logging out ends what logging in began.",
    class: AttackClass::Life,
    given: &[Given::TokenAfterLogout],
    isolated: false,
    breaks: &[Weakness::NoRevocation],
    references: &[
        (
            "RFC 8725 §3.10",
            "A verifier decides by what it receives; whether the token was called back is not in it.",
        ),
        (
            "RFC 7519 §4.1.7",
            "`jti` names a token, which a list of the called back needs.",
        ),
        (
            "RFC 7009",
            "Token revocation: the client says so, and the server has to remember it.",
        ),
        (
            "GHSA-g65h-35f3-x2w3",
            "npm Directus: the session's JWT is valid after logout.",
        ),
        (
            "GHSA-7ggw-h8pp-r95r",
            "October CMS before build 472: authentication cookies are valid after logout.",
        ),
        (
            "GHSA-xv59-gc3r-rf92",
            "Nakama: session tokens are valid after logout.",
        ),
    ],
    lesson: include_str!("../../lessons/no-revocation.md"),
};

impl Attack for NoRevocation {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let token = view.token_after_logout()?;
        notes.step(
            "Logs out, and the server is told. She has kept a copy of the token.",
            token.as_str(),
        );
        Ok(vec![Forgery::new("after-logout", token).to_be_believed()])
    }
}
