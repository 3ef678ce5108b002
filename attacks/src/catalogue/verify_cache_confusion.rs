//! Two tokens that a cache takes for one.
//!
//! The flawed assumption: a part of a token stands for the token. Verifying is
//! dear, so results are remembered; whatever the key of the cache leaves out, an
//! attacker may write as she likes, the signature among it. npm fast-jwt before
//! 6.2.0 let its caller build the key (CVE-2026-35039). Any verifier of any
//! format can be given such a cache; a store of sessions is a cache whose key is
//! the whole id.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, VICTIM_EMAIL};
use crate::card::AttackProfile;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct VerifyCacheConfusion;

static PROFILE: AttackProfile = AttackProfile {
    id: "verify-cache-confusion",
    title: "Two tokens under one key of a cache",
    assumption: "A part of a token is enough to know a verified token by.",
    class: AttackClass::Life,
    given: &[],
    isolated: false,
    breaks: &[Weakness::PartialCacheKey],
    references: &[
        (
            "RFC 7515 §5.2",
            "A token is validated by validating all of it; a part of it has no validity.",
        ),
        (
            "CVE-2026-35039",
            "npm fast-jwt 0.0.1 to before 6.2.0: keys of a cache that collide give one user the claims of another \
             (GHSA-rp9m-7r4c-75qg); fixed in 6.2.0.",
        ),
    ],
    lesson: include_str!("../../lessons/verify-cache-confusion.md"),
};

impl Attack for VerifyCacheConfusion {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        notes.step(
            "Waits until admin has been here, and looks the address up.",
            VICTIM_EMAIL,
        );
        let mut claims = view.wanted().clone();
        claims.custom.insert("email", VICTIM_EMAIL.into());
        let view = view.wanting(claims);
        let variant = "same-address";
        let (says, token) = match view.scheme() {
            Scheme::Jwt(_) => (
                "Writes the address into the claims, and leaves the signature of her own token under them.",
                with_own_signature(&view)?,
            ),
            Scheme::Session(_) => (
                "Sends the address for an id: in a store of sessions the id is the key of the cache.",
                view.token_by_own_key(VICTIM_EMAIL)?,
            ),
            _ => (
                "Writes the address into the claims of a token under a key of her own.",
                view.token_by_own_key("mallory")?,
            ),
        };
        notes.variant_step(variant, says, token.as_str());
        Ok(vec![match view.scheme() {
            Scheme::Session(_) => Forgery::analogue(
                variant,
                token,
                "a session has no claims to be read before it is looked up",
            ),
            _ => Forgery::new(variant, token),
        }])
    }
}

/// A JWT that says what she wants, with the third part of her honest one.
fn with_own_signature(view: &AttackerView<'_>) -> Result<String, CannotForge> {
    let signature = view.sample().rsplit('.').next().unwrap_or_default();
    let signature = Signature::Copied(signature.to_owned());
    Ok(mint::jws(&view.sample_header(), view.wanted(), &signature)?)
}
