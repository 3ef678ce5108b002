//! Every verifier of pure Rust, before honest tokens with edits.
//!
//! The other targets change bytes and find what parsers do with them. This one
//! changes tokens, by [`crate::edit`], and so comes to the checks behind the
//! parsers: algorithms renamed, claims retyped, segments of several tokens mixed,
//! and everything signed with keys that are not the issuer's. An edited token goes
//! to every verifier of the family that it began in.

use std::sync::LazyLock;

use tokenlab_record::catalogue::Family;

use crate::edit::{Edited, Pool};
use crate::seeds::Seed;
use crate::verifier::{Verifier, load_all};
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "edited",
    summary: "every verifier of pure Rust, the input as edits of honest tokens",
    crash_means: "a verifier accepts what somebody without a key made of an honest token",
    dictionary: None,
    body,
    token,
    seeds,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(|_| true));
    let mut reach = Reach::Refused;
    if let Some((family, text)) = text(data) {
        for verifier in VERIFIERS.iter().filter(|verifier| verifier.family() == family) {
            reach = reach.max(verifier.examine(&text)?);
        }
    }
    Ok(reach)
}

fn text(data: &[u8]) -> Option<(Family, String)> {
    static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::of(|_| true));
    Edited::of(data)?.text(&POOL)
}

fn token(data: &[u8]) -> Option<String> {
    Some(text(data)?.1)
}

/// No edit at all, of the first token and of others, and a few that are some.
fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("seed-first-token", "", Reach::Accepted),
        Seed::new("seed-another-token", "@\0", Reach::Accepted),
        Seed::new("seed-one-edit", "\0\0\u{1}\0\0\0\0\0\0\0", Reach::Accepted),
        Seed::new(
            "seed-many-edits",
            "Edit, and edit again, and again; then look.",
            Reach::Refused,
        ),
    ]
}
