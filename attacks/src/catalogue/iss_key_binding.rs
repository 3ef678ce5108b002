//! One tenant's key, another tenant's name.
//!
//! The flawed assumption: a key that is trusted is trusted for everything. A
//! verifier for several issuers has the keys of all of them, and `kid` picks
//! one; where nobody asks whose key that is, any issuer signs for every other.
//! RFC 8725 §3.8 demands that the key belongs to the issuer that the token
//! names. Bitten: nuts-node (CVE-2026-41164).
//!
//! Mallory is a tenant here, with a registered key of her own. PASETO has `iss`
//! and a footer with `kid`, and no rule that brings them together, so the
//! attack carries over unchanged. A Biscuit names its root key by a number, and
//! the same question has to be asked of it.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, OWN_ISSUER};
use crate::biscuit;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::stand_in::analogues;
use crate::weakness::Weakness;

pub(super) struct IssKeyBinding;

static PROFILE: AttackProfile = AttackProfile {
    id: "iss-key-binding",
    title: "One issuer's key for another's token",
    assumption: "A key that is trusted is trusted for every issuer.",
    class: AttackClass::Algorithm,
    given: &[Given::Tenancy],
    isolated: false,
    breaks: &[Weakness::KeyOfAnyIssuer],
    references: &[
        (
            "RFC 8725 §3.8",
            "The keys used belong to the issuer that the token names; otherwise it is refused.",
        ),
        (
            "CVE-2026-41164",
            "nuts-node before 5.4.31 and 6.2.3: introspection accepts what any key of the node has signed, whichever issuer it names.",
        ),
        (
            "PASETO, Payload-Processing, Key-ID Support",
            "The footer may name a key; whose it is the application has to ask.",
        ),
    ],
    lesson: include_str!("../../lessons/iss-key-binding.md"),
};

impl Attack for IssKeyBinding {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let kid = view.registered_kid()?;
        notes.step(
            format!(
                "Has a key of her own, {kid}, which the verifier knows for tokens of her issuer {OWN_ISSUER}."
            ),
            "",
        );
        let says = mint::jwt_payload(view.wanted())?;
        match view.scheme() {
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "a session is looked up in one store, and nobody else writes into it".into(),
                tried: analogues(
                    notes,
                    "a session names no key, so the name of her key takes the place of its id",
                    [(
                        "own-key-name-as-id",
                        "Sends the name of her key for an id.",
                        kid.into(),
                    )],
                ),
            }),
            Scheme::Biscuit => {
                let named = biscuit::Value::Number(1);
                let token = view.biscuit_by_own_key()?.with(biscuit::ROOT_KEY_ID, named);
                Ok(analogues(
                    notes,
                    "a biscuit names its root key by a number, so that of a tenant takes the place of kid",
                    [(
                        "own-root-key",
                        "Signs a biscuit of the other issuer's, in which the subject is admin, with her own root key.",
                        token.to_token(),
                    )],
                ))
            }
            scheme => {
                let variant = "own-key-others-issuer";
                notes.variant_step(
                    variant,
                    "Makes a token with her own key, and names her own key: nothing about that is forged.",
                    kid,
                );
                notes.variant_step(
                    variant,
                    "Writes the other issuer's name into it, and admin for the subject.",
                    says,
                );
                let token = view.token_by_own_key(kid)?;
                Ok(vec![match scheme {
                    Scheme::Paseto(..) => Forgery::analogue(
                        variant,
                        token,
                        "PASETO has no kid header; the footer names the key instead",
                    ),
                    _ => Forgery::new(variant, token),
                }])
            }
        }
    }
}
