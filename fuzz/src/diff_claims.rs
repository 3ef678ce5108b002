//! Libraries against each other on claims: members set, retyped, and written twice.
//!
//! The input says which, by [`crate::edit::Claims`]; the same claims are signed as a
//! JWT and encrypted as a PASETO. So the fuzzer is spared the writing of JSON, which
//! `diff_jws` and `diff_paseto` leave to it.

use std::sync::LazyLock;

use tokenlab_attacks::model::jws::{self, Jws};
use tokenlab_attacks::model::{Verifier, payload};
use tokenlab_harness::claims::{NumericDate, Rfc3339};

use crate::disagreement::{Answer, Written};
use crate::edit::Claims;
use crate::plant::Plant;
use crate::seeds::Seed;
use crate::{Finding, Reach, Target, diff_jws, diff_paseto, issued, models};

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
    let Some(claims) = Claims::of(data) else {
        return Ok(Reach::Refused);
    };
    let reach = with_jwt(&claims, |written| diff_jws::compare(written, planted))?;
    Ok(reach.max(diff_paseto::compare(&claims.payload::<Rfc3339>())?))
}

fn token(data: &[u8]) -> Option<String> {
    Some(with_jwt(&Claims::of(data)?, diff_jws::sign))
}

/// What `judge` makes of the claims as a JWT.
fn with_jwt<T>(claims: &Claims, judge: impl FnOnce(Written<'_>) -> T) -> T {
    judge(Written {
        header: &claims.header("HS256"),
        payload: &claims.payload::<NumericDate>(),
    })
}

/// A verifier with a bug in how it reads JSON, if there is to be one.
fn planted(token: &str) -> Option<Answer> {
    static VERIFIER: LazyLock<Option<Verifier<Jws>>> = LazyLock::new(|| {
        let key = jws::configured_key(issued::secret(diff_jws::SCHEME));
        let verifier = jws::verifier("HS256", key).without(payload::CLAIM_TYPES);
        Plant::wanted()
            .is_some_and(|plant| plant == Plant::Json)
            .then_some(verifier)
    });
    VERIFIER.as_ref().map(|verifier| Answer {
        contender: "planted/json".into(),
        says: models::answer(verifier, token),
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
