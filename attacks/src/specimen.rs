//! Tokens to try a verifier from outside with before any attack: honest ones that it has
//! to believe, whatever it holds against forgeries, and ones that it has to refuse without
//! anybody's cunning.
//!
//! A verifier that refuses everything withstands every attack. What is here tells it from
//! one that works.

use serde_json::json;
use tokenlab_harness::claims::CustomClaims;
use tokenlab_harness::{ClaimSet, policy};

use crate::desk::Draft;
use crate::scheme::Scheme;
use crate::target::Exposure;

/// A token, and what a verifier that works does with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specimen {
    /// What is remarkable about it, as the end of "a token …".
    pub what: &'static str,
    /// The token.
    pub token: String,
    /// Of whom it is, if it is to be believed.
    pub subject: Option<String>,
}

/// Seconds in an hour.
const HOUR: i64 = 3600;

/// What an honest token may have beside its claims.
enum Beside {
    Nothing,
    /// `kid` in the header of a JWT.
    KeyName,
    /// A footer of a PASETO.
    Footer,
}

/// Every specimen that the scheme has a place for.
pub(crate) fn all(exposure: &Exposure) -> Vec<Specimen> {
    let now = policy::now();
    let usual = &exposure.sample_claims;
    let of = |subject: &str| ClaimSet {
        sub: Some(subject.into()),
        ..usual.clone()
    };
    let mut custom = CustomClaims::default();
    custom.insert("roles", json!(["reader", "writer"]));
    custom.insert("quota", json!({ "mib": 512 }));
    let honest = [
        ("as it is usually issued", usual.clone()),
        (
            "of somebody whose name is not in ASCII",
            of("Ольга \u{1f511} O'Neil"),
        ),
        (
            "with claims of the application's own",
            ClaimSet {
                custom,
                ..of("grace")
            },
        ),
        (
            "that has been valid for an hour, and is for one more",
            ClaimSet {
                nbf: Some(now - HOUR),
                exp: Some(now + HOUR),
                ..of("linus")
            },
        ),
        (
            "without the time at which it was issued",
            ClaimSet {
                iat: None,
                ..usual.clone()
            },
        ),
    ];
    let refused = [
        (
            "that expired an hour ago",
            ClaimSet {
                exp: Some(now - HOUR),
                ..usual.clone()
            },
        ),
        (
            "that is not valid for another hour",
            ClaimSet {
                nbf: Some(now + HOUR),
                ..usual.clone()
            },
        ),
    ];
    let issued = |claims: &ClaimSet, beside: Beside| {
        let mut draft = Draft::of(exposure.scheme, claims).ok()?;
        match beside {
            Beside::Nothing => {}
            Beside::KeyName => {
                draft.header.insert("kid".into(), "2026-01".into());
            }
            Beside::Footer => draft.footer = Some("2026-01".into()),
        }
        exposure.desk.issue(&draft).ok()
    };
    let mut specimens = Vec::new();
    let mut add = |what, claims: &ClaimSet, beside, is_honest| {
        specimens.extend(issued(claims, beside).map(|token| Specimen {
            what,
            token,
            subject: claims.sub.clone().filter(|_| is_honest),
        }));
    };
    for (what, claims) in &honest {
        add(what, claims, Beside::Nothing, true);
    }
    match exposure.scheme {
        Scheme::Jwt(_) => add("whose header names its key", usual, Beside::KeyName, true),
        Scheme::Paseto(..) => add("with a footer", usual, Beside::Footer, true),
        _ => {}
    }
    for (what, claims) in &refused {
        add(what, claims, Beside::Nothing, false);
    }
    let sample = &exposure.sample_token;
    let changed = [
        (
            "with a letter of its last part changed",
            Some(last_part_changed(sample)),
        ),
        (
            "with a letter of the part before changed",
            part_before_changed(sample),
        ),
    ];
    specimens.extend(changed.into_iter().filter_map(|(what, token)| {
        Some(Specimen {
            what,
            token: token?,
            subject: None,
        })
    }));
    specimens
}

/// The token with a letter of its last part changed, where there is a signature, a tag or
/// what one covers.
pub(crate) fn last_part_changed(token: &str) -> String {
    match token.rsplit_once('.') {
        Some((before, last)) => format!("{before}.{}", one_letter_changed(last)),
        None => one_letter_changed(token),
    }
}

/// The same with the part before it; `None` if that is no more than a word of the format.
fn part_before_changed(token: &str) -> Option<String> {
    let (before, last) = token.rsplit_once('.')?;
    let (start, part) = before.rsplit_once('.')?;
    (part.len() > "public".len()).then(|| format!("{start}.{}.{last}", one_letter_changed(part)))
}

/// The text with another letter in its middle.
fn one_letter_changed(text: &str) -> String {
    let place = text.len() / 2;
    text.char_indices()
        .map(|(index, letter)| match letter {
            'A' if index == place => 'B',
            _ if index == place => 'A',
            letter => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_is_changed_and_in_the_part_that_is_said() {
        assert_eq!(last_part_changed("aaa.bbb.ccc"), "aaa.bbb.cAc");
        assert_eq!(last_part_changed("xAx"), "xBx");
        assert_eq!(last_part_changed(""), "");
        assert_eq!(
            part_before_changed("aaa.bbbbbbbbb.ccc").as_deref(),
            Some("aaa.bbbbAbbbb.ccc")
        );
        assert_eq!(part_before_changed("v4.public.ccc"), None);
    }
}
