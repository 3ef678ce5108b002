//! The registry of exercises, in the order in which they are taught.
//!
//! To add one: `exercises/<id>.md`, the files of its task, and its line here. Tests
//! compare the registry with the files, run each script against a fresh server, apply each
//! patch, and throw the whole attack catalogue at everything.

use crate::exercise::{Break, Exercise, Mend, Task, Tier};

/// A verifier to break by its id, tier, target, missing check and attack; the texts
/// follow from the id.
macro_rules! exercise {
    ($id:literal, $tier:ident, $target:literal, $teaches:literal, $attack:literal) => {
        Exercise {
            id: $id,
            tier: Tier::$tier,
            task: Task::Break(Break {
                target: $target,
                teaches: $teaches,
            }),
            attack: $attack,
            text: include_str!(concat!("../../exercises/", $id, ".md")),
            solution: include_str!(concat!("../../exercises/", $id, ".sh")),
        }
    };
}

/// A verifier to mend by its id, scheme and the attacks that it has to withstand, of
/// which the first is its lesson.
macro_rules! mend {
    ($id:literal, $scheme:literal, [$attack:literal $(, $more:literal)*]) => {
        Exercise {
            id: $id,
            tier: Tier::Mend,
            task: Task::Mend(Mend {
                scheme: $scheme,
                withstands: &[$attack $(, $more)*],
                program: include_str!(concat!("../../exercises/", $id, ".py")),
            }),
            attack: $attack,
            text: include_str!(concat!("../../exercises/", $id, ".md")),
            solution: include_str!(concat!("../../exercises/", $id, ".patch")),
        }
    };
}

const EXERCISES: &[Exercise] = &[
    exercise!(
        "unverified",
        Edit,
        "jwt-decoded",
        "signature",
        "decode-not-verify"
    ),
    exercise!(
        "alg-none",
        Edit,
        "jwt-unsecured",
        "algorithm-allow-list",
        "alg-none"
    ),
    exercise!(
        "empty-signature",
        Edit,
        "jwt-null-signature",
        "signature",
        "null-signature"
    ),
    exercise!(
        "none-spelled",
        Edit,
        "jwt-none-block-list",
        "algorithm-allow-list",
        "alg-none-case"
    ),
    exercise!(
        "public-secret",
        Keys,
        "jwt-untyped-key",
        "algorithm-allow-list",
        "alg-confusion-rs-hs"
    ),
    exercise!(
        "shipped-secret",
        Keys,
        "jwt-shipped-secret",
        "key-entropy",
        "weak-hmac-secret"
    ),
    exercise!(
        "blank-secret",
        Keys,
        "jwt-blank-secret",
        "key-length",
        "blank-secret"
    ),
    exercise!(
        "own-key",
        Keys,
        "jwt-embedded-jwk",
        "configured-key",
        "jwk-embedded"
    ),
    exercise!(
        "key-address",
        Keys,
        "jwt-jku-followed",
        "pinned-key-set",
        "jku-spoof-ssrf"
    ),
    exercise!(
        "kid-sql",
        Names,
        "jwt-kid-sql",
        "key-by-bound-parameter",
        "kid-injection"
    ),
    exercise!(
        "kid-path",
        Names,
        "jwt-kid-path",
        "key-by-strict-name",
        "kid-path-traversal"
    ),
    exercise!(
        "zeros",
        Names,
        "jwt-es256-any-number",
        "signature-range",
        "psychic-signature"
    ),
    exercise!(
        "paseto-unverified",
        Beyond,
        "paseto-decoded",
        "signature-or-tag",
        "decode-not-verify"
    ),
    exercise!(
        "paseto-kid-sql",
        Beyond,
        "paseto-kid-sql",
        "key-by-bound-parameter",
        "kid-injection"
    ),
    exercise!(
        "session-sql",
        Beyond,
        "session-id-in-sql",
        "session-by-bound-parameter",
        "kid-injection"
    ),
    mend!(
        "mend-none",
        "jwt.HS256",
        ["alg-none", "alg-none-case", "null-signature"]
    ),
    mend!(
        "mend-confusion",
        "jwt.RS256",
        [
            "alg-confusion-rs-hs",
            "alg-confusion-incomplete-fix",
            "alg-confusion-jwk",
            "alg-none"
        ]
    ),
    mend!(
        "mend-strict",
        "jwt.HS256",
        ["dup-json-keys", "crit-ignored", "base64-malleability"]
    ),
    mend!(
        "mend-tag",
        "paseto.v4.local",
        ["decode-not-verify", "truncated-token", "paseto-footer-trust"]
    ),
];

/// What the solutions share, in shell.
pub const TOOLS: &str = include_str!("../../exercises/tools.sh");

/// Every exercise.
#[must_use]
pub const fn all() -> &'static [Exercise] {
    EXERCISES
}

/// The exercise of that name.
#[must_use]
pub fn named(id: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.id == id)
}
