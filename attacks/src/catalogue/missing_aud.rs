//! A token for another service of the same issuer.
//!
//! The flawed assumption: what the issuer signed is for whoever can verify it.
//! Services that share an issuer share its key, and `aud` alone says which of
//! them a token is for. RFC 8725 §3.9 has the verifier refuse a token that does
//! not name it, and a token that names nobody. The claims of a PASETO are the
//! same; a Biscuit's are facts that an authorizer has to ask for. A session lies
//! in the store of one service, and another service has no such row.

use tokenlab_harness::ClaimSet;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::weakness::Weakness;

pub(super) struct MissingAud;

static PROFILE: AttackProfile = AttackProfile {
    id: "missing-aud",
    title: "Token of another audience",
    assumption: "What the issuer signed is for whoever can verify it.",
    class: AttackClass::Life,
    given: &[Given::IssuerSigns(
        "An honest token for another service of the same issuer, where she has an account as well.",
    )],
    isolated: false,
    breaks: &[Weakness::AudienceUnchecked, Weakness::AudienceOptional],
    references: &[
        (
            "RFC 8725 §3.9",
            "A verifier that shares its issuer with others demands that the token names it.",
        ),
        (
            "RFC 7519 §4.1.3",
            "Whoever is not among the audiences of a token must reject it; the claim itself is optional.",
        ),
        (
            "CVE-2020-26160",
            "Go jwt-go before 4.0.0-preview1: a list of audiences is taken for an absent claim, which passes.",
        ),
        (
            "jsonwebtoken, Validation",
            "set_audience is looked at if there is an aud; required_spec_claims says whether there has to be one.",
        ),
        (
            "PASETO, Validators",
            "ForAudience compares aud, if the caller adds it.",
        ),
    ],
    lesson: include_str!("../../lessons/missing-aud.md"),
};

/// The other service.
const OTHER: &str = "billing.example";

impl Attack for MissingAud {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let mut forgeries = Vec::new();
        for (variant, aud, says) in [
            (
                "other-audience",
                vec![OTHER.to_owned()],
                "Logs in at another service of the same issuer, and takes the token from there.",
            ),
            (
                "no-audience",
                Vec::new(),
                "Takes a token from a service that names no audience in its tokens.",
            ),
        ] {
            let claims = ClaimSet {
                aud,
                ..view.own().clone()
            };
            let token = view.issued(&view.draft(&claims)?)?;
            notes.variant_step(variant, says, token.as_str());
            forgeries.push(Forgery::new(variant, token).to_be_believed());
        }
        Ok(forgeries)
    }
}
