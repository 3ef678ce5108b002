//! Sessions in the memory store, from the text of a cookie.
//!
//! The ids are the store's own and random, so no input can be one, and a
//! fuzzer that guesses finds nothing but refusals. Two properties are held
//! against every input therefore: as an id it is unknown, and as a change to
//! an id that the store did give out (byte by byte, exclusive or) it gives
//! another text that is unknown, or the id itself, which is known.

use std::sync::LazyLock;

use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection, TokenService, contenders};

use crate::issued::{self, Issued, RING};
use crate::seeds::Seed;
use crate::{Finding, Reach, Target, forgeries};

/// This target.
pub const TARGET: Target = Target {
    name: "session",
    summary: "sessions in the memory store: the input as an id, and as a change to one",
    crash_means: "the store finds a session for an id that it never gave out, changes claims, or breaks down",
    dictionary: Some("jose"),
    body,
    token: crate::no_token,
    seeds,
};

/// A store, and the one session in it.
struct Kept {
    service: Box<dyn TokenService>,
    id: String,
    claims: ClaimSet,
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static KEPT: LazyLock<Kept> = LazyLock::new(|| {
        #[allow(clippy::expect_used)] // a target without its store would find nothing
        keep().expect("a session in memory")
    });
    let mut reach = Reach::Refused;
    let changed = changed(&KEPT.id, data);
    for text in [Some(String::from_utf8_lossy(data).into_owned()), changed]
        .into_iter()
        .flatten()
    {
        reach = reach.max(judge(&text, &KEPT.id, &KEPT.claims, KEPT.service.verify(&text))?);
    }
    Ok(reach)
}

fn keep() -> Option<Kept> {
    let claims = issued::claims(issued::CORPORA[0])?;
    let service = contenders::named(CONTENDER)?.load(&RING, &Policy::lab()).ok()?;
    let id = service.issue(&claims).ok()?;
    Some(Kept { service, id, claims })
}

/// The id with each byte of `data` laid over it; `None` if that is no text.
fn changed(id: &str, data: &[u8]) -> Option<String> {
    let mut bytes = id.as_bytes().to_vec();
    for (byte, change) in bytes.iter_mut().zip(data) {
        *byte ^= change;
    }
    String::from_utf8(bytes).ok()
}

/// Judges an answer to `text`, whoever gave it, where `id` is the one id that
/// was given out.
///
/// # Errors
/// The finding, if there is one.
pub fn judge(
    text: &str,
    id: &str,
    claims: &ClaimSet,
    answer: Result<ClaimSet, Rejection>,
) -> Result<Reach, Finding> {
    let verifier = CONTENDER.to_owned();
    let token = text.to_owned();
    match answer {
        Ok(returned) if text != id => Err(Finding::Forgery {
            verifier,
            token,
            claims: Box::new(returned),
        }),
        Ok(returned) if returned != *claims => Err(Finding::ChangedClaims {
            verifier,
            token,
            issued: Box::new(claims.clone()),
            returned: Box::new(returned),
        }),
        Ok(_) => Ok(Reach::Accepted),
        Err(rejection) if text == id || rejection.reason == RejectReason::Internal => {
            Err(Finding::Internal {
                verifier,
                token,
                detail: rejection.to_string(),
            })
        }
        Err(_) => Ok(Reach::Refused),
    }
}

/// No change at all, small ones, ids that are none, and what the catalogue
/// forges for somebody whose own id is known.
fn seeds() -> Vec<Seed> {
    let somebody = Issued {
        contender: CONTENDER.into(),
        corpus: issued::CORPORA[0].into(),
        token: "A".repeat(43),
    };
    let mut seeds = vec![
        Seed::new("seed-unchanged", "", Reach::Accepted),
        Seed::new("seed-unchanged-zeros", "\0\0\0\0", Reach::Accepted),
        Seed::new("seed-first-bit", "\u{1}", Reach::Refused),
        Seed::new("seed-first-case", " ", Reach::Refused),
        Seed::new("seed-id-of-nobody", somebody.token.as_str(), Reach::Refused),
        Seed::new(
            "seed-cookie",
            format!("session={}; Path=/", somebody.token),
            Reach::Refused,
        ),
    ];
    seeds.extend(forgeries::of(&[&somebody]));
    seeds
}

const CONTENDER: &str = "session/memory";
