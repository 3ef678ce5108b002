//! Keys from outside: JWK, PEM, PASERK, `hex:…`, `utf8:…`, and Biscuit's forms.
//!
//! The input is a scheme, a line break, and the key as JSON or as text. Whoever
//! brings a key chooses what it is read as, so reading is held to three properties.
//! What was read and is written reads back as the same key. A scheme that verifies by
//! a public key gets no private one, which would travel on in logs. And reading never
//! breaks down, however odd the number that calls itself a key.

use serde_json::Value;
use tokenlab_harness::exchange::Key;

use crate::issued::{self, RING};
use crate::seeds::Seed;
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "keys",
    summary: "JWK, PEM, PASERK and the other forms of keys, for every scheme",
    crash_means: "a key is read as another one, a private key passes for a public one, or reading breaks down",
    dictionary: Some("lines"),
    body,
    token: crate::no_token,
    seeds,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    let text = String::from_utf8_lossy(data);
    let Some((scheme, given)) = text.split_once('\n') else {
        return Ok(Reach::Refused);
    };
    let given = serde_json::from_str(given).unwrap_or_else(|_| Value::from(given));
    match Key::from_exchange(scheme, &given) {
        Ok(key) => judge(scheme, &given, &key),
        Err(_) => Ok(Reach::Refused),
    }
}

/// Judges that `key` was read of what was `given` for `scheme`.
///
/// # Errors
/// The finding, if there is one.
pub fn judge(scheme: &str, given: &Value, key: &Key) -> Result<Reach, Finding> {
    let expect = |holds: bool, problem: &'static str| {
        if holds {
            return Ok(());
        }
        Err(Finding::WrongKey {
            problem,
            scheme: scheme.to_owned(),
            given: given.to_string(),
        })
    };
    let decrypts = scheme.starts_with("jwe.");
    expect(
        key.private().is_none() || decrypts,
        "is private, and the scheme verifies by a public one",
    )?;
    let written = key.to_exchange(scheme);
    expect(written.is_ok(), "was read and can't be written")?;
    let again = written.and_then(|written| Ok((Key::from_exchange(scheme, &written)?, written)));
    let same = again.and_then(|(again, written)| Ok(again.to_exchange(scheme)? == written));
    expect(same == Ok(true), "reads back as another one")?;
    Ok(Reach::Accepted)
}

/// The key of each scheme that is fuzzed, in its standard form; its public half as
/// PEM; its private one; and what is no key.
fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for contender in issued::fuzzed() {
        let scheme = &contender.card().scheme;
        let name = format!("seed-{scheme}");
        let Some(key) = RING
            .key(scheme)
            .filter(|_| seeds.iter().all(|seed| seed.name != name))
        else {
            continue;
        };
        if let Ok(standard) = key.to_exchange(scheme) {
            let text = match standard {
                Value::String(text) => text,
                other => other.to_string(),
            };
            seeds.push(Seed::new(name, format!("{scheme}\n{text}"), Reach::Accepted));
        }
        if !scheme.starts_with("jwt.") {
            continue;
        }
        if let Some(pem) = key.public().and_then(|public| public.to_pem()) {
            seeds.push(Seed::new(
                format!("seed-{scheme}-pem"),
                format!("{scheme}\n{pem}"),
                Reach::Accepted,
            ));
        }
        if let Some(pem) = key.private().and_then(|private| private.to_pem()) {
            let name = format!("seed-{scheme}-private");
            seeds.push(Seed::new(name, format!("{scheme}\n{pem}"), Reach::Refused));
        }
    }
    for (name, text) in [
        ("seed-empty-secret", "jwt.HS256\nutf8:"),
        ("seed-hexadecimal-cut-off", "jwt.HS256\nhex:0"),
        (
            "seed-no-curve",
            "jwt.ES256\n{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
        ),
        (
            "seed-rsa-of-one",
            "jwt.RS256\n{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQ\"}",
        ),
        ("seed-paserk-of-another-version", "paseto.v4.local\nk2.local.AAAA"),
        ("seed-no-scheme", "jwt.none\nutf8:secret"),
        ("seed-number", "jwt.HS256\n1"),
    ] {
        seeds.push(Seed::new(name, text, Reach::Refused));
    }
    seeds
}
