//! A token that ends too early, at a verifier that does not expect it.
//!
//! The flawed assumption: what begins like a token is as long as a token. A
//! verifier that cuts a body into nonce, ciphertext and tag, or a message and
//! its signature, has to look at the length first; where it does not, a few
//! letters from anybody crash the thread, or the process. rusty_paseto to 0.8.0
//! did not (fixed in 0.9.0); no key is needed and no account.
//!
//! No format prevents this, because it is the code in front of the cryptography
//! that fails. What is sent is cut where something could be taken for granted:
//! around the lengths of nonces, tags and signatures, in the middle of JSON, in
//! the middle of a message. In no variant is enough of the claims left to be
//! believed. A test beside this one cuts every target's token at any letter.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct TruncatedToken;

static PROFILE: AttackProfile = AttackProfile {
    id: "truncated-token",
    title: "Token that ends too early",
    assumption: "What begins like a token is as long as a token.",
    class: AttackClass::Format,
    given: &[],
    isolated: false,
    breaks: &[Weakness::UncheckedLength],
    references: &[
        (
            "RFC 8725 §3.10",
            "What is received is not trusted, in its form as little as in its content.",
        ),
        (
            "PASETO specification, Version4",
            "Nonce and tag have fixed lengths, and a body is cut at them from both ends.",
        ),
        (
            "rusty_paseto commit b801103",
            "Releases to 0.8.0 panic at a short body; fixed in 0.9.0.",
        ),
    ],
    lesson: include_str!("../../lessons/truncated-token.md"),
};

impl Attack for TruncatedToken {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        // What may be sent beside a token, as a proof of its holder's, stays behind.
        let sample = view.bare_sample();
        let parts: Vec<&str> = sample.split('.').collect();
        let cuts = match (view.scheme(), parts.as_slice()) {
            (Scheme::Paseto(..), [version, purpose, body, footer @ ..]) => {
                paseto(&format!("{version}.{purpose}"), body, footer)
            }
            (Scheme::Jwt(_), [header, payload, signature]) => jws(header, payload, signature),
            (Scheme::Jwe(..), [header, key, iv, ciphertext, tag]) => jwe(header, key, [iv, ciphertext, tag]),
            (Scheme::Biscuit | Scheme::Session(_), [whole]) => text(whole),
            _ => {
                return Err(CannotForge::Failed(format!(
                    "her token has {} parts",
                    parts.len()
                )));
            }
        };
        let cuts = cuts.ok_or_else(|| CannotForge::Failed("her token is not base64url".into()))?;
        let forged = cuts.into_iter().map(|(variant, token)| {
            notes.variant_step(
                variant.as_str(),
                "Cuts her own token short, and changes nothing else.",
                "",
            );
            Forgery::new(variant, token)
        });
        Ok(forged.collect())
    }
}

/// A name, and what is left of the token.
type Cut = (String, String);

/// Lengths at which something ends in a body: nonces of 24 and 32 bytes, tags
/// of 16, 32 and 48, signatures of 64, 96 and 256, and sums of them.
const LENGTHS: [usize; 16] = [0, 1, 15, 16, 24, 31, 32, 40, 48, 63, 64, 79, 80, 95, 96, 255];

fn paseto(header: &str, body: &str, footer: &[&str]) -> Option<Vec<Cut>> {
    let body = URL_SAFE_NO_PAD.decode(body).ok()?;
    let footer: String = footer.iter().map(|footer| format!(".{footer}")).collect();
    let shorter = LENGTHS.iter().filter_map(|length| body.get(..*length));
    let cuts = shorter.map(|short| {
        let variant = format!("body-of-{}-bytes", short.len());
        (variant, format!("{header}.{}{footer}", mint::part(short)))
    });
    Some(cuts.collect())
}

fn jws(header: &str, payload: &str, signature: &str) -> Option<Vec<Cut>> {
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let half = mint::part(payload.get(..payload.len() / 2)?);
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let mut cuts = vec![
        ("header-alone".to_owned(), header.to_owned()),
        ("header-and-dots".to_owned(), format!("{header}..")),
        ("half-a-payload".to_owned(), format!("{header}.{half}")),
    ];
    let shorter = [0, 1, 31, 32, 63]
        .into_iter()
        .filter_map(|length| signature.get(..length));
    cuts.extend(shorter.map(|short| {
        let variant = format!("signature-of-{}-bytes", short.len());
        (variant, format!("{header}.{half}.{}", mint::part(short)))
    }));
    Some(cuts)
}

fn jwe(header: &str, key: &str, content: [&str; 3]) -> Option<Vec<Cut>> {
    let [iv, ciphertext, tag] = content;
    let [short_key, short_iv, short, short_tag] = [
        shortened(key)?,
        shortened(iv)?,
        shortened(ciphertext)?,
        shortened(tag)?,
    ];
    let cuts = [
        ("header-and-dots", format!("{header}....")),
        ("half-a-key", format!("{header}.{short_key}.{iv}.{short}.{tag}")),
        ("half-an-iv", format!("{header}.{key}.{short_iv}.{short}.{tag}")),
        ("half-a-ciphertext", format!("{header}.{key}.{iv}.{short}.{tag}")),
        ("half-a-tag", format!("{header}.{key}.{iv}.{short}.{short_tag}")),
        ("no-ciphertext", format!("{header}.{key}.{iv}..{tag}")),
        ("no-tag", format!("{header}.{key}.{iv}.{short}.")),
    ];
    // Under a key that is shared directly there is none in the token, and no half of it.
    let cuts = cuts
        .into_iter()
        .filter(|(variant, _)| !key.is_empty() || *variant != "half-a-key");
    Some(cuts.map(|(variant, token)| (variant.to_owned(), token)).collect())
}

/// The first half of a part, in whole bytes.
fn shortened(part: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    Some(mint::part(bytes.get(..bytes.len() / 2)?))
}

/// Where a token has no parts: fewer and fewer letters, in fours, so that what
/// is left can be decoded.
fn text(whole: &str) -> Option<Vec<Cut>> {
    let lengths = [1, 4, 8, whole.len() / 8 * 4, whole.len().checked_sub(4)?];
    let cuts = lengths.map(|length| {
        let kept = whole.get(..length).unwrap_or_default();
        (format!("{length}-letters"), kept.to_owned())
    });
    Some(cuts.into())
}
