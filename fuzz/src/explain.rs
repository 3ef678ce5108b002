//! What became of one input, in terms of a token: for whoever finds a file in
//! `artifacts/` and wants to know what it means.

use std::mem::discriminant;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokenlab_harness::decode::{Format, decode};
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::catalogue::Family;

use crate::issued::{self, Issued, RING};
use crate::{Finding, Reach, Target};

/// An input, explained.
pub struct Explanation {
    /// How far it came; what was found, in a sentence; or a panic, in its words.
    pub outcome: Result<Reach, String>,
    /// The token that it stands for, if it stands for one.
    pub token: Option<String>,
    /// The issued token that begins most like it, and where the two part, in bytes.
    pub nearest: Option<(&'static Issued, usize)>,
    /// What each verifier of its family says of the token.
    pub answers: Vec<(String, Result<ClaimSet, Rejection>)>,
}

/// Explains `data` before `target`.
#[must_use]
pub fn explain(target: &Target, data: &[u8]) -> Explanation {
    let token = (target.token)(data);
    let nearest = token.as_deref().and_then(nearest);
    let answers = token.as_deref().map_or_else(Vec::new, ask);
    Explanation {
        outcome: judge(target, data).map_err(|fault| fault.to_string()),
        token,
        nearest,
        answers,
    }
}

/// What is wrong with an input.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A property is broken.
    #[error(transparent)]
    Finding(Finding),
    /// Somebody panics; in which words.
    #[error("it panics: {0}")]
    Panic(String),
}

impl Fault {
    /// Whether both are of one kind.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Finding(one), Self::Finding(other)) => discriminant(one) == discriminant(other),
            (one, other) => discriminant(one) == discriminant(other),
        }
    }
}

/// How far an input comes; a panic is a fault like another.
///
/// # Errors
/// The fault, if there is one.
pub fn judge(target: &Target, data: &[u8]) -> Result<Reach, Fault> {
    caught(|| (target.body)(data))
        .map_err(Fault::Panic)?
        .map_err(Fault::Finding)
}

/// What `run` returns, or the words of its panic.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        words.unwrap_or("without words").to_owned()
    })
}

/// A smaller input with a fault of the same kind: pieces are left out as long as it
/// stays, at most `AT_MOST` times. `None` if `data` has none.
#[must_use]
pub fn smallest(target: &Target, data: &[u8]) -> Option<Vec<u8>> {
    const AT_MOST: usize = 2000;
    let fault = judge(target, data).err()?;
    let stays = |data: &[u8]| judge(target, data).is_err_and(|other| other.is_like(&fault));
    let mut smallest = data.to_vec();
    let mut tries = 0;
    let mut piece = smallest.len() / 2;
    while piece > 0 {
        let mut at = 0;
        while at < smallest.len() && tries < AT_MOST {
            let end = (at + piece).min(smallest.len());
            let mut without = smallest.clone();
            without.drain(at..end);
            tries += 1;
            if stays(&without) {
                smallest = without;
            } else {
                at = end;
            }
        }
        piece /= 2;
    }
    Some(smallest)
}

fn nearest(text: &str) -> Option<(&'static Issued, usize)> {
    let common = |issued: &Issued| {
        let pairs = issued.token.bytes().zip(text.bytes());
        pairs.take_while(|(one, other)| one == other).count()
    };
    let issued = issued::all().iter().max_by_key(|issued| common(issued))?;
    let at = common(issued);
    (at > 0).then_some((issued, at))
}

fn ask(text: &str) -> Vec<(String, Result<ClaimSet, Rejection>)> {
    let family = match decode(text).format {
        Format::Jwe => Family::Jwe,
        Format::Paseto => Family::Paseto,
        Format::Biscuit => Family::Biscuit,
        _ => Family::Jwt,
    };
    issued::fuzzed()
        .filter(|contender| contender.card().family == family)
        .filter_map(|contender| {
            let service = contender.load(&RING, &Policy::lab()).ok()?;
            let answer = caught(|| service.verify(text)).unwrap_or_else(|words| {
                let detail = format!("it panics: {words}");
                Err(Rejection::new(RejectReason::Internal, detail))
            });
            Some((contender.id().to_string(), answer))
        })
        .collect()
}

/// The layer of a verifier that a reason speaks of.
#[must_use]
pub const fn layer(reason: RejectReason) -> &'static str {
    match reason {
        RejectReason::Oversized | RejectReason::Malformed => "shape",
        RejectReason::Encoding => "base64url or JSON",
        RejectReason::WrongScheme => "header",
        RejectReason::UnknownKey => "key choice",
        RejectReason::BadSignature => "signature or tag",
        RejectReason::Expired | RejectReason::NotYetValid => "time",
        RejectReason::MissingClaim(_)
        | RejectReason::InvalidClaims
        | RejectReason::WrongIssuer
        | RejectReason::WrongAudience => "claims",
        RejectReason::Unauthorized => "authorizer",
        _ => "the library itself",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{jwt, models, seeds::Seed};

    /// Finds fault with every text that has an x and a y in it.
    const PICKY: Target = Target {
        name: "picky",
        summary: "",
        crash_means: "",
        dictionary: None,
        body: |data| {
            assert!(!data.contains(&b'!'), "an exclamation mark");
            if data.contains(&b'x') && data.contains(&b'y') {
                return Err(Finding::WrongDecoding {
                    problem: "is picky",
                    text: String::new(),
                });
            }
            Ok(Reach::Refused)
        },
        token: |_| None,
        seeds: Vec::<Seed>::new,
    };

    #[test]
    fn a_finding_is_made_as_small_as_it_gets() {
        assert_eq!(smallest(&PICKY, b"aaaaaxbbbbbbyccc").as_deref(), Some(&b"xy"[..]));
        assert_eq!(smallest(&PICKY, b"yyyyxxxx").as_deref(), Some(&b"yx"[..]));
        assert_eq!(smallest(&PICKY, b"x!!y!").as_deref(), Some(&b"!"[..]));
        assert_eq!(smallest(&PICKY, b"harmless"), None);
    }

    #[test]
    fn a_panic_is_explained_as_one() {
        let explained = explain(&PICKY, b"oh!");
        assert_eq!(
            explained.outcome,
            Err("it panics: an exclamation mark".to_owned())
        );
    }

    #[test]
    fn a_changed_token_is_held_against_the_one_it_was() {
        let honest = issued::all()
            .iter()
            .find(|issued| issued.contender.starts_with("jsonwebtoken/HS256"));
        let honest = honest.unwrap();
        let mut changed = honest.token.clone();
        let last = changed.pop().unwrap();
        changed.push(if last == 'A' { 'E' } else { 'A' });
        let explained = explain(&jwt::TARGET, changed.as_bytes());
        assert_eq!(explained.outcome, Ok(Reach::Refused));
        let (nearest, at) = explained.nearest.unwrap();
        assert_eq!(
            (nearest.token.as_str(), at),
            (honest.token.as_str(), changed.len() - 1)
        );
        let own = explained
            .answers
            .iter()
            .find(|(contender, _)| *contender == honest.contender);
        let reason = own.unwrap().1.as_ref().unwrap_err().reason;
        assert!(
            ["signature or tag", "base64url or JSON"].contains(&layer(reason)),
            "{reason:?}"
        );
    }

    #[test]
    fn edits_are_shown_as_the_token_that_they_make() {
        let token = explain(&models::TARGET, b"").token.unwrap();
        assert!(issued::all().iter().any(|issued| issued.token == token));
    }
}
