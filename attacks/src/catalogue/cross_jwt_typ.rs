//! One kind of token used as another.
//!
//! The flawed assumption: what the issuer signed for this audience is what this
//! request wants. An issuer signs access tokens, refresh tokens, tokens that say
//! who somebody is and tokens that reset a password, often with one key. RFC 8725
//! §3.11 and §3.12: say in `typ` what a token is for, and let the rules of two
//! kinds exclude each other. PASETO has no `typ`; another key, a claim or an
//! implicit assertion for each kind has to do it. A Biscuit has the names of its
//! facts, and a session the table that it lies in. Nothing does it by itself.

use serde_json::Value;
use tokenlab_harness::ClaimSet;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::desk::{Draft, Kind};
use crate::given::Given;
use crate::notebook::Notebook;
use crate::weakness::Weakness;

pub(super) struct CrossJwtTyp;

static PROFILE: AttackProfile = AttackProfile {
    id: "cross-jwt-typ",
    title: "One kind of token used as another",
    assumption: "What the issuer signed for this audience is what this request wants.",
    class: AttackClass::Life,
    given: &[Given::IssuerSigns(
        "A refresh token, as everybody gets one who logs in and wants to stay logged in.",
    )],
    isolated: false,
    breaks: &[Weakness::KindUnchecked],
    references: &[
        (
            "RFC 8725 §2.8",
            "A token issued for one purpose is used for another.",
        ),
        (
            "RFC 8725 §3.11",
            "typ says what a JWT is for, if the verifier demands it.",
        ),
        (
            "RFC 8725 §3.12",
            "The rules for different kinds exclude each other: by typ, by claims, by keys.",
        ),
        (
            "RFC 9068 §4",
            "An access token has the typ at+jwt, and others are refused.",
        ),
        (
            "CVE-2026-101023",
            "Gitea to 28.0.0: an access token is taken for a refresh token (GHSA-469m-x4mw-38r3).",
        ),
        (
            "CVE-2026-41164",
            "nuts-node: a verifiable presentation is taken for an access token.",
        ),
        (
            "PASETO Version4, Implicit Assertions",
            "What is signed and not sent can say what a token is for; there is no typ.",
        ),
    ],
    lesson: include_str!("../../lessons/cross-jwt-typ.md"),
};

impl Attack for CrossJwtTyp {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let mut claims = view.own().clone();
        claims.jti = Some("refresh-1".into());
        let unmarked = claims.clone();
        claims.custom.insert("token_use", Value::from("refresh"));
        // Some issuers write registered claims alone.
        let token = refresh_token(view, &claims).or_else(|_| refresh_token(view, &unmarked))?;
        notes.step(
            "Ticks the box that says \"stay logged in\", and gets a refresh token beside the other.",
            token.as_str(),
        );
        Ok(vec![Forgery::new("refresh-token", token).to_be_believed()])
    }
}

/// A token that the issuer knows to be for renewing others.
fn refresh_token(view: &AttackerView<'_>, claims: &ClaimSet) -> Result<String, CannotForge> {
    let draft = Draft {
        kind: Kind::Refresh,
        ..view.draft(claims)?
    };
    view.issued(&draft)
}
