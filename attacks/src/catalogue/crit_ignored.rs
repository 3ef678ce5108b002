//! An extension that must be understood, before a verifier that does not know
//! it.
//!
//! The flawed assumption: what is not understood does not matter. `crit` in a
//! JOSE header says the opposite (RFC 7515 §4.1.11): the token means something
//! else to whoever does not know the extension, and has to be refused. Where it
//! is passed over, a strict service and a lax one disagree about the same
//! token. Bitten: PyPI PyJWT (CVE-2026-32597), npm fast-jwt (CVE-2026-35042),
//! PyPI Authlib (CVE-2025-59420).
//!
//! `b64`, the one such extension in an RFC, changes what is signed, and is not
//! for JWTs (RFC 7797 §7). A PASETO has no extensions: its version is all that
//! it could say, and an unknown one is refused. A Biscuit says in every block
//! which version of Datalog it is written in.

use serde_json::{Map, Value, json};
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{self, Message};
use crate::card::AttackProfile;
use crate::desk::Draft;
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct CritIgnored;

static PROFILE: AttackProfile = AttackProfile {
    id: "crit-ignored",
    title: "Critical extension passed over",
    assumption: "What a verifier does not understand in a header does not matter.",
    class: AttackClass::Format,
    given: &[Given::IssuerSigns(
        "A token with an extension that must be understood, which the issuer uses with other services: it narrows what the token is for.",
    )],
    isolated: false,
    breaks: &[Weakness::CritIgnored],
    references: &[
        (
            "RFC 7515 §4.1.11",
            "A name in crit that is not understood makes the JWS invalid; issuers send no empty list, no name twice, and none that the header lacks.",
        ),
        ("RFC 7797 §7", "JWTs do not use b64 with the value false."),
        (
            "CVE-2026-32597",
            "PyPI PyJWT before 2.12.0 does not look at crit; fixed in 2.12.0.",
        ),
        ("CVE-2026-35042", "npm fast-jwt to 6.1.0 does not look at crit."),
        (
            "CVE-2025-59420",
            "PyPI Authlib 1.6.3 believes tokens with unknown names in crit.",
        ),
        (
            "Biscuit specification, Versions",
            "A block of a newer version than the reader knows is refused.",
        ),
    ],
    lesson: include_str!("../../lessons/crit-ignored.md"),
};

/// An extension that nobody here understands.
const EXTENSION: &str = "urn:example:read-only";

impl Attack for CritIgnored {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match view.scheme() {
            Scheme::Jwt(_) | Scheme::Jwe(..) => headers()
                .into_iter()
                .map(|(variant, says, members)| extended(view, variant, says, members, notes))
                .collect(),
            Scheme::Paseto(_, purpose) => {
                let variant = "unknown-version";
                let rest = view.sample().splitn(3, '.').nth(2).unwrap_or_default();
                let token = format!("v9.{}.{rest}", purpose.name());
                notes.variant_step(
                    variant,
                    "Writes a version into the header that nobody knows.",
                    format!("v9.{}.", purpose.name()),
                );
                Err(CannotForge::Inexpressible {
                    why: "a PASETO has no extensions, critical or not: a new version is the only way to say something new".into(),
                    tried: vec![
                        Forgery::analogue(
                            variant,
                            token,
                            "the version is the only thing in a header that a verifier might not understand",
                        )
                        .to_be_believed(),
                    ],
                })
            }
            Scheme::Biscuit => {
                let variant = "unknown-block-version";
                let block = Message(vec![(biscuit::VERSION, biscuit::Value::Number(99))]);
                notes.variant_step(
                    variant,
                    "Appends an empty block, as any holder may, and says that it is written in version 99 of Datalog.",
                    "",
                );
                let token = view.biscuit_with_block(&block)?;
                Ok(vec![
                    Forgery::analogue(
                        variant,
                        token,
                        "a biscuit has no header; its blocks say which version has to be understood",
                    )
                    .to_be_believed(),
                ])
            }
            Scheme::Session(_) => {
                let variant = "extended-id";
                let token = format!("{}.{EXTENSION}", view.sample());
                notes.variant_step(variant, "Writes the extension behind her own id.", token.as_str());
                Err(CannotForge::Inexpressible {
                    why: "the id of a session says nothing that would have to be understood".into(),
                    tried: vec![
                        Forgery::analogue(
                            variant,
                            token,
                            "an id has no header, so the extension is a part of the id",
                        )
                        .to_be_believed(),
                    ],
                })
            }
        }
    }
}

/// What the header says besides the usual.
fn headers() -> [(&'static str, &'static str, Value); 4] {
    [
        (
            "unknown-extension",
            "The issuer names an extension that must be understood: the token is for reading alone.",
            json!({ "crit": [EXTENSION], EXTENSION: true }),
        ),
        (
            "absent-extension",
            "The issuer names an extension that is not in the header.",
            json!({ "crit": [EXTENSION] }),
        ),
        (
            "named-twice",
            "The issuer names that extension twice.",
            json!({ "crit": [EXTENSION, EXTENSION], EXTENSION: true }),
        ),
        (
            "b64-false",
            "The issuer says that the payload is not encoded.",
            json!({ "crit": ["b64"], "b64": false }),
        ),
    ]
}

/// A token with these members in its header; where no writer here has a header
/// of its own, they are written into the header of an honest one.
fn extended(
    view: &AttackerView<'_>,
    variant: &str,
    says: &str,
    members: Value,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    notes.variant_step(variant, says, members.to_string());
    let Value::Object(members) = members else {
        return Err(CannotForge::Failed(
            "the members of a header are an object".into(),
        ));
    };
    let draft = Draft {
        header: members.clone(),
        ..view.draft(view.sample_claims())?
    };
    let forgery = match (view.scheme(), view.issued(&draft)) {
        (_, Ok(token)) => Forgery::new(variant, token),
        (Scheme::Jwe(..), Err(_)) => Forgery::analogue(
            variant,
            rewritten(view, members),
            "no writer here makes a header for this kind of JWE, so that of an honest token is rewritten",
        ),
        (_, Err(reason)) => return Err(reason),
    };
    Ok(forgery.to_be_believed())
}

fn rewritten(view: &AttackerView<'_>, members: Map<String, Value>) -> String {
    let mut header = view.sample_header();
    header.extend(members);
    let header = mint::part(Value::Object(header).to_string());
    let (_, rest) = view.sample().split_once('.').unwrap_or_default();
    format!("{header}.{rest}")
}
