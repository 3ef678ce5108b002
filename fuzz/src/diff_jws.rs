//! JWT libraries against each other: a header and a payload, signed by HS256.
//!
//! The input is a line with a header and then a payload; without a second line it
//! is a payload under the ordinary header. One algorithm does, since libraries read
//! headers and claims alike under all of theirs.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use tokenlab_harness::claims::NumericDate;

use crate::disagreement::{Answer, Panel, Written};
use crate::issued;
use crate::reviewed::REVIEWED;
use crate::seeds::{self, Seed};
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "diff_jws",
    summary: "headers and payloads of JWTs under an honest signature, one library against the others",
    crash_means: "two JWT libraries disagree on a token of the issuer's in a way that nobody has looked at",
    dictionary: Some("jose"),
    body,
    token,
    seeds,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    std::str::from_utf8(data).map_or(Ok(Reach::Refused), |text| compare(written(text), |_| None))
}

/// What the libraries say of the token that is `written`, and `another` verifier
/// if it has a say.
///
/// # Errors
/// The finding, if they disagree.
pub(crate) fn compare(
    written: Written<'_>,
    another: impl FnOnce(&str) -> Option<Answer>,
) -> Result<Reach, Finding> {
    static PANEL: LazyLock<Panel> = LazyLock::new(|| {
        #[allow(clippy::expect_used)] // a target without its verifiers would find nothing
        Panel::of(SCHEME).expect("keys of the lab's own ring")
    });
    let token = sign(written);
    let mut answers = PANEL.ask(&token);
    answers.extend(another(&token));
    PANEL.judge(written, &answers)
}

fn token(data: &[u8]) -> Option<String> {
    Some(sign(written(std::str::from_utf8(data).ok()?)))
}

/// What `text` says.
#[must_use]
pub fn written(text: &str) -> Written<'_> {
    let (header, payload) = text.split_once('\n').unwrap_or((HEADER, text));
    Written { header, payload }
}

/// The token with that header and payload.
#[must_use]
pub fn sign(written: Written<'_>) -> String {
    static SECRET: LazyLock<Vec<u8>> = LazyLock::new(|| issued::secret(SCHEME));
    let [header, payload] = [written.header, written.payload].map(|text| URL_SAFE_NO_PAD.encode(text));
    let input = format!("{header}.{payload}");
    let tag = Hmac::<Sha256>::new_from_slice(&SECRET).map(|mac| mac.chain_update(&input).finalize());
    let tag = tag.map(|tag| URL_SAFE_NO_PAD.encode(tag.into_bytes()));
    format!("{input}.{}", tag.unwrap_or_default())
}

/// Payloads under the ordinary header, and what each known disagreement is about.
fn seeds() -> Vec<Seed> {
    let mut seeds = seeds::of_payloads::<NumericDate>();
    let of_jwt = REVIEWED.iter().filter(|entry| SCHEME.starts_with(entry.schemes));
    seeds.extend(of_jwt.enumerate().map(|(number, entry)| {
        let Written { header, payload } = entry.witness;
        let name = format!("seed-reviewed-{number:02}-{}", entry.library);
        Seed::new(name, format!("{header}\n{payload}"), Reach::Accepted)
    }));
    seeds
}

/// What it signs.
pub(crate) const SCHEME: &str = "jwt.HS256";
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
