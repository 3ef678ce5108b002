//! PASETO libraries against each other: a payload, encrypted or signed honestly.
//!
//! The input is the payload. It goes into a token of each version and purpose that
//! several libraries have, by the bare cryptography of one that takes any bytes.

use std::sync::LazyLock;

use tokenlab_harness::claims::Rfc3339;
use tokenlab_harness::{Bound, Codec};

use crate::disagreement::{Panel, Written};
use crate::issued::{self, RING};
use crate::seeds;
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "diff_paseto",
    summary: "payloads of PASETOs under honest cryptography, one library against the others",
    crash_means: "two PASETO libraries disagree on a token of the issuer's in a way that nobody has looked at",
    dictionary: Some("paseto"),
    body,
    token,
    seeds: seeds::of_payloads::<Rfc3339>,
};

/// A version and purpose, what makes its tokens, and who reads them.
struct Scheme {
    codec: Box<dyn Codec>,
    panel: Panel,
}

fn body(data: &[u8]) -> Result<Reach, Finding> {
    std::str::from_utf8(data).map_or(Ok(Reach::Refused), compare)
}

/// What the libraries of each version say of `payload`.
///
/// # Errors
/// The finding, if they disagree.
pub(crate) fn compare(payload: &str) -> Result<Reach, Finding> {
    let mut reach = Reach::Refused;
    let written = Written { header: "", payload };
    for scheme in schemes() {
        if let Ok(token) = scheme.codec.seal(payload.as_bytes(), &Bound::default()) {
            let answers = scheme.panel.ask(&token);
            reach = reach.max(scheme.panel.judge(written, &answers)?);
        }
    }
    Ok(reach)
}

/// The token of the version that most use.
fn token(data: &[u8]) -> Option<String> {
    let newest = schemes()
        .iter()
        .find(|scheme| scheme.panel.scheme() == "paseto.v4.local")?;
    newest.codec.seal(data, &Bound::default()).ok()
}

/// Symmetric versions, and v4.public: the others spend their time on signatures.
fn schemes() -> &'static [Scheme] {
    static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(load);
    &SCHEMES
}

fn load() -> Vec<Scheme> {
    [
        "paseto.v2.local",
        "paseto.v3.local",
        "paseto.v4.local",
        "paseto.v4.public",
    ]
    .into_iter()
    .filter_map(|scheme| {
        let panel = Panel::of(scheme).ok()?;
        let key = RING.key(scheme)?;
        let makes_any = |library: &str| {
            let mut of_scheme = issued::fuzzed();
            of_scheme
                .find(|contender| contender.card().scheme == scheme && contender.card().library == library)
        };
        let maker = makes_any("rusty_paseto").or_else(|| makes_any("pasetors"))?;
        let codec = maker.codec(&key).ok()?;
        Some(Scheme { codec, panel })
    })
    .collect()
}
