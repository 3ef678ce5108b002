//! A session's id that can be guessed from another one.
//!
//! The flawed assumption: nobody knows an id that nobody was told. An id made of
//! the time, a process number and a generator that is not meant for cryptography
//! has few neighbours, and the server says of each whether it is one. Bitten:
//! Perl's Apache::Session::Generate::MD5 to 1.94 (CVE-2025-40931), HTTP::Session
//! before 0.54 (CVE-2026-3256), OrientDB before 2.0.15 (GHSA-v6wr-fch2-vm5w). A
//! signed token may be counted, dated and guessed as one likes: what would have
//! to be guessed is its signature. Signed tokens win this row.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, VICTIM};
use crate::card::AttackProfile;
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct SessionIdEntropy;

static PROFILE: AttackProfile = AttackProfile {
    id: "session-id-entropy",
    title: "Session id guessed from another",
    assumption: "Nobody knows an id that nobody was told.",
    class: AttackClass::Native,
    given: &[Given::Answers],
    isolated: false,
    breaks: &[Weakness::GuessableId],
    references: &[
        (
            "OWASP Session Management Cheat Sheet",
            "An id has at least 64 bits of entropy, from a generator for cryptography.",
        ),
        (
            "RFC 4086 §6",
            "Clocks, serial numbers and process numbers are no source of secrets.",
        ),
        (
            "CVE-2025-40931",
            "Perl Apache::Session::Generate::MD5 to 1.94: ids follow from rand, the time and the process.",
        ),
        (
            "CVE-2026-3256",
            "Perl HTTP::Session before 0.54: ids follow from rand, the time and the process; fixed in 0.54.",
        ),
        (
            "GHSA-v6wr-fch2-vm5w",
            "OrientDB before 2.0.15: ids from a generator that can be predicted.",
        ),
    ],
    lesson: include_str!("../../lessons/session-id-entropy.md"),
};

/// How far she goes back: more than a minute, if an id counts seconds.
const BACK: u32 = 64;

impl Attack for SessionIdEntropy {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        if !matches!(view.scheme(), Scheme::Session(_)) {
            let guess = view.token_by_own_key("mallory")?;
            notes.step(
                format!("Writes a token that says {VICTIM}, which needs no guess, and would have to guess the rest."),
                guess.as_str(),
            );
            return Err(CannotForge::Inexpressible {
                why: "a token is not looked up by what it says: its claims may be guessed, its signature or tag may not"
                    .into(),
                tried: vec![Forgery::analogue(
                    "guessed-token",
                    guess,
                    "the signature or tag by a key of her own stands for a guess at the issuer's",
                )],
            });
        }
        let mut guess = String::new();
        for next in earlier(view.sample()) {
            guess = next;
            if view.ask(&guess)?.refused.is_none() {
                break;
            }
        }
        notes.step(
            format!(
                "Looks at her own id, tries those that may have been given out just before it, and stops after {} questions.",
                view.questions()
            ),
            guess.as_str(),
        );
        Ok(vec![Forgery::new("earlier-id", guess)])
    }
}

/// The ids before this one: first in its first four bytes, which may count
/// seconds, then in all of them, taken for one number.
fn earlier(id: &str) -> Vec<String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(id)
        .unwrap_or_else(|_| id.as_bytes().to_vec());
    let places = [bytes.len().min(4), bytes.len()];
    let guesses = places.into_iter().flat_map(|width| {
        let bytes = &bytes;
        (1..=BACK).map(move |back| {
            let mut bytes = bytes.clone();
            subtract(&mut bytes, width, back);
            mint::part(bytes)
        })
    });
    guesses.collect()
}

/// Subtracts from the number that the first `width` bytes are.
fn subtract(bytes: &mut [u8], width: usize, mut less: u32) {
    for byte in bytes.iter_mut().take(width).rev() {
        let [.., low] = less.to_be_bytes();
        let (difference, borrowed) = byte.overflowing_sub(low);
        *byte = difference;
        less = (less >> 8) + u32::from(borrowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_ids_are_found_by_their_second_and_as_one_number() {
        let guesses = earlier(&mint::part([0, 0, 1, 0, 7, 0]));
        let back = BACK as usize;
        assert_eq!(guesses.len(), 2 * back);
        assert_eq!(guesses[0], mint::part([0, 0, 0, 255, 7, 0]));
        assert_eq!(guesses[back], mint::part([0, 0, 1, 0, 6, 255]));
    }
}
