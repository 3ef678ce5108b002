//! An issuer's name that is nearly the expected one.
//!
//! The flawed assumption: names can be compared roughly. Where an issuer has
//! tenants, and signs for all with one key, their names are all that tells them
//! apart, and a tenant may choose its name. PyPI PyJWT 2.10.0 took any part of the
//! expected name (CVE-2024-53861), npm fast-jwt to 5.0.5 a list with the expected
//! name in it (CVE-2025-30144). RFC 8725 §3.8 asks for equality. The claim is the
//! same in a PASETO, and so is the mistake; the terms of a Biscuit are compared as
//! a whole, unless somebody writes a rule that does not.

use serde_json::{Map, Value};
use tokenlab_harness::{ClaimSet, Policy};
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct IssPartialMatch;

static PROFILE: AttackProfile = AttackProfile {
    id: "iss-partial-match",
    title: "Issuer compared in part",
    assumption: "An issuer's name that resembles the expected one is the expected one.",
    class: AttackClass::Life,
    given: &[Given::IssuerSigns(
        "A tenant of her own at the same issuer, which signs for all its tenants with one key and lets each choose its \
         name and its users.",
    )],
    isolated: false,
    breaks: &[Weakness::IssuerPartlyCompared],
    references: &[
        (
            "RFC 8725 §3.8",
            "The issuer is compared, and the key has to belong to it.",
        ),
        (
            "RFC 7519 §4.1.1",
            "iss is one string, compared with case and as a whole.",
        ),
        (
            "CVE-2024-53861",
            "PyPI PyJWT 2.10.0: a part of the expected name passes (GHSA-75c5-xw7c-p5pm); fixed in 2.10.1.",
        ),
        (
            "CVE-2025-30144",
            "npm fast-jwt: a list of issuers passes if the expected one is in it; seen in 5.0.5, fixed in 5.0.6.",
        ),
        ("PASETO, Validators", "IssuedBy compares iss as a whole."),
    ],
    lesson: include_str!("../../lessons/iss-partial-match.md"),
};

/// Where her tenant would be, if it had an honest name.
const TENANT: &str = "https://mallory.example";

impl Attack for IssPartialMatch {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let expected = view.own().iss.clone().unwrap_or_else(|| Policy::lab().issuer);
        let mut forgeries = Vec::new();
        for (variant, iss, says) in [
            (
                "part-of-the-name",
                "https://".to_owned(),
                "Calls her tenant by a part of the expected issuer's name.",
            ),
            (
                "longer-host",
                format!("{expected}.mallory.example"),
                "Calls her tenant by the expected issuer's name and the rest of a host of hers.",
            ),
            (
                "longer-path",
                format!("{expected}/mallory"),
                "Calls her tenant by the expected issuer's name and a path.",
            ),
        ] {
            let claims = ClaimSet {
                iss: Some(iss),
                ..view.wanted().clone()
            };
            let token = view.issued(&view.draft(&claims)?)?;
            notes.variant_step(variant, says, token.as_str());
            forgeries.push(Forgery::new(variant, token));
        }
        if let Scheme::Jwt(_) | Scheme::Jwe(..) | Scheme::Paseto(..) = view.scheme() {
            forgeries.extend(two_issuers(view, &expected, notes)?);
        }
        Ok(forgeries)
    }
}

/// A list of two names where one string belongs; `None` where the issuer's
/// library writes no such claim.
fn two_issuers(
    view: &AttackerView<'_>,
    expected: &str,
    notes: &mut Notebook,
) -> Result<Option<Forgery>, CannotForge> {
    let variant = "two-names";
    let mut draft = view.draft(view.wanted())?;
    let mut members: Map<String, Value> =
        serde_json::from_slice(&draft.payload).map_err(|error| CannotForge::Failed(error.to_string()))?;
    members.insert("iss".into(), Value::from(vec![TENANT, expected]));
    draft.payload = Value::Object(members).to_string().into_bytes();
    let Ok(token) = view.issued(&draft) else {
        notes.step(
            "Would call her tenant by two names, but the issuer's library writes one.",
            "",
        );
        return Ok(None);
    };
    notes.variant_step(
        variant,
        "Calls her tenant by two names, of which the expected issuer's is one.",
        token.as_str(),
    );
    Ok(Some(Forgery::new(variant, token)))
}
