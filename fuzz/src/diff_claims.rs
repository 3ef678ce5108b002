//! Libraries against each other on claims: members set, retyped, and written twice.
//!
//! The input says which, by [`crate::edit::Claims`]; the same claims are signed as a
//! JWT and encrypted as a PASETO. So the fuzzer is spared the writing of JSON, which
//! `diff_jws` and `diff_paseto` leave to it.

use std::sync::LazyLock;

use tokenlab_attacks::Outcome;
use tokenlab_attacks::model::{jws, payload};
use tokenlab_harness::claims::{NumericDate, Rfc3339};
use tokenlab_harness::{RejectReason, Rejection};

use crate::disagreement::{Answer, Panel, Written};
use crate::edit::Claims;
use crate::issued::RING;
use crate::plant::Plant;
use crate::seeds::Seed;
use crate::{Finding, Reach, Target, diff_jws, diff_paseto};

/// This target.
pub const TARGET: Target = Target {
    name: "diff_claims",
    summary: "claims set, retyped and written twice, one library of JWT or PASETO against the others",
    crash_means: "two libraries disagree on the issuer's claims in a way that nobody has looked at",
    dictionary: None,
    body,
    token,
    seeds,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static PANEL: LazyLock<Panel> = LazyLock::new(|| {
        #[allow(clippy::expect_used)] // a target without its verifiers would find nothing
        Panel::of(diff_jws::SCHEME).expect("keys of the lab's own ring")
    });
    let Some(claims) = Claims::of(data) else {
        return Ok(Reach::Refused);
    };
    let (header, payload) = (claims.header("HS256"), claims.payload::<NumericDate>());
    let written = Written {
        header: &header,
        payload: &payload,
    };
    let token = diff_jws::sign(written);
    let mut answers = PANEL.ask(&token);
    answers.extend(planted(&token));
    let reach = PANEL.judge(written, &answers)?;
    Ok(reach.max(diff_paseto::compare(&claims.payload::<Rfc3339>())?))
}

fn token(data: &[u8]) -> Option<String> {
    let claims = Claims::of(data)?;
    Some(diff_jws::sign(Written {
        header: &claims.header("HS256"),
        payload: &claims.payload::<NumericDate>(),
    }))
}

/// A verifier with a bug in how it reads JSON, if there is to be one.
fn planted(token: &str) -> Option<Answer> {
    static PLANT: LazyLock<bool> = LazyLock::new(|| Plant::wanted() == Some(Plant::Json));
    PLANT.then(|| {
        let key = RING
            .key(diff_jws::SCHEME)
            .and_then(|key| Some(key.secret()?.to_vec()));
        let verifier = jws::verifier("HS256", jws::configured_key(key.unwrap_or_default()));
        let decision = verifier.without(payload::CLAIM_TYPES).decide(token);
        Answer {
            contender: "planted/json".into(),
            says: match decision.outcome {
                Outcome::Believed(claims) => Ok(claims),
                Outcome::Rejected(rejection) => Err(rejection),
                other => Err(Rejection::new(RejectReason::Internal, format!("{other:?}"))),
            },
        }
    })
}

/// The claims of a corpus as they are, and with something set.
fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("seed-honest", "", Reach::Accepted),
        Seed::new(
            "seed-members",
            "PpQqRrSsTtUuVvWwXxYyZz0123456789PpQqRrSsTtUu",
            Reach::Refused,
        ),
    ]
}
